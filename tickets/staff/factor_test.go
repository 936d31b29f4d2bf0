package staff_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/pquerna/otp/totp"
	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	"nengban/tickets/staff"
	"nengban/tickets/vault"
)

// desk is a store with one operator in it.
type desk struct {
	*staff.Store
	t     *testing.T
	db    *bun.DB
	clock *clockwork.FakeClock
	chen  staff.Member
}

func each(t *testing.T, test func(d *desk)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		d := &desk{t: t, db: db, clock: clockwork.NewFakeClockAt(time.Date(2026, 9, 21, 9, 0, 0, 0, time.UTC))}
		d.Store = staff.NewStore(db, d.clock)
		v, err := vault.New()
		d.must(err)
		d.SealWith(v)
		d.chen, err = d.Add(t.Context(), staff.Member{Login: "chen", Name: "陈话务", Roles: []staff.Role{staff.Operator}}, "clear water 2026")
		d.must(err)
		test(d)
	})
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) is(err, want error, what string) {
	d.t.Helper()
	if !errors.Is(err, want) {
		d.t.Errorf("%s: %v; want %v", what, err, want)
	}
}

func (d *desk) code(secret string) string {
	d.t.Helper()
	c, err := totp.GenerateCode(secret, d.clock.Now())
	d.must(err)
	return c
}

func TestASecondFactorTakesEachCodeOnce(t *testing.T) {
	each(t, func(d *desk) {
		ctx := d.t.Context()
		e, err := d.BeginFactor(ctx, d.chen, "东坡市12345")
		d.must(err)
		if has, err := d.HasFactor(ctx, d.chen.ID); err != nil || has {
			d.t.Errorf("before it was confirmed it counts already (%v)", err)
		}
		d.is(d.CheckFactor(ctx, d.chen.ID, d.code(e.Secret)), staff.ErrWrongCode, "a code before confirming")
		_, err = d.ConfirmFactor(ctx, d.chen.ID, "000000")
		d.is(err, staff.ErrWrongCode, "confirming with a wrong code")
		_, err = d.ConfirmFactor(ctx, d.chen.ID, d.code(e.Secret))
		d.must(err)
		d.is(d.CheckFactor(ctx, d.chen.ID, d.code(e.Secret)), staff.ErrWrongCode, "the code that confirmed, again")
		d.clock.Advance(30 * time.Second)
		code := d.code(e.Secret)
		d.is(d.CheckFactor(ctx, d.chen.ID, code), nil, "the next code")
		d.is(d.CheckFactor(ctx, d.chen.ID, code), staff.ErrWrongCode, "the same code looked at over a shoulder")
		d.clock.Advance(30 * time.Second)
		late := d.code(e.Secret)
		d.clock.Advance(30 * time.Second)
		d.is(d.CheckFactor(ctx, d.chen.ID, late[:3]+" "+late[3:]), nil, "a code of a telephone that is half a minute slow")
		old := d.code(e.Secret)
		d.clock.Advance(2 * time.Minute)
		d.is(d.CheckFactor(ctx, d.chen.ID, old), staff.ErrWrongCode, "a code two minutes old")
		_, err = d.BeginFactor(ctx, d.chen, "x")
		d.is(err, staff.ErrTaken, "setting up another over the one that counts")
		d.must(d.DropFactor(ctx, d.chen.ID))
		if has, err := d.HasFactor(ctx, d.chen.ID); err != nil || has {
			d.t.Errorf("it was dropped and counts (%v)", err)
		}
	})
}

func TestARecoveryCodeStandsInOnce(t *testing.T) {
	each(t, func(d *desk) {
		ctx := d.t.Context()
		e, err := d.BeginFactor(ctx, d.chen, "x")
		d.must(err)
		codes, err := d.ConfirmFactor(ctx, d.chen.ID, d.code(e.Secret))
		d.must(err)
		if len(codes) != 10 || len(slices.Compact(slices.Sorted(slices.Values(codes)))) != 10 {
			d.t.Fatalf("recovery codes: %q; want ten different ones", codes)
		}
		d.is(d.CheckFactor(ctx, d.chen.ID, codes[3]), nil, "a recovery code")
		d.is(d.CheckFactor(ctx, d.chen.ID, codes[3]), staff.ErrWrongCode, "the same again")
		d.is(d.CheckFactor(ctx, d.chen.ID, " "+codes[4][:5]+codes[4][6:]), nil, "another, typed without its dash")
		d.is(d.CheckFactor(ctx, d.chen.ID, ""), staff.ErrWrongCode, "nothing")
	})
}

func TestTheDatabaseHoldsNoSecondFactorInClear(t *testing.T) {
	each(t, func(d *desk) {
		e, err := d.BeginFactor(d.t.Context(), d.chen, "x")
		d.must(err)
		codes, err := d.ConfirmFactor(d.t.Context(), d.chen.ID, d.code(e.Secret))
		d.must(err)
		var secret []byte
		var recovery string
		d.must(d.db.NewRaw(`SELECT secret, recovery FROM second_factors`).Scan(d.t.Context(), &secret, &recovery))
		if string(secret) == e.Secret || len(secret) == 0 {
			d.t.Error("the secret lies there in clear")
		}
		for _, c := range codes {
			if recovery == "" || slices.Contains([]string{recovery}, c) {
				d.t.Error("a recovery code lies there in clear")
			}
		}
	})
}

func TestAKeyGivesNoMoreThanItsScope(t *testing.T) {
	each(t, func(d *desk) {
		ctx := d.t.Context()
		for _, test := range []struct {
			scope       staff.KeyScope
			may, mayNot []staff.Right
		}{
			{staff.KeyReads, []staff.Right{staff.ReadTicket}, []staff.Right{staff.Register, staff.AddNote, staff.UnmaskCaller}},
			{staff.KeyRegisters, []staff.Right{staff.ReadTicket, staff.Register}, []staff.Right{staff.AddNote, staff.UnmaskCaller}},
			{staff.KeyActs, []staff.Right{staff.ReadTicket, staff.Register, staff.AddNote}, []staff.Right{staff.UnmaskCaller, staff.Dispatch}},
		} {
			secret, _, err := d.AddKey(ctx, d.chen.ID, "报表系统", test.scope, 30)
			d.must(err)
			m, err := d.ByKey(ctx, secret)
			d.must(err)
			for _, r := range test.may {
				if m.Reach(r) == staff.None {
					d.t.Errorf("a key that may %s may not %s", test.scope, r)
				}
			}
			for _, r := range test.mayNot {
				if m.Reach(r) != staff.None || m.May(r, staff.Subject{RegisteredBy: m.ID}) {
					d.t.Errorf("a key that may %s may %s", test.scope, r)
				}
			}
		}
	})
}

func TestAKeyEndsInTimeAndWithItsOwner(t *testing.T) {
	each(t, func(d *desk) {
		ctx := d.t.Context()
		for _, days := range []int{0, -1, 367} {
			_, _, err := d.AddKey(ctx, d.chen.ID, "x", staff.KeyReads, days)
			d.is(err, staff.ErrKey, "a key for an odd time")
		}
		_, _, err := d.AddKey(ctx, d.chen.ID, "x", "everything", 10)
		d.is(err, staff.ErrKey, "a key of no scope")
		secret, key, err := d.AddKey(ctx, d.chen.ID, "报表系统", staff.KeyReads, 30)
		d.must(err)
		_, err = d.ByKey(ctx, secret)
		d.must(err)
		keys, err := d.Keys(ctx, d.chen.ID)
		d.must(err)
		if len(keys) != 1 || !keys[0].LastUsedAt.Equal(d.clock.Now()) {
			d.t.Errorf("keys %+v; want one that was used just now", keys)
		}
		_, err = d.ByKey(ctx, secret+"x")
		d.is(err, staff.ErrWrong, "a key with a letter more")
		d.is(d.DropKey(ctx, d.chen.ID+1, key.ID), staff.ErrUnknown, "dropping a colleague's key")
		d.must(d.SetActive(ctx, d.chen.ID, false))
		_, err = d.ByKey(ctx, secret)
		d.is(err, staff.ErrWrong, "the key of a switched-off account")
		d.must(d.SetActive(ctx, d.chen.ID, true))
		d.clock.Advance(31 * 24 * time.Hour)
		_, err = d.ByKey(ctx, secret)
		d.is(err, staff.ErrWrong, "a key after its time")
		d.must(d.DropKey(ctx, d.chen.ID, key.ID))
	})
}

func TestNobodyBecomesAColleagueByHavingHisName(t *testing.T) {
	each(t, func(d *desk) {
		ctx := d.t.Context()
		who := staff.Identity{Issuer: "https://id.example", Subject: "u-1", Login: "Chen", Name: "陈某", Roles: []staff.Role{staff.Supervisor}}
		_, err := d.SignOn(ctx, who)
		d.is(err, staff.ErrTaken, "an identity with a colleague's login")
		who.Login = "chen.mou"
		m, err := d.SignOn(ctx, who)
		d.must(err)
		if m.Login != "chen.mou" || !m.Is(staff.Supervisor) {
			d.t.Errorf("taken in as %+v", m)
		}
		_, err = d.Authenticate(ctx, "chen.mou", "")
		d.is(err, staff.ErrWrong, "coming in without a password")
		who.Roles = []staff.Role{staff.Operator}
		again, err := d.SignOn(ctx, who)
		d.must(err)
		if again.ID != m.ID || again.Is(staff.Supervisor) {
			d.t.Errorf("after his groups changed he is %+v", again)
		}
		who.Roles = nil
		_, err = d.SignOn(ctx, who)
		d.is(err, staff.ErrNotActive, "an identity in no group")
		who.Roles = []staff.Role{staff.Operator}
		d.must(d.SetActive(ctx, m.ID, false))
		_, err = d.SignOn(ctx, who)
		d.is(err, staff.ErrNotActive, "an identity whose account is switched off")
	})
}

func TestThreeAdministrationsAreThreePeople(t *testing.T) {
	each(t, func(d *desk) {
		ctx := d.t.Context()
		both := staff.Member{Login: "zheng", Name: "郑管理", Roles: []staff.Role{staff.Administrator, staff.Auditor}}
		d.Separate()
		_, err := d.Add(ctx, both, "clear water 2026")
		d.is(err, staff.ErrMixedOffices, "one person for two")
		both.Roles = []staff.Role{staff.Administrator}
		m, err := d.Add(ctx, both, "clear water 2026")
		d.must(err)
		if m.Reach(staff.ManageStaff) != staff.None || m.Reach(staff.ReadSecurity) != staff.None || m.Reach(staff.EditDirectory) != staff.All {
			d.t.Error("the system's administrator manages people, or no longer the system")
		}
		m.Roles = []staff.Role{staff.Administrator, staff.SecurityAdministrator}
		d.is(d.Change(ctx, m), staff.ErrMixedOffices, "made two afterwards")
		s, err := d.Add(ctx, staff.Member{Login: "an", Name: "安管理", Roles: []staff.Role{staff.SecurityAdministrator}}, "clear water 2026")
		d.must(err)
		if s.Reach(staff.ManageStaff) != staff.All || s.Reach(staff.ReadTicket) != staff.None {
			d.t.Error("the security administrator manages nobody, or reads tickets")
		}
	})
}

func TestWeakPasswordsAreRefused(t *testing.T) {
	t.Parallel()
	for password, rule := range map[string]string{
		"abc123": "short", "chenchen12": "login", "1234567890": "plain", "password123!": "common", "Admin@123456": "common", "aaaaaaaaaa1": "common",
		"Woaini1314!!": "common", "nengban12345": "common", "qwerty123456": "common", "a123456789": "common",
		"clear water 2026": "", "雨后的东坡湖很安静2": "", "tbk7-w2nd-x9qa-mm3v": "",
	} {
		_, err := staff.Digest(password, "chen")
		var weak *staff.WeakPassword
		switch {
		case rule == "" && err != nil:
			t.Errorf("%q is refused: %v", password, err)
		case rule != "" && (!errors.As(err, &weak) || weak.Rule != rule):
			t.Errorf("%q: %v; want it refused as %s", password, err, rule)
		}
	}
}
