-- name: lock_levels
-- Every level of these items with its warehouse's rank, locked by ascending (item, location).
SELECT level.id, level.item_id, level.location_id, location.warehouse_id, location.kind, warehouse.rank, level.allows_negative,
       level.on_hand, level.reserved
FROM stock_stocklevel AS level
JOIN stock_location AS location ON location.id = level.location_id
JOIN masterdata_warehouse AS warehouse ON warehouse.id = location.warehouse_id
WHERE level.item_id = ANY(%(items)b)
ORDER BY level.item_id, level.location_id
FOR NO KEY UPDATE OF level;

-- name: lock_levels_of_lines
-- Every level of the stocked items of these lines with its warehouse's rank, locked by ascending (item, location).
SELECT level.id, level.item_id, level.location_id, location.warehouse_id, location.kind, warehouse.rank, level.allows_negative,
       level.on_hand, level.reserved
FROM stock_stocklevel AS level
JOIN stock_location AS location ON location.id = level.location_id
JOIN masterdata_warehouse AS warehouse ON warehouse.id = location.warehouse_id
WHERE level.item_id IN (
    SELECT line.item_id FROM orders_orderline AS line JOIN masterdata_item AS item ON item.id = line.item_id AND item.stocked
    WHERE line.id = ANY(%(lines)b)
)
ORDER BY level.item_id, level.location_id
FOR NO KEY UPDATE OF level;

-- name: lock_reservations
-- The reservations of these lines, also those that are used up; the lock on their orders or on their levels protects them.
SELECT reservation.id, reservation.line_id, reservation.level_id, level.item_id, location.warehouse_id, warehouse.rank,
       reservation.delivery_id, reservation.quantity, reservation.picked
FROM stock_reservation AS reservation
JOIN stock_stocklevel AS level ON level.id = reservation.level_id
JOIN stock_location AS location ON location.id = level.location_id
JOIN masterdata_warehouse AS warehouse ON warehouse.id = location.warehouse_id
WHERE reservation.line_id = ANY(%(lines)b)
ORDER BY reservation.id
FOR NO KEY UPDATE OF reservation;

-- name: lines_of_orders
-- The lines of these orders with their items and the sums of their moves.
SELECT line.order_id, orders.number, line.id, line.position, line.item_id, item.sku, item.route, item.stocked,
       coalesce(sums.wanted, 0), coalesce(sums.reserved, 0), coalesce(sums.net_shipped, 0), line.unit_price
FROM orders_orderline AS line
JOIN orders_order AS orders ON orders.id = line.order_id
JOIN masterdata_item AS item ON item.id = line.item_id
CROSS JOIN LATERAL (
    SELECT sum(CASE move.kind WHEN 'ordered' THEN move.quantity WHEN 'cancelled' THEN -move.quantity END) AS wanted,
           sum(CASE move.kind WHEN 'reserved' THEN move.quantity END) AS reserved,
           sum(CASE move.kind WHEN 'shipped' THEN move.quantity WHEN 'replaced' THEN -move.quantity END) AS net_shipped
    FROM orders_linemove AS move WHERE move.line_id = line.id
) AS sums
WHERE line.order_id = ANY(%(orders)b)
ORDER BY line.order_id, line.position;

-- name: locations
-- Every location: what it stands for and of which warehouse.
SELECT kind, warehouse_id, id FROM stock_location ORDER BY id;
