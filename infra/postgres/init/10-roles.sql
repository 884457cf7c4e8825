-- The two roles of every context. The migrator (packages/database) makes them too where its login may; here a database administrator makes them first,
-- so that the login of the suite needs no CREATEROLE. Neither can log in, neither bypasses row-level security.
DO $$
DECLARE
  context text;
BEGIN
  FOREACH context IN ARRAY ARRAY['auth', 'identity', 'registry', 'federation', 'bridge'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = context || '_migrator') THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOBYPASSRLS', context || '_migrator');
    END IF;
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = context || '_svc') THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN NOBYPASSRLS', context || '_svc');
    END IF;
  END LOOP;
END
$$;
