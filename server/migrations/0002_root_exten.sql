-- The extension that began a call: an agent finds the calls they made among their own. Calls from
-- outside have none, nor have calls from before this column.
ALTER TABLE calls ADD COLUMN root_exten TEXT;
CREATE INDEX calls_by_root_exten ON calls (root_exten, started_at) WHERE root_exten IS NOT NULL;
