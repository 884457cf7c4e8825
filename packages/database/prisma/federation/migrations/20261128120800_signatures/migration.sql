-- Both signature schemes, and proofs of strangers.

-- Ed25519 keys of a remote actor. Actors that were fetched before have theirs when they are fetched next, within a day.
ALTER TABLE remote_actors ADD COLUMN assertion_keys JSONB NOT NULL DEFAULT '[]';

-- Which scheme worked last with a host. Bounded: the hosts that were seen longest ago go.
CREATE TABLE remote_hosts (
  host             TEXT PRIMARY KEY,
  signature_scheme TEXT NOT NULL CHECK (signature_scheme IN ('draft-cavage', 'rfc9421')),
  seen_at          TIMESTAMPTZ(3) NOT NULL
);

CREATE INDEX remote_hosts_seen_at_idx ON remote_hosts (seen_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON remote_hosts TO federation_svc;
