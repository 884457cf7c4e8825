-- What only says that an object is no more is not about one that is there.
UPDATE publications SET object_id = NULL WHERE object_id IS NOT NULL AND document LIKE '%"type":"Delete","id":"http%';
