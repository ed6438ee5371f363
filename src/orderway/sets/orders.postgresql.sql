-- name: lock_by_number
-- Lock these orders in key order and read what the door needs, and beside them who may get an item of the roles that the act is expected
-- to open. The version is joined afterwards: whoever waits here while a migration moves the order would find no row whose old version fits
-- its new key, and lose the order (the hash is missing where the version is newer than this statement). Work items are read by a statement
-- of their own: a join would show them as they were before the wait for the lock.
WITH locked AS (
    SELECT id, number, version_id, customer_id, owner_id, status, case_text, journal_sequence, journal_hash, created_by, edited_by, as_history,
           ended_at
    FROM orders_order
    WHERE number = ANY(%(numbers)b)
    ORDER BY id
    FOR NO KEY UPDATE
), {_staff}
SELECT 'order', o.id, o.number, o.version_id, v.content_hash, o.customer_id, o.owner_id, o.status, o.case_text, o.journal_sequence,
       o.journal_hash, o.created_by, o.edited_by, o.as_history, o.ended_at
FROM locked AS o LEFT JOIN releases_version AS v ON v.id = o.version_id
UNION ALL
SELECT staff.what, staff.id, staff.key, NULL, staff.said, NULL, NULL, staff.first, staff.last, NULL, NULL, NULL, NULL, NULL, NULL
FROM ({_staff_rows}) AS staff;

-- name: standing
-- All that matters of locked orders beside their cases: open items (who holds them, how their clocks stand), evidence, documents.
SELECT 'item', order_id, stage, path, kind, opened_sequence, responsible_id, opened_at, due_at, held_since, next_alarm_at, alarms, alarms_fired,
       paused_minutes, id
FROM orders_workitem WHERE order_id = ANY(%(orders)b) AND state = 'open'
UNION ALL
SELECT 'step', order_id, stage, path, step, run, NULL, NULL::timestamptz, NULL::timestamptz, NULL::timestamptz, NULL::timestamptz, place, 0, 0, 0
FROM orders_evidence WHERE order_id = ANY(%(orders)b)
UNION ALL
SELECT 'document', order_id, '', '', kind, 0, NULL, NULL::timestamptz, NULL::timestamptz, NULL::timestamptz, NULL::timestamptz, place, 0, 0, 0
FROM orders_storeddocument WHERE order_id = ANY(%(orders)b);

-- name: take_ids
-- The next ids of n orders and m lines, so that orders and everything that names them go in one statement; and beside them who may get an
-- item of the roles that placing is expected to open.
WITH {_staff}
SELECT 'order', nextval(pg_get_serial_sequence('orders_order', 'id')), NULL, NULL, NULL, NULL FROM generate_series(1, %(orders)s::bigint)
UNION ALL
SELECT 'line', nextval(pg_get_serial_sequence('orders_orderline', 'id')), NULL, NULL, NULL, NULL FROM generate_series(1, %(lines)s::bigint)
UNION ALL
SELECT * FROM ({_staff_rows}) AS staff;

-- name: same_purchase_orders
-- Orders that have one of these natural keys (channel, customer, purchase order).
SELECT o.channel, o.customer_id, o.po_key, o.number, o.content_hash
FROM orders_order AS o
JOIN unnest(%(channels)b::text[], %(customers)b::bigint[], %(keys)b::text[]) AS g(channel, customer, po_key)
  ON o.channel = g.channel AND o.customer_id = g.customer AND o.po_key = g.po_key AND o.po_key <> '';

-- name: _staff
-- Everybody in one of these roles, whoever is away, and deputies. For a WITH clause; `_staff_rows` reads it.
members AS (
    SELECT p.id, p.key, r.role, r.valid_from, r.valid_until, count(*) OVER (PARTITION BY r.role) AS rivals
    FROM masterdata_rolemember AS r JOIN masterdata_person AS p ON p.id = r.person_id
    WHERE r.role = ANY(%(roles)b::text[]) AND p.is_active
), away AS (
    SELECT p.id, p.key, a.first_day, a.last_day, d.key AS deputy, d.id AS deputy_id
    FROM masterdata_absence AS a JOIN masterdata_person AS p ON p.id = a.person_id LEFT JOIN masterdata_person AS d ON d.id = a.deputy_id AND d.is_active
    WHERE a.last_day >= %(since)s AND a.withdrawn_at IS NULL
);

-- name: _staff_rows
-- One row per membership, absence, deputy and certificate for these contents of stages; open working time only where there is a choice to make.
SELECT 'role' AS what, id, key, role AS said, valid_from::text AS first, valid_until::text AS last FROM members
UNION ALL SELECT 'absence', id, key, coalesce(deputy, ''), first_day::text, last_day::text FROM away
UNION ALL SELECT 'person', deputy_id, deputy, '', NULL, NULL FROM away WHERE deputy IS NOT NULL
UNION ALL
SELECT 'load', m.id, m.key, (SELECT coalesce(sum(w.work_minutes), 0) FROM orders_workitem AS w WHERE w.responsible_id = m.id AND w.state = 'open')::text,
       NULL, NULL
FROM (SELECT DISTINCT id, key FROM members WHERE rivals > 1) AS m
UNION ALL
SELECT 'certified', p.id, p.key, q.stage_hash, NULL, NULL
FROM masterdata_qualification AS q JOIN masterdata_person AS p ON p.id = q.person_id
WHERE q.stage_hash = ANY(%(contents)b::text[]) AND q.valid_until >= %(today)s AND p.is_active;

-- name: staff
-- Who may get an item of one of these roles.
WITH {_staff}
{_staff_rows};

-- name: to_run
-- Open items that the system may try, of one act, oldest first; not those that waited. Of a share of the orders where several work at once.
SELECT w.id, w.place, w.stage FROM orders_workitem AS w
WHERE w.act = %(act)s AND w.id > %(after)s AND w.state = 'open' AND w.by_system AND w.waiting = ''
  AND w.held_since IS NULL AND w.stage <> %(until)s AND w.order_id %% %(shares)s = %(share)s
ORDER BY w.id LIMIT %(batch)s;

-- name: to_run_again
-- The same with those that waited: in two parts, as each has an index of its own.
SELECT w.id, w.place, w.stage FROM orders_workitem AS w
WHERE w.act = %(act)s AND w.id > %(after)s AND w.state = 'open' AND w.by_system AND w.waiting = ''
  AND w.held_since IS NULL AND w.stage <> %(until)s AND w.order_id %% %(shares)s = %(share)s
UNION ALL
SELECT w.id, w.place, w.stage FROM orders_workitem AS w
WHERE w.act = %(act)s AND w.id > %(after)s AND w.state = 'open' AND w.by_system AND w.waiting > ''
  AND w.held_since IS NULL AND w.stage <> %(until)s AND w.order_id %% %(shares)s = %(share)s
ORDER BY id LIMIT %(batch)s;

-- name: to_run_of
-- The same, of these orders only; `retry` includes those that waited.
SELECT w.id, w.place, w.stage FROM orders_workitem AS w
WHERE w.order_id IN (SELECT id FROM orders_order WHERE number = ANY(%(numbers)b))
  AND w.act = %(act)s AND w.id > %(after)s AND w.state = 'open' AND w.by_system AND (w.waiting = '' OR %(retry)s)
  AND w.held_since IS NULL AND w.stage <> %(until)s
ORDER BY w.id LIMIT %(batch)s;

-- name: take_numbers
-- The last of the next n numbers of a series, which begins here if it is new; its row stays locked until the transaction ends.
INSERT INTO orders_numberseries AS s (key, last) VALUES (%(series)s, %(count)s)
ON CONFLICT (key) DO UPDATE SET last = s.last + excluded.last
RETURNING last;

-- name: take_ids_of
-- The next ids of n rows, so that they and what names them go in one statement.
SELECT nextval(pg_get_serial_sequence(%(table)s, 'id')) FROM generate_series(1, %(count)s::bigint);

-- name: take_numbers_and_ids
-- The last of the next n numbers of a series as above, and the next ids of the n rows that carry them.
WITH drawn AS (
    INSERT INTO orders_numberseries AS s (key, last) VALUES (%(series)s, %(count)s)
    ON CONFLICT (key) DO UPDATE SET last = s.last + excluded.last
    RETURNING last
)
SELECT drawn.last, nextval(pg_get_serial_sequence(%(table)s, 'id')) FROM drawn, generate_series(1, %(count)s::bigint);

-- name: lock_customers
-- Lock these customers by ascending key.
SELECT id FROM masterdata_customer WHERE id = ANY(%(customers)b) ORDER BY id FOR NO KEY UPDATE;

-- name: amounts
-- What every line of these orders comes to without tax, its tax rate, and what was ordered and cancelled of it.
-- The sum is looked up per line by its index: joined to a grouped subquery, ten minutes were spent on 1,000 orders nobody had counted yet.
SELECT line.order_id, line.quantity, line.amount, line.tax_rate, o.discount_percent, coalesce(sums.wanted, 0),
       (SELECT prices_include_tax FROM masterdata_company ORDER BY id LIMIT 1),
       (SELECT rounding FROM masterdata_company ORDER BY id LIMIT 1)
FROM orders_orderline AS line
JOIN orders_order AS o ON o.id = line.order_id
CROSS JOIN LATERAL (
    SELECT sum(CASE move.kind WHEN 'ordered' THEN move.quantity ELSE -move.quantity END) AS wanted
    FROM orders_linemove AS move WHERE move.line_id = line.id AND move.kind IN ('ordered', 'cancelled')
) AS sums
WHERE line.order_id = ANY(%(orders)b);
