package migrations

import (
	"time"

	"github.com/uptrace/bun"
)

// calendars: working time and limits, every version kept, because a deadline
// is explained by the version it was promised under.
var calendars = func() step {
	type calendar struct {
		bun.BaseModel `bun:"table:calendars"`

		Name        string    `bun:"name,pk"`
		Version     int       `bun:"version,pk"`
		Spec        string    `bun:"spec,type:text,notnull"`
		PublishedAt time.Time `bun:"published_at,notnull"`
		PublishedBy string    `bun:"published_by,notnull"`
		Note        string    `bun:"note,notnull"`
	}
	type holidayYear struct {
		bun.BaseModel `bun:"table:holiday_years"`

		Year     int       `bun:"year,pk,autoincrement:false"`
		Version  int       `bun:"version,pk,autoincrement:false"`
		Days     string    `bun:"days,type:text,notnull"`
		Source   string    `bun:"source,notnull"`
		LoadedAt time.Time `bun:"loaded_at,notnull"`
		LoadedBy string    `bun:"loaded_by,notnull"`
	}
	type policy struct {
		bun.BaseModel `bun:"table:policies"`

		Version     int       `bun:"version,pk,autoincrement:false"`
		InForceFrom time.Time `bun:"in_force_from,notnull"`
		Spec        string    `bun:"spec,type:text,notnull"`
		PublishedAt time.Time `bun:"published_at,notnull"`
		PublishedBy string    `bun:"published_by,notnull"`
		Note        string    `bun:"note,notnull"`
	}
	return create("20261121_03", "calendars",
		table{(*calendar)(nil), nil},
		table{(*holidayYear)(nil), nil},
		table{(*policy)(nil), nil},
	)
}()
