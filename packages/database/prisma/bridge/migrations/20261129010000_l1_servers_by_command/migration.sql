-- Servers that operators list by command, beside those of L1_SERVERS.
ALTER TABLE l1_servers ADD COLUMN added BOOLEAN NOT NULL DEFAULT false;
