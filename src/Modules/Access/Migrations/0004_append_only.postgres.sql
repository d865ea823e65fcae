-- The app appends and seals, and can neither change nor remove: see Postgres.ProtectAsync, which reads this comment.
comment on table access_audit is 'append-only (place, hash)';
