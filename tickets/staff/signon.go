package staff

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"
)

// Identity is who somebody is according to the city's own sign-on.
type Identity struct {
	Issuer, Subject string // together they never change
	Login, Name     string
	Roles           []Role // by the groups he is in
	Department      string
}

// SignOn returns the member that an identity belongs to, taken in at his first
// visit, with the roles that his groups give him today. An identity without a
// role, or with a switched-off account, is ErrNotActive; a login that belongs
// to somebody who came another way is ErrTaken: nobody becomes a colleague by
// having his name.
func (s *Store) SignOn(ctx context.Context, who Identity) (Member, error) {
	if who.Issuer == "" || who.Subject == "" || len(who.Roles) == 0 {
		return Member{}, ErrNotActive
	}
	var known identityRow
	err := s.db.NewSelect().Model(&known).Where("issuer = ? AND subject = ?", who.Issuer, who.Subject).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return s.takeIn(ctx, who)
	}
	if err != nil {
		return Member{}, fmt.Errorf("looking up an identity: %w", err)
	}
	m, err := s.Member(ctx, known.StaffID)
	if err != nil {
		return Member{}, err
	}
	if !m.Active {
		return Member{}, ErrNotActive
	}
	if !slices.Equal(m.Roles, who.Roles) || m.Department != who.Department && who.Department != "" {
		m.Roles = who.Roles
		if who.Department != "" {
			m.Department = who.Department
		}
		if err := s.Change(ctx, m); err != nil {
			return Member{}, err
		}
	}
	if _, err := s.db.NewUpdate().Model((*memberRow)(nil)).Set("last_login_at = ?", s.now()).Where("id = ?", m.ID).Exec(ctx); err != nil {
		return Member{}, fmt.Errorf("noting the login: %w", err)
	}
	return s.Member(ctx, m.ID)
}

// takeIn makes a member without a password: he comes through the sign-on only.
func (s *Store) takeIn(ctx context.Context, who Identity) (Member, error) {
	login := strings.ToLower(strings.TrimSpace(who.Login))
	if login == "" || utf8.RuneCountInString(login) > 64 {
		return Member{}, errors.New("taking in a member: the sign-on names no login")
	}
	m := Member{Login: login, Name: who.Name, Roles: who.Roles, Department: who.Department}
	if m.Name == "" {
		m.Name = login
	}
	if err := s.oneOffice(m); err != nil {
		return Member{}, err
	}
	r := row(m)
	r.Active, r.CreatedAt, r.LastLoginAt = true, s.now(), s.now()
	err := s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewInsert().Model(&r).On("CONFLICT (login) DO NOTHING").Returning("id").Exec(ctx)
		if err != nil {
			return fmt.Errorf("taking in a member: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return ErrTaken
		}
		if _, err := tx.NewInsert().Model(&identityRow{Issuer: who.Issuer, Subject: who.Subject, StaffID: r.ID}).Exec(ctx); err != nil {
			return fmt.Errorf("keeping an identity: %w", err)
		}
		return nil
	})
	if err != nil {
		return Member{}, err
	}
	return s.member(r), nil
}

type identityRow struct {
	bun.BaseModel `bun:"table:staff_identities"`

	Issuer  string `bun:",pk"`
	Subject string `bun:",pk"`
	StaffID int64
}
