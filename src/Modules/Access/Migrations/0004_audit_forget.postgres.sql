-- The app may append and seal, not remove (see Postgres.ProtectAsync). A demo company is the exception: it goes as a whole.
create function access_audit_forget_demo(company uuid) returns void
language sql security definer set search_path = public, pg_temp as $$
  delete from access_audit a using kernel_company c where a.company_id = company and c.id = company and c.is_demo;
$$;
revoke all on function access_audit_forget_demo(uuid) from public;
grant execute on function access_audit_forget_demo(uuid) to huitou_app;
comment on table access_audit is 'append-only (place, hash)';
