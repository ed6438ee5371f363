-- name: caller
-- A token that is not revoked, its active person, that person's roles of today, and the reply kept under an idempotency key of this route.
-- One row per role (one with an empty role if there is none).
SELECT t.prefix, t.digest, t.scopes, t.expires_at, p.id, p.key, p.is_administrator, coalesce(r.role, ''),
       i.request_hash, i.status, i.reply
FROM api_token AS t
JOIN masterdata_person AS p ON p.id = t.person_id AND p.is_active
LEFT JOIN masterdata_rolemember AS r ON r.person_id = p.id
      AND (r.valid_from IS NULL OR r.valid_from <= %(today)s) AND (r.valid_until IS NULL OR r.valid_until >= %(today)s)
LEFT JOIN orders_idempotency AS i ON i.token = t.prefix AND i.route = %(route)s AND i.key = %(key)s
WHERE t.prefix = %(prefix)s AND t.revoked_at IS NULL;

-- name: keep
-- Keep the reply to a request, as the last row of its act's transaction; says whether the system may go on with one of these orders now.
INSERT INTO orders_idempotency (token, route, key, request_hash, status, reply, at)
VALUES (%(token)s, %(route)s, %(key)s, %(request_hash)s, %(status)s, %(reply)s, %(at)s)
RETURNING EXISTS (
    SELECT 1 FROM orders_workitem AS w JOIN orders_order AS o ON o.id = w.order_id
    WHERE o.number IN (SELECT value FROM json_each(%(orders)s)) AND w.state = 'open' AND w.by_system AND w.waiting = ''
);
