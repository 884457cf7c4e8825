-- Publications wait for their Linked Data Signature before anybody sees them. Rows of older code have no place: they were published as they were.

CREATE SEQUENCE publication_places AS BIGINT CACHE 1;

ALTER TABLE publications
  ADD COLUMN order_id      TEXT,
  ADD COLUMN queue_place   BIGINT,
  ADD COLUMN claimed_until TIMESTAMPTZ(3),
  ADD COLUMN occasion      JSONB;

-- What waits, in the order in which it came; of one actor's with the same order only the first one may go.
CREATE INDEX publications_queue_place_idx ON publications (queue_place) WHERE queue_place IS NOT NULL;
CREATE INDEX publications_waiting_order_idx ON publications (ap_actor_id, order_id, queue_place) WHERE queue_place IS NOT NULL;

GRANT USAGE ON SEQUENCE publication_places TO federation_svc;
GRANT UPDATE (queue_place, claimed_until, occasion) ON publications TO federation_svc;
