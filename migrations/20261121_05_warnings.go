package migrations

import (
	"time"

	"github.com/uptrace/bun"
)

// warnings: who was told that a deadline comes near or has passed, and what
// was mended in the cache of deadlines.
var warnings = func() step {
	type warning struct {
		bun.BaseModel `bun:"table:warnings"`

		TicketID   int64     `bun:"ticket_id,pk,autoincrement:false"`
		Round      int       `bun:"round,pk,autoincrement:false"`
		Clock      string    `bun:"clock,pk"`
		Unit       string    `bun:"unit,pk"`
		Nth        int       `bun:"nth,pk,autoincrement:false"`
		Name       string    `bun:"name,pk"`
		Level      string    `bun:"level,notnull"`
		ToWhom     string    `bun:"to_whom,notnull"`
		Department string    `bun:"department,notnull"`
		At         time.Time `bun:"at,notnull"`
		DueAt      time.Time `bun:"due_at,notnull"`
		Urgent     bool      `bun:"urgent,notnull"`
		DigestID   int64     `bun:"digest_id,notnull"` // 0: not yet passed on
		Moot       bool      `bun:"moot,notnull"`      // done before it was passed on
	}
	type digest struct {
		bun.BaseModel `bun:"table:digests"`

		ID         int64     `bun:"id,pk,autoincrement"`
		ToWhom     string    `bun:"to_whom,notnull"`
		Department string    `bun:"department,notnull"`
		At         time.Time `bun:"at,notnull"`
		Level      string    `bun:"level,notnull"` // the gravest in it
		Count      int       `bun:"count,notnull"`
		ReadAt     time.Time `bun:"read_at,nullzero"`
		ReadBy     string    `bun:"read_by,notnull"`
	}
	type repair struct {
		bun.BaseModel `bun:"table:clock_repairs"`

		ID       int64     `bun:"id,pk,autoincrement"`
		At       time.Time `bun:"at,notnull"`
		By       string    `bun:"by_name,notnull"`
		Reason   string    `bun:"reason,notnull"`
		TicketID int64     `bun:"ticket_id,notnull"`
		Number   string    `bun:"number,notnull"`
		Found    string    `bun:"found,type:text,notnull"` // the differences
	}
	return create("20261121_05", "warnings",
		table{(*warning)(nil), []string{`CREATE INDEX warnings_waiting ON warnings (to_whom, department, at) WHERE digest_id = 0`, `CREATE INDEX warnings_digest ON warnings (digest_id)`}},
		table{(*digest)(nil), []string{`CREATE INDEX digests_reader ON digests (to_whom, department, at)`}},
		table{(*repair)(nil), []string{`CREATE INDEX clock_repairs_ticket ON clock_repairs (ticket_id)`}},
	)
}()
