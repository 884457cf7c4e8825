-- An account's end asks for its agents.
CREATE INDEX actors_owner_actor_id_idx ON actors (owner_actor_id);
