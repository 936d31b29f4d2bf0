package hooks_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/staff"
	tt "nengban/tickets/ticketstest"
	"nengban/web/hooks"
)

func TestAReceiverIsToldOfATicketsLifeInOrder(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w, r, some := newWorld(t, db), newReceiver(t), newReceiver(t)
		before := w.Ticket(tickets.InHand)
		w.work()
		w.Clock.Advance(time.Minute)
		w.subscribe(r)
		w.subscribe(some, hooks.Closed, hooks.Archived)
		x := w.Ticket(tickets.ToRework)
		w.Act(w.Supervisor, x.Number, &tickets.Rework{Reason: "问题未解决"})
		w.Act(w.Caseworker, x.Number, &tickets.AddNote{Text: "已电话联系王秀兰13800138000"})
		w.work()
		got := r.messages()
		if diff := cmp.Diff([]string{"registered", "triaged", "dispatched", "replied", "closed", "surveyed", "reopened"}, types(got, x.Number)); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		want := told{ID: x.Number + "-3", Type: "ticket_dispatched", At: "2026-09-21T01:31:00Z", Ticket: x.Number, Seq: 3, Status: "to_sign_for", Class: "ordinary", Department: tt.Housing,
			DueAt: got[2].DueAt, Body: got[2].Body, Signatures: 1}
		if diff := cmp.Diff(want, got[2]); diff != "" {
			t.Errorf("a dispatch (-want +got):\n%s", diff)
		}
		if due, err := time.Parse(time.RFC3339, got[2].DueAt); err != nil || !due.After(w.Clock.Now()) {
			t.Errorf("the deadline is %q", got[2].DueAt)
		}
		for _, m := range got {
			for _, personal := range []string{"王秀兰", "13800138000", "房屋继承", "菜市场", "一次性告知书", "依据来电", "三定"} {
				if strings.Contains(m.Body, personal) {
					t.Errorf("%s tells %s: %s", m.Type, personal, m.Body)
				}
			}
		}
		if got := types(some.messages(), ""); !slices.Equal(got, []string{"closed"}) {
			t.Errorf("who asked for closings is told of %v", got)
		}
		w.Act(w.Supervisor, before.Number, &tickets.Redirect{Lead: tt.Planning, Reason: "职责划转", Basis: "三定方案"})
		w.work()
		if got := r.messages(); len(got) != 1 || got[0].Type != "ticket_dispatched" || got[0].Department != tt.Planning || got[0].Ticket != before.Number {
			t.Errorf("of a ticket from before it subscribed it is told %+v", got)
		}
		w.work()
		if got := r.messages(); len(got) != 0 {
			t.Errorf("told again of %v", got)
		}
	})
}

func TestWhatFailsIsTriedAgainAndKeepsItsOrder(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w, r := newWorld(t, db), newReceiver(t)
		sub := w.subscribe(r)
		ill := w.Register().Ticket.Number
		r.answers(func(m told) int {
			if m.Ticket == ill {
				return http.StatusInternalServerError
			}
			return 0
		})
		w.triage(ill)
		well := w.Ticket(tickets.ToDispatch).Number
		w.work()
		got := r.messages()
		if a, b := types(got, ill), types(got, well); !slices.Equal(a, []string{"registered"}) || !slices.Equal(b, []string{"registered", "triaged"}) {
			t.Errorf("told of %v and %v; the one that fails should wait, the other not", a, b)
		}
		d := w.deliveries(sub)
		failed := d[slices.IndexFunc(d, func(d hooks.Delivery) bool { return d.Event == ill+"-1" })]
		if failed.State != hooks.Waiting || failed.Tries != 1 || failed.Status != 500 || failed.Trouble != hooks.BadStatus || failed.Answer != "今日维护 back at noon" {
			t.Errorf("the ledger says %+v", failed)
		}
		w.Clock.Advance(20 * time.Second)
		w.work()
		if got := r.messages(); len(got) != 0 {
			t.Errorf("tried again after 20 seconds: %v", got)
		}
		r.answer(0)
		w.Clock.Advance(20 * time.Second)
		w.work()
		if again := r.messages(); !slices.Equal(types(again, ill), []string{"registered", "triaged"}) || again[0].ID != got[0].ID && again[0].ID != ill+"-1" {
			t.Errorf("then it is told of %+v", again)
		}
		if c := w.count(sub); c != (hooks.Count{}) {
			t.Errorf("still open: %+v", c)
		}
	})
}

func TestAfterADayItIsGivenUpAndAPersonRevivesIt(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w, r := newWorld(t, db), newReceiver(t)
		sub := w.subscribe(r, hooks.Registered)
		r.answer(http.StatusServiceUnavailable)
		number := w.Register().Ticket.Number
		w.work()
		w.pass(12 * time.Hour)
		if c := w.count(sub); c != (hooks.Count{Waiting: 1}) {
			t.Errorf("after half a day: %+v", c)
		}
		w.pass(13 * time.Hour)
		tries := len(r.messages())
		if c := w.count(sub); c != (hooks.Count{Dead: 1}) || tries < 8 || tries > 14 {
			t.Errorf("after a day and %d tries: %+v", tries, c)
		}
		ill, dead, err := w.s.Concerns(ctx)
		if err != nil || !slices.Equal(ill, []string{"市数据局"}) || dead != 1 {
			t.Errorf("concerns are %v, %d dead, %v", ill, dead, err)
		}
		w.pass(24 * time.Hour)
		if got := r.messages(); len(got) != 0 {
			t.Errorf("the dead walk: %v", got)
		}
		r.answer(0)
		if n, err := w.s.Again(ctx, sub.Code, w.deliveries(sub)[0].ID); err != nil || n != 1 {
			t.Fatalf("reviving it: %d, %v", n, err)
		}
		select {
		case <-w.s.Wake():
		default:
			t.Error("nobody is woken to send it")
		}
		w.work()
		if got := r.messages(); len(got) != 1 || got[0].ID != number+"-1" {
			t.Errorf("revived, it is told of %v", got)
		}
		if d := w.deliveries(sub)[0]; d.State != hooks.Delivered || d.Tries != 1 || d.Ticket() != number {
			t.Errorf("the ledger says %+v", d)
		}
		if n, err := w.s.Again(ctx, sub.Code, w.deliveries(sub)[0].ID); err != nil || n != 0 {
			t.Errorf("what is delivered was revived: %d, %v", n, err)
		}
		w.Clock.Advance(31 * 24 * time.Hour)
		if n, err := w.s.Forget(ctx); err != nil || n != 1 || len(w.deliveries(sub)) != 0 {
			t.Errorf("after a month %d were forgotten, %v", n, err)
		}
	})
}

func TestADeadReceiverHoldsUpNobodyAndGetsAllWhenItIsBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w, bad, good := newWorld(t, db), newReceiver(t), newReceiver(t)
		sub := w.subscribe(bad, hooks.Registered)
		w.subscribe(good, hooks.Registered)
		bad.answer(http.StatusBadGateway)
		for range 30 {
			w.Register()
		}
		w.work()
		if n := len(good.messages()); n != 30 {
			t.Errorf("the healthy one got %d of 30", n)
		}
		if n := len(bad.messages()); n < 5 || n > 8 {
			t.Errorf("the ill one was asked %d times before it was left alone", n)
		}
		w.pass(6 * time.Hour)
		if n := len(bad.messages()); n < 10 || n > 60 {
			t.Errorf("in six hours it was asked %d times", n)
		}
		bad.answer(0)
		w.pass(35 * time.Minute)
		if n := len(bad.messages()); n != 30 {
			t.Errorf("when it was back it got %d of 30", n)
		}
		if c := w.count(sub); c != (hooks.Count{}) {
			t.Errorf("still open: %+v", c)
		}
	})
}

func TestWhatWaitsForAReceiverThatStaysAwayIsGivenUpAfterADay(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w, r := newWorld(t, db), newReceiver(t)
		sub := w.subscribe(r, hooks.Registered)
		r.Close()
		for range 20 {
			w.Register()
		}
		w.work()
		w.pass(26 * time.Hour)
		if c := w.count(sub); c != (hooks.Count{Dead: 20}) {
			t.Errorf("after 26 hours: %+v", c)
		}
		if d := w.deliveries(sub)[19]; d.Trouble != hooks.Unreachable || d.About != "127.0.0.1" {
			t.Errorf("the ledger says %+v", d)
		}
		if n, err := w.s.Again(ctx, sub.Code, 0); err != nil || n != 20 {
			t.Errorf("revived %d, %v", n, err)
		}
	})
}

func TestAPauseHoldsEventsBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w, r := newWorld(t, db), newReceiver(t)
		sub := w.subscribe(r, hooks.Registered)
		must(t, w.s.Pause(ctx, sub.Code))
		first := w.Register().Ticket.Number
		w.work()
		w.pass(48 * time.Hour)
		second := w.Register().Ticket.Number
		w.work()
		if got := r.messages(); len(got) != 0 || w.count(sub) != (hooks.Count{Waiting: 2}) {
			t.Errorf("in a pause it was told of %v, and %+v wait", got, w.count(sub))
		}
		if s, err := w.s.Subscription(ctx, sub.Code); err != nil || !s.Paused() {
			t.Errorf("paused: %+v, %v", s, err)
		}
		must(t, w.s.Resume(ctx, sub.Code))
		w.work()
		if got := r.messages(); len(got) != 2 || !slices.Contains([]string{first, second}, got[0].Ticket) {
			t.Errorf("after it, it was told of %v", got)
		}
	})
}

func TestAFreshSecretSignsBesideTheOldOneForADay(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w, r := newWorld(t, db), newReceiver(t)
		sub := w.subscribe(r, hooks.Registered)
		old := r.secrets[0]
		_, fresh, err := w.s.Rotate(ctx, sub.Code)
		must(t, err)
		if fresh == old || !strings.HasPrefix(fresh, "whsec_") {
			t.Fatalf("the secrets are %q and %q", old, fresh)
		}
		r.believe(old, fresh) // both verify
		w.Register()
		w.work()
		w.Clock.Advance(24 * time.Hour)
		r.believe(fresh)
		w.Register()
		w.work()
		got := r.messages()
		if len(got) != 2 || got[0].Signatures != 2 || got[1].Signatures != 1 {
			t.Errorf("it was told %+v", got)
		}
		var kept []struct{ Secret, OldSecret []byte }
		must(t, w.DB.NewSelect().Table("webhooks").Column("secret", "old_secret").Scan(ctx, &kept))
		for _, clear := range []string{old, fresh} {
			if strings.Contains(string(kept[0].Secret)+string(kept[0].OldSecret), strings.TrimPrefix(clear, "whsec_")) {
				t.Error("a secret lies in the database in clear")
			}
		}
	})
}

var errKilled = errors.New("killed")

// A sender that dies with a message in its hand, before it was sent or after,
// leaves it to the next one: it may arrive twice, and is known by its id.
func TestADeathBetweenTwoStepsLosesNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		for _, step := range []string{hooks.StepClaimed, hooks.StepSent} {
			w, r := newWorld(t, db), newReceiver(t)
			sub := w.subscribe(r, hooks.Registered)
			number := w.Register().Ticket.Number
			_, err := w.Desk.Deliver(ctx, hooks.Listener, 100, w.s.Take)
			must(t, err)
			w.s.OnStep(func(s string) error {
				if s == step {
					return errKilled
				}
				return nil
			})
			if _, err := w.s.Work(ctx); !errors.Is(err, errKilled) {
				t.Fatalf("it lived: %v", err)
			}
			sent := len(r.messages())
			w.s = w.sender()
			w.work()
			if got := r.messages(); len(got) != 0 {
				t.Errorf("killed when %s: another took it out of the dead one's hand at once: %v", step, got)
			}
			w.Clock.Advance(3 * time.Minute)
			w.work()
			if got := r.messages(); len(got) != 1 || got[0].ID != number+"-1" || (sent == 1) != (step == hooks.StepSent) {
				t.Errorf("killed when %s: sent %d times, then %v", step, sent, got)
			}
			must(t, w.s.Remove(ctx, sub.Code))
		}
	})
}

func TestTwoInstancesSendNothingTwice(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w, r := newWorld(t, db), newReceiver(t)
		sub := w.subscribe(r, hooks.Registered, hooks.Triaged)
		for range 40 {
			w.triage(w.Register().Ticket.Number)
		}
		both := []*hooks.Sender{w.s, w.sender()}
		var group sync.WaitGroup
		for _, s := range both {
			group.Go(func() {
				if _, err := w.Desk.Deliver(ctx, hooks.Listener, 7, s.Take); err != nil {
					t.Error(err)
				}
				if _, err := s.Work(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		w.work()
		seen, last := map[string]int{}, map[string]int{}
		for _, m := range r.messages() {
			if seen[m.ID]++; seen[m.ID] > 1 || m.Seq < last[m.Ticket] {
				t.Errorf("%s came %d times, after %d", m.ID, seen[m.ID], last[m.Ticket])
			}
			last[m.Ticket] = m.Seq
		}
		if len(seen) != 80 || w.count(sub) != (hooks.Count{}) {
			t.Errorf("%d of 80 arrived, %+v are open", len(seen), w.count(sub))
		}
	})
}

func TestATrialSaysAtOnceWhatCameOfIt(t *testing.T) {
	t.Parallel()
	w, r := newWorld(t, dbtest.SQLite(t)), newReceiver(t)
	sub := w.subscribe(r, hooks.Registered)
	must(t, w.s.Pause(ctx, sub.Code))
	d, err := w.s.Try(ctx, sub.Code)
	must(t, err)
	got := r.messages()
	if d.State != hooks.Delivered || d.Status != 204 || d.Ticket() != "" || len(got) != 1 || got[0].Type != "trial" || got[0].Ticket != "" {
		t.Errorf("a trial: %+v, %+v", d, got)
	}
	r.answer(http.StatusTeapot)
	d, err = w.s.Try(ctx, sub.Code)
	must(t, err)
	if d.State != hooks.Dead || d.Status != 418 || d.Trouble != hooks.BadStatus || w.count(sub) != (hooks.Count{}) {
		t.Errorf("a trial that fails: %+v, %+v", d, w.count(sub))
	}
	w.pass(time.Hour)
	if got := r.messages(); len(got) != 1 {
		t.Errorf("a trial was tried again: %v", got)
	}
	if _, err := w.s.Try(ctx, "nobody"); !errors.Is(err, hooks.ErrNotFound) {
		t.Errorf("a trial to nobody: %v", err)
	}
}

func TestNothingIsSentTwiceWhenTheProgramIsStopped(t *testing.T) {
	t.Parallel()
	w, r := newWorld(t, dbtest.SQLite(t)), newReceiver(t)
	sub := w.subscribe(r, hooks.Registered)
	w.Register()
	_, err := w.Desk.Deliver(ctx, hooks.Listener, 100, w.s.Take)
	must(t, err)
	stopping, stop := contextThatStops(w.s)
	defer stop()
	if _, err := w.s.Work(stopping); err != nil {
		t.Fatal(err)
	}
	if d := w.deliveries(sub)[0]; d.State != hooks.Waiting || d.Tries != 0 {
		t.Errorf("stopping counted as a try: %+v", d)
	}
	w.s = w.sender()
	w.work() // at once, without waiting for the claim to run out
	if got := r.messages(); len(got) != 1 {
		t.Errorf("the next one sent %v", got)
	}
}

func TestASubscriptionThatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	for name, c := range map[string]struct {
		want  hooks.Wanted
		field string
		code  string
	}{
		"no name":           {hooks.Wanted{URL: "https://oa.example", Events: []string{"ticket_closed"}}, "name", "missing"},
		"no events":         {hooks.Wanted{Name: "x", URL: "https://oa.example"}, "events", "missing"},
		"an unknown event":  {hooks.Wanted{Name: "x", URL: "https://oa.example", Events: []string{"ticket_exploded"}}, "events", "not_an_option"},
		"a trial":           {hooks.Wanted{Name: "x", URL: "https://oa.example", Events: []string{"trial"}}, "events", "not_an_option"},
		"an inner address":  {hooks.Wanted{Name: "x", URL: "https://10.1.2.3/in", Events: []string{"ticket_closed"}}, "url", "webhook_inner"},
		"a second line":     {hooks.Wanted{Name: "x", URL: "https://oa.example/\r\nX-Evil: 1", Events: []string{"ticket_closed"}}, "url", "not_text|webhook_address"},
		"a name of 2 lines": {hooks.Wanted{Name: "x\x00", URL: "https://oa.example/", Events: []string{"ticket_closed"}}, "name", "not_text"},
	} {
		_, _, err := w.s.Add(ctx, w.Admin, c.want)
		var es tickets.FieldErrors
		if !errors.As(err, &es) || es.Of(c.field) == nil || !slices.Contains(strings.Split(c.code, "|"), es.Of(c.field).Code) {
			t.Errorf("%s: %v; want %s %s", name, err, c.field, c.code)
		}
	}
	if all, err := w.s.Subscriptions(ctx); err != nil || len(all) != 0 {
		t.Errorf("kept: %v, %v", all, err)
	}
	for _, err := range []error{w.s.Pause(ctx, "x"), w.s.Resume(ctx, "x"), w.s.Remove(ctx, "x")} {
		if !errors.Is(err, hooks.ErrNotFound) {
			t.Errorf("changing what is not there: %v", err)
		}
	}
	if _, _, err := w.s.Rotate(ctx, "x"); !errors.Is(err, hooks.ErrNotFound) {
		t.Errorf("rotating what is not there: %v", err)
	}
}

// Every event is told of by some act, and only of acts that exist.
func TestEveryEventHasItsAct(t *testing.T) {
	t.Parallel()
	wants := hooks.Listeners()[0].Wants
	for _, act := range []tickets.Act{staff.Register, staff.Triage, staff.Dispatch, staff.Redirect, staff.Return, staff.Reply, staff.Complete, staff.AnswerAtOnce, staff.Decline,
		staff.HandOver, staff.Withdraw, staff.Merge, staff.RecordRating, staff.Rework, staff.Reopen, staff.Archive} {
		if !wants(tickets.Entry{Act: act}) {
			t.Errorf("nobody is told of %s", act)
		}
	}
	for _, act := range []tickets.Act{staff.AddNote, staff.SignFor, staff.RecordContact, staff.Supervise, staff.UnmaskCaller} {
		if wants(tickets.Entry{Act: act}) {
			t.Errorf("others are told of %s", act)
		}
	}
}

// What happened before somebody subscribed is none of his business, even when
// it is still on its way.
func TestNobodyIsToldOfTheTimeBeforeHeSubscribed(t *testing.T) {
	t.Parallel()
	w, r := newWorld(t, dbtest.SQLite(t)), newReceiver(t)
	x := w.Register().Ticket
	w.Clock.Advance(time.Second)
	w.subscribe(r)
	w.triage(x.Number)
	w.work()
	if got := types(r.messages(), ""); !slices.Equal(got, []string{"triaged"}) {
		t.Errorf("told of %v", got)
	}
}

// Another instance has the earlier act in its hand and has not written it down.
func TestALaterActThatIsTakenFirstDoesNotOvertake(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w, r := newWorld(t, db), newReceiver(t)
		w.subscribe(r)
		w.triage(w.Register().Ticket.Number)
		var both []tickets.Message
		_, err := w.Desk.Deliver(ctx, hooks.Listener, 100, func(_ context.Context, ms []tickets.Message) error {
			both = append(both, ms...)
			return errKilled
		})
		must(t, err)
		must(t, w.s.Take(ctx, both[1:2]))
		_, err = w.s.Work(ctx)
		must(t, err)
		w.Clock.Advance(time.Minute)
		w.work() // the other instance gets to it
		if got := types(r.messages(), ""); !slices.Equal(got, []string{"registered", "triaged"}) {
			t.Errorf("told of %v", got)
		}
	})
}

// A pause holds from the next message on, however many are on their way.
func TestAPauseInTheMiddleOfAQueueHolds(t *testing.T) {
	t.Parallel()
	w, r := newWorld(t, dbtest.SQLite(t)), newReceiver(t)
	sub := w.subscribe(r, hooks.Registered)
	for range 20 {
		w.Register()
	}
	r.answers(func(told) int {
		if err := w.s.Pause(ctx, sub.Code); err != nil {
			t.Error(err)
		}
		return 0
	})
	w.work()
	if n := len(r.messages()); n < 1 || n > 4 || w.count(sub).Waiting != 20-n {
		t.Errorf("%d were sent after the pause, %+v are open", n, w.count(sub))
	}
}
