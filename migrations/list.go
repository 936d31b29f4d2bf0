package migrations

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/migrate"
)

// list is the schema's history, oldest first. A new step goes to the end.
var list = []step{
	people,
	places,
	calendars,
	tickets,
	warnings,
	surveys,
	knowledge,
	evidence,
	hot,
	unmaskings,
	joined,
	merged,
	webhooks,
}

// step is one move of the schema. Up and down each run in a transaction of
// their own, so that a step is either there or not.
type step struct {
	id   string // date and number, the order of history
	name string
	up   func(ctx context.Context, tx bun.Tx) error
	down func(ctx context.Context, tx bun.Tx) error
}

// Up brings the schema up to date and returns the names of the steps that it
// ran, none when there was nothing to do. Several instances may start at
// once: on PostgreSQL all but one wait.
func Up(ctx context.Context, db *bun.DB) ([]string, error) {
	var ran []string
	err := alone(ctx, db, func(m *migrate.Migrator) error {
		group, err := m.Migrate(ctx)
		if group != nil {
			ran = names(group.Migrations)
		}
		return err
	})
	if err != nil {
		return ran, fmt.Errorf("bringing the schema up to date: %w", err)
	}
	return ran, nil
}

// Down takes back the last group of steps that Up ran and returns their names.
func Down(ctx context.Context, db *bun.DB) ([]string, error) {
	var ran []string
	err := alone(ctx, db, func(m *migrate.Migrator) error {
		group, err := m.Rollback(ctx)
		if group != nil {
			ran = names(group.Migrations)
		}
		return err
	})
	if err != nil {
		return ran, fmt.Errorf("taking the schema back: %w", err)
	}
	return ran, nil
}

// Pending returns the names of the steps that Up would run.
func Pending(ctx context.Context, db *bun.DB) ([]string, error) {
	m, err := migrator(ctx, db)
	if err != nil {
		return nil, err
	}
	all, err := m.MigrationsWithStatus(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the schema's history: %w", err)
	}
	return names(all.Unapplied()), nil
}

// alone runs do while no other instance changes the schema. bun's own lock is
// a row that a crashed process leaves behind; a session's advisory lock goes
// with the session. SQLite's file belongs to one process.
func alone(ctx context.Context, db *bun.DB, do func(*migrate.Migrator) error) error {
	if IsPostgres(db) {
		conn, err := db.Conn(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close() }()
		const key = 8345_0001
		if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(?)", key); err != nil {
			return fmt.Errorf("waiting for the schema lock: %w", err)
		}
		defer func() {
			_, _ = conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock(?)", key)
		}()
	}
	m, err := migrator(ctx, db)
	if err != nil {
		return err
	}
	return do(m)
}

// migrator marks a step only once it has succeeded; bun's default records a
// failed step as done.
func migrator(ctx context.Context, db *bun.DB) (*migrate.Migrator, error) {
	all := migrate.NewMigrations()
	for _, s := range list {
		all.Add(migrate.Migration{Name: s.id, Comment: s.name, Up: inTx(s.up), Down: inTx(s.down)})
	}
	m := migrate.NewMigrator(db, all, migrate.WithMarkAppliedOnSuccess(true), migrate.WithUpsert(true))
	if err := m.Init(ctx); err != nil {
		return nil, fmt.Errorf("preparing the schema's history: %w", err)
	}
	return m, nil
}

func inTx(do func(context.Context, bun.Tx) error) func(context.Context, *migrate.Migrator, *migrate.Migration) error {
	return func(ctx context.Context, m *migrate.Migrator, _ *migrate.Migration) error {
		return m.DB().RunInTx(ctx, &sql.TxOptions{}, do)
	}
}

func names(ms migrate.MigrationSlice) []string {
	out := make([]string, 0, len(ms))
	for _, m := range ms {
		out = append(out, m.Name+" "+m.Comment)
	}
	return out
}

// table is one table that a step makes, with the indexes that its lists need.
type table struct {
	model   any
	indexes []string // whole CREATE INDEX statements, the same on both databases
}

// create is the step that makes these tables, and whose way back drops them.
func create(id, name string, tables ...table) step {
	return step{
		id: id, name: name,
		up: func(ctx context.Context, tx bun.Tx) error {
			for _, t := range tables {
				if _, err := tx.NewCreateTable().Model(t.model).WithForeignKeys().Exec(ctx); err != nil {
					return fmt.Errorf("making a table of step %s: %w", name, err)
				}
				for _, q := range t.indexes {
					if _, err := tx.ExecContext(ctx, q); err != nil {
						return fmt.Errorf("making an index of step %s: %w", name, err)
					}
				}
			}
			return nil
		},
		down: func(ctx context.Context, tx bun.Tx) error {
			for i := len(tables) - 1; i >= 0; i-- {
				if _, err := tx.NewDropTable().Model(tables[i].model).Exec(ctx); err != nil {
					return fmt.Errorf("dropping a table of step %s: %w", name, err)
				}
			}
			return nil
		},
	}
}
