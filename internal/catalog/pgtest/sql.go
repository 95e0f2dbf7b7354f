package pgtest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver
)

var databases atomic.Int64

// Database makes an empty database for one test, and gives its name.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	name := fmt.Sprint("test_", databases.Add(1))
	s.Run(t, Administrator, "postgres", "CREATE DATABASE "+name)
	return name
}

// Run runs statements one by one on the socket, and fails the test with the first
// that fails.
func (s *Server) Run(t testing.TB, user, database string, statements ...string) {
	t.Helper()
	db, err := sql.Open("pgx", s.URL(user, database))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, statement := range statements {
		if _, err := db.ExecContext(context.Background(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

// What the guide about PostgreSQL makes.
const (
	guideAdministrator = "otp_administrator"
	// Terraform is the role of the guide that runs Terraform.
	Terraform = "otp_terraform"
	// Application is the role of the guide that reads documents.
	Application = "otp_application"
	// GuideDatabase is the database of the guide.
	GuideDatabase = "otp"
	// GuideSchema is where the guide puts the catalog.
	GuideSchema = "production"
)

// guideBlocks is how many blocks of SQL the guide has.
const guideBlocks = 5

// Guide gives a server of its own, because roles belong to a whole server, on
// which the guide about PostgreSQL was followed to the letter, up to the first
// apply: roles, database and schema. After that apply, grant lets the application
// read; query is how it reads.
func Guide(t testing.TB) (s *Server, grant func(), query string) {
	t.Helper()
	blocks := guideSQL(t)
	if len(blocks) != guideBlocks {
		t.Fatalf("the guide has %d blocks of SQL, and the tests know %d", len(blocks), guideBlocks)
	}
	s = New(t)
	s.Run(t, Administrator, "postgres", statements(blocks[0])...)
	s.Run(t, guideAdministrator, "postgres", statements(blocks[1])...)
	s.Run(t, guideAdministrator, GuideDatabase, statements(blocks[2])...)
	return s, func() { s.Run(t, Terraform, GuideDatabase, statements(blocks[3])...) }, blocks[4]
}

// guideSQL is the blocks of SQL in the guide, in their order. The packages whose
// tests ask are two folders deep.
func guideSQL(t testing.TB) []string {
	t.Helper()
	guide, err := os.ReadFile(filepath.Join("..", "..", "templates", "guides", "postgresql.md"))
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for _, block := range regexp.MustCompile("(?s)```sql\n(.*?)```").FindAllSubmatch(guide, -1) {
		blocks = append(blocks, string(block[1]))
	}
	return blocks
}

// statements takes a block apart: some of it cannot share a transaction.
func statements(block string) []string {
	return regexp.MustCompile(`(?s)[^;]+;`).FindAllString(block, -1)
}
