-- name: draw_numbers
-- Take the next n numbers of a gapless series; gives the last of them. The IMMEDIATE transaction is the lock.
INSERT INTO orders_numberseries (key, last) VALUES (%(key)s, %(count)s)
ON CONFLICT (key) DO UPDATE SET last = orders_numberseries.last + excluded.last
RETURNING last;

-- name: take_ids
-- The last id given in a table; the transaction is the only writer, so the next ones are free.
SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = %(table)s), 0) + 0 * %(count)s;

-- name: orders
-- What a document needs of these orders: currency, discount, and the customer as it is today.
SELECT o.id, o.number, o.currency, o.discount_percent, c.id, c.name, c.address, c.city, c.country, c.tax_number, c.payment_days
FROM orders_order AS o JOIN masterdata_customer AS c ON c.id = o.customer_id
WHERE o.id IN (SELECT value FROM json_each(%(orders)s));

-- name: lines
-- The lines of these orders as documents print them.
SELECT line.order_id, line.id, line.position, line.quantity, line.unit_price, line.discount_percent, line.tax_rate, tax.key,
       item.sku, item.name, item.unit
FROM orders_orderline AS line
JOIN masterdata_item AS item ON item.id = line.item_id
JOIN masterdata_taxcategory AS tax ON tax.id = item.tax_id
WHERE line.order_id IN (SELECT value FROM json_each(%(orders)s))
ORDER BY line.order_id, line.position;

-- name: moves
-- What was shipped, returned, invoiced and credited of these orders' lines, by place.
SELECT move.line_id, move.place, move.kind, sum(move.quantity)
FROM orders_linemove AS move JOIN orders_orderline AS line ON line.id = move.line_id
WHERE line.order_id IN (SELECT value FROM json_each(%(orders)s)) AND move.kind IN ('shipped', 'returned', 'invoiced', 'credited')
GROUP BY move.line_id, move.place, move.kind;

-- name: billed_before
-- What earlier invoices billed of these orders' lines, by price.
SELECT billed.line_id, billed.unit_price, billed.discount_percent, sum(billed.quantity), sum(billed.amount), sum(billed.discount)
FROM invoicing_invoiceline AS billed JOIN orders_orderline AS line ON line.id = billed.line_id
WHERE line.order_id IN (SELECT value FROM json_each(%(orders)s))
GROUP BY billed.line_id, billed.unit_price, billed.discount_percent;

-- name: lock_invoices
-- These invoices with what settled them; the IMMEDIATE transaction is the lock.
SELECT invoice.id, invoice.number, invoice.customer_id, invoice.currency, invoice.total, invoice.order_id
FROM invoicing_invoice AS invoice
WHERE invoice.number IN (SELECT value FROM json_each(%(numbers)s))
ORDER BY invoice.id;
