-- Until when an attachment's token counts: nobody is shown as attached by one that has run out.
ALTER TABLE user_renderers ADD COLUMN expires_at TIMESTAMPTZ(3);

-- Of before: a token lives for 30 days, and an L1 has verified it after it was made. What is not verified is not shown either.
SELECT set_config('app.system', 'on', true);
UPDATE user_renderers SET expires_at = attached_at + interval '30 days' WHERE attached_at IS NOT NULL;
SELECT set_config('app.system', '', true);

CREATE INDEX user_renderers_expires_at_idx ON user_renderers (expires_at);
