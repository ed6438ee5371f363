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
