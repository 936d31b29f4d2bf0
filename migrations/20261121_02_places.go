package migrations

import "github.com/uptrace/bun"

// places: departments, areas, categories, and the directory that says who handles what where.
var places = func() step {
	type department struct {
		bun.BaseModel `bun:"table:departments"`

		Code      string `bun:"code,pk"`
		Parent    string `bun:"parent,notnull"`
		Name      string `bun:"name,notnull"`
		NameEn    string `bun:"name_en,notnull"`
		Kind      string `bun:"kind,notnull"`
		Leader    string `bun:"leader,notnull"`
		Contact   string `bun:"contact,notnull"`
		DutyPhone string `bun:"duty_phone,notnull"`
		Calendar  string `bun:"calendar,notnull"`
		Active    bool   `bun:"active,notnull"`
	}
	type area struct {
		bun.BaseModel `bun:"table:areas"`

		Code   string `bun:"code,pk"`
		Parent string `bun:"parent,notnull"`
		Name   string `bun:"name,notnull"`
	}
	type category struct {
		bun.BaseModel `bun:"table:categories"`

		Code   string `bun:"code,pk"`
		Parent string `bun:"parent,notnull"`
		Name   string `bun:"name,notnull"`
		NameEn string `bun:"name_en,notnull"`
	}
	type duty struct {
		bun.BaseModel `bun:"table:directory"`

		ID        int64  `bun:"id,pk,autoincrement"`
		Matter    string `bun:"matter,notnull"`
		Category  string `bun:"category,notnull"`
		Area      string `bun:"area,notnull"`
		Lead      string `bun:"lead,notnull"`
		Assisting string `bun:"assisting,notnull"` // codes, comma-separated
		Basis     string `bun:"basis,notnull"`
		Leader    string `bun:"leader,notnull"`
		Active    bool   `bun:"active,notnull"`
	}
	return create("20261121_02", "places",
		table{(*department)(nil), nil},
		table{(*area)(nil), nil},
		table{(*category)(nil), nil},
		table{(*duty)(nil), nil},
	)
}()
