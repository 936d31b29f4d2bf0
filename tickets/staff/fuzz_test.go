package staff_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/pquerna/otp/totp"

	"nengban/migrations/dbtest"
	"nengban/tickets/staff"
	"nengban/tickets/vault"
)

// FuzzCheckFactor types anything where a code is asked for: six digits of the
// app and recovery codes come in, each once and however they are grouped, and
// nothing else does.
func FuzzCheckFactor(f *testing.F) {
	now := time.Date(2026, 9, 21, 9, 0, 0, 0, time.UTC)
	s := staff.NewStore(dbtest.SQLite(f), clockwork.NewFakeClockAt(now))
	v, err := vault.New()
	need(f, err)
	s.SealWith(v)
	m, err := s.Add(f.Context(), staff.Member{Login: "chen", Name: "陈话务", Roles: []staff.Role{staff.Operator}}, "clear water 2026")
	need(f, err)
	e, err := s.BeginFactor(f.Context(), m, "12345")
	need(f, err)
	code, err := totp.GenerateCode(e.Secret, now)
	need(f, err)
	recovery, err := s.ConfirmFactor(f.Context(), m.ID, code)
	need(f, err)
	for _, typed := range []string{"", code, recovery[0], " " + strings.ToUpper(recovery[1]) + " ", strings.ReplaceAll(recovery[2], "-", ""), "000000", "０００ ０００", "\x00", ",", strings.Repeat("1", 5000)} {
		f.Add(typed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		err := s.CheckFactor(t.Context(), m.ID, typed)
		if err != nil && !errors.Is(err, staff.ErrWrongCode) {
			t.Fatalf("%q is refused with %v", typed, err)
		}
		if err == nil && s.CheckFactor(t.Context(), m.ID, typed) == nil {
			t.Errorf("%q comes in twice", typed)
		}
	})
}

// FuzzByKey sends anything as a program's key: nobody is let in.
func FuzzByKey(f *testing.F) {
	s := staff.NewStore(dbtest.SQLite(f), clockwork.NewFakeClock())
	for _, key := range []string{"", "nengban_", "nengban_x", "\x00", "' OR 1=1 --", strings.Repeat("k", 5000)} {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		if m, err := s.ByKey(t.Context(), key); err == nil {
			t.Errorf("%q lets %s in", key, m.Name)
		}
	})
}

func need(f *testing.F, err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}
