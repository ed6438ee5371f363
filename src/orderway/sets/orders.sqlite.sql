-- name: lock_by_number
-- What the door needs of these orders, in key order, and beside them who may get an item of the roles that the act is expected to open.
-- The IMMEDIATE transaction is the lock: SQLite has one writer at a time.
WITH locked AS (
    SELECT o.id, o.number, o.version_id, v.content_hash, o.customer_id, o.owner_id, o.status, o.case_text, o.journal_sequence,
           o.journal_hash, o.created_by, o.edited_by, o.as_history, o.ended_at
    FROM orders_order AS o JOIN releases_version AS v ON v.id = o.version_id
    WHERE o.number IN (SELECT value FROM json_each(%(numbers)s))
    ORDER BY o.id
), {_staff}
SELECT 'order', locked.* FROM locked
UNION ALL
SELECT staff.what, staff.id, staff.key, NULL, staff.said, NULL, NULL, staff.first, staff.last, NULL, NULL, NULL, NULL, NULL, NULL
FROM ({_staff_rows}) AS staff;

-- name: standing
-- All that matters of locked orders beside their cases: open items (who holds them, how their clocks stand), evidence, documents.
SELECT 'item', order_id, stage, path, kind, opened_sequence, responsible_id, opened_at, due_at, held_since, next_alarm_at, alarms, alarms_fired,
       paused_minutes, id
FROM orders_workitem WHERE order_id IN (SELECT value FROM json_each(%(orders)s)) AND state = 'open'
UNION ALL
SELECT 'step', order_id, stage, path, step, run, NULL, NULL, NULL, NULL, NULL, place, 0, 0, 0
FROM orders_evidence WHERE order_id IN (SELECT value FROM json_each(%(orders)s))
UNION ALL
SELECT 'document', order_id, '', '', kind, 0, NULL, NULL, NULL, NULL, NULL, place, 0, 0, 0
FROM orders_storeddocument WHERE order_id IN (SELECT value FROM json_each(%(orders)s));

-- name: take_ids
-- The last ids given to orders and lines; the transaction is the only writer, so the next ones are free. And beside them who may get an
-- item of the roles that placing is expected to open.
WITH {_staff}
SELECT 'order', coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'orders_order'), 0), NULL, NULL, NULL, NULL
UNION ALL
SELECT 'line', coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'orders_orderline'), 0), NULL, NULL, NULL, NULL
UNION ALL
SELECT * FROM ({_staff_rows}) AS staff;

-- name: same_purchase_orders
-- Orders that have one of these natural keys (channel, customer, purchase order). The lists are put side by side first and then each key is
-- looked up; the last condition is written as the partial index has it, since SQLite takes such an index only for its own words.
WITH channels AS MATERIALIZED (SELECT key, value FROM json_each(%(channels)s)),
     customers AS MATERIALIZED (SELECT key, value FROM json_each(%(customers)s)),
     keys AS MATERIALIZED (SELECT key, value FROM json_each(%(keys)s))
SELECT o.channel, o.customer_id, o.po_key, o.number, o.content_hash
FROM channels AS c JOIN customers AS u ON u.key = c.key JOIN keys AS k ON k.key = c.key
CROSS JOIN orders_order AS o ON o.channel = c.value AND o.customer_id = u.value AND o.po_key = k.value
WHERE NOT (o.po_key = '');

-- name: _staff
-- Everybody in one of these roles, whoever is away, and deputies. For a WITH clause; `_staff_rows` reads it.
members AS (
    SELECT p.id, p.key, r.role, r.valid_from, r.valid_until, count(*) OVER (PARTITION BY r.role) AS rivals
    FROM masterdata_rolemember AS r JOIN masterdata_person AS p ON p.id = r.person_id
    WHERE r.role IN (SELECT value FROM json_each(%(roles)s)) AND p.is_active
), away AS (
    SELECT p.id, p.key, a.first_day, a.last_day, d.key AS deputy, d.id AS deputy_id
    FROM masterdata_absence AS a JOIN masterdata_person AS p ON p.id = a.person_id LEFT JOIN masterdata_person AS d ON d.id = a.deputy_id AND d.is_active
    WHERE a.last_day >= %(since)s AND a.withdrawn_at IS NULL
);

-- name: _staff_rows
-- One row per membership, absence, deputy and certificate for these contents of stages; open working time only where there is a choice to make.
SELECT 'role' AS what, id, key, role AS said, valid_from AS first, valid_until AS last FROM members
UNION ALL SELECT 'absence', id, key, coalesce(deputy, ''), first_day, last_day FROM away
UNION ALL SELECT 'person', deputy_id, deputy, '', NULL, NULL FROM away WHERE deputy IS NOT NULL
UNION ALL
SELECT 'load', m.id, m.key, (SELECT coalesce(sum(w.work_minutes), 0) FROM orders_workitem AS w WHERE w.responsible_id = m.id AND w.state = 'open'),
       NULL, NULL
FROM (SELECT DISTINCT id, key FROM members WHERE rivals > 1) AS m
UNION ALL
SELECT 'certified', p.id, p.key, q.stage_hash, NULL, NULL
FROM masterdata_qualification AS q JOIN masterdata_person AS p ON p.id = q.person_id
WHERE q.stage_hash IN (SELECT value FROM json_each(%(contents)s)) AND q.valid_until >= %(today)s AND p.is_active;

-- name: staff
-- Who may get an item of one of these roles.
WITH {_staff}
{_staff_rows};

-- name: to_run
-- Open items that the system may try, of one act, oldest first; not those that waited.
SELECT w.id, w.place, w.stage FROM orders_workitem AS w
WHERE w.act = %(act)s AND w.id > %(after)s AND w.state = 'open' AND w.by_system AND w.waiting = ''
  AND w.held_since IS NULL AND w.stage <> %(until)s
ORDER BY w.id LIMIT %(batch)s;

-- name: to_run_again
-- The same with those that waited: in two parts, as each has an index of its own; with a bare id SQLite would
-- walk all items in its sequence.
SELECT w.id, w.place, w.stage FROM orders_workitem AS w
WHERE w.act = %(act)s AND w.id > %(after)s AND w.state = 'open' AND w.by_system AND w.waiting = ''
  AND w.held_since IS NULL AND w.stage <> %(until)s
UNION ALL
SELECT +w.id, w.place, w.stage FROM orders_workitem AS w
WHERE w.act = %(act)s AND w.id > %(after)s AND w.state = 'open' AND w.by_system AND w.waiting > ''
  AND w.held_since IS NULL AND w.stage <> %(until)s
ORDER BY 1 LIMIT %(batch)s;

-- name: to_run_of
-- The same, of these orders only; `retry` includes those that waited.
SELECT w.id, w.place, w.stage FROM orders_workitem AS w
WHERE w.order_id IN (SELECT id FROM orders_order WHERE number IN (SELECT value FROM json_each(%(numbers)s)))
  AND w.act = %(act)s AND w.id > %(after)s AND w.state = 'open' AND w.by_system AND (w.waiting = '' OR %(retry)s)
  AND w.held_since IS NULL AND w.stage <> %(until)s
ORDER BY w.id LIMIT %(batch)s;

-- name: take_numbers
-- The last of the next n numbers of a series, which begins here if it is new; its row stays locked until the transaction ends.
INSERT INTO orders_numberseries AS s (key, last) VALUES (%(series)s, %(count)s)
ON CONFLICT (key) DO UPDATE SET last = s.last + excluded.last
RETURNING last;

-- name: take_ids_of
-- The last id given in a table; the transaction is the only writer, so the next ones are free.
SELECT coalesce((SELECT seq FROM sqlite_sequence WHERE name = %(table)s), 0) + 0 * %(count)s;

-- name: take_numbers_and_ids
-- The last of the next n numbers of a series as above, and the last id given in the table of the rows that carry them.
INSERT INTO orders_numberseries AS s (key, last) VALUES (%(series)s, %(count)s)
ON CONFLICT (key) DO UPDATE SET last = s.last + excluded.last
RETURNING last, coalesce((SELECT seq FROM sqlite_sequence WHERE name = %(table)s), 0);

-- name: lock_customers
-- The IMMEDIATE transaction is the lock: SQLite has one writer at a time.
SELECT id FROM masterdata_customer WHERE id IN (SELECT value FROM json_each(%(customers)s)) ORDER BY id;

-- name: amounts
-- What every line of these orders comes to without tax, its tax rate, and what was ordered and cancelled of it.
SELECT line.order_id, line.quantity, line.amount, line.tax_rate, o.discount_percent, coalesce(sums.wanted, 0),
       (SELECT prices_include_tax FROM masterdata_company ORDER BY id LIMIT 1),
       (SELECT rounding FROM masterdata_company ORDER BY id LIMIT 1)
FROM orders_orderline AS line
JOIN orders_order AS o ON o.id = line.order_id
LEFT JOIN (
    SELECT move.line_id, sum(CASE move.kind WHEN 'ordered' THEN move.quantity ELSE -move.quantity END) AS wanted
    FROM orders_linemove AS move
    JOIN orders_orderline AS moved ON moved.id = move.line_id
    WHERE moved.order_id IN (SELECT value FROM json_each(%(orders)s)) AND move.kind IN ('ordered', 'cancelled')
    GROUP BY move.line_id
) AS sums ON sums.line_id = line.id
WHERE line.order_id IN (SELECT value FROM json_each(%(orders)s));
