-- Times are milliseconds since 1970 in UTC, and named *_at. The time of a booking is the
-- restaurant's own, as text that sorts: 2017-08-10T19:30. Telephone numbers are E.164.

-- People who may sign in. They are disabled, never deleted: notes keep their author.
CREATE TABLE accounts (
    id           INTEGER PRIMARY KEY,
    login        TEXT NOT NULL UNIQUE COLLATE NOCASE,
    name         TEXT NOT NULL,
    role         TEXT NOT NULL CHECK (role IN ('agent', 'supervisor', 'admin')),
    password     TEXT NOT NULL,                  -- argon2id, in PHC form
    whole_record INTEGER NOT NULL DEFAULT 1,     -- may see numbers and notes in full
    disabled     INTEGER NOT NULL DEFAULT 0,
    created_at   INTEGER NOT NULL
) STRICT;

-- The extensions that an account may take.
CREATE TABLE account_extens (
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    exten      TEXT NOT NULL,
    PRIMARY KEY (account_id, exten)
) STRICT, WITHOUT ROWID;

-- Browser sessions. Revoking one means expiring it: the server's sweep then closes its sockets.
CREATE TABLE sessions (
    id         TEXT PRIMARY KEY,                 -- SHA-256 of the cookie: a backup signs nobody in
    sign_in    TEXT,                             -- names the sign-in; null until there is one
    account_id INTEGER REFERENCES accounts (id),
    data       TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
CREATE INDEX sessions_by_account ON sessions (account_id);
CREATE INDEX sessions_by_sign_in ON sessions (sign_in);

-- Who holds an extension.
CREATE TABLE desks (
    exten      TEXT PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    sign_in    TEXT NOT NULL,
    epoch      TEXT NOT NULL,
    since_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE customers (
    id     INTEGER PRIMARY KEY,
    name   TEXT NOT NULL,
    folded TEXT NOT NULL,                        -- the name in lower case, without diacritics
    city   TEXT,
    active INTEGER NOT NULL DEFAULT 1
) STRICT;

-- A number may be several customers', and a customer may have several numbers.
CREATE TABLE customer_phones (
    number      TEXT NOT NULL,
    customer_id INTEGER NOT NULL REFERENCES customers (id),
    written     TEXT NOT NULL,                   -- as it was given to us
    position    INTEGER NOT NULL,                -- 0 is the main one
    PRIMARY KEY (number, customer_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_phones_by_customer ON customer_phones (customer_id, position);

CREATE TABLE restaurants (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE bookings (
    id            INTEGER PRIMARY KEY,
    customer_id   INTEGER NOT NULL REFERENCES customers (id),
    restaurant_id INTEGER NOT NULL REFERENCES restaurants (id),
    at            TEXT NOT NULL,
    adults        INTEGER NOT NULL,
    children      INTEGER NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('pending', 'confirmed', 'served', 'cancelled', 'noShow'))
) STRICT;
CREATE INDEX bookings_by_customer ON bookings (customer_id, at DESC);
CREATE INDEX bookings_by_state ON bookings (customer_id, state, at DESC);

-- Calls, live ones included once a note or the writer has put them here.
CREATE TABLE calls (
    id               TEXT PRIMARY KEY,           -- PBX:root channel
    direction        TEXT NOT NULL,
    root_channel     TEXT NOT NULL,
    root_endpoint    TEXT NOT NULL,
    caller_name      TEXT NOT NULL,
    caller_number    TEXT NOT NULL,              -- as the PBX said it
    caller_phone     TEXT,                       -- E.164, where it could be parsed
    dialled          TEXT NOT NULL,
    customer_id      INTEGER,                    -- may be a record of an outside CRM
    answered_by      TEXT,
    answered_by_name TEXT,
    started_at       INTEGER NOT NULL,
    answered_at      INTEGER,
    ended_at         INTEGER,
    outcome          TEXT,
    folded           TEXT NOT NULL               -- caller's name, folded, for the search
) STRICT, WITHOUT ROWID;
CREATE INDEX calls_by_start ON calls (started_at);
CREATE INDEX calls_by_phone ON calls (caller_phone);
CREATE INDEX calls_by_customer ON calls (customer_id);
CREATE INDEX calls_unended ON calls (id) WHERE ended_at IS NULL;

CREATE TABLE legs (
    call_id     TEXT NOT NULL REFERENCES calls (id),
    channel     TEXT NOT NULL,
    endpoint    TEXT NOT NULL,
    exten       TEXT,
    state       TEXT NOT NULL,
    created_at  INTEGER NOT NULL,
    ringing_at  INTEGER,
    answered_at INTEGER,
    ended_at    INTEGER,
    ending      TEXT,                            -- LegEnd
    cause_code  INTEGER,                         -- Q.850
    cause_text  TEXT,
    PRIMARY KEY (call_id, channel)
) STRICT, WITHOUT ROWID;
CREATE INDEX legs_by_exten ON legs (exten, call_id);

-- A call that became part of another (R18).
CREATE TABLE call_aliases (
    id      TEXT PRIMARY KEY,
    call_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX call_aliases_by_call ON call_aliases (call_id);

-- The note of a call as it stands.
CREATE TABLE notes (
    call_id     TEXT PRIMARY KEY REFERENCES calls (id),
    customer_id INTEGER,
    version     INTEGER NOT NULL,
    text        TEXT NOT NULL,
    folded      TEXT NOT NULL,
    account_id  INTEGER NOT NULL REFERENCES accounts (id),
    saved_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX notes_by_customer ON notes (customer_id, saved_at DESC);

-- Every version of every note. save_id names the press of Save, so that sending it again
-- writes nothing; a version that a merge of calls made has none.
CREATE TABLE note_versions (
    call_id     TEXT NOT NULL REFERENCES calls (id),
    version     INTEGER NOT NULL,
    save_id     TEXT UNIQUE,
    customer_id INTEGER,
    text        TEXT NOT NULL,
    account_id  INTEGER NOT NULL REFERENCES accounts (id),
    saved_at    INTEGER NOT NULL,
    PRIMARY KEY (call_id, version)
) STRICT, WITHOUT ROWID;

-- What is being typed: one text per person and call, whichever of their tabs typed last.
CREATE TABLE drafts (
    account_id   INTEGER NOT NULL REFERENCES accounts (id),
    call_id      TEXT NOT NULL,
    customer_id  INTEGER,
    base_version INTEGER NOT NULL,
    text         TEXT NOT NULL,
    tab          TEXT NOT NULL,
    revision     INTEGER NOT NULL,
    kept_at      INTEGER NOT NULL,
    PRIMARY KEY (account_id, call_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX drafts_by_call ON drafts (call_id);

-- The last edit that was seen of each tab. It outlives the draft, so that an edit which was
-- overtaken by its own Save does not bring the draft back.
CREATE TABLE draft_tabs (
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    call_id    TEXT NOT NULL,
    tab        TEXT NOT NULL,
    revision   INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    PRIMARY KEY (account_id, call_id, tab)
) STRICT, WITHOUT ROWID;
CREATE INDEX draft_tabs_by_call ON draft_tabs (call_id);
