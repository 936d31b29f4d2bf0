package session

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/uptrace/bun"
)

// store keeps sessions in the desk's database, so that they survive a restart
// and every instance knows them. scs hashes the token before it gets here, and
// reckons expiry by the machine's own hour, so this does too.
type store struct{ db *bun.DB }

type row struct {
	bun.BaseModel `bun:"table:sessions"`

	Token       string `bun:",pk"`
	Data        []byte
	ExpiresAt   time.Time
	StaffID     int64
	BegunAt     int64
	SeenAt      int64
	FromAddress string
	Browser     string
}

func (s *store) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	var r row
	err := s.db.NewSelect().Model(&r).Where("token = ? AND expires_at > ?", token, time.Now().UTC()).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("reading a session: %w", err)
	}
	return r.Data, true, nil
}

func (s *store) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	r := row{Token: token, Data: data, ExpiresAt: expiry.UTC()}
	// Whose it is stands beside the data, so that it can be listed and ended.
	if _, values, err := (scs.GobCodec{}).Decode(data); err == nil {
		r.StaffID, _ = values["staff"].(int64)
		r.BegunAt, _ = values["begun"].(int64)
		r.SeenAt, _ = values["seen"].(int64)
		r.FromAddress, _ = values["address"].(string)
		r.Browser, _ = values["browser"].(string)
	}
	if r.StaffID != 0 && r.SeenAt != r.BegunAt {
		return s.update(ctx, r) // one that was ended meanwhile must not come back
	}
	_, err := s.db.NewInsert().Model(&r).On("CONFLICT (token) DO UPDATE").
		Set("data = EXCLUDED.data, expires_at = EXCLUDED.expires_at, staff_id = EXCLUDED.staff_id, begun_at = EXCLUDED.begun_at, seen_at = EXCLUDED.seen_at, " +
			"from_address = EXCLUDED.from_address, browser = EXCLUDED.browser").Exec(ctx)
	if err != nil {
		return fmt.Errorf("writing a session: %w", err)
	}
	return nil
}

func (s *store) update(ctx context.Context, r row) error {
	if _, err := s.db.NewUpdate().Model(&r).Column("data", "expires_at", "seen_at").WherePK().Exec(ctx); err != nil {
		return fmt.Errorf("writing a session: %w", err)
	}
	return nil
}

func (s *store) DeleteCtx(ctx context.Context, token string) error {
	if _, err := s.db.NewDelete().Model((*row)(nil)).Where("token = ?", token).Exec(ctx); err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	return nil
}

// Find, Commit and Delete are what scs asks for where it has no context.
func (s *store) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

func (s *store) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

func (s *store) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

func (s *store) clean(ctx context.Context) (int, error) {
	res, err := s.db.NewDelete().Model((*row)(nil)).Where("expires_at <= ?", time.Now().UTC()).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("deleting old sessions: %w", err)
	}
	n, err := res.RowsAffected()
	return int(n), err
}
