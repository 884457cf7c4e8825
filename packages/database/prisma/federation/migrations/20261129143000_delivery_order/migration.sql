-- Each of both indexes of the queue answers one question, under a condition of its own, and none can be read whole in the place of the other.
-- With the same condition on both that is what happens when the last statistics were made while the queue was empty, as it mostly is.
ALTER TABLE deliveries ADD COLUMN waits BOOLEAN GENERATED ALWAYS AS (state = 'pending') STORED;

-- What of one object goes to an inbox first.
DROP INDEX deliveries_order_idx;
CREATE INDEX deliveries_order_idx ON deliveries (inbox, object_id, created_at, id) WHERE waits;

-- Each row is written three times: queued, taken, ended. With room on its page the second one needs no new entry in any index.
ALTER TABLE deliveries SET (fillfactor = 50);
ALTER TABLE outbox SET (fillfactor = 50);
