package session

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// store keeps sessions in the desk's database, so that they survive a restart
// and every instance knows them. scs hashes the token before it gets here, and
// reckons expiry by the machine's own hour, so this does too.
type store struct{ db *bun.DB }

type row struct {
	bun.BaseModel `bun:"table:sessions"`

	Token     string `bun:",pk"`
	Data      []byte
	ExpiresAt time.Time
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
	_, err := s.db.NewInsert().Model(&r).On("CONFLICT (token) DO UPDATE").Set("data = EXCLUDED.data, expires_at = EXCLUDED.expires_at").Exec(ctx)
	if err != nil {
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
