package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// applicationID marks a SQLite file as a catalog: "otpc" in ASCII. See
// https://www.sqlite.org/pragma.html#pragma_application_id.
const applicationID = 0x6f747063

// selectContents is what a SQLite file says of itself: its application_id, and
// the names of all that it holds.
const selectContents = `SELECT 'application_id', CAST(application_id AS TEXT) FROM pragma_application_id
UNION ALL SELECT type, name FROM sqlite_master WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\'`

// recognise reports whether a SQLite file has our tables. One that belongs to
// another program is a *fault: it carries that program's mark, or it holds
// something and not our tables.
func (b *sqlite) recognise(ctx context.Context, on querier) (tables bool, err error) {
	rows, err := on.QueryContext(ctx, selectContents)
	if err != nil {
		return false, err
	}
	defer func() {
		if failure := rows.Close(); failure != nil && err == nil {
			err = failure
		}
	}()
	foreign, mark := "", ""
	for rows.Next() {
		var kind, name string
		if err := rows.Scan(&kind, &name); err != nil {
			return false, err
		}
		switch {
		case kind == "application_id" && name != "0" && name != fmt.Sprint(applicationID):
			mark = "its application_id is " + name
		case kind == "application_id":
		case kind == "table" && name == versionTable:
			tables = true
		case foreign == "":
			foreign = fmt.Sprintf("it has the %s %q", kind, name)
		}
	}
	if err := rows.Err(); err != nil {
		return false, err
	}
	if mark == "" && tables {
		return true, nil
	}
	if mark == "" {
		mark = foreign
	}
	if mark == "" {
		return false, nil
	}
	return false, &fault{
		problem: "the file is the database of another program; it was left untouched",
		remedy:  "Name another file in catalog.url: a catalog shares its file with nobody.",
		err:     fmt.Errorf("%s, and is no catalog", mark),
	}
}

func (b *sqlite) relations(ctx context.Context, on querier) (map[string]bool, error) {
	return names(on.QueryContext(ctx, "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"))
}

// names reads rows of one name each.
func names(rows *sql.Rows, err error) (map[string]bool, error) {
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		found[name] = true
	}
	return found, errors.Join(rows.Err(), rows.Close())
}

// querier is a pool, a connection or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}
