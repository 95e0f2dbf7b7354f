package catalog

import "strings"

// The queries of this package, in SQL that SQLite and PostgreSQL both
// understand. Placeholders are question marks; see backend.rebind.
const (
	selectVersion = `SELECT COALESCE(MAX(version_id), 0) FROM ` + versionTable

	selectCatalog = `SELECT id FROM otp_catalog`

	selectCreation = `SELECT created_at FROM otp_catalog`

	insertCatalog = `INSERT INTO otp_catalog (singleton, id, created_at) VALUES (1, ?, ?)`

	selectObjects = `SELECT kind, name, spec, revision, document, claim, updated_at, updated_by, retired_at, retired_by
FROM otp_object`

	selectObject = selectObjects + ` WHERE kind = ? AND name = ?`

	selectLiveObjects = selectObjects + ` WHERE kind = ? AND retired_at IS NULL`

	andUnused = ` AND retired_at IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM otp_reference
    WHERE otp_reference.kind = otp_object.kind AND otp_reference.name = otp_object.name
)`

	insertObjects = `INSERT INTO otp_object
    (kind, name, spec, revision, document, claim, updated_at, updated_by, retired_at, retired_by)`

	upsertObject = insertObjects + `
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (kind, name) DO UPDATE SET
    spec = excluded.spec, revision = excluded.revision, document = excluded.document, claim = excluded.claim,
    updated_at = excluded.updated_at, updated_by = excluded.updated_by,
    retired_at = excluded.retired_at, retired_by = excluded.retired_by`

	deleteObject = `DELETE FROM otp_object WHERE kind = ? AND name = ?`

	selectReferences = `SELECT profile_name, kind, name, revision FROM otp_reference`

	selectReferencesOfProfile = selectReferences + ` WHERE profile_kind = 'profile' AND profile_name = ?`

	selectProfilesOfReference = `SELECT profile_name FROM otp_reference WHERE kind = ? AND name = ?`

	insertReferences = `INSERT INTO otp_reference (profile_kind, profile_name, kind, name, revision)`

	insertReference = insertReferences + ` VALUES ('profile', ?, ?, ?, ?)`

	deleteReferences = `DELETE FROM otp_reference WHERE profile_kind = 'profile' AND profile_name = ?`

	selectLastRevision = `SELECT COALESCE(MAX(old_revision), 0), COALESCE(MAX(new_revision), 0)
FROM otp_history WHERE kind = ? AND name = ?`

	selectLastEvent = `SELECT COALESCE(MAX(sequence), 0) FROM otp_history`

	insertHistory = `INSERT INTO otp_history
    (sequence, kind, name, at, actor, action, old_revision, new_revision, spec, document, made_from)`

	insertEvent = insertHistory + `
VALUES ((` + selectLastEvent + `) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

	selectHistory = `SELECT
    sequence, kind, name, at, actor, action, old_revision, new_revision, spec, document, made_from
FROM otp_history`

	selectEvents = selectHistory + ` WHERE kind = ? AND name = ? ORDER BY sequence`

	selectAllEvents = selectHistory + ` ORDER BY sequence`
)

// mostNamed bounds how many objects one query names: two arguments each, of which
// SQLite takes 32,766 and PostgreSQL 65,535.
const mostNamed = 5000

// selectNamed is a query for all objects among refs, of which there is at least
// one, and its arguments.
func selectNamed(refs []Ref) (query string, args []any) {
	for _, ref := range refs {
		args = append(args, string(ref.Kind), ref.Name)
	}
	values := strings.TrimPrefix(strings.Repeat(", (?, ?)", len(refs)), ", ")
	return selectObjects + ` WHERE (kind, name) IN (VALUES ` + values + `)`, args
}

// selectReferencesOf is a query for what the profiles among refs refer to, and its
// arguments; empty where there are none.
func selectReferencesOf(refs []Ref) (query string, args []any) {
	for _, ref := range refs {
		if ref.Kind == Profile {
			args = append(args, ref.Name)
		}
	}
	if len(args) == 0 {
		return "", nil
	}
	names := strings.TrimPrefix(strings.Repeat(", ?", len(args)), ", ")
	return selectReferences + ` WHERE profile_kind = 'profile' AND profile_name IN (` + names + `)`, args
}
