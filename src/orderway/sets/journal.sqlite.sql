-- name: follow
-- The next entries by id: SQLite has one writer at a time, so ids commit in their order.
SELECT 0, id, subject_kind, subject_key, sequence, at, act, actor, payload, hash
FROM journal_entry
WHERE id > %(after_entry)s AND %(after_transaction)s >= 0
ORDER BY id
LIMIT %(batch)s;
