-- name: draw_numbers
-- Take the next n numbers of a gapless series; gives the last of them. Waits for whoever holds the row: the last lock of an act.
INSERT INTO orders_numberseries AS series (key, last) VALUES (%(key)s, %(count)s)
ON CONFLICT (key) DO UPDATE SET last = series.last + excluded.last
RETURNING last;

-- name: take_ids
-- The next ids of n rows, so that documents and their lines go in one statement.
SELECT nextval(pg_get_serial_sequence(%(table)s, 'id')) FROM generate_series(1, %(count)s::bigint);

-- name: orders
-- What a document needs of these orders: currency, discount, and the customer as it is today.
SELECT o.id, o.number, o.currency, o.discount_percent, c.id, c.name, c.address, c.city, c.country, c.tax_number, c.payment_days
FROM orders_order AS o JOIN masterdata_customer AS c ON c.id = o.customer_id
WHERE o.id = ANY(%(orders)b);

-- name: lines
-- The lines of these orders as documents print them.
SELECT line.order_id, line.id, line.position, line.quantity, line.unit_price, line.discount_percent, line.tax_rate, tax.key,
       item.sku, item.name, item.unit
FROM orders_orderline AS line
JOIN masterdata_item AS item ON item.id = line.item_id
JOIN masterdata_taxcategory AS tax ON tax.id = item.tax_id
WHERE line.order_id = ANY(%(orders)b)
ORDER BY line.order_id, line.position;

-- name: moves
-- What was shipped, returned, invoiced and credited of these orders' lines, by place.
SELECT move.line_id, move.place, move.kind, sum(move.quantity)
FROM orders_linemove AS move JOIN orders_orderline AS line ON line.id = move.line_id
WHERE line.order_id = ANY(%(orders)b) AND move.kind IN ('shipped', 'returned', 'invoiced', 'credited')
GROUP BY move.line_id, move.place, move.kind;

-- name: billed_before
-- What earlier invoices billed of these orders' lines, by price.
SELECT billed.line_id, billed.unit_price, billed.discount_percent, sum(billed.quantity), sum(billed.amount), sum(billed.discount)
FROM invoicing_invoiceline AS billed JOIN orders_orderline AS line ON line.id = billed.line_id
WHERE line.order_id = ANY(%(orders)b)
GROUP BY billed.line_id, billed.unit_price, billed.discount_percent;

-- name: lock_invoices
-- These invoices with what settled them, locked in key order.
SELECT invoice.id, invoice.number, invoice.customer_id, invoice.currency, invoice.total, invoice.order_id
FROM invoicing_invoice AS invoice
WHERE invoice.number = ANY(%(numbers)b)
ORDER BY invoice.id
FOR UPDATE;
