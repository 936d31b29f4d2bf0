package callbacks_test

import (
	"errors"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"nengban/callbacks"
	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/staff"
	tt "nengban/tickets/ticketstest"
)

// onTheList returns a ticket whose survey waits for a person's call.
func (w *world) onTheList(phone string) *tickets.Ticket {
	w.t.Helper()
	x := w.ended(phone)
	w.pass(25 * time.Hour)
	w.says(phone, "你们到底管不管？")
	w.says(phone, "什么时候来人？")
	if s := w.survey(x.Number); s.State != callbacks.WithPerson {
		w.t.Fatalf("the survey is %s\n%s", s.State, w.story(x.Number))
	}
	return x
}

func TestWhatCannotBeReadIsAskedAgainOnceAndThenGoesToAPerson(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		x := w.onTheList(wang)
		if got := w.got(wang); len(got) != 2 {
			t.Errorf("the phone got %d texts; want the survey and one question more", len(got))
		}
		c, err := w.e.NextCall(ctx, w.tw.CallbackCaller)
		must(t, err)
		if c.Survey.Number != x.Number || c.Dial != wang || len(c.Said) != 2 || len(c.Script) == 0 || c.Caller.Phone == wang {
			t.Errorf("the call shows dial %s, said %q, %d lines of script, caller %s", c.Dial, c.Said, len(c.Script), c.Caller)
		}
		reads, err := w.tw.Desk.Readers(ctx, c.Ticket)
		must(t, err)
		if len(reads) == 0 || reads[0].What != "unmask" {
			t.Errorf("that the number was shown is not in the read log: %+v", reads)
		}
		must(t, w.e.Finish(ctx, w.tw.CallbackCaller, c.Survey.ID, callbacks.CallResult{Code: callbacks.CallAnswered, Rating: 5, Solved: tickets.SolvedYes, Comment: "态度差"}))
		judged := w.wantStatus(x.Number, tickets.ToJudge)
		if judged.RatedBy != "person" {
			t.Errorf("rated by %s", judged.RatedBy)
		}
	})
}

func TestTheHandlingDepartmentNeverGetsTheCallNorSeesTheCaller(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		x := w.onTheList(wang)
		inside := w.tw.CallbackCaller
		for _, department := range []string{tt.Housing, tt.HousingOffice} {
			inside.Department = department
			if c, err := w.e.NextCall(ctx, inside); !errors.Is(err, callbacks.ErrNotFound) {
				t.Errorf("a caller of %s got the call: %v, %v", department, c, err)
			}
		}
		if see, err := w.e.CallerVisible(ctx, w.tw.Caseworker, x.ID); err != nil || see {
			t.Errorf("the department sees the caller while he is asked: %v, %v", see, err)
		}
		if see, err := w.e.CallerVisible(ctx, w.tw.Dispatcher, x.ID); err != nil || !see {
			t.Errorf("the desk does not: %v, %v", see, err)
		}
		inside.Department = tt.Traffic
		c, err := w.e.NextCall(ctx, inside)
		must(t, err)
		must(t, w.e.Finish(ctx, inside, c.Survey.ID, callbacks.CallResult{Code: callbacks.CallRefuses}))
		w.work()
		if see, err := w.e.CallerVisible(ctx, w.tw.Caseworker, x.ID); err != nil || !see {
			t.Errorf("after the end the department may see the caller: %v, %v", see, err)
		}
		if got := w.wantStatus(x.Number, tickets.Completed); got.RatedBy != string(tickets.RefusesToSay) {
			t.Errorf("closed as %q; want refuses_to_say", got.RatedBy)
		}
	})
}

func TestTwoCallersNeverGetTheSameCallAndAnAbandonedOneComesBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		w.onTheList(wang)
		other := w.tw.CallbackCaller
		other.ID, other.Name = 99, "另一位回访员"
		first, err := w.e.NextCall(ctx, w.tw.CallbackCaller)
		must(t, err)
		if c, err := w.e.NextCall(ctx, other); !errors.Is(err, callbacks.ErrNotFound) {
			t.Fatalf("the other one got %v, %v", c, err)
		}
		again, err := w.e.NextCall(ctx, w.tw.CallbackCaller)
		must(t, err)
		if again.Survey.ID != first.Survey.ID {
			t.Error("the first one lost his call by looking again")
		}
		w.tw.Clock.Advance(16 * time.Minute)
		taken, err := w.e.NextCall(ctx, other)
		must(t, err)
		err = w.e.Finish(ctx, w.tw.CallbackCaller, first.Survey.ID, callbacks.CallResult{Code: callbacks.CallBusy})
		if !errors.Is(err, callbacks.ErrNotHeld) {
			t.Errorf("the first one wrote into a call that is not his any more: %v", err)
		}
		must(t, w.e.GiveBack(ctx, other, taken.Survey.ID))
	})
}

func TestCallsInVainAreTriedOnOtherHalfDaysAndThenGivenUp(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		x := w.onTheList(wang)
		seen := map[string]bool{}
		for range w.policy.PeopleTries {
			s := w.survey(x.Number)
			if wait := s.CallAt.Sub(w.tw.Clock.Now()); wait > 0 {
				if _, err := w.e.NextCall(ctx, w.tw.CallbackCaller); err == nil {
					t.Fatal("the next call came before its half-day")
				}
				w.pass(wait)
			}
			local := w.tw.Clock.Now().In(tickets.Shanghai)
			half := local.Format("01-02 ") + map[bool]string{true: "morning", false: "afternoon"}[local.Hour() < 13]
			if seen[half] {
				t.Errorf("called twice in the %s", half)
			}
			seen[half] = true
			c, err := w.e.NextCall(ctx, w.tw.CallbackCaller)
			must(t, err)
			must(t, w.e.Finish(ctx, w.tw.CallbackCaller, c.Survey.ID, callbacks.CallResult{Code: callbacks.CallNoAnswer}))
		}
		w.work()
		if got := w.wantStatus(x.Number, tickets.Completed); got.RatedBy != string(tickets.Unreachable) || got.Rating != 0 {
			t.Errorf("closed as %q with rating %d; want unreachable and none", got.RatedBy, got.Rating)
		}
		by := 0
		for _, a := range w.history(x.Number).Attempts {
			if a.Way == callbacks.ByPerson && a.By == w.tw.CallbackCaller.Name {
				by++
			}
		}
		if by != w.policy.PeopleTries {
			t.Errorf("the ledger counts %d calls by people; want %d", by, w.policy.PeopleTries)
		}
	})
}

func TestAnAppointmentIsKeptEvenAfterHours(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	x := w.onTheList(wang)
	c, err := w.e.NextCall(ctx, w.tw.CallbackCaller)
	must(t, err)
	at := time.Date(2026, 9, 22, 20, 30, 0, 0, tickets.Shanghai)
	must(t, w.e.Finish(ctx, w.tw.CallbackCaller, c.Survey.ID, callbacks.CallResult{Code: callbacks.CallAppointment, At: &at, Comment: "下班后打"}))
	w.until("09-22 20:15")
	var after *callbacks.AfterHoursError
	if _, err := w.e.NextCall(ctx, w.tw.CallbackCaller); !errors.As(err, &after) {
		t.Errorf("at a quarter past eight: %v; want to be told that it is after hours", err)
	}
	w.until("09-22 20:31")
	c, err = w.e.NextCall(ctx, w.tw.CallbackCaller)
	must(t, err)
	if c.Survey.Number != x.Number || c.Survey.Note != "下班后打" {
		t.Errorf("got %s, note %q", c.Survey.Number, c.Survey.Note)
	}
}

func TestATextAnswersWhileThePersonDials(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		x := w.onTheList(wang)
		c, err := w.e.NextCall(ctx, w.tw.CallbackCaller)
		must(t, err)
		w.says(wang, "2")
		err = w.e.Finish(ctx, w.tw.CallbackCaller, c.Survey.ID, callbacks.CallResult{Code: callbacks.CallNoAnswer})
		if !errors.Is(err, callbacks.ErrAnswered) {
			t.Errorf("writing no_answer over an answer: %v; want ErrAnswered", err)
		}
		w.pass(10 * time.Minute)
		if got := w.wantStatus(x.Number, tickets.Archived); got.Rating != 2 {
			t.Errorf("rating %d", got.Rating)
		}
	})
}

func TestOnlyCallersWorkTheList(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	for _, m := range w.tw.Everyone() {
		_, err := w.e.NextCall(ctx, m)
		allowed := m.Is(staff.CallbackCaller) || m.Is(staff.Supervisor)
		if allowed == errors.Is(err, callbacks.ErrNotAllowed) {
			t.Errorf("%s: %v", m.Name, err)
		}
	}
}
