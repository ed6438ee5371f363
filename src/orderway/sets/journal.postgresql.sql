-- name: follow
-- The next entries below the oldest transaction that still runs: later ones may get company that committed before them in id.
SELECT transaction_id, id, subject_kind, subject_key, sequence, at, act, actor, payload, hash
FROM journal_entry
WHERE (transaction_id, id) > (%(after_transaction)s::bigint, %(after_entry)s::bigint)
  AND transaction_id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
ORDER BY transaction_id, id
LIMIT %(batch)s::bigint;
