package migrations

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// evidence: the chain over what must not be changed behind the program's back,
// what happened to accounts, second factors, keys of programs, sign-on from
// outside, and whose data has been erased.
var evidence = func() step {
	type link struct {
		bun.BaseModel `bun:"table:chain"`

		Position int64     `bun:"position,pk,autoincrement:false"` // 1, 2, 3 … without a gap
		Kind     string    `bun:"kind,notnull"`                    // the table of the row
		RowID    int64     `bun:"row_id,notnull"`
		Ticket   string    `bun:"ticket,notnull"` // its number, so that a row that is gone can still be named
		Seq      int       `bun:"seq,notnull"`
		Why      string    `bun:"why,notnull"` // empty: the row was new; else why its content was replaced
		Digest   []byte    `bun:"digest,notnull"`
		Head     []byte    `bun:"head,notnull"`
		Stamp    string    `bun:"stamp,notnull"`
		SealedAt time.Time `bun:"sealed_at,notnull"`
	}
	type event struct {
		bun.BaseModel `bun:"table:security_events"`

		ID      int64     `bun:"id,pk,autoincrement"`
		At      time.Time `bun:"at,notnull"`
		ByID    int64     `bun:"by_id,notnull"`
		ByName  string    `bun:"by_name,notnull"`
		Act     string    `bun:"act,notnull"`
		Subject string    `bun:"subject,notnull"`
		Details string    `bun:"details,notnull"`
		From    string    `bun:"from_address,notnull"`
		Stamp   string    `bun:"stamp,notnull"`
	}
	type factor struct {
		bun.BaseModel `bun:"table:second_factors"`

		StaffID     int64     `bun:"staff_id,pk,autoincrement:false"`
		Secret      []byte    `bun:"secret,notnull"` // sealed
		ConfirmedAt time.Time `bun:"confirmed_at,nullzero"`
		LastStep    int64     `bun:"last_step,notnull"` // a code is taken once
		Recovery    string    `bun:"recovery,type:text,notnull"`
	}
	type key struct {
		bun.BaseModel `bun:"table:api_keys"`

		ID         int64     `bun:"id,pk,autoincrement"`
		StaffID    int64     `bun:"staff_id,notnull"`
		Name       string    `bun:"name,notnull"`
		Digest     string    `bun:"digest,notnull,unique"`
		Scope      string    `bun:"scope,notnull"`
		CreatedAt  time.Time `bun:"created_at,notnull"`
		ExpiresAt  time.Time `bun:"expires_at,notnull"`
		LastUsedAt time.Time `bun:"last_used_at,nullzero"`
	}
	type identity struct {
		bun.BaseModel `bun:"table:staff_identities"`

		Issuer  string `bun:"issuer,pk"`
		Subject string `bun:"subject,pk"`
		StaffID int64  `bun:"staff_id,notnull"`
	}
	s := create("20261121_08", "evidence",
		table{(*link)(nil), []string{`CREATE INDEX chain_row ON chain (kind, row_id)`}},
		table{(*event)(nil), []string{`CREATE INDEX security_events_at ON security_events (at)`}},
		table{(*factor)(nil), nil},
		table{(*key)(nil), []string{`CREATE INDEX api_keys_staff ON api_keys (staff_id)`}},
		table{(*identity)(nil), nil},
	)
	return alsoAdding(s,
		column{"timeline", "stamp", "VARCHAR NOT NULL DEFAULT ''"},
		column{"reads", "stamp", "VARCHAR NOT NULL DEFAULT ''"},
		column{"sessions", "staff_id", "BIGINT NOT NULL DEFAULT 0"},
		column{"sessions", "begun_at", "BIGINT NOT NULL DEFAULT 0"},
		column{"sessions", "seen_at", "BIGINT NOT NULL DEFAULT 0"},
		column{"sessions", "from_address", "VARCHAR NOT NULL DEFAULT ''"},
		column{"sessions", "browser", "VARCHAR NOT NULL DEFAULT ''"},
		column{"tickets", "erased", "VARCHAR NOT NULL DEFAULT ''"}, // why the caller's data is gone
	)
}()

// column is one that a step adds to a table of an earlier one.
type column struct{ table, name, definition string }

// alsoAdding is the step that also adds columns to tables of earlier ones.
func alsoAdding(s step, columns ...column) step {
	up, down := s.up, s.down
	s.up = func(ctx context.Context, tx bun.Tx) error {
		for _, c := range columns {
			if _, err := tx.ExecContext(ctx, fmt.Sprintf("ALTER TABLE %s ADD COLUMN %s %s", c.table, c.name, c.definition)); err != nil {
				return fmt.Errorf("adding %s to %s: %w", c.name, c.table, err)
			}
		}
		return up(ctx, tx)
	}
	s.down = func(ctx context.Context, tx bun.Tx) error {
		for i := len(columns) - 1; i >= 0; i-- {
			if _, err := tx.ExecContext(ctx, fmt.Sprintf("ALTER TABLE %s DROP COLUMN %s", columns[i].table, columns[i].name)); err != nil {
				return fmt.Errorf("dropping %s of %s: %w", columns[i].name, columns[i].table, err)
			}
		}
		return down(ctx, tx)
	}
	return s
}
