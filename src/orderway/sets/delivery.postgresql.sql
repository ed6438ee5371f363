-- name: lines_of
-- The lines of these orders with the sums of their moves and what they come to; one row per warehouse and delivery (or none) where some of
-- the line lies reserved and unpicked. The moves are joined before they are summed: SQLite would scan a sum by line once for every line.
-- OFFSET 0 keeps PostgreSQL from reading all levels for each line where it expects many reservations; of EXISTS it would make a table of
-- all deliveries there are.
WITH lines AS (
    SELECT line.order_id, orders.customer_id, CASE WHEN line.requested_on <> orders.requested_on THEN line.requested_on
           ELSE coalesce(orders.promised_on, orders.requested_on, line.requested_on) END AS wished_on, orders.discount_percent, line.id, line.position,
           line.item_id, item.sku, item.route, item.stocked, item.lead_time_days, line.quantity, line.amount, line.tax_rate,
           coalesce(sum(CASE move.kind WHEN 'ordered' THEN move.quantity END), 0) AS ordered,
           coalesce(sum(CASE move.kind WHEN 'cancelled' THEN move.quantity END), 0) AS cancelled,
           coalesce(sum(CASE move.kind WHEN 'shipped' THEN move.quantity WHEN 'replaced' THEN -move.quantity END), 0) AS net_shipped
    FROM orders_orderline AS line
    JOIN orders_order AS orders ON orders.id = line.order_id
    JOIN masterdata_item AS item ON item.id = line.item_id
    LEFT JOIN orders_linemove AS move ON move.line_id = line.id
    WHERE line.order_id = ANY(%(orders)b)
    GROUP BY line.id, orders.id, item.id
)
SELECT lines.*,
       (SELECT true FROM orders_delivery AS delivery WHERE delivery.order_id = lines.order_id LIMIT 1) IS NOT NULL,
       EXISTS (SELECT 1 FROM masterdata_company AS company WHERE company.prices_include_tax),
       held.warehouse_id, held.delivery_id, held.quantity
FROM lines
LEFT JOIN LATERAL (
    SELECT reservation.delivery_id, place.warehouse_id, place.rank, sum(reservation.quantity - reservation.picked) AS quantity
    FROM stock_reservation AS reservation
    CROSS JOIN LATERAL (
        SELECT location.warehouse_id, warehouse.rank
        FROM stock_stocklevel AS level
        JOIN stock_location AS location ON location.id = level.location_id
        JOIN masterdata_warehouse AS warehouse ON warehouse.id = location.warehouse_id
        WHERE level.id = reservation.level_id
        OFFSET 0
    ) AS place
    WHERE reservation.line_id = lines.id AND reservation.quantity > reservation.picked
    GROUP BY reservation.delivery_id, place.warehouse_id, place.rank
) AS held ON true
ORDER BY lines.order_id, lines.position, held.rank, held.warehouse_id, held.delivery_id;

-- name: deliveries_of
-- The deliveries of these orders with their lines: what is picked of each line, and what supply is pegged to it from its source.
-- OFFSET 0 keeps PostgreSQL from walking all order lines up to these where most orders have no delivery yet.
SELECT delivery.order_id, delivery.id, delivery.number, delivery.planned_on, delivery.state, part.id, part.line_id, line.position,
       line.item_id, line.sku, line.stocked, part.quantity, part.route, part.warehouse_id, picked.quantity,
       pegged.quantity
FROM orders_delivery AS delivery
LEFT JOIN orders_deliveryline AS part ON part.delivery_id = delivery.id
LEFT JOIN LATERAL (
    SELECT ordered.position, ordered.item_id, item.sku, item.stocked
    FROM orders_orderline AS ordered JOIN masterdata_item AS item ON item.id = ordered.item_id
    WHERE ordered.id = part.line_id
    OFFSET 0
) AS line ON true
CROSS JOIN LATERAL (
    SELECT coalesce(sum(pick.quantity - pick.handed_over - pick.put_back), 0) AS quantity
    FROM delivery_pick AS pick
    WHERE pick.delivery_id = delivery.id AND pick.line_id = part.line_id
) AS picked
CROSS JOIN LATERAL (
    SELECT coalesce(sum(peg.quantity), 0) AS quantity
    FROM supply_supplypeg AS peg
    JOIN supply_supplyline AS brought ON brought.id = peg.supply_line_id
    JOIN supply_supplyorder AS supplied ON supplied.id = brought.supply_order_id
    WHERE peg.delivery_id = delivery.id AND peg.order_line_id = part.line_id AND supplied.kind = part.route
) AS pegged
WHERE delivery.order_id = ANY(%(orders)b)
ORDER BY delivery.order_id, delivery.number, line.position, part.id;

-- name: facts_of_deliveries
-- The deliveries of these orders that were not withdrawn, one row per order line and source, with the proof of each. A part that
-- carries nothing any more is left to the reader: SQLite would build an index of all parts to leave it out.
SELECT delivery.order_id, delivery.number, item.sku, sum(part.quantity), part.route, min(line.position), proof.outcome, proof.damaged
FROM orders_delivery AS delivery
LEFT JOIN orders_deliveryline AS part ON part.delivery_id = delivery.id
LEFT JOIN orders_orderline AS line ON line.id = part.line_id
LEFT JOIN masterdata_item AS item ON item.id = line.item_id
LEFT JOIN delivery_handover AS proof ON proof.delivery_id = delivery.id
WHERE delivery.order_id = ANY(%(orders)b) AND delivery.state <> 'withdrawn'
GROUP BY delivery.order_id, delivery.number, part.line_id, item.sku, part.route, proof.outcome, proof.damaged
ORDER BY delivery.order_id, delivery.number, min(line.position), part.route;
