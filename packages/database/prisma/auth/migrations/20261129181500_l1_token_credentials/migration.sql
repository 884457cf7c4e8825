-- By what credential of their owner, if not by a session, tokens for L1s were made: they end with it. Those of before name none, and live as before.
ALTER TABLE api_tokens ADD COLUMN made_by TEXT;
