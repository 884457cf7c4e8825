-- Runs of L1 servers that were recorded as assets, and what these were made from.

CREATE TABLE runs (
  l1_server   TEXT NOT NULL,
  run_id      TEXT NOT NULL,
  output_name TEXT NOT NULL,
  asset_id    TEXT NOT NULL UNIQUE REFERENCES assets (id),
  -- The run as it was understood.
  document    JSONB NOT NULL,
  fetched_at  TIMESTAMPTZ(3) NOT NULL,
  PRIMARY KEY (l1_server, run_id, output_name)
);

-- By content and not by asset: an input that is registered later, or again, is linked by that alone.
CREATE TABLE run_inputs (
  asset_id     TEXT NOT NULL REFERENCES assets (id),
  content_hash TEXT NOT NULL,
  -- Its place among the run's inputs, from 1.
  position     INTEGER NOT NULL,
  PRIMARY KEY (asset_id, content_hash)
);

CREATE INDEX run_inputs_content_hash_asset_id_idx ON run_inputs (content_hash, asset_id);

-- Never changed; deleted when the asset is erased.
GRANT SELECT, INSERT, DELETE ON runs, run_inputs TO registry_svc;
