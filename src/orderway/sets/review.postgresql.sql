-- name: credit
-- For each of these orders its total (with all that were divided with it, RULES 35), its customer's limit, block and whole exposure (in
-- hundredths), and what the order itself contributes to it.
SELECT o.id, o.customer_id, customer.credit_limit, coalesce(whole.exposed, 0), coalesce(own.exposed, 0), coalesce(own.confirmed, 0),
       coalesce(own.delivered, 0), coalesce(own.invoiced, 0),
       coalesce(
           (SELECT sum(part.total) FROM orders_order AS part
            WHERE part.divided_from_id = coalesce(o.divided_from_id, o.id) AND part.status <> 'cancelled')
           + (SELECT CASE whole.status WHEN 'cancelled' THEN 0 ELSE whole.total END FROM orders_order AS whole
              WHERE whole.id = coalesce(o.divided_from_id, o.id)),
           o.total
       ),
       customer.blocked
FROM orders_order AS o
JOIN masterdata_customer AS customer ON customer.id = o.customer_id
LEFT JOIN orders_exposurebalance AS whole ON whole.customer_id = o.customer_id
CROSS JOIN LATERAL (
    SELECT sum(CASE move.kind WHEN 'confirmed' THEN move.amount WHEN 'paid' THEN -move.amount WHEN 'deposited' THEN -move.amount ELSE 0 END)
               AS exposed,
           sum(CASE move.kind WHEN 'confirmed' THEN move.amount ELSE 0 END) AS confirmed,
           sum(CASE move.kind WHEN 'delivered' THEN move.amount ELSE 0 END) AS delivered,
           sum(CASE move.kind WHEN 'invoiced' THEN move.amount ELSE 0 END) AS invoiced
    FROM orders_exposuremove AS move
    WHERE move.order_id = o.id
) AS own
WHERE o.id = ANY(%(orders)b);
