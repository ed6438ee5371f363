-- name: orders
-- What a document needs of these orders: currency, discount, the customer as it is today, and us.
SELECT o.id, o.number, o.currency, o.discount_percent, c.id, c.name, c.address, c.city, c.country, c.tax_number, c.payment_days,
       company.name, company.address, company.tax_number, company.zone, company.prices_include_tax, company.rounding
FROM orders_order AS o
JOIN masterdata_customer AS c ON c.id = o.customer_id
LEFT JOIN (SELECT name, address, tax_number, zone, prices_include_tax, rounding FROM masterdata_company ORDER BY id LIMIT 1) AS company ON true
WHERE o.id IN (SELECT value FROM json_each(%(orders)s));

-- name: lines
-- The lines of these orders as documents print them. The rate is the agreed one; if the item has moved to a category of another rate since,
-- the category is the one that has the agreed rate, if there is any: a document may not name a category at a rate that is not its own.
SELECT line.order_id, line.id, line.position, line.quantity, line.unit_price, line.discount_percent, line.tax_rate,
       CASE WHEN tax.rate_percent = line.tax_rate THEN tax.key ELSE coalesce(
           (SELECT agreed.key FROM masterdata_taxcategory AS agreed WHERE agreed.rate_percent = line.tax_rate ORDER BY agreed.id LIMIT 1),
           tax.key) END,
       item.sku, item.name, item.unit
FROM orders_orderline AS line
JOIN masterdata_item AS item ON item.id = line.item_id
JOIN masterdata_taxcategory AS tax ON tax.id = item.tax_id
WHERE line.order_id IN (SELECT value FROM json_each(%(orders)s))
ORDER BY line.order_id, line.position;

-- name: moves
-- What moved on these orders' lines, by place; reservations apart.
SELECT move.line_id, move.place, move.kind, sum(move.quantity)
FROM orders_linemove AS move JOIN orders_orderline AS line ON line.id = move.line_id
WHERE line.order_id IN (SELECT value FROM json_each(%(orders)s)) AND move.kind <> 'reserved'
GROUP BY move.line_id, move.place, move.kind;

-- name: billed_before
-- What earlier invoices billed of these orders' lines, by price.
SELECT billed.line_id, billed.unit_price, billed.discount_percent, sum(billed.quantity), sum(billed.amount), sum(billed.discount)
FROM invoicing_invoiceline AS billed JOIN orders_orderline AS line ON line.id = billed.line_id
WHERE line.order_id IN (SELECT value FROM json_each(%(orders)s))
GROUP BY billed.line_id, billed.unit_price, billed.discount_percent;

-- name: overdue
-- What the customers of these orders owe on invoices noted as overdue, by order. The invoices of a customer are looked up by their index,
-- whatever SQLite has counted: with statistics it would read all there are.
WITH owing AS MATERIALIZED (
    SELECT customer.id,
           (SELECT coalesce(sum(invoice.total - coalesce((SELECT sum(settled.amount) FROM invoicing_allocation AS settled
                                                          WHERE settled.invoice_id = invoice.id), 0)), 0)
            FROM invoicing_invoice AS invoice CROSS JOIN invoicing_overdue AS noted ON noted.invoice_id = invoice.id
            WHERE invoice.customer_id = customer.id) AS amount
    FROM (SELECT DISTINCT customer_id AS id FROM orders_order WHERE id IN (SELECT value FROM json_each(%(orders)s))) AS customer
)
SELECT o.id, owing.amount
FROM orders_order AS o
JOIN owing ON owing.id = o.customer_id
WHERE o.id IN (SELECT value FROM json_each(%(orders)s));

-- name: settled
-- What was invoiced on these orders and what of it is settled, by order; orders without an invoice are missing.
SELECT invoice.order_id, sum(invoice.total),
       (SELECT coalesce(sum(part.amount), 0) FROM invoicing_allocation AS part
        JOIN invoicing_invoice AS mine ON mine.id = part.invoice_id WHERE mine.order_id = invoice.order_id)
FROM invoicing_invoice AS invoice
WHERE invoice.order_id IN (SELECT value FROM json_each(%(orders)s))
GROUP BY invoice.order_id;

-- name: moved
-- What was confirmed, delivered and invoiced of these orders in the exposure of their customers.
SELECT order_id, customer_id, kind, sum(amount)
FROM orders_exposuremove
WHERE order_id IN (SELECT value FROM json_each(%(orders)s)) AND kind IN ('confirmed', 'delivered', 'invoiced')
GROUP BY order_id, customer_id, kind
ORDER BY order_id;
