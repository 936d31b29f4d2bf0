package session

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"
)

// Device is a session as its owner sees it.
type Device struct {
	ID      string // names it to End; opens nothing
	Address string
	Browser string
	BegunAt time.Time
	SeenAt  time.Time // to within a few minutes
	Here    bool      // the one that asks
}

// Devices returns a member's sessions, the latest first.
func (s *Sessions) Devices(ctx context.Context, member int64) ([]Device, error) {
	var rows []row
	err := s.DB.NewSelect().Model(&rows).Where("staff_id = ? AND expires_at > ?", member, time.Now().UTC()).Order("seen_at DESC").Limit(100).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing sessions: %w", err)
	}
	here := s.ID(ctx)
	var out []Device
	for _, r := range rows {
		seen := time.Unix(r.SeenAt, 0).UTC()
		if s.clock.Since(seen) <= Idle {
			out = append(out, Device{r.Token, r.FromAddress, r.Browser, time.Unix(r.BegunAt, 0).UTC(), seen, r.Token == here})
		}
	}
	return out, nil
}

// End ends one of a member's sessions; somebody else's is left alone.
func (s *Sessions) End(ctx context.Context, member int64, id string) error {
	if _, err := s.DB.NewDelete().Model((*row)(nil)).Where("token = ? AND staff_id = ?", id, member).Exec(ctx); err != nil {
		return fmt.Errorf("ending a session: %w", err)
	}
	return nil
}

// EndOthers ends all of a member's sessions but the one that asks; when
// another member asks, all of them.
func (s *Sessions) EndOthers(ctx context.Context, member int64) error {
	here := s.ID(ctx)
	if _, err := s.DB.NewDelete().Model((*row)(nil)).Where("staff_id = ? AND token <> ?", member, here).Exec(ctx); err != nil {
		return fmt.Errorf("ending sessions: %w", err)
	}
	return nil
}

// stored is what the table holds for a token, as scs hashes it.
func stored(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
