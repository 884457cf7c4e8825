-- Lists of one actor's claims, and of those that are not Creates, which are few among many.
CREATE INDEX activities_ap_actor_id_published_activity_id_idx ON activities (ap_actor_id, published, activity_id);
CREATE INDEX activities_changes_idx ON activities (published, activity_id) WHERE activity_type <> 'Create';
