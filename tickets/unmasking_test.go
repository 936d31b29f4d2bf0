package tickets_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/staff"
	tt "nengban/tickets/ticketstest"
)

func TestAnUnmaskingHoldsForOneMemberOneTicketOneSessionAndSomeMinutes(t *testing.T) {
	t.Parallel()
	asked := time.Date(2026, 9, 21, 1, 30, 0, 0, time.UTC)
	u := tickets.Unmasking{TicketID: 7, StaffID: 3, Session: "desk 8", GrantedAt: asked, EndsAt: asked.Add(10 * time.Minute)}
	for name, c := range map[string]struct {
		by, ticket int64
		session    string
		after      time.Duration
		want       bool
	}{
		"at once":                            {3, 7, "desk 8", 0, true},
		"nine minutes later":                 {3, 7, "desk 8", 9*time.Minute + 59*time.Second, true},
		"to the minute":                      {3, 7, "desk 8", 10 * time.Minute, false},
		"the next day":                       {3, 7, "desk 8", 24 * time.Hour, false},
		"another instance's clock is behind": {3, 7, "desk 8", -2 * time.Second, true},
		"the clock was set back an hour":     {3, 7, "desk 8", -time.Hour, false},
		"a colleague":                        {4, 7, "desk 8", 0, false},
		"another ticket":                     {3, 8, "desk 8", 0, false},
		"another session of the same member": {3, 7, "desk 9", 0, false},
		"no session":                         {3, 7, "", 0, false},
	} {
		if got := u.Holds(staff.Member{ID: c.by}, &tickets.Ticket{ID: c.ticket}, c.session, asked.Add(c.after)); got != c.want {
			t.Errorf("%s: holds %v; want %v", name, got, c.want)
		}
	}
	u.Session = ""
	if u.Holds(staff.Member{ID: 3}, &tickets.Ticket{ID: 7}, "", asked) {
		t.Error("an unmasking without a session holds where there is none")
	}
}

const here = "the session at desk 8"

// unmasked is a ticket whose caller the caseworker may see from here just now.
func unmasked(t *testing.T, db *bun.DB, change ...func(*tickets.Intake)) (*tt.Town, *tickets.Ticket) {
	t.Helper()
	tw := tt.New(t, db)
	x := tw.Ticket(tickets.InHand, append([]func(*tickets.Intake){func(in *tickets.Intake) { in.Content += "请打13800138000找王秀兰。" }}, change...)...)
	if _, err := tw.Desk.UnmaskFor(tickets.WithAddress(t.Context(), "192.0.2.8"), tw.Caseworker, here, x.Number, " 电话联系 "); err != nil {
		t.Fatal(err)
	}
	return tw, x
}

// sees says whether a member sees the caller of a ticket in clear.
func sees(t *testing.T, tw *tt.Town, by staff.Member, session, number string) bool {
	t.Helper()
	f, err := tw.Desk.OpenIn(tickets.WithAddress(t.Context(), "192.0.2.8"), by, session, number, nil)
	if err != nil {
		t.Fatal(err)
	}
	if f.Caller.Phone == "13800138000" {
		t.Error("the masked caller is in clear")
	}
	return f.Clear != nil && f.Clear.Caller.Phone == "13800138000"
}

func TestACallerIsInClearForTenMinutesWhereItWasAsked(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		tw, x := unmasked(t, db)
		other := tw.Ticket(tickets.InHand)
		for name, c := range map[string]struct {
			by              staff.Member
			session, number string
			want            bool
		}{
			"here":               {tw.Caseworker, here, x.Number, true},
			"here again":         {tw.Caseworker, here, x.Number, true},
			"in another session": {tw.Caseworker, "a stolen one", x.Number, false},
			"without a session":  {tw.Caseworker, "", x.Number, false},
			"another ticket":     {tw.Caseworker, here, other.Number, false},
			"his leader":         {tw.Leader, here, x.Number, false},
			"the supervisor":     {tw.Supervisor, here, x.Number, false},
		} {
			if got := sees(t, tw, c.by, c.session, c.number); got != c.want {
				t.Errorf("%s: in clear %v; want %v", name, got, c.want)
			}
		}
		tw.Clock.Advance(9*time.Minute + 59*time.Second)
		if !sees(t, tw, tw.Caseworker, here, x.Number) {
			t.Error("before ten minutes are over the caller is masked")
		}
		tw.Clock.Advance(time.Second)
		if sees(t, tw, tw.Caseworker, here, x.Number) {
			t.Error("after ten minutes the caller is in clear")
		}
	})
}

func TestAskingAgainBeginsAnewAndEnoughIsEnough(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		tw, x := unmasked(t, db)
		tw.Clock.Advance(8 * time.Minute)
		u, err := tw.Desk.UnmaskFor(t.Context(), tw.Caseworker, here, x.Number, "还没打通")
		if err != nil || u.EndsAt.Sub(tw.Desk.Now()) != tickets.UnmaskingLasts {
			t.Fatalf("asked again it lasts until %v, %v", u.EndsAt, err)
		}
		tw.Clock.Advance(8 * time.Minute)
		if !sees(t, tw, tw.Caseworker, here, x.Number) {
			t.Error("asking again did not begin anew")
		}
		if err := tw.Desk.MaskAgain(t.Context(), tw.Caseworker, "another session", x.Number); err != nil || !sees(t, tw, tw.Caseworker, here, x.Number) {
			t.Errorf("another session ended it: %v", err)
		}
		for range 2 {
			if err := tw.Desk.MaskAgain(t.Context(), tw.Caseworker, here, x.Number); err != nil || sees(t, tw, tw.Caseworker, here, x.Number) {
				t.Errorf("ended at once it goes on: %v", err)
			}
		}
	})
}

// Who loses the right, or is kept from the caller meanwhile, sees him no longer.
func TestAnUnmaskingEndsWithTheRightToIt(t *testing.T) {
	t.Parallel()
	tw, x := unmasked(t, dbtest.SQLite(t))
	for name, change := range map[string]func(*staff.Member){
		"another role":       func(m *staff.Member) { m.Roles = []staff.Role{staff.Auditor} },
		"another department": func(m *staff.Member) { m.Department = tt.Traffic },
	} {
		by := tw.Caseworker
		change(&by)
		f, err := tw.Desk.OpenIn(t.Context(), by, here, x.Number, nil)
		if err == nil && f.Clear != nil || err != nil && !errors.Is(err, tickets.ErrNotFound) {
			t.Errorf("%s: %+v, %v", name, f.Clear, err)
		}
	}
	no := func(context.Context, staff.Member, *tickets.Ticket) (bool, error) { return false, nil }
	if f, err := tw.Desk.OpenIn(t.Context(), tw.Caseworker, here, x.Number, no); err != nil || f.Clear != nil {
		t.Errorf("while he is asked how it went: %+v, %v", f.Clear, err)
	}
	if !sees(t, tw, tw.Caseworker, here, x.Number) {
		t.Error("as he was he does not see the caller: this test looks for nothing")
	}
	if _, err := tw.DB.Exec(`UPDATE tickets SET confidential = ? WHERE id = ?`, true, x.ID); err != nil {
		t.Fatal(err)
	}
	if sees(t, tw, tw.Caseworker, here, x.Number) {
		t.Error("the ticket became confidential and the department goes on seeing the caller")
	}
}

func TestAnUnmaskingIsRefusedAsUnmaskingIs(t *testing.T) {
	t.Parallel()
	tw := tt.New(t, dbtest.SQLite(t))
	x := tw.Ticket(tickets.InHand)
	secret := tw.Ticket(tickets.InHand, func(in *tickets.Intake) { in.Confidential = true })
	var fields tickets.FieldErrors
	for name, c := range map[string]struct {
		by                      staff.Member
		session, number, reason string
		fits                    func(error) bool
	}{
		"no reason":           {tw.Caseworker, here, x.Number, " \t", func(err error) bool { return errors.As(err, &fields) }},
		"no session":          {tw.Caseworker, "", x.Number, "联系", func(err error) bool { return errors.Is(err, tickets.ErrNotAllowed) }},
		"confidential":        {tw.Caseworker, here, secret.Number, "联系", func(err error) bool { return errors.Is(err, tickets.ErrNotAllowed) }},
		"another department":  {tw.TrafficCaseworker, here, x.Number, "联系", func(err error) bool { return errors.Is(err, tickets.ErrNotFound) }},
		"no right to unmask":  {tw.Auditor, here, x.Number, "联系", func(err error) bool { return err != nil }},
		"a ticket of nowhere": {tw.Caseworker, here, "20990101000001", "联系", func(err error) bool { return errors.Is(err, tickets.ErrNotFound) }},
	} {
		if _, err := tw.Desk.UnmaskFor(t.Context(), c.by, c.session, c.number, c.reason); !c.fits(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n, err := tw.DB.NewSelect().Table("unmaskings").Count(t.Context()); n != 0 || err != nil {
		t.Errorf("%d unmaskings are stored, %v; want none", n, err)
	}
}

// Every view is a line with who, what, when, why and from where, and the chain
// holds it; what was over long ago is not kept twice.
func TestEveryViewInClearIsWrittenDown(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		tw, x := unmasked(t, db)
		began := tw.Desk.Now()
		for range 2 {
			tw.Clock.Advance(time.Minute)
			sees(t, tw, tw.Caseworker, here, x.Number)
		}
		tw.Clock.Advance(time.Minute)
		if err := tw.Desk.MaskAgain(tickets.WithAddress(t.Context(), "192.0.2.8"), tw.Caseworker, here, x.Number); err != nil {
			t.Fatal(err)
		}
		tw.Clock.Advance(time.Minute)
		sees(t, tw, tw.Caseworker, here, x.Number)
		got, err := tw.Desk.Readers(t.Context(), x)
		if err != nil {
			t.Fatal(err)
		}
		line := func(minute int, what, reason string) tickets.Read {
			return tickets.Read{At: began.Add(time.Duration(minute) * time.Minute), Name: "王承办", What: what, Reason: reason, From: "192.0.2.8"}
		}
		want := []tickets.Read{line(4, "open", ""), line(3, "mask", ""), line(2, "clear", "电话联系"), line(1, "clear", "电话联系"), line(0, "unmask", "电话联系")}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("who has seen him (-want +got):\n%s", diff)
		}
		other := tw.Ticket(tickets.InHand)
		tw.Clock.Advance(48 * time.Hour)
		for _, n := range []string{x.Number, other.Number} {
			if _, err := tw.Desk.UnmaskFor(t.Context(), tw.Caseworker, here, n, "再次联系"); err != nil {
				t.Fatal(err)
			}
			tw.Clock.Advance(48 * time.Hour)
		}
		if n, err := tw.DB.NewSelect().Table("unmaskings").Count(t.Context()); n != 1 || err != nil {
			t.Errorf("%d unmaskings are kept, %v; want the last one", n, err)
		}
	})
}
