package tickets

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets/sla"
	"nengban/tickets/staff"
)

// Awaited is a deadline that runs on a ticket: the cache that lists sort by.
type Awaited struct {
	Clock       sla.ClockName `json:"clock"`
	Unit        string        `json:"unit,omitempty"`
	Due         time.Time     `json:"due"`
	Paused      bool          `json:"paused,omitempty"`
	Provisional bool          `json:"provisional,omitempty"` // reckoned past the known holidays
}

// Ledger replays a ticket's timeline: every clock with its working, and to
// whom each stretch of time is charged, as of now.
func (d *Desk) Ledger(ctx context.Context, t *Ticket) (sla.Ledger, error) {
	entries, err := timeline(ctx, d.db, t.ID)
	if err != nil {
		return sla.Ledger{}, err
	}
	return d.limits.ledger(entries, d.Now())
}

// Limits returns the policies and calendars that the desk reckons by.
func (d *Desk) Limits() *Limits { return d.limits }

// ledger replays entries as of a moment. A ticket keeps the policy that it was
// promised under. Clocks that still run follow the newest calendars; one that
// has ended stays as it was under the calendars of its day, or a list loaded
// later would rewrite history.
func (l *Limits) ledger(entries []Entry, now time.Time) (sla.Ledger, error) {
	all := l.now.Load()
	policy, ok := all.policies.Version(policyOf(entries))
	if !ok {
		return sla.Ledger{}, fmt.Errorf("there is no policy version %d", policyOf(entries))
	}
	events := eventsOf(entries)
	newest := all.editions[len(all.editions)-1]
	out, err := sla.Replay(&policy, newest.calendars, events, now)
	if err != nil {
		return sla.Ledger{}, err
	}
	older := map[time.Time]sla.Ledger{}
	for i, c := range out.Clocks {
		if c.Awaited() || !c.EndedAt.Before(newest.from) {
			continue
		}
		then := all.at(c.EndedAt)
		if then.from.Equal(newest.from) {
			continue
		}
		past, ok := older[then.from]
		if !ok {
			if past, err = sla.Replay(&policy, then.calendars, events, now); err != nil {
				return sla.Ledger{}, err
			}
			older[then.from] = past
		}
		for _, was := range past.Clocks {
			if was.Key == c.Key {
				out.Clocks[i] = was
			}
		}
	}
	return out, nil
}

// policyOf is the version the ticket was promised under, or the one that
// somebody put it under since.
func policyOf(entries []Entry) int {
	version := 0
	for _, e := range entries {
		if e.Policy != 0 {
			version = e.Policy
		}
	}
	return version
}

// take copies what lists and the timetable need from a ledger. Warnings are
// looked at anew after every act, at once: those that were passed on before
// are known by their names.
func (t *Ticket) take(l sla.Ledger) {
	t.Awaited, t.DueAt, t.NextDueAt, t.nextWarnAt, t.PolicyVersion = nil, time.Time{}, time.Time{}, time.Time{}, l.Policy
	for _, c := range l.Clocks {
		if !c.Awaited() {
			continue
		}
		paused := c.State == sla.Paused
		t.Awaited = append(t.Awaited, Awaited{c.Clock, c.Unit, c.Due.UTC(), paused, c.Reckoning.Provisional()})
		if c.Clock == sla.ClockAnswer {
			t.DueAt = c.Due.UTC()
		}
		// The return window is a right and no duty: nothing is due when it ends.
		if paused || c.Clock == sla.ClockReturn {
			continue
		}
		t.nextWarnAt = l.At.UTC()
		if t.NextDueAt.IsZero() || c.Due.Before(t.NextDueAt) {
			t.NextDueAt = c.Due.UTC()
		}
	}
}

// late says whether a clock of a unit has run out. The second that a deadline
// names is still in time.
func (t *Ticket) late(clock sla.ClockName, unit string, now time.Time) bool {
	for _, a := range t.Awaited {
		if a.Clock == clock && a.Unit == unit {
			return !a.Paused && now.Unix() > a.Due.Unix()
		}
	}
	return false
}

// eventsOf translates the timeline, as far as clocks are concerned.
func eventsOf(entries []Entry) []sla.Event {
	out := make([]sla.Event, 0, len(entries))
	for _, e := range entries {
		if f, ok := translations[e.Act]; ok {
			out = append(out, f(e)...)
		}
	}
	return out
}

// translations says what each act means to the clocks. Acts that are not here
// move none.
var translations = map[Act]func(Entry) []sla.Event{
	staff.Register:             facts(sla.Received),
	staff.Triage:               facts(sla.Classified),
	staff.AskCitizen:           plainly(sla.WaitingForCitizen),
	staff.Supplement:           plainly(sla.CitizenSupplied),
	staff.AnswerAtOnce:         plainly(sla.Completed),
	staff.Decline:              plainly(sla.Completed),
	staff.HandOver:             plainly(sla.Completed),
	staff.Complete:             plainly(sla.Completed),
	staff.Withdraw:             plainly(sla.Withdrawn),
	staff.Merge:                plainly(sla.Merged),
	staff.Unmerge:              plainly(sla.Unmerged),
	staff.OpenConsultation:     plainly(sla.ConsultationOpened),
	staff.ConcludeConsultation: plainly(sla.ConsultationClosed),
	staff.Dispatch:             dispatchedTo,
	staff.Redirect:             func(e Entry) []sla.Event { return []sla.Event{{Kind: sla.Redirected, At: e.At, Unit: e.Lead}} },
	staff.AddAssisting:         ofUnit(sla.Event{Kind: sla.Dispatched, Assisting: true}),
	staff.ReleaseAssisting:     ofUnit(sla.Event{Kind: sla.Released}),
	staff.SignFor:              ofUnit(sla.Event{Kind: sla.SignedFor}),
	staff.Return:               ofUnit(sla.Event{Kind: sla.ReturnAsked}),
	staff.RuleOnReturn:         returnRuled,
	staff.AskExtension:         ofUnit(sla.Event{Kind: sla.ExtensionAsked}),
	staff.RuleOnExtension:      extensionRuled,
	staff.AskSuspension:        ofUnit(sla.Event{Kind: sla.SuspensionAsked}),
	staff.RuleOnSuspension:     suspensionRuled,
	staff.Resume:               plainly(sla.Resumed),
	staff.ReportProgress:       ofUnit(sla.Event{Kind: sla.Progressed}),
	staff.Assist:               ofUnit(sla.Event{Kind: sla.Replied}),
	staff.Reply:                ofUnit(sla.Event{Kind: sla.Replied}),
	staff.SendBack:             plainly(sla.SentBack),
	staff.RecordRating:         ratedBad,
	staff.JudgeRating: func(e Entry) []sla.Event {
		return []sla.Event{{Kind: sla.Judged, At: e.At, Accepted: e.To == ToRework}}
	},
	staff.Rework: reopened,
	staff.Reopen: reopened,
}

func plainly(k sla.EventKind) func(Entry) []sla.Event {
	return func(e Entry) []sla.Event { return []sla.Event{{Kind: k, At: e.At, Reason: e.Reason}} }
}

func facts(k sla.EventKind) func(Entry) []sla.Event {
	return func(e Entry) []sla.Event {
		return []sla.Event{{Kind: k, At: e.At, Facts: sla.Facts{Class: string(e.Class), Kind: string(e.Kind), Urgency: string(e.Urgency),
			Category: e.Category, Channel: string(e.Channel), Complexity: e.Complexity}}}
	}
}

func ofUnit(of sla.Event) func(Entry) []sla.Event {
	return func(e Entry) []sla.Event {
		ev := of // a copy of its own: many tickets are reckoned at once
		ev.At, ev.Unit, ev.Reason = e.At, e.Department, e.Reason
		return []sla.Event{ev}
	}
}

func dispatchedTo(e Entry) []sla.Event {
	out := []sla.Event{{Kind: sla.Dispatched, At: e.At, Unit: e.Lead}}
	for _, u := range e.Assisting {
		out = append(out, sla.Event{Kind: sla.Dispatched, At: e.At, Unit: u, Assisting: true})
	}
	return out
}

func returnRuled(e Entry) []sla.Event {
	out := []sla.Event{{Kind: sla.ReturnRuled, At: e.At, Unit: e.Department, Accepted: !e.Forced, Reason: e.Reason}}
	if e.To == InConsultation {
		out = append(out, sla.Event{Kind: sla.ConsultationOpened, At: e.At, Reason: e.Reason})
	}
	return out
}

func extensionRuled(e Entry) []sla.Event {
	if e.Decision != string(Yes) {
		return []sla.Event{{Kind: sla.ExtensionRefused, At: e.At, Unit: e.Department, Reason: e.Reason}}
	}
	return []sla.Event{{Kind: sla.ExtensionGranted, At: e.At, Unit: e.Department, Extra: sla.WorkingDays(e.Days), Reason: e.Reason}}
}

func suspensionRuled(e Entry) []sla.Event {
	if e.To == Suspended {
		return []sla.Event{{Kind: sla.SuspensionGranted, At: e.At, Reason: e.Reason}}
	}
	return []sla.Event{{Kind: sla.SuspensionRefused, At: e.At, Reason: e.Reason}}
}

// ratedBad: an unsolved matter needs no judge, it goes straight to rework,
// which then meets the clock.
func ratedBad(e Entry) []sla.Event {
	switch e.To {
	case ToJudge:
		return []sla.Event{{Kind: sla.RatedBad, At: e.At}}
	case ToRework:
		return []sla.Event{{Kind: sla.RatedBad, At: e.At}, {Kind: sla.Judged, At: e.At, Accepted: true}}
	default:
		return nil
	}
}

func reopened(e Entry) []sla.Event {
	ev := sla.Event{Kind: sla.Reopened, At: e.At, Reason: e.Reason}
	if e.To == InHand {
		ev.Unit = e.Lead
	}
	out := []sla.Event{ev}
	if e.To == InConsultation {
		out = append(out, sla.Event{Kind: sla.ConsultationOpened, At: e.At, Reason: e.Reason})
	}
	return out
}

// clockRow is one clock of a ticket as the database knows it: what lists and
// figures ask for. It is a copy of what a replay says and is written with every
// act that changes it.
type clockRow struct {
	bun.BaseModel `bun:"table:clocks"`

	TicketID    int64         `bun:"ticket_id,pk"`
	Round       int           `bun:"round,pk"`
	Clock       sla.ClockName `bun:"clock,pk"`
	Unit        string        `bun:"unit,pk"`
	Nth         int           `bun:"nth,pk"`
	State       sla.State     // as of the last act: that a running clock has meanwhile passed its deadline, the deadline says
	StartedAt   time.Time
	DueAt       time.Time
	OriginalDue time.Time
	MetAt       time.Time `bun:",nullzero"`
	BreachedAt  time.Time `bun:",nullzero"` // the deadline that passed
	EndedAt     time.Time `bun:",nullzero"`
	Provisional bool
}

func (r clockRow) key() sla.Key {
	return sla.Key{Clock: r.Clock, Unit: r.Unit, Round: r.Round, Nth: r.Nth}
}

func (r clockRow) cached() sla.Cached {
	return sla.Cached{Key: r.key(), State: r.State, Due: r.DueAt, MetAt: r.MetAt, BreachedAt: r.BreachedAt}
}

func clockRows(ticketID int64, l sla.Ledger) []clockRow {
	out := make([]clockRow, 0, len(l.Clocks))
	for _, c := range l.Clocks {
		out = append(out, clockRow{TicketID: ticketID, Round: c.Round, Clock: c.Clock, Unit: c.Unit, Nth: c.Nth, State: c.State,
			StartedAt: c.StartedAt.UTC(), DueAt: c.Due.UTC(), OriginalDue: c.Original.UTC(), MetAt: c.MetAt.UTC(), BreachedAt: c.BreachedAt.UTC(),
			EndedAt:     c.EndedAt.UTC(),
			Provisional: c.Reckoning.Provisional()})
	}
	return out
}

// saveClocks writes the rows that differ between two replays.
func saveClocks(ctx context.Context, tx bun.IDB, ticketID int64, was, is sla.Ledger) error {
	rows := changed(clockRows(ticketID, was), clockRows(ticketID, is), func(r clockRow) string { return fmt.Sprint(r.key()) })
	if len(rows) == 0 {
		return nil
	}
	return upsertClocks(ctx, tx, rows)
}

func upsertClocks(ctx context.Context, tx bun.IDB, rows []clockRow) error {
	return upsertRows(ctx, tx, &rows, "ticket_id, round, clock, unit, nth", "state", "started_at", "due_at", "original_due", "met_at", "breached_at", "ended_at", "provisional")
}
