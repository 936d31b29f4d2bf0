package staff

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"
)

// KeyScope is how much of its owner's rights a key gives.
type KeyScope string

// The scopes. No key shows a caller in clear or manages people.
const (
	KeyReads     KeyScope = "read"     // looks only
	KeyRegisters KeyScope = "register" // looks, registers and supplements
	KeyActs      KeyScope = "act"      // does what its owner may
)

// KeyScopes lists them, the narrowest first.
var KeyScopes = []KeyScope{KeyReads, KeyRegisters, KeyActs}

// MostKeyDays is how long a key can be good for.
const MostKeyDays = 366

// keyMark makes a key that was left in a file easy to find.
const keyMark = "nengban_"

// ErrKey says what is wrong with a key that somebody wants made.
var ErrKey = errors.New("a key needs a name, a scope, and an end within a year")

// Key is a key by which a program acts in a member's name.
type Key struct {
	ID         int64
	Name       string
	Scope      KeyScope
	CreatedAt  time.Time
	ExpiresAt  time.Time
	LastUsedAt time.Time // zero: never
}

// readingRights are what every key may do, if its owner may.
var readingRights = []Right{ReadTicket, ReadCallbacks, ReadSupervision, ReadDirectory, ReadDeadlines, UseKnowledge}

// rights returns what a scope allows; nil is refused before.
func (k KeyScope) rights() []Right {
	switch k {
	case KeyRegisters:
		return append([]Right{Register, Supplement, Attach}, readingRights...)
	case KeyActs:
		return allBut(UnmaskCaller, ManageStaff, ReadSecurity, ReadSystem, EditDirectory, EditDeadlines)
	default:
		return readingRights
	}
}

// AddKey makes a key for a member and returns its secret, which is shown this
// once: the database holds its digest only. It refuses with ErrKey.
func (s *Store) AddKey(ctx context.Context, owner int64, name string, scope KeyScope, days int) (string, Key, error) {
	name = strings.TrimSpace(name)
	known := scope == KeyReads || scope == KeyRegisters || scope == KeyActs
	if !known || name == "" || utf8.RuneCountInString(name) > 64 || days < 1 || days > MostKeyDays {
		return "", Key{}, ErrKey
	}
	b := make([]byte, 32)
	_, _ = rand.Read(b)
	secret := keyMark + base64.RawURLEncoding.EncodeToString(b)
	now := s.now()
	r := keyRow{StaffID: owner, Name: name, Digest: keyDigest(secret), Scope: scope, CreatedAt: now, ExpiresAt: now.AddDate(0, 0, days)}
	if _, err := s.db.NewInsert().Model(&r).Returning("id").Exec(ctx); err != nil {
		return "", Key{}, fmt.Errorf("keeping a key: %w", err)
	}
	return secret, r.key(), nil
}

// Keys returns a member's keys, the newest first.
func (s *Store) Keys(ctx context.Context, owner int64) ([]Key, error) {
	var rows []keyRow
	if err := s.db.NewSelect().Model(&rows).Where("staff_id = ?", owner).Order("id DESC").Scan(ctx); err != nil {
		return nil, fmt.Errorf("listing keys: %w", err)
	}
	out := make([]Key, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.key())
	}
	return out, nil
}

// DropKey takes a member's key away. It returns ErrUnknown when it is not his.
func (s *Store) DropKey(ctx context.Context, owner, id int64) error {
	res, err := s.db.NewDelete().Model((*keyRow)(nil)).Where("id = ? AND staff_id = ?", id, owner).Exec(ctx)
	if err != nil {
		return fmt.Errorf("dropping a key: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return ErrUnknown
	}
	return nil
}

// ByKey returns the member whose key this is, with no more rights than the
// key's scope gives. An unknown, expired or dropped key, and one whose owner
// was switched off, are all ErrWrong.
func (s *Store) ByKey(ctx context.Context, secret string) (Member, error) {
	var rows []keyRow
	if !strings.HasPrefix(secret, keyMark) || len(secret) > 100 {
		return Member{}, ErrWrong
	}
	now := s.now()
	if err := s.db.NewSelect().Model(&rows).Where("digest = ? AND expires_at > ?", keyDigest(secret), now).Scan(ctx); err != nil {
		return Member{}, fmt.Errorf("looking up a key: %w", err)
	}
	if len(rows) != 1 {
		return Member{}, ErrWrong
	}
	k := rows[0]
	m, err := s.Member(ctx, k.StaffID)
	if errors.Is(err, ErrUnknown) || err == nil && !m.Active {
		return Member{}, ErrWrong
	}
	if err != nil {
		return Member{}, err
	}
	if now.Sub(k.LastUsedAt) > time.Minute {
		if _, err := s.db.NewUpdate().Model((*keyRow)(nil)).Set("last_used_at = ?", now).Where("id = ?", k.ID).Exec(ctx); err != nil {
			return Member{}, fmt.Errorf("noting the use of a key: %w", err)
		}
	}
	return m.limitedTo(k.Scope.rights()), nil
}

type keyRow struct {
	bun.BaseModel `bun:"table:api_keys"`

	ID         int64 `bun:"id,pk,autoincrement"`
	StaffID    int64
	Name       string
	Digest     string
	Scope      KeyScope
	CreatedAt  time.Time
	ExpiresAt  time.Time
	LastUsedAt time.Time `bun:",nullzero"`
}

func (r keyRow) key() Key {
	k := Key{r.ID, r.Name, r.Scope, r.CreatedAt.UTC(), r.ExpiresAt.UTC(), r.LastUsedAt}
	if !k.LastUsedAt.IsZero() {
		k.LastUsedAt = k.LastUsedAt.UTC()
	}
	return k
}

// keyDigest needs no slow function: a key has 256 bits.
func keyDigest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
