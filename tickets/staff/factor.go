package staff

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"
	"github.com/uptrace/bun"
)

// ErrWrongCode says that a code of the second factor is wrong, old or used.
var ErrWrongCode = errors.New("the code is wrong, or was used before")

// Sealer keeps secrets closed in the database; the vault is one.
type Sealer interface {
	Seal(plain []byte, place string) ([]byte, error)
	Open(sealed []byte, place string) ([]byte, error)
}

// SealWith tells the store what seals second factors. Without it nobody can
// have one.
func (s *Store) SealWith(v Sealer) { s.sealer = v }

// Enrolment is what a telephone's app must learn: by the address, as a picture
// of squares, or typed.
type Enrolment struct{ Secret, URL string }

// step is how long a code is good for (RFC 6238); one step earlier and later
// is taken too, since telephones' clocks are wrong.
const (
	step       = 30 * time.Second
	recoveries = 10
)

// BeginFactor makes a secret for a second factor that counts once
// ConfirmFactor has seen a code of it. An earlier confirmed one stays until then.
func (s *Store) BeginFactor(ctx context.Context, m Member, issuer string) (Enrolment, error) {
	if s.sealer == nil {
		return Enrolment{}, errors.New("second factors need a vault to be kept in")
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: m.Login})
	if err != nil {
		return Enrolment{}, fmt.Errorf("making a second factor: %w", err)
	}
	if _, confirmed, err := s.factor(ctx, m.ID); err != nil || confirmed {
		return Enrolment{}, errors.Join(err, ErrTaken)
	}
	sealed, err := s.sealer.Seal([]byte(key.Secret()), factorPlace(m.ID))
	if err != nil {
		return Enrolment{}, err
	}
	r := factorRow{StaffID: m.ID, Secret: sealed}
	_, err = s.db.NewInsert().Model(&r).On("CONFLICT (staff_id) DO UPDATE").Set("secret = EXCLUDED.secret").Exec(ctx)
	if err != nil {
		return Enrolment{}, fmt.Errorf("keeping a second factor: %w", err)
	}
	return Enrolment{key.Secret(), key.URL()}, nil
}

// ConfirmFactor makes the second factor count and returns ten recovery codes,
// each good once, which are shown this one time. A wrong code is ErrWrongCode.
func (s *Store) ConfirmFactor(ctx context.Context, id int64, code string) ([]string, error) {
	r, confirmed, err := s.factor(ctx, id)
	if err != nil || confirmed || r.StaffID == 0 {
		return nil, errors.Join(err, ErrWrongCode)
	}
	if err := s.takeCode(ctx, r, code); err != nil {
		return nil, err
	}
	codes, digests := newRecoveries()
	_, err = s.db.NewUpdate().Model((*factorRow)(nil)).Set("confirmed_at = ?", s.now()).Set("recovery = ?", strings.Join(digests, ",")).Where("staff_id = ?", id).Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("confirming a second factor: %w", err)
	}
	return codes, nil
}

// HasFactor says whether the member has a confirmed second factor.
func (s *Store) HasFactor(ctx context.Context, id int64) (bool, error) {
	_, confirmed, err := s.factor(ctx, id)
	return confirmed, err
}

// CheckFactor takes a code of the app, or a recovery code, which is then used
// up. A wrong or used one is ErrWrongCode.
func (s *Store) CheckFactor(ctx context.Context, id int64, code string) error {
	r, confirmed, err := s.factor(ctx, id)
	if err != nil {
		return err
	}
	if !confirmed {
		return ErrWrongCode
	}
	if err := s.takeCode(ctx, r, code); !errors.Is(err, ErrWrongCode) {
		return err
	}
	return s.takeRecovery(ctx, r, code)
}

// DropFactor takes the second factor away.
func (s *Store) DropFactor(ctx context.Context, id int64) error {
	if _, err := s.db.NewDelete().Model((*factorRow)(nil)).Where("staff_id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("dropping a second factor: %w", err)
	}
	return nil
}

type factorRow struct {
	bun.BaseModel `bun:"table:second_factors"`

	StaffID     int64 `bun:",pk"`
	Secret      []byte
	ConfirmedAt time.Time `bun:",nullzero"`
	LastStep    int64
	Recovery    string
}

func (s *Store) factor(ctx context.Context, id int64) (r factorRow, confirmed bool, err error) {
	err = s.db.NewSelect().Model(&r).Where("staff_id = ?", id).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return factorRow{}, false, nil
	}
	if err != nil {
		return r, false, fmt.Errorf("reading a second factor: %w", err)
	}
	return r, !r.ConfirmedAt.IsZero(), nil
}

// takeCode checks a code and remembers its step, so that whoever looked over
// a shoulder cannot use it again.
func (s *Store) takeCode(ctx context.Context, r factorRow, code string) error {
	if s.sealer == nil {
		return ErrWrongCode
	}
	secret, err := s.sealer.Open(r.Secret, factorPlace(r.StaffID))
	if err != nil {
		return err
	}
	code = strings.ReplaceAll(strings.TrimSpace(code), " ", "")
	now := s.clock.Now().Unix() / int64(step/time.Second)
	for _, n := range []int64{now, now - 1, now + 1} {
		want, err := hotp.GenerateCodeCustom(string(secret), uint64(n), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err != nil {
			return fmt.Errorf("reckoning a code: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			res, err := s.db.NewUpdate().Model((*factorRow)(nil)).Set("last_step = ?", n).Where("staff_id = ? AND last_step < ?", r.StaffID, n).Exec(ctx)
			return once(res, err)
		}
	}
	return ErrWrongCode
}

func (s *Store) takeRecovery(ctx context.Context, r factorRow, code string) error {
	digest := recoveryDigest(code)
	var left []string
	found := false
	for d := range strings.SplitSeq(r.Recovery, ",") {
		if subtle.ConstantTimeCompare([]byte(d), []byte(digest)) == 1 {
			found = true
		} else {
			left = append(left, d)
		}
	}
	if !found {
		return ErrWrongCode
	}
	res, err := s.db.NewUpdate().Model((*factorRow)(nil)).Set("recovery = ?", strings.Join(left, ",")).Where("staff_id = ? AND recovery = ?", r.StaffID, r.Recovery).Exec(ctx)
	return once(res, err)
}

// once turns an update that another request has done first into ErrWrongCode.
func once(res sql.Result, err error) error {
	if err != nil {
		return fmt.Errorf("using up a code: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return ErrWrongCode
	}
	return nil
}

// newRecoveries makes codes of 50 bits, which need no slow digest.
func newRecoveries() (codes, digests []string) {
	for range recoveries {
		b := make([]byte, 10)
		_, _ = rand.Read(b)
		word := strings.ToLower(base32.StdEncoding.EncodeToString(b))[:10]
		codes = append(codes, word[:5]+"-"+word[5:])
		digests = append(digests, recoveryDigest(word))
	}
	return codes, digests
}

func recoveryDigest(code string) string {
	code = strings.ToLower(strings.NewReplacer("-", "", " ", "").Replace(code))
	sum := sha256.Sum256([]byte("recovery " + code))
	return hex.EncodeToString(sum[:])
}

func factorPlace(id int64) string { return fmt.Sprintf("second_factors.secret:%d", id) }
