package migrations

import (
	"time"

	"github.com/uptrace/bun"
)

// hot: matters that many bring at once, with the answer for the next caller.
var hot = func() step {
	type matter struct {
		bun.BaseModel `bun:"table:hot_matters"`

		ID         int64     `bun:"id,pk,autoincrement"`
		Main       string    `bun:"main,notnull,unique"` // a ticket's number
		Title      string    `bun:"title,notnull"`
		Words      string    `bun:"words,type:text,notnull"`
		Numbers    string    `bun:"numbers,type:text,notnull"`
		Callers    int       `bun:"callers,notnull"`
		Answer     string    `bun:"answer,type:text,notnull"`
		AnsweredBy string    `bun:"answered_by,notnull"`
		OpenedAt   time.Time `bun:"opened_at,notnull"`
		ClosedAt   time.Time `bun:"closed_at,nullzero"`
	}
	return create("20261121_09", "hot", table{(*matter)(nil), []string{`CREATE INDEX hot_matters_open ON hot_matters (opened_at) WHERE closed_at IS NULL`}})
}()
