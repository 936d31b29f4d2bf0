package staff

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jonboulle/clockwork"
	"github.com/uptrace/bun"
)

// What can be refused here.
var (
	ErrUnknown   = errors.New("no such member of staff")
	ErrTaken     = errors.New("this login is taken")
	ErrWrong     = errors.New("login or password is wrong")
	ErrNotActive = errors.New("this account is switched off")
)

// Store keeps the members.
type Store struct {
	db       *bun.DB
	clock    clockwork.Clock
	sealer   Sealer
	separate bool
}

// NewStore returns the store of the members in db.
func NewStore(db *bun.DB, clock clockwork.Clock) *Store { return &Store{db: db, clock: clock} }

// Add takes in a new member with a password and returns it with its id. It
// refuses a taken login with ErrTaken and a weak password with a *WeakPassword.
func (s *Store) Add(ctx context.Context, m Member, password string) (Member, error) {
	digest, err := Digest(password, m.Login)
	if err != nil {
		return Member{}, err
	}
	m.Login = strings.ToLower(strings.TrimSpace(m.Login))
	if m.Login == "" || utf8.RuneCountInString(m.Login) > 64 || m.Name == "" || len(m.Roles) == 0 {
		return Member{}, errors.New("adding a member: login, name and at least one role are needed")
	}
	if err := s.oneOffice(m); err != nil {
		return Member{}, err
	}
	r := row(m)
	r.PasswordHash, r.Active, r.CreatedAt = digest, true, s.now()
	res, err := s.db.NewInsert().Model(&r).On("CONFLICT (login) DO NOTHING").Returning("id").Exec(ctx)
	if err != nil {
		return Member{}, fmt.Errorf("adding a member: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return Member{}, ErrTaken
	}
	return s.member(r), nil
}

// Member returns the member with this id, or ErrUnknown.
func (s *Store) Member(ctx context.Context, id int64) (Member, error) {
	r, err := s.one(ctx, "id = ?", id)
	return s.member(r), err
}

// ByLogin returns the member with this login, or ErrUnknown.
func (s *Store) ByLogin(ctx context.Context, login string) (Member, error) {
	r, err := s.one(ctx, "login = ?", strings.ToLower(strings.TrimSpace(login)))
	return s.member(r), err
}

// Authenticate returns the member whose login and password these are. A
// stranger learns nothing from the answer or the time it takes: an unknown
// login costs a digest too, and both are ErrWrong. A switched-off account
// with the right password is ErrNotActive.
func (s *Store) Authenticate(ctx context.Context, login, password string) (Member, error) {
	r, err := s.one(ctx, "login = ?", strings.ToLower(strings.TrimSpace(login)))
	if errors.Is(err, ErrUnknown) {
		_ = matches(password, unknownDigest())
		return Member{}, ErrWrong
	}
	if err != nil {
		return Member{}, err
	}
	if !matches(password, r.PasswordHash) {
		return Member{}, ErrWrong
	}
	if !r.Active {
		return Member{}, ErrNotActive
	}
	if _, err := s.db.NewUpdate().Model((*memberRow)(nil)).Set("last_login_at = ?", s.now()).Where("id = ?", r.ID).Exec(ctx); err != nil {
		return Member{}, fmt.Errorf("noting the login: %w", err)
	}
	return s.member(r), nil
}

// SetPassword gives the member a new password; a weak one is a *WeakPassword.
func (s *Store) SetPassword(ctx context.Context, id int64, password string) error {
	m, err := s.Member(ctx, id)
	if err != nil {
		return err
	}
	digest, err := Digest(password, m.Login)
	if err != nil {
		return err
	}
	_, err = s.db.NewUpdate().Model((*memberRow)(nil)).Set("password_hash = ?", digest).Where("id = ?", id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("setting a password: %w", err)
	}
	return nil
}

// SetActive switches an account on or off.
func (s *Store) SetActive(ctx context.Context, id int64, active bool) error {
	_, err := s.db.NewUpdate().Model((*memberRow)(nil)).Set("active = ?", active).Where("id = ?", id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("switching an account: %w", err)
	}
	return nil
}

// All returns the members in the order of their logins.
func (s *Store) All(ctx context.Context) ([]Member, error) {
	var rows []memberRow
	if err := s.db.NewSelect().Model(&rows).Order("login").Scan(ctx); err != nil {
		return nil, fmt.Errorf("listing the staff: %w", err)
	}
	out := make([]Member, 0, len(rows))
	for _, r := range rows {
		out = append(out, s.member(r))
	}
	return out, nil
}

func (s *Store) one(ctx context.Context, where string, arg any) (memberRow, error) {
	var r memberRow
	err := s.db.NewSelect().Model(&r).Where(where, arg).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return r, ErrUnknown
	}
	if err != nil {
		return r, fmt.Errorf("looking up a member: %w", err)
	}
	return r, nil
}

func (s *Store) now() time.Time { return s.clock.Now().UTC().Truncate(time.Microsecond) }

type memberRow struct {
	bun.BaseModel `bun:"table:staff"`

	ID           int64 `bun:"id,pk,autoincrement"`
	Login        string
	Name         string
	Roles        string
	Department   string
	Hall         string
	WindowNo     string
	Phone        string
	Lang         string
	PasswordHash string
	Active       bool
	CreatedAt    time.Time
	LastLoginAt  time.Time `bun:",nullzero"`
}

func row(m Member) memberRow {
	words := make([]string, 0, len(m.Roles))
	for _, r := range m.Roles {
		words = append(words, string(r))
	}
	return memberRow{ID: m.ID, Login: m.Login, Name: m.Name, Roles: strings.Join(words, ","), Department: m.Department,
		Hall: m.Hall, WindowNo: m.WindowNo, Phone: m.Phone, Lang: m.Lang, Active: m.Active}
}

func (r memberRow) member() Member {
	roles, _ := ParseRoles(r.Roles)
	return Member{ID: r.ID, Login: r.Login, Name: r.Name, Roles: roles, Department: r.Department, Hall: r.Hall, WindowNo: r.WindowNo,
		Phone: r.Phone, Lang: r.Lang, Active: r.Active, CreatedAt: r.CreatedAt, LastLoginAt: r.LastLoginAt}
}
