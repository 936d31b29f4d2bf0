package callbacks_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"nengban/callbacks"
	"nengban/callbacks/simulator"
	"nengban/tickets"
	tt "nengban/tickets/ticketstest"
)

// world is a town with pretend phones and the engine between them. Time passes
// only by pass, which does on the way what the timetable would.
type world struct {
	t      testing.TB
	tw     *tt.Town
	net    *simulator.Network
	e      *callbacks.Engine
	policy callbacks.Policy
}

// ctx is what tests that have nothing to stop work with.
var ctx = context.Background()

// mobiles of the town's citizens.
const (
	wang = "+8613800138000"
	li   = "+8613900139001"
)

func newWorld(t testing.TB, db *bun.DB, change ...func(*callbacks.Policy)) *world {
	t.Helper()
	tw := tt.New(t, db, callbacks.Listeners()...)
	w := &world{t: t, tw: tw, policy: callbacks.Defaults()}
	w.policy.Rate = 0
	w.policy.Notices = nil
	w.policy.Thank, w.policy.AskReason, w.policy.Confirm = false, false, false
	for _, c := range change {
		c(&w.policy)
	}
	w.net = simulator.New(tw.Clock, simulator.Options{Seed: 1})
	w.e = w.engine()
	w.net.Connect(w.e)
	return w
}

// engine is another instance on the same database.
func (w *world) engine() *callbacks.Engine {
	w.t.Helper()
	e, err := callbacks.New(callbacks.Parts{DB: w.tw.DB, Clock: w.tw.Clock, Desk: w.tw.Desk, Vault: w.tw.Vault, Policy: w.policy,
		Carriers: []callbacks.Line{{Name: "simulator", Carrier: w.net}}})
	must(w.t, err)
	return e
}

// work does once what the timetable does every minute.
func (w *world) work() {
	w.t.Helper()
	w.deliver()
	_, err := w.e.Work(ctx)
	must(w.t, err)
	_, err = w.e.Poll(ctx)
	must(w.t, err)
	w.deliver()
}

func (w *world) deliver() {
	w.t.Helper()
	for name, handle := range map[string]func(context.Context, []tickets.Message) error{callbacks.PlanListener: w.e.Handle, callbacks.NoticeListener: w.e.Notify} {
		_, err := w.tw.Desk.Deliver(ctx, name, 100, handle)
		must(w.t, err)
	}
}

// pass lets time pass: whatever is due on the way happens.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	const tick = 10 * time.Minute
	end := w.tw.Clock.Now().Add(d)
	w.work()
	for now := w.tw.Clock.Now(); now.Before(end); now = w.tw.Clock.Now() {
		step := max(tick, w.due(end).Sub(now)+tick-1).Truncate(tick) // nobody works where nothing is due
		must(w.t, w.net.Drive(ctx, w.tw.Clock, now.Add(min(step, end.Sub(now)))))
		w.work()
	}
}

// due is when the engine or the network next has something to do, end at the latest.
func (w *world) due(end time.Time) time.Time {
	w.t.Helper()
	if at, ok := w.net.Due(); ok && at.Before(end) {
		end = at
	}
	for _, x := range []struct{ table, column, where string }{
		{"surveys", "next_at", "state IN ('planned', 'asking')"},
		{"surveys", "record_at", "record_at IS NOT NULL AND recorded_at IS NULL"},
		{"attempts", "due_at", "state IN ('waiting', 'claimed', 'unclear')"},
		{"attempts", "poll_at", "state = 'handed'"},
	} {
		var at []time.Time
		must(w.t, w.tw.DB.NewSelect().Table(x.table).Column(x.column).Where(x.where).Order(x.column).Limit(1).Scan(ctx, &at))
		if len(at) > 0 && at[0].Before(end) {
			end = at[0]
		}
	}
	return end
}

// until passes the time up to an hour of a day, 09-22 14:00.
func (w *world) until(when string) {
	w.t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", "2026-"+when, tickets.Shanghai)
	must(w.t, err)
	if !at.After(w.tw.Clock.Now()) {
		w.t.Fatalf("%s is past: it is %s", when, w.now())
	}
	w.pass(at.Sub(w.tw.Clock.Now()))
}

func (w *world) now() string { return w.tw.Clock.Now().In(tickets.Shanghai).Format("01-02 15:04") }

// ended returns a ticket whose handling has just ended, of a citizen's phone.
func (w *world) ended(phone string, change ...func(*tickets.Intake)) *tickets.Ticket {
	w.t.Helper()
	return w.tw.Ticket(tickets.ToCallBack, append([]func(*tickets.Intake){func(in *tickets.Intake) { in.Phone = phone }}, change...)...)
}

// graveTicket is a case of 办不成事 whose handling has just ended.
func (w *world) graveTicket(phone string) *tickets.Ticket {
	w.t.Helper()
	t := w.tw.Register(func(in *tickets.Intake) { in.Phone = phone }).Ticket
	w.tw.Act(w.tw.Dispatcher, t.Number, tt.Triage(tickets.CannotDo))
	return w.tw.Act(w.tw.Dispatcher, t.Number, &tickets.AnswerAtOnce{Text: "政策不允许，已说明。", Basis: "《不动产登记暂行条例》第二十二条"})
}

func (w *world) ticket(number string) *tickets.Ticket {
	w.t.Helper()
	t, err := w.tw.Desk.Ticket(ctx, w.tw.Supervisor, number)
	must(w.t, err)
	return t
}

func (w *world) history(number string) callbacks.History {
	w.t.Helper()
	h, err := w.e.History(ctx, w.tw.Supervisor, number)
	must(w.t, err)
	return h
}

func (w *world) survey(number string) *callbacks.Survey {
	w.t.Helper()
	h := w.history(number)
	if len(h.Surveys) == 0 {
		w.t.Fatalf("ticket %s has no survey", number)
	}
	return h.Surveys[len(h.Surveys)-1]
}

// got are the texts that a phone received, in order.
func (w *world) got(phone string) []string {
	var out []string
	for _, i := range w.net.Thread(phone) {
		if !i.Out && i.Way == callbacks.BySMS {
			out = append(out, i.Words)
		}
	}
	return out
}

// calls are how often a phone was rung.
func (w *world) calls(phone string) int {
	n := 0
	for _, s := range w.net.Ledger() {
		if s.To == phone && s.Way == callbacks.ByVoice {
			n++
		}
	}
	return n
}

// says has the owner of a phone send a text, and lets it arrive.
func (w *world) says(phone, words string) {
	w.t.Helper()
	w.net.Reply(phone, words)
	w.pass(20 * time.Second) // it arrives, and is answered
	w.pass(20 * time.Second) // the answer arrives
}

func (w *world) wantStatus(number string, want tickets.Status) *tickets.Ticket {
	w.t.Helper()
	t := w.ticket(number)
	if t.Status != want {
		w.t.Errorf("at %s ticket %s is %s (rating %d, solved %q, round %d); want %s\n%s", w.now(), number, t.Status, t.Rating, t.Solved, t.Round, want, w.story(number))
	}
	return t
}

// story prints what happened, for the one who reads a failed test.
func (w *world) story(number string) string {
	var b strings.Builder
	h := w.history(number)
	for _, s := range h.Surveys {
		fmt.Fprintf(&b, "survey %d round %d %s %s rating %d solved %q next %s trouble %q\n", s.ID, s.Round, s.State, s.Reason, s.Rating, s.Solved, s.NextAt, s.Trouble)
	}
	for _, a := range h.Attempts {
		fmt.Fprintf(&b, "  %s %s %s %s/%s %s not before %s out %s\n", a.Way, a.Purpose, a.State, a.Delivery, a.Trouble, a.Code, a.NotBefore.In(tickets.Shanghai).Format("01-02 15:04"), a.OutAt.In(tickets.Shanghai).Format("01-02 15:04"))
	}
	for _, x := range h.Texts {
		fmt.Fprintf(&b, "  text %q %s %s %s\n", x.Words, x.State, x.Kind, x.Rule)
	}
	return b.String()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
