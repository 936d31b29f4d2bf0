package migrations

import (
	"time"

	"github.com/uptrace/bun"
)

// people: who works here, and who is logged in.
var people = func() step {
	type member struct {
		bun.BaseModel `bun:"table:staff"`

		ID           int64     `bun:"id,pk,autoincrement"`
		Login        string    `bun:"login,notnull,unique"`
		Name         string    `bun:"name,notnull"`
		Roles        string    `bun:"roles,notnull"` // words, comma-separated
		Department   string    `bun:"department,notnull"`
		Hall         string    `bun:"hall,notnull"`
		WindowNo     string    `bun:"window_no,notnull"`
		Phone        string    `bun:"phone,notnull"`
		Lang         string    `bun:"lang,notnull"`
		PasswordHash string    `bun:"password_hash,notnull"`
		Active       bool      `bun:"active,notnull"`
		CreatedAt    time.Time `bun:"created_at,notnull"`
		LastLoginAt  time.Time `bun:"last_login_at,nullzero"`
	}
	type session struct {
		bun.BaseModel `bun:"table:sessions"`

		Token     string    `bun:"token,pk"` // SHA-256 of what the cookie holds
		Data      []byte    `bun:"data,notnull"`
		ExpiresAt time.Time `bun:"expires_at,notnull"`
	}
	type draft struct {
		bun.BaseModel `bun:"table:drafts"`

		StaffID int64     `bun:"staff_id,pk"`
		Form    string    `bun:"form,pk"`
		Body    []byte    `bun:"body,notnull"` // sealed
		SavedAt time.Time `bun:"saved_at,notnull"`
	}
	return create("20261121_01", "people",
		table{(*member)(nil), nil},
		table{(*session)(nil), []string{`CREATE INDEX sessions_expires_at ON sessions (expires_at)`}},
		table{(*draft)(nil), nil},
	)
}()
