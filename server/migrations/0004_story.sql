-- What is told of a call since its talk is known by bridges.
-- The caller withheld the number. Number and name are kept, for those who may see them.
ALTER TABLE calls ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;
-- The number outside that answered, where it was no extension.
ALTER TABLE calls ADD COLUMN answered_outside TEXT;
-- Nobody answered, and the caller was in a voicemail box or heard an announcement then.
ALTER TABLE calls ADD COLUMN voicemail INTEGER NOT NULL DEFAULT 0;
-- All that is known of a call while it goes on, as JSON: a server that is started anew resumes it.
ALTER TABLE calls ADD COLUMN known TEXT;
-- The number that was dialled on a trunk.
ALTER TABLE legs ADD COLUMN number TEXT;
-- For the calls that were over when the server was started anew.
CREATE INDEX calls_by_end ON calls (ended_at);
