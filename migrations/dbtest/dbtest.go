// Package dbtest gives a test a fresh, migrated database of its own: SQLite
// always, PostgreSQL where NENGBAN_TEST_POSTGRES names a server (make test
// starts one). Each test's database is a copy of a template that was migrated
// once, so that hundreds of tests cost little more than one.
package dbtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/uptrace/bun"

	"nengban/migrations"
)

// Variable names the PostgreSQL server that tests may make databases on.
const Variable = "NENGBAN_TEST_POSTGRES"

// Each runs the same test on every database the program supports.
func Each(t *testing.T, test func(t *testing.T, db *bun.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, SQLite(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, Postgres(t))
	})
}

// SQLite returns a fresh migrated SQLite database, gone when the test ends.
func SQLite(t testing.TB) *bun.DB {
	t.Helper()
	return open(t, SQLitePath(t))
}

// SQLitePath returns the path of a fresh migrated SQLite file.
func SQLitePath(t testing.TB) string {
	t.Helper()
	body, err := sqliteTemplate()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "desk.db")
	if err := os.WriteFile(path, body, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Postgres returns a fresh migrated PostgreSQL database, dropped when the test ends.
func Postgres(t testing.TB) *bun.DB {
	t.Helper()
	return open(t, PostgresDSN(t))
}

// PostgresDSN returns the address of a fresh migrated PostgreSQL database.
func PostgresDSN(t testing.TB) string {
	t.Helper()
	server := os.Getenv(Variable)
	if server == "" {
		t.Skip("left out: " + Variable + " names no PostgreSQL server; `make test` starts one")
	}
	if err := postgresTemplate(server); err != nil {
		t.Fatal(err)
	}
	name := "nengban_test_" + random()
	if err := onServer(server, fmt.Sprintf(`CREATE DATABASE %s TEMPLATE %s STRATEGY FILE_COPY`, name, template())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := onServer(server, fmt.Sprintf(`DROP DATABASE %s WITH (FORCE)`, name)); err != nil {
			t.Log(err)
		}
	})
	return withDatabase(server, name)
}

func open(t testing.TB, dsn string) *bun.DB {
	t.Helper()
	db, err := migrations.Open(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "nengban-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "desk.db")
	if err := migrated(path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// postgresTemplate makes the template under a server-wide lock, since go test
// runs packages in processes of their own.
func postgresTemplate(server string) error {
	ctx := context.Background()
	db, err := migrations.Open(ctx, server)
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, `SELECT pg_advisory_lock(83450002)`); err != nil {
		return err
	}
	n, err := conn.NewSelect().Table("pg_database").Where("datname = ?", template()).Count(ctx)
	if err != nil || n > 0 {
		return err
	}
	building := template() + "_building"
	for _, q := range []string{`DROP DATABASE IF EXISTS ` + building, `CREATE DATABASE ` + building} {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	if err := migrated(withDatabase(server, building)); err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, fmt.Sprintf(`ALTER DATABASE %s RENAME TO %s`, building, template()))
	return err
}

// template is named after the process that started the tests, so that a
// changed step never meets yesterday's template.
func template() string {
	return fmt.Sprintf("nengban_template_%d", os.Getppid())
}

func migrated(dsn string) error {
	ctx := context.Background()
	db, err := migrations.Open(ctx, dsn)
	if err != nil {
		return err
	}
	if _, err := migrations.Up(ctx, db); err != nil {
		return err
	}
	return db.Close()
}

func onServer(server, query string) error {
	ctx := context.Background()
	db, err := migrations.Open(ctx, server)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, query)
	return err
}

func withDatabase(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server
	}
	u.Path = "/" + name
	return u.String()
}

func random() string {
	b := make([]byte, 8)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}
