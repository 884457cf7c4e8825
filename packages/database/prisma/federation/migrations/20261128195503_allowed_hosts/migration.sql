-- Whom a server talks to that talks to nobody else (FEDERATION_MODE=allow-list).
CREATE TABLE allowed_hosts (
  host       TEXT PRIMARY KEY,
  reason     TEXT,
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

GRANT SELECT, INSERT, UPDATE, DELETE ON allowed_hosts TO federation_svc;
