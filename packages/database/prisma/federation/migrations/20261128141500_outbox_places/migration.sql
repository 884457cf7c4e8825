-- Where an asset's last claim stands in the outbox: signed times are whole seconds, so a Delete could stand before its Create.
ALTER TABLE claim_versions ADD COLUMN placed_at TIMESTAMPTZ(3);
