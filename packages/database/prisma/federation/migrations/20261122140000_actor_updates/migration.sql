-- Followers are told of an actor's new keys. The code of before takes such a job for a claim's, which it sends in the same way.
ALTER TABLE deliveries DROP CONSTRAINT deliveries_kind_check;
ALTER TABLE deliveries ADD CONSTRAINT deliveries_kind_check CHECK (kind IN ('activity', 'accept', 'update'));
