package catalog

import (
	"maps"
	"slices"
	"strings"
)

// The queries of this package, in SQL that SQLite and PostgreSQL both
// understand. Placeholders are question marks; see backend.rebind.
const (
	selectVersion = `SELECT COALESCE(MAX(version_id), 0) FROM ` + versionTable

	selectCatalog = `SELECT id FROM otp_catalog`

	// selectIdentity fails where there are no tables.
	selectIdentity = `SELECT COALESCE(MAX(version_id), 0), COALESCE((` + selectCatalog + `), '') FROM ` + versionTable

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

	// selectTakeovers finds how an object got its claims, the last one first.
	selectTakeovers = selectHistory + `
WHERE kind = ? AND name = ? AND action IN ('create', 'adopt', 'revive') ORDER BY sequence DESC LIMIT 1`

	selectAllEvents = selectHistory + ` ORDER BY sequence`
)

// mostNamed bounds how many objects one query names, of which SQLite takes 32,766
// arguments and PostgreSQL 65,535.
const mostNamed = 5000

// selectNamed is a query for all objects among refs, of which there is at least
// one, and its arguments. It is written so that both databases find them by their
// index.
func selectNamed(refs []Ref) (query string, args []any) {
	names := map[Kind][]any{}
	for _, ref := range refs {
		names[ref.Kind] = append(names[ref.Kind], ref.Name)
	}
	var conditions []string
	for _, kind := range slices.Sorted(maps.Keys(names)) {
		conditions = append(conditions, `kind = ? AND name IN (`+placeholders(len(names[kind]))+`)`)
		args = append(append(args, string(kind)), names[kind]...)
	}
	return selectObjects + ` WHERE (` + strings.Join(conditions, " OR ") + `)`, args
}

func placeholders(n int) string { return strings.TrimPrefix(strings.Repeat(", ?", n), ", ") }

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
	return selectReferences + ` WHERE profile_kind = 'profile' AND profile_name IN (` + placeholders(len(args)) + `)`, args
}
