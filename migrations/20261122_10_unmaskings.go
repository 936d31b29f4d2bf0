package migrations

import (
	"time"

	"github.com/uptrace/bun"
)

// unmaskings: who may see a caller in clear just now, from which session, and
// until when.
var unmaskings = func() step {
	type unmasking struct {
		bun.BaseModel `bun:"table:unmaskings"`

		ID        int64     `bun:"id,pk,autoincrement"`
		TicketID  int64     `bun:"ticket_id,notnull"`
		StaffID   int64     `bun:"staff_id,notnull"`
		Session   string    `bun:"session,notnull"` // the digest of a session's cookie
		Reason    string    `bun:"reason,notnull"`
		From      string    `bun:"from_address,notnull"`
		GrantedAt time.Time `bun:"granted_at,notnull"`
		EndsAt    time.Time `bun:"ends_at,notnull"`
	}
	return create("20261122_10", "unmaskings", table{(*unmasking)(nil), []string{
		`CREATE UNIQUE INDEX unmaskings_whose ON unmaskings (ticket_id, staff_id, session)`,
		`CREATE INDEX unmaskings_ends ON unmaskings (ends_at)`,
	}})
}()
