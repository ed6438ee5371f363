-- name: lines
-- The lines of these orders with what returns, replacements and credits ask about: sums of their moves, pieces announced and not arrived.
SELECT line.order_id, line.id, line.position, line.item_id, item.stocked, item.sku, item.name, item.unit,
       coalesce(sums.ordered, 0), coalesce(sums.cancelled, 0), coalesce(sums.shipped, 0), coalesce(sums.returned, 0),
       coalesce(sums.replaced, 0), coalesce(sums.invoiced, 0), coalesce(sums.credited, 0), coalesce(sums.invoiced_amount, 0),
       coalesce(sums.credited_amount, 0), coalesce(sums.credited_by_quantity, 0),
       awaited.quantity
FROM orders_orderline AS line
JOIN masterdata_item AS item ON item.id = line.item_id
CROSS JOIN LATERAL (
    SELECT sum(CASE move.kind WHEN 'ordered' THEN move.quantity ELSE 0 END) AS ordered,
           sum(CASE move.kind WHEN 'cancelled' THEN move.quantity ELSE 0 END) AS cancelled,
           sum(CASE move.kind WHEN 'shipped' THEN move.quantity ELSE 0 END) AS shipped,
           sum(CASE move.kind WHEN 'returned' THEN move.quantity ELSE 0 END) AS returned,
           sum(CASE move.kind WHEN 'replaced' THEN move.quantity ELSE 0 END) AS replaced,
           sum(CASE move.kind WHEN 'invoiced' THEN move.quantity ELSE 0 END) AS invoiced,
           sum(CASE move.kind WHEN 'credited' THEN move.quantity ELSE 0 END) AS credited,
           sum(CASE move.kind WHEN 'invoiced' THEN move.amount ELSE 0 END) AS invoiced_amount,
           sum(CASE move.kind WHEN 'credited' THEN move.amount ELSE 0 END) AS credited_amount,
           sum(CASE WHEN move.kind = 'credited' AND move.quantity <> 0 THEN move.amount ELSE 0 END) AS credited_by_quantity
    FROM orders_linemove AS move
    WHERE move.line_id = line.id
) AS sums
CROSS JOIN LATERAL (
    SELECT coalesce(sum(announced.quantity - coalesce((SELECT sum(receipt.quantity) FROM aftersales_returnreceipt AS receipt
                                                       WHERE receipt.return_line_id = announced.id), 0)), 0) AS quantity
    FROM aftersales_returnline AS announced JOIN aftersales_return AS back ON back.id = announced.of_id
    WHERE announced.line_id = line.id AND back.closed_at IS NULL
) AS awaited
WHERE line.order_id = ANY(%(orders)b)
ORDER BY line.order_id, line.position;

-- name: open_returns
-- What is announced to come back on these orders and has not arrived, oldest first.
SELECT back.order_id, back.id, back.number, back.before_shipping, awaited.id, awaited.line_id,
       awaited.quantity - coalesce((SELECT sum(receipt.quantity) FROM aftersales_returnreceipt AS receipt
                                    WHERE receipt.return_line_id = awaited.id), 0)
FROM aftersales_returnline AS awaited JOIN aftersales_return AS back ON back.id = awaited.of_id
WHERE back.order_id = ANY(%(orders)b) AND back.closed_at IS NULL
ORDER BY back.order_id, back.number, awaited.id;

-- name: last_numbers
-- The last return number of each of these orders.
SELECT order_id, max(number) FROM aftersales_return WHERE order_id = ANY(%(orders)b) GROUP BY order_id;

-- name: charged
-- What invoices charged on each line of these orders and credit notes gave back, by tax category; the newest invoice line last.
SELECT line.order_id, billed.line_id, billed.tax_category, billed.tax_rate, billed.amount - billed.discount, 'invoiced'
FROM invoicing_invoiceline AS billed JOIN orders_orderline AS line ON line.id = billed.line_id
WHERE line.order_id = ANY(%(orders)b)
UNION ALL
SELECT line.order_id, given.line_id, given.tax_category, given.tax_rate, given.amount, 'credited'
FROM aftersales_creditnoteline AS given JOIN orders_orderline AS line ON line.id = given.line_id
WHERE line.order_id = ANY(%(orders)b);

-- name: taxes
-- The tax that invoices charged on these orders and credit notes gave back, by category.
SELECT invoice.order_id, tax.category, tax.rate_percent, tax.tax, 'invoiced'
FROM invoicing_invoicetax AS tax JOIN invoicing_invoice AS invoice ON invoice.id = tax.invoice_id
WHERE invoice.order_id = ANY(%(orders)b)
UNION ALL
SELECT note.order_id, tax.category, tax.rate_percent, tax.tax, 'credited'
FROM aftersales_creditnotetax AS tax JOIN aftersales_creditnote AS note ON note.id = tax.credit_note_id
WHERE note.order_id = ANY(%(orders)b);

-- name: moved
-- How many pieces of each of these orders moved in one kind (came back, were replaced).
SELECT line.order_id, sum(move.quantity)
FROM orders_linemove AS move JOIN orders_orderline AS line ON line.id = move.line_id
WHERE line.order_id = ANY(%(orders)b) AND move.kind = %(kind)s
GROUP BY line.order_id;

-- name: credited
-- What credit notes gave back on each of these orders, tax included.
SELECT order_id, sum(total) FROM aftersales_creditnote WHERE order_id = ANY(%(orders)b) GROUP BY order_id;

-- name: complained
-- These orders with an open complaint.
SELECT DISTINCT order_id FROM aftersales_complaint WHERE order_id = ANY(%(orders)b) AND resolved_at IS NULL;

-- name: low_feedback
-- These orders with a low score.
SELECT DISTINCT order_id FROM orders_feedback WHERE order_id = ANY(%(orders)b) AND low;

-- name: to_book
-- Orders with announced returns that arrive by themselves, some line of which has shipped more than came back; oldest first.
SELECT DISTINCT orders.id, orders.number
FROM aftersales_return AS back
JOIN orders_order AS orders ON orders.id = back.order_id
JOIN aftersales_returnline AS awaited ON awaited.of_id = back.id
WHERE back.closed_at IS NULL AND back.before_shipping AND orders.id > %(after)s
  AND (SELECT sum(CASE move.kind WHEN 'shipped' THEN move.quantity ELSE -move.quantity END) FROM orders_linemove AS move
       WHERE move.line_id = awaited.line_id AND move.kind IN ('shipped', 'returned')) > 0
ORDER BY orders.id LIMIT %(batch)s;
