-- +goose Up

-- Portable SQL: the same file serves SQLite and PostgreSQL. Times are RFC 3339
-- text in UTC with six digits of a second, so they sort as text.

-- One row: the identity of the catalog, made by its first successful write.
CREATE TABLE otp_catalog (
    singleton  INTEGER NOT NULL PRIMARY KEY CHECK (singleton = 1),
    id         TEXT    NOT NULL,
    created_at TEXT    NOT NULL
);

CREATE TABLE otp_object (
    kind       TEXT   NOT NULL,
    name       TEXT   NOT NULL,
    spec       TEXT   NOT NULL,
    revision   BIGINT NOT NULL CHECK (revision > 0),
    document   TEXT   NOT NULL CHECK (kind = 'profile' OR document = ''),
    claim      TEXT   NOT NULL,
    updated_at TEXT   NOT NULL,
    updated_by TEXT   NOT NULL,
    retired_at TEXT,
    retired_by TEXT,
    PRIMARY KEY (kind, name),
    CHECK ((retired_at IS NULL) = (retired_by IS NULL))
);

-- What a profile refers to, with the revision its document was made from. The
-- foreign keys hold the promise that nothing referred to is ever removed.
CREATE TABLE otp_reference (
    profile_kind TEXT   NOT NULL CHECK (profile_kind = 'profile'),
    profile_name TEXT   NOT NULL,
    kind         TEXT   NOT NULL CHECK (kind <> 'profile'),
    name         TEXT   NOT NULL,
    revision     BIGINT NOT NULL,
    PRIMARY KEY (profile_kind, profile_name, kind, name),
    FOREIGN KEY (profile_kind, profile_name) REFERENCES otp_object (kind, name),
    FOREIGN KEY (kind, name) REFERENCES otp_object (kind, name)
);

CREATE INDEX otp_reference_object ON otp_reference (kind, name);

-- Append only. made_from is a JSON list, or empty.
CREATE TABLE otp_history (
    sequence     BIGINT NOT NULL PRIMARY KEY,
    kind         TEXT   NOT NULL,
    name         TEXT   NOT NULL,
    at           TEXT   NOT NULL,
    actor        TEXT   NOT NULL,
    action       TEXT   NOT NULL,
    old_revision BIGINT NOT NULL,
    new_revision BIGINT NOT NULL,
    spec         TEXT   NOT NULL,
    document     TEXT   NOT NULL,
    made_from    TEXT   NOT NULL
);

CREATE INDEX otp_history_object ON otp_history (kind, name, sequence);

-- The one thing that applications read. A retired object keeps its revision, so
-- it does not make a document out of date.
CREATE VIEW otp_profile_documents AS
SELECT
    profile.name AS name,
    profile.revision AS revision,
    profile.document AS document,
    NOT EXISTS (
        SELECT 1
        FROM otp_reference AS reference
        JOIN otp_object AS object
            ON object.kind = reference.kind AND object.name = reference.name
        WHERE reference.profile_kind = profile.kind
            AND reference.profile_name = profile.name
            AND reference.revision <> object.revision
    ) AS up_to_date,
    profile.updated_at AS updated_at
FROM otp_object AS profile
WHERE profile.kind = 'profile' AND profile.retired_at IS NULL;
