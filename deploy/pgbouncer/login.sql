-- The role that the service logs in as behind pgbouncer. Run it once, as a superuser or the owner of the database, after
-- `ccx migrate run`; then give it a password: `\password ccx_service`.
--
-- A pooler passes on none of the options with which the service asks for its role and time zone, so that the login has
-- them by itself. It inherits nothing: a connection that came without its role would have no rights at all, not more.
create role ccx_service login noinherit;
grant ccx_app, ccx_erase to ccx_service;
alter role ccx_service set role = 'ccx_app';
alter role ccx_service set timezone = 'UTC';
-- As DATABASE_STATEMENT_SECONDS.
alter role ccx_service set statement_timeout = '30s';
