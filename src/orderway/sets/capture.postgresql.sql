-- name: masters
-- The customers of these keys, the currency of their price lists, the seller's zone and rounding; and the items of these numbers with their tax rates.
SELECT 'customer', customer.id, customer.key, customer.active, customer.currency, customer.price_list_id, list.currency,
       (SELECT zone FROM masterdata_company ORDER BY id LIMIT 1), (SELECT rounding FROM masterdata_company ORDER BY id LIMIT 1), NULL, NULL
FROM masterdata_customer AS customer
LEFT JOIN masterdata_pricelist AS list ON list.id = customer.price_list_id
WHERE customer.key = ANY(%(keys)b)
UNION ALL
SELECT 'item', item.id, item.sku, item.active, NULL, NULL, NULL, NULL, NULL, item.list_price, tax.rate_percent
FROM masterdata_item AS item
JOIN masterdata_taxcategory AS tax ON tax.id = item.tax_id
WHERE item.sku = ANY(%(skus)b);

-- name: prices
-- The prices that these lists have for these items.
SELECT price.price_list_id, price.item_id, price.price, price.from_quantity, price.valid_from
FROM masterdata_price AS price
WHERE price.price_list_id = ANY(%(lists)b) AND price.item_id = ANY(%(items)b);

-- name: wanted
-- The price of every line of these orders, its order's total, and what is wanted of it: ordered less cancelled.
SELECT line.order_id, line.unit_price, o.total,
       coalesce((SELECT sum(CASE move.kind WHEN 'ordered' THEN move.quantity ELSE -move.quantity END)
                 FROM orders_linemove AS move WHERE move.line_id = line.id AND move.kind IN ('ordered', 'cancelled')), 0)
FROM orders_orderline AS line
JOIN orders_order AS o ON o.id = line.order_id
WHERE line.order_id = ANY(%(orders)b);

-- name: forms
-- What the order confirmations of these orders print: a line with what was ordered and cancelled of it, the head of its order, the seller.
SELECT line.order_id, line.position, item.sku, item.name, item.names, item.unit, line.unit_price, line.discount_percent,
       coalesce(sums.wanted, 0), CASE WHEN line.requested_on <> o.requested_on OR o.requested_on IS NULL THEN line.requested_on END,
       o.id, o.number, o.customer_po, o.ordered_at, o.requested_on, o.currency, o.discount_percent, o.total, o.note,
       customer.name, customer.address, customer.city, customer.tax_number,
       company.name, company.address, company.tax_number
FROM orders_order AS o
JOIN masterdata_customer AS customer ON customer.id = o.customer_id
LEFT JOIN (SELECT name, address, tax_number FROM masterdata_company ORDER BY id LIMIT 1) AS company ON true
JOIN orders_orderline AS line ON line.order_id = o.id
JOIN masterdata_item AS item ON item.id = line.item_id
CROSS JOIN LATERAL (
    SELECT sum(CASE move.kind WHEN 'ordered' THEN move.quantity ELSE -move.quantity END) AS wanted
    FROM orders_linemove AS move WHERE move.line_id = line.id AND move.kind IN ('ordered', 'cancelled')
) AS sums
WHERE o.id = ANY(%(orders)b)
ORDER BY line.order_id, line.position;

-- name: versions_in_force
-- The version in force of every standard, and whether a trial sends some of the new orders to another one.
SELECT version.id, version.standard_id, version.version, version.content_hash,
       EXISTS (SELECT 1 FROM releases_trial AS trial
               WHERE trial.from_version_id = version.id AND trial.begins_at <= %(now)s AND (trial.ends_at IS NULL OR trial.ends_at > %(now)s))
FROM releases_version AS version
WHERE version.status = 'effective'
ORDER BY version.standard_id;
