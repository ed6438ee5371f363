-- name: lines_of
-- The lines of these orders with the sums of their moves and what they come to; one row per warehouse and delivery (or none) where some of
-- the line lies reserved and unpicked. The moves are joined before they are summed: SQLite would scan a sum by line once for every line.
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
    WHERE line.order_id IN (SELECT value FROM json_each(%(orders)s))
    GROUP BY line.id, orders.id, item.id
), held AS (
    SELECT reservation.line_id, reservation.delivery_id, location.warehouse_id, warehouse.rank,
           sum(reservation.quantity - reservation.picked) AS quantity
    FROM orders_orderline AS line
    JOIN stock_reservation AS reservation ON reservation.line_id = line.id
    JOIN stock_stocklevel AS level ON level.id = reservation.level_id
    JOIN stock_location AS location ON location.id = level.location_id
    JOIN masterdata_warehouse AS warehouse ON warehouse.id = location.warehouse_id
    WHERE line.order_id IN (SELECT value FROM json_each(%(orders)s)) AND reservation.quantity > reservation.picked
    GROUP BY reservation.line_id, reservation.delivery_id, location.warehouse_id, warehouse.rank
)
SELECT lines.*,
       EXISTS (SELECT 1 FROM orders_delivery AS delivery WHERE delivery.order_id = lines.order_id),
       EXISTS (SELECT 1 FROM masterdata_company AS company WHERE company.prices_include_tax),
       held.warehouse_id, held.delivery_id, held.quantity
FROM lines
LEFT JOIN held ON held.line_id = lines.id
ORDER BY lines.order_id, lines.position, held.rank, held.warehouse_id, held.delivery_id;

-- name: deliveries_of
-- The deliveries of these orders with their lines: what is picked of each line, and what supply is pegged to it from its source.
SELECT delivery.order_id, delivery.id, delivery.number, delivery.planned_on, delivery.state, part.id, part.line_id, line.position,
       line.item_id, item.sku, item.stocked, part.quantity, part.route, part.warehouse_id, coalesce(picked.quantity, 0),
       coalesce(pegged.quantity, 0)
FROM orders_delivery AS delivery
LEFT JOIN orders_deliveryline AS part ON part.delivery_id = delivery.id
LEFT JOIN orders_orderline AS line ON line.id = part.line_id
LEFT JOIN masterdata_item AS item ON item.id = line.item_id
LEFT JOIN (
    SELECT pick.delivery_id, pick.line_id, sum(pick.quantity - pick.handed_over - pick.put_back) AS quantity
    FROM delivery_pick AS pick
    JOIN orders_delivery AS carrier ON carrier.id = pick.delivery_id
    WHERE carrier.order_id IN (SELECT value FROM json_each(%(orders)s))
    GROUP BY pick.delivery_id, pick.line_id
) AS picked ON picked.delivery_id = delivery.id AND picked.line_id = part.line_id
LEFT JOIN (
    SELECT peg.delivery_id, peg.order_line_id, supplied.kind, sum(peg.quantity) AS quantity
    FROM supply_supplypeg AS peg
    JOIN orders_delivery AS carrier ON carrier.id = peg.delivery_id
    JOIN supply_supplyline AS brought ON brought.id = peg.supply_line_id
    JOIN supply_supplyorder AS supplied ON supplied.id = brought.supply_order_id
    WHERE carrier.order_id IN (SELECT value FROM json_each(%(orders)s))
    GROUP BY peg.delivery_id, peg.order_line_id, supplied.kind
) AS pegged ON pegged.delivery_id = delivery.id AND pegged.order_line_id = part.line_id AND pegged.kind = part.route
WHERE delivery.order_id IN (SELECT value FROM json_each(%(orders)s))
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
WHERE delivery.order_id IN (SELECT value FROM json_each(%(orders)s)) AND delivery.state <> 'withdrawn'
GROUP BY delivery.order_id, delivery.number, part.line_id, item.sku, part.route, proof.outcome, proof.damaged
ORDER BY delivery.order_id, delivery.number, min(line.position), part.route;
