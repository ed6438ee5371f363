-- name: credit
-- For each of these orders its total, its customer's limit, block and whole exposure (in hundredths), and what the order itself
-- contributes to it.
SELECT o.id, o.customer_id, customer.credit_limit, coalesce(whole.exposed, 0), coalesce(own.exposed, 0), coalesce(own.confirmed, 0),
       coalesce(own.delivered, 0), coalesce(own.invoiced, 0), o.total, customer.blocked
FROM orders_order AS o
JOIN masterdata_customer AS customer ON customer.id = o.customer_id
LEFT JOIN orders_exposurebalance AS whole ON whole.customer_id = o.customer_id
LEFT JOIN (
    SELECT move.order_id,
           sum(CASE move.kind WHEN 'confirmed' THEN move.amount WHEN 'paid' THEN -move.amount WHEN 'deposited' THEN -move.amount ELSE 0 END)
               AS exposed,
           sum(CASE move.kind WHEN 'confirmed' THEN move.amount ELSE 0 END) AS confirmed,
           sum(CASE move.kind WHEN 'delivered' THEN move.amount ELSE 0 END) AS delivered,
           sum(CASE move.kind WHEN 'invoiced' THEN move.amount ELSE 0 END) AS invoiced
    FROM orders_exposuremove AS move
    WHERE move.order_id = ANY(%(orders)b)
    GROUP BY move.order_id
) AS own ON own.order_id = o.id
WHERE o.id = ANY(%(orders)b);

-- name: amounts
-- What every line of these orders comes to without tax, its tax rate, and what was ordered and cancelled of it.
SELECT line.order_id, line.quantity, line.amount, line.tax_rate, o.discount_percent, coalesce(sums.wanted, 0),
       (SELECT prices_include_tax FROM masterdata_company ORDER BY id LIMIT 1)
FROM orders_orderline AS line
JOIN orders_order AS o ON o.id = line.order_id
LEFT JOIN (
    SELECT move.line_id, sum(CASE move.kind WHEN 'ordered' THEN move.quantity ELSE -move.quantity END) AS wanted
    FROM orders_linemove AS move
    JOIN orders_orderline AS moved ON moved.id = move.line_id
    WHERE moved.order_id = ANY(%(orders)b) AND move.kind IN ('ordered', 'cancelled')
    GROUP BY move.line_id
) AS sums ON sums.line_id = line.id
WHERE line.order_id = ANY(%(orders)b);
