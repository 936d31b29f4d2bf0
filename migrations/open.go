// Package migrations keeps the schema's history as one ordered list, opens a
// database and brings it up to date.
//
// The rule it keeps: a step that has landed is never edited, and no step looks
// at today's types. Every step carries frozen structs of its own, so the way
// from any old desk to this one stays what it was when it was tested.
package migrations

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite" // the embedded database's driver, registered as "sqlite"
)

// Open connects to the database that dsn names and checks that it answers.
// A postgres:// address means PostgreSQL; anything else is the path of a
// SQLite file, made when it is missing. The schema is left as it is: Up
// brings it up to date.
func Open(ctx context.Context, dsn string) (*bun.DB, error) {
	db, err := open(dsn)
	if err != nil {
		return nil, err
	}
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	return db, nil
}

// IsPostgres says whether db speaks PostgreSQL's dialect; the other one is SQLite.
func IsPostgres(db bun.IDB) bool { return db.Dialect().Name() == dialect.PG }

var errAddress = errors.New("reading the database address: it should look like postgres://user:password@host:5432/name")

func open(dsn string) (*bun.DB, error) {
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		return openPostgres(dsn)
	}
	return openSQLite(dsn)
}

// openPostgres uses the simple protocol because bun writes values into the
// query text: pgx's statement cache would see a new statement every time.
func openPostgres(dsn string) (*bun.DB, error) {
	conf, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errAddress // err quotes the address, and with it the password
	}
	conf.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	conf.RuntimeParams["timezone"] = "UTC"
	conf.RuntimeParams["application_name"] = "nengban"
	sqldb := stdlib.OpenDB(*conf)
	sqldb.SetMaxOpenConns(32)
	sqldb.SetMaxIdleConns(8)
	return bun.NewDB(sqldb, pgdialect.New()), nil
}

// openSQLite sets what every connection needs in the address itself, since
// database/sql opens connections when it likes. busy_timeout comes before
// journal_mode, which itself may have to wait. synchronous FULL: an
// acknowledged ticket survives a power cut. _txlock=immediate: a transaction
// that reads and then writes must not find another writer in between. _dqs=0:
// a misspelt column is an error, as it is on PostgreSQL. secure_delete: whoever
// is erased is not left in the file's free space.
func openSQLite(path string) (*bun.DB, error) {
	q := url.Values{}
	q.Set("_dqs", "0")
	q.Set("_defensive", "1")
	q.Set("_txlock", "immediate")
	for _, p := range []string{"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "secure_delete(1)"} {
		q.Add("_pragma", p)
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("finding the database file: %w", err)
	}
	sqldb, err := sql.Open("sqlite", "file:"+(&url.URL{Path: abs}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return nil, fmt.Errorf("opening the database file: %w", err)
	}
	sqldb.SetMaxOpenConns(8)
	sqldb.SetMaxIdleConns(8)
	return bun.NewDB(sqldb, sqlitedialect.New()), nil
}
