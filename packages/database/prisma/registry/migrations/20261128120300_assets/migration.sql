-- Which asset an Update or Delete is about, and which version of it that made. A Create is found by its asset's `activity_id`; so
-- registrations pay nothing for this. Unique: two changes of one asset at once cannot both follow the same version.
ALTER TABLE activities ADD COLUMN asset_id TEXT, ADD COLUMN asset_version INTEGER;

CREATE UNIQUE INDEX activities_asset_id_asset_version_idx ON activities (asset_id, asset_version) WHERE asset_id IS NOT NULL;

-- The earliest asset of a content that is not deleted is what its object shows.
CREATE INDEX assets_content_hash_created_at_id_idx ON assets (content_hash, created_at, id);
DROP INDEX assets_content_hash_idx;
