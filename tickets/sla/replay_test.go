package sla_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nengban/tickets/sla"
	"nengban/tickets/worktime"
)

// ledger replays a timeline under the default policy.
func ledger(t testing.TB, now string, events ...sla.Event) sla.Ledger {
	t.Helper()
	policy := sla.DefaultPolicy()
	l, err := sla.Replay(&policy, calendars(t), events, at(t, now))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// event writes a line of a timeline.
func event(t testing.TB, when string, kind sla.EventKind, more ...any) sla.Event {
	t.Helper()
	e := sla.Event{Kind: kind, At: at(t, when)}
	for _, m := range more {
		switch m := m.(type) {
		case string:
			e.Unit = m
		case sla.Facts:
			e.Facts = m
		case sla.Limit:
			e.Extra = m
		case bool:
			e.Accepted = m
		default:
			t.Fatalf("an event has no %T", m)
		}
	}
	return e
}

// assisting is event for a unit that assists.
func assisting(t testing.TB, when, unit string) sla.Event {
	t.Helper()
	e := event(t, when, sla.Dispatched, unit)
	e.Assisting = true
	return e
}

var complaint = sla.Facts{Kind: "complaint", Urgency: "routine", Class: "ordinary"}

// clock returns the latest clock of a name and unit.
func clock(t testing.TB, l sla.Ledger, name sla.ClockName, unit string) sla.Clock {
	t.Helper()
	c, ok := l.Find(name, unit)
	if !ok {
		t.Fatalf("there is no clock %s %s", name, unit)
	}
	return c
}

// want checks a clock's state, deadline, and when it was done or missed.
func want(t testing.TB, c sla.Clock, state sla.State, due string) {
	t.Helper()
	if c.State != state || !c.Due.Equal(at(t, due)) {
		t.Errorf("%s %s of round %d is %s, due %s; want %s, due %s", c.Clock, c.Unit, c.Round, c.State, c.Due, state, due)
	}
	if state == sla.Breached && !c.BreachedAt.Equal(c.Due) {
		t.Errorf("%s was breached at %s, want its deadline, %s", c.Clock, c.BreachedAt, c.Due)
	}
	if state != sla.Breached && !c.BreachedAt.IsZero() {
		t.Errorf("%s is %s and yet breached at %s", c.Clock, state, c.BreachedAt)
	}
}

func TestATicketFromCallToAnswer(t *testing.T) {
	t.Parallel()
	l := ledger(t, "2026-11-20 10:00",
		event(t, "2026-11-02 10:00", sla.Received, sla.Facts{Kind: "complaint", Urgency: "routine"}),
		event(t, "2026-11-02 10:20", sla.Classified, sla.Facts{Class: "hard_to_do"}),
		event(t, "2026-11-02 10:30", sla.ConsultationOpened),
		event(t, "2026-11-03 15:00", sla.ConsultationClosed),
		event(t, "2026-11-03 15:30", sla.Dispatched, "housing"),
		assisting(t, "2026-11-03 15:30", "police"),
		event(t, "2026-11-04 09:30", sla.SignedFor, "housing"),
		event(t, "2026-11-04 14:00", sla.SignedFor, "police"),
		event(t, "2026-11-06 11:00", sla.Progressed, "housing"),
		event(t, "2026-11-09 10:00", sla.Replied, "police"),
		event(t, "2026-11-10 10:00", sla.ExtensionAsked, "housing"),
		event(t, "2026-11-10 16:00", sla.ExtensionGranted, "housing", sla.WorkingDays(2)),
		event(t, "2026-11-16 10:00", sla.Replied, "housing"),
		event(t, "2026-11-16 16:00", sla.SentBack),
		event(t, "2026-11-17 11:00", sla.Replied),
		event(t, "2026-11-17 15:00", sla.Completed),
	)
	want(t, clock(t, l, sla.ClockAnswer, ""), sla.Met, "2026-11-18 17:30")          // 10 working days and 2 more
	want(t, clock(t, l, sla.ClockDispatch, ""), sla.Met, "2026-11-04 14:30")        // 24 hours and the consultation's 28.5
	want(t, clock(t, l, sla.ClockSignFor, "housing"), sla.Met, "2026-11-04 17:30")  //
	want(t, clock(t, l, sla.ClockSignFor, "police"), sla.Met, "2026-11-04 17:30")   //
	want(t, clock(t, l, sla.ClockProgress, "housing"), sla.Met, "2026-11-09 17:30") // day 5 from receipt
	want(t, clock(t, l, sla.ClockReturn, "housing"), sla.Void, "2026-11-04 17:30")  // the window closed unused
	want(t, clock(t, l, sla.ClockHandle, "police"), sla.Met, "2026-11-17 17:30")    // an assistant's extension is its own
	want(t, clock(t, l, sla.ClockHandle, "housing"), sla.Met, "2026-11-20 15:00")   // 12 days, and 4.5 hours of review given back
	want(t, clock(t, l, sla.ClockRule, ""), sla.Met, "2026-11-11 17:30")            //
	want(t, clock(t, l, sla.ClockReview, ""), sla.Met, "2026-11-18 17:30")          // of the second reply
	if _, ok := l.Find(sla.ClockProgress, "police"); ok {
		t.Error("a unit that assists owes no progress report of its own")
	}
	var held []string
	for _, c := range l.Charges {
		held = append(held, c.Holder.String()+" until "+c.To.In(shanghai).Format("01-02 15:04"))
	}
	if diff := cmp.Diff([]string{
		"desk until 11-03 15:30", "unit housing until 11-16 10:00", "desk until 11-16 16:00",
		"unit housing until 11-17 11:00", "desk until 11-17 15:00",
	}, held); diff != "" {
		t.Error(diff)
	}
	if l.Open || !l.End.Equal(at(t, "2026-11-17 15:00")) || len(l.Awaited()) != 0 {
		t.Errorf("the ticket is not closed: open %t until %s, %v", l.Open, l.End, l.Awaited())
	}
}

func TestDisputesStopNothingForTheCitizen(t *testing.T) {
	t.Parallel()
	l := ledger(t, "2026-11-12 10:00",
		event(t, "2026-11-02 10:00", sla.Received, complaint),
		event(t, "2026-11-02 11:00", sla.Dispatched, "housing"),
		event(t, "2026-11-02 15:00", sla.ReturnAsked, "housing"),
		event(t, "2026-11-03 10:00", sla.ReturnRuled, true),
		event(t, "2026-11-03 11:00", sla.Dispatched, "planning"),
		event(t, "2026-11-04 09:00", sla.ReturnAsked),
		event(t, "2026-11-05 10:00", sla.ReturnRuled),
		event(t, "2026-11-05 11:00", sla.SignedFor),
		event(t, "2026-11-06 11:00", sla.Redirected, "parks"),
	)
	answer := clock(t, l, sla.ClockAnswer, "")
	want(t, answer, sla.Breached, "2026-11-09 17:30")
	if len(answer.Stops) != 0 {
		t.Errorf("the citizen's clock stood still: %+v", answer.Stops)
	}
	want(t, clock(t, l, sla.ClockHandle, "housing"), sla.Void, "2026-11-10 10:00")  // stood still while the desk ruled
	want(t, clock(t, l, sla.ClockReturn, "housing"), sla.Met, "2026-11-03 17:30")   // asked within the window
	want(t, clock(t, l, sla.ClockSignFor, "planning"), sla.Met, "2026-11-06 10:00") // a refused return gives back the desk's 8 hours
	want(t, clock(t, l, sla.ClockHandle, "planning"), sla.Void, "2026-11-12 10:00")
	want(t, clock(t, l, sla.ClockHandle, "parks"), sla.Running, "2026-11-13 17:30") // its own five days
	if c := clock(t, l, sla.ClockDispatch, ""); c.Nth != 2 || c.State != sla.Met {
		t.Errorf("the second dispatch is %+v", c)
	}
	for _, s := range sla.ByHolder(l.Charges) {
		if s.Holder.Kind == sla.HeldByDesk && s.Elapsed != 46*time.Hour { // 1 h, then 20 h with the ruling, then 25 h of ruling
			t.Errorf("the desk is charged with %s", s.Elapsed)
		}
	}
}

func TestAnAssistantMayTakeTheLeadOver(t *testing.T) {
	t.Parallel()
	l := ledger(t, "2026-11-05 10:00",
		event(t, "2026-11-02 10:00", sla.Received, complaint),
		event(t, "2026-11-02 11:00", sla.Dispatched, "housing"),
		assisting(t, "2026-11-02 11:00", "police"),
		event(t, "2026-11-03 09:00", sla.Redirected, "planning"), // who now stands behind the assistant
		event(t, "2026-11-04 09:00", sla.Redirected, "police"),
	)
	if l.Holder != (sla.Holder{Kind: sla.HeldByUnit, Unit: "police"}) {
		t.Errorf("the ticket is held by %s", l.Holder)
	}
	want(t, clock(t, l, sla.ClockHandle, "planning"), sla.Void, "2026-11-10 17:30")
	c := clock(t, l, sla.ClockHandle, "police")
	want(t, c, sla.Running, "2026-11-11 17:30") // afresh, as the lead
	if c.Nth != 2 {
		t.Errorf("it is police's clock number %d, want 2", c.Nth)
	}
}

func TestTheCitizensClockWaitsForTheCitizen(t *testing.T) {
	t.Parallel()
	l := ledger(t, "2026-11-10 10:00",
		event(t, "2026-11-02 10:00", sla.Received, complaint),
		event(t, "2026-11-03 09:00", sla.WaitingForCitizen),
		event(t, "2026-11-05 09:00", sla.CitizenSupplied),
		event(t, "2026-11-05 10:00", sla.Dispatched, "housing"),
	)
	want(t, clock(t, l, sla.ClockAnswer, ""), sla.Running, "2026-11-11 17:30")
	want(t, clock(t, l, sla.ClockDispatch, ""), sla.Met, "2026-11-05 10:00") // in the last second
}

func TestWhileItStandsStillADeadlineIsThatOfTheStop(t *testing.T) {
	t.Parallel()
	events := []sla.Event{
		event(t, "2026-11-02 10:00", sla.Received, complaint),
		event(t, "2026-11-02 11:00", sla.Dispatched, "housing"),
		event(t, "2026-11-02 12:00", sla.SignedFor, "housing"),
		event(t, "2026-11-04 09:00", sla.SuspensionGranted),
	}
	for _, now := range []string{"2026-11-04 09:00", "2026-11-09 17:31", "2027-02-01 10:00"} {
		c := clock(t, ledger(t, now, events...), sla.ClockHandle, "housing")
		want(t, c, sla.Paused, "2026-11-09 17:30")
		if len(c.Stops) != 1 || !c.Stops[0].To.IsZero() || c.Stops[0].Cause != sla.BySuspension {
			t.Errorf("at %s the stops are %+v", now, c.Stops)
		}
	}
	l := ledger(t, "2026-11-20 09:00", append(events, event(t, "2026-11-18 09:00", sla.Resumed))...)
	want(t, clock(t, l, sla.ClockHandle, "housing"), sla.Running, "2026-11-23 17:30")
	if due, ok := l.NextDue(); !ok || !due.Equal(at(t, "2026-11-23 17:30")) {
		t.Errorf("next due %s, %t", due, ok)
	}
}

func TestUnitClocksMayCountFromSigningOrReceipt(t *testing.T) {
	t.Parallel()
	policy := sla.DefaultPolicy()
	for i := range policy.Rules {
		switch policy.Rules[i].Clock {
		case sla.ClockHandle:
			policy.Rules[i].Start = sla.FromSigning
		case sla.ClockReturn:
			policy.Rules[i].Start = sla.FromReceipt
		default: // stays as it is
		}
	}
	if err := policy.Validate(calendars(t)); err != nil {
		t.Fatal(err)
	}
	events := []sla.Event{
		event(t, "2026-11-02 10:00", sla.Received, complaint),
		event(t, "2026-11-02 11:00", sla.WaitingForCitizen),
		event(t, "2026-11-04 11:00", sla.CitizenSupplied),
		event(t, "2026-11-04 12:00", sla.Dispatched, "housing"),
	}
	l, err := sla.Replay(&policy, calendars(t), events, at(t, "2026-11-04 12:30"))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := l.Find(sla.ClockHandle, "housing"); ok {
		t.Error("handling is counted before the unit has signed")
	}
	// From receipt the window was to close on the 3rd at 17:30; what the citizen owed
	// since then, nine working hours, is given back although nobody had it yet.
	want(t, clock(t, l, sla.ClockReturn, "housing"), sla.Running, "2026-11-05 11:00")
	l, err = sla.Replay(&policy, calendars(t), append(events, event(t, "2026-11-05 09:00", sla.SignedFor)), at(t, "2026-11-05 12:30"))
	if err != nil {
		t.Fatal(err)
	}
	want(t, clock(t, l, sla.ClockHandle, "housing"), sla.Running, "2026-11-12 17:30")
}

func TestExtensionsMoveHandleAndAnswer(t *testing.T) {
	t.Parallel()
	events := []sla.Event{
		event(t, "2026-11-02 10:00", sla.Received, complaint),
		event(t, "2026-11-02 11:00", sla.Dispatched, "housing"),
		assisting(t, "2026-11-02 11:00", "police"),
		event(t, "2026-11-06 10:00", sla.ExtensionAsked, "housing"),
	}
	grant := func(when string) []sla.Event {
		return append(slices.Clone(events), event(t, when, sla.ExtensionGranted, "housing", sla.WorkingDays(5)))
	}
	l := ledger(t, "2026-11-12 10:00", grant("2026-11-06 16:00")...)
	want(t, clock(t, l, sla.ClockHandle, "housing"), sla.Running, "2026-11-16 17:30")
	want(t, clock(t, l, sla.ClockAnswer, ""), sla.Running, "2026-11-16 17:30")
	want(t, clock(t, l, sla.ClockHandle, "police"), sla.Breached, "2026-11-09 17:30")
	// Asked in time and granted late, it counts: the unit did what it could.
	l = ledger(t, "2026-11-12 10:00", grant("2026-11-11 16:00")...)
	want(t, clock(t, l, sla.ClockHandle, "housing"), sla.Running, "2026-11-16 17:30")
	// A refusal moves nothing.
	l = ledger(t, "2026-11-12 10:00", append(slices.Clone(events), event(t, "2026-11-06 16:00", sla.ExtensionRefused, "housing"))...)
	want(t, clock(t, l, sla.ClockHandle, "housing"), sla.Breached, "2026-11-09 17:30")
	// Asked too late, it moves nothing either, and the working says so.
	l = ledger(t, "2026-11-12 10:00",
		events[0], events[1],
		event(t, "2026-11-10 10:00", sla.ExtensionAsked), event(t, "2026-11-10 11:00", sla.ExtensionGranted, sla.WorkingDays(5)))
	handle := clock(t, l, sla.ClockHandle, "housing")
	want(t, handle, sla.Breached, "2026-11-09 17:30")
	if said := strings.Join(handle.Reckoning.Explain("en"), "\n"); !strings.Contains(said, "asked for after the deadline and moves nothing") {
		t.Errorf("the working does not say so: %s", said)
	}
	// An assistant's extension moves the assistant's limit only.
	l = ledger(t, "2026-11-12 10:00", append(events[:3:3], event(t, "2026-11-06 16:00", sla.ExtensionGranted, "police", sla.WorkingDays(5)))...)
	want(t, clock(t, l, sla.ClockHandle, "police"), sla.Running, "2026-11-16 17:30")
	want(t, clock(t, l, sla.ClockAnswer, ""), sla.Breached, "2026-11-09 17:30")
}

func TestAChangeOfFactsReckonsOnceAndAnew(t *testing.T) {
	t.Parallel()
	events := []sla.Event{
		event(t, "2026-11-02 10:00", sla.Received, sla.Facts{Kind: "complaint", Urgency: "routine"}),
		event(t, "2026-11-02 11:00", sla.Dispatched, "housing"),
		event(t, "2026-11-04 10:00", sla.Classified, sla.Facts{Class: "hard_to_do"}),
		event(t, "2026-11-05 10:00", sla.Classified, sla.Facts{Category: "housing"}),
	}
	l := ledger(t, "2026-11-06 10:00", events...)
	want(t, clock(t, l, sla.ClockAnswer, ""), sla.Running, "2026-11-16 17:30")
	want(t, clock(t, l, sla.ClockHandle, "housing"), sla.Running, "2026-11-16 17:30")
	want(t, clock(t, l, sla.ClockProgress, "housing"), sla.Running, "2026-11-09 17:30") // owed since it is hard to do, from receipt
	// By setting, the new limit counts from the change.
	policy := sla.DefaultPolicy()
	policy.Reclassified = sla.FromChange
	l, err := sla.Replay(&policy, calendars(t), events, at(t, "2026-11-06 10:00"))
	if err != nil {
		t.Fatal(err)
	}
	want(t, clock(t, l, sla.ClockAnswer, ""), sla.Running, "2026-11-18 17:30")
	want(t, clock(t, l, sla.ClockProgress, "housing"), sla.Running, "2026-11-11 17:30")
	// And back: progress is no longer owed.
	l = ledger(t, "2026-11-06 10:00", append(events, event(t, "2026-11-05 11:00", sla.Classified, sla.Facts{Class: "ordinary"}))...)
	want(t, clock(t, l, sla.ClockAnswer, ""), sla.Running, "2026-11-09 17:30")
	want(t, clock(t, l, sla.ClockProgress, "housing"), sla.Void, "2026-11-09 17:30")
	// A change while the reply is under review counts once the ticket is sent back.
	l = ledger(t, "2026-11-05 10:00", events[0], events[1],
		event(t, "2026-11-03 09:00", sla.Replied),
		event(t, "2026-11-03 10:00", sla.Classified, sla.Facts{Class: "hard_to_do"}),
		event(t, "2026-11-03 11:00", sla.SentBack))
	want(t, clock(t, l, sla.ClockHandle, "housing"), sla.Running, "2026-11-17 11:00") // 10 days and 2 hours of review
	want(t, clock(t, l, sla.ClockProgress, "housing"), sla.Running, "2026-11-09 17:30")
	// A new label does not undo a breach.
	l = ledger(t, "2026-11-12 10:00", events[0], events[1], event(t, "2026-11-11 10:00", sla.Classified, sla.Facts{Class: "hard_to_do"}))
	want(t, clock(t, l, sla.ClockAnswer, ""), sla.Breached, "2026-11-09 17:30")
}

func TestMergingEndsTheClocksAndUnmergingTheMerger(t *testing.T) {
	t.Parallel()
	events := []sla.Event{
		event(t, "2026-11-02 10:00", sla.Received, complaint),
		event(t, "2026-11-02 11:00", sla.Merged),
	}
	l := ledger(t, "2026-12-20 10:00", events...)
	want(t, clock(t, l, sla.ClockAnswer, ""), sla.Void, "2026-11-09 17:30")
	l = ledger(t, "2026-11-04 10:00", append(events, event(t, "2026-11-03 09:00", sla.Unmerged))...)
	want(t, clock(t, l, sla.ClockAnswer, ""), sla.Running, "2026-11-09 17:30") // the promise was never lifted
	want(t, clock(t, l, sla.ClockDispatch, ""), sla.Breached, "2026-11-04 09:00")
	if total := l.Total(); total.Elapsed != 48*time.Hour {
		t.Errorf("the charges come to %s, want 48 h", total.Elapsed)
	}
}

func TestAWithdrawnTicketOwesNoAnswer(t *testing.T) {
	t.Parallel()
	l := ledger(t, "2026-12-20 10:00",
		event(t, "2026-11-02 10:00", sla.Received, complaint),
		event(t, "2026-11-02 11:00", sla.Dispatched, "housing"),
		event(t, "2026-11-03 11:00", sla.Withdrawn),
	)
	want(t, clock(t, l, sla.ClockAnswer, ""), sla.Void, "2026-11-09 17:30")
	want(t, clock(t, l, sla.ClockHandle, "housing"), sla.Void, "2026-11-09 17:30")
}

func TestABadRatingIsJudgedAndActedOn(t *testing.T) {
	t.Parallel()
	events := []sla.Event{
		event(t, "2026-11-02 10:00", sla.Received, complaint),
		event(t, "2026-11-02 10:30", sla.Completed),
		event(t, "2026-11-04 20:00", sla.RatedBad),
		event(t, "2026-11-05 09:00", sla.RatedBad),
	}
	l := ledger(t, "2026-11-05 10:00", events...)
	want(t, clock(t, l, sla.ClockJudge, ""), sla.Running, "2026-11-05 17:30")
	l = ledger(t, "2026-11-05 12:00", append(slices.Clone(events), event(t, "2026-11-05 11:00", sla.Judged))...)
	want(t, clock(t, l, sla.ClockJudge, ""), sla.Met, "2026-11-05 17:30")
	// Judged as deserved, it is not over before the ticket is reopened.
	again := append(slices.Clone(events), event(t, "2026-11-05 11:00", sla.Judged, true))
	l = ledger(t, "2026-11-06 12:00", again...)
	want(t, clock(t, l, sla.ClockJudge, ""), sla.Breached, "2026-11-05 17:30")
	l = ledger(t, "2026-11-06 12:00", append(again, event(t, "2026-11-05 16:00", sla.Reopened, "housing"))...)
	want(t, clock(t, l, sla.ClockJudge, ""), sla.Met, "2026-11-05 17:30")
	want(t, clock(t, l, sla.ClockHandle, "housing"), sla.Running, "2026-11-10 17:30")
	if len(l.Charges) != 3 || l.Charges[1].Holder.Kind != sla.HeldByNobody || l.Round != 2 {
		t.Errorf("round %d, charges %+v", l.Round, l.Charges)
	}
}

func TestTimelinesThatDoNotHoldTogetherAreRefused(t *testing.T) {
	t.Parallel()
	policy := sla.DefaultPolicy()
	ok := []sla.Event{event(t, "2026-11-02 10:00", sla.Received, complaint), event(t, "2026-11-02 11:00", sla.Dispatched, "housing")}
	with := func(es ...sla.Event) []sla.Event { return append(slices.Clone(ok), es...) }
	done := event(t, "2026-11-03 10:00", sla.Completed)
	for _, row := range []struct {
		what   string
		events []sla.Event
		n      int
		says   string
	}{
		{"nothing at all", nil, 0, "there are no events"},
		{"no receipt", ok[1:], 1, "begins with the receipt"},
		{"two receipts", with(ok[0]), 3, "begins with the receipt"},
		{"a clock that jumped back", with(event(t, "2026-11-02 10:59:59", sla.SignedFor, "housing")), 3, "lies before the event before it"},
		{"an event in the future", with(event(t, "2027-11-02 10:00", sla.SignedFor, "housing")), 3, "lies in the future"},
		{"an unknown event", with(event(t, "2026-11-03 10:00", "lost")), 3, "no such event"},
		{"a unit that has no part", with(event(t, "2026-11-03 10:00", sla.SignedFor, "police")), 3, "police has no part"},
		{"signed twice", with(event(t, "2026-11-03 10:00", sla.SignedFor), event(t, "2026-11-03 11:00", sla.SignedFor)), 4, "housing has signed already"},
		{"two leads", with(event(t, "2026-11-03 10:00", sla.Dispatched, "police")), 3, "housing leads already"},
		{"dispatched to nobody", with(event(t, "2026-11-03 10:00", sla.Dispatched)), 3, "names no unit"},
		{"dispatched twice", with(event(t, "2026-11-03 10:00", sla.Dispatched, "housing")), 3, "has a part already"},
		{"redirected to nobody", with(event(t, "2026-11-03 10:00", sla.Redirected)), 3, "cannot take the lead over"},
		{"redirected to who leads", with(event(t, "2026-11-03 10:00", sla.Redirected, "housing")), 3, "cannot take the lead over"},
		{"resumed though nothing is suspended", with(event(t, "2026-11-03 10:00", sla.Resumed)), 3, "nothing is suspended"},
		{"suspended twice", with(event(t, "2026-11-03 10:00", sla.SuspensionGranted), event(t, "2026-11-03 10:00", sla.SuspensionGranted)), 4, "suspended already"},
		{"supplied though nothing was owed", with(event(t, "2026-11-03 10:00", sla.CitizenSupplied)), 3, "owed nothing"},
		{"a ruling nobody asked for", with(event(t, "2026-11-03 10:00", sla.ReturnRuled)), 3, "no return awaits"},
		{"a second return before the ruling", with(event(t, "2026-11-03 10:00", sla.ReturnAsked), event(t, "2026-11-03 11:00", sla.ReturnAsked)), 4, "awaits its ruling already"},
		{"sent back though nobody replied", with(event(t, "2026-11-03 10:00", sla.SentBack)), 3, "no reply is under review"},
		{"replied twice", with(event(t, "2026-11-03 10:00", sla.Replied), event(t, "2026-11-03 11:00", sla.Replied)), 4, "has replied already"},
		{"released though it leads", with(event(t, "2026-11-03 10:00", sla.Released, "housing")), 3, "does not assist"},
		{"a consultation closed that was not open", with(event(t, "2026-11-03 10:00", sla.ConsultationClosed)), 3, "no consultation is open"},
		{"dispatched from a consultation", with(event(t, "2026-11-03 10:00", sla.ConsultationOpened), event(t, "2026-11-03 10:00", sla.Dispatched, "police")), 4, "a consultation is open"},
		{"an act on a closed ticket", with(done, event(t, "2026-11-03 11:00", sla.Progressed)), 4, "the ticket is closed"},
		{"reopened though it is open", with(event(t, "2026-11-03 10:00", sla.Reopened)), 3, "the ticket is open"},
		{"unmerged though it was not merged", with(done, event(t, "2026-11-03 11:00", sla.Unmerged)), 4, "was not merged"},
		{"rated before it was answered", with(event(t, "2026-11-03 10:00", sla.RatedBad)), 3, "has not been answered"},
	} {
		_, err := sla.Replay(&policy, calendars(t), row.events, at(t, "2026-12-01 10:00"))
		var wrong *sla.EventError
		switch {
		case !errors.Is(err, sla.ErrTimeline) || !strings.Contains(err.Error(), row.says):
			t.Errorf("%s: %v, want %q", row.what, err, row.says)
		case row.n > 0 && (!errors.As(err, &wrong) || wrong.N != row.n):
			t.Errorf("%s: %v, want event %d", row.what, err, row.n)
		}
	}
	_, err := sla.Replay(&policy, calendars(t), []sla.Event{event(t, "2006-11-02 10:00", sla.Received, complaint)}, at(t, "2026-12-01 10:00"))
	if !errors.Is(err, worktime.ErrBeforeTable) {
		t.Errorf("a ticket of 2006: %v", err)
	}
	if _, err := sla.Replay(&policy, sla.Calendars{}, ok, at(t, "2026-12-01 10:00")); err == nil {
		t.Error("a ticket was replayed without a calendar")
	}
	bare := sla.Policy{Version: 9, Calendar: "department"}
	var missing *sla.PolicyError
	if _, err := sla.Replay(&bare, calendars(t), ok, at(t, "2026-12-01 10:00")); !errors.As(err, &missing) || missing.Version != 9 {
		t.Errorf("a ticket was replayed without rules: %v", err)
	}
}

// drawnLedger replays a drawn timeline under the default policy.
func drawnLedger(t *rapid.T, events []sla.Event, now time.Time) sla.Ledger {
	t.Helper()
	policy := sla.DefaultPolicy()
	l, err := sla.Replay(&policy, shared, events, now)
	if err != nil {
		t.Fatalf("%v\n%s", err, told(events))
	}
	return l
}

func told(events []sla.Event) string {
	data, err := json.MarshalIndent(events, "", " ")
	if err != nil {
		return err.Error()
	}
	return string(data)
}

func TestChargesAddUpToTheWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events, now := drawTimeline(t, 40)
		l := drawnLedger(t, events, now)
		cursor := l.Start
		var elapsed, working time.Duration
		for _, c := range l.Charges {
			if !c.From.Equal(cursor) || !c.To.After(c.From) {
				t.Fatalf("a gap: %s after %s\n%s", c.From, cursor, told(events))
			}
			cursor = c.To
			elapsed, working = elapsed+c.Elapsed(), working+c.Working
		}
		if !cursor.Equal(l.End) || elapsed != l.End.Sub(l.Start) {
			t.Fatalf("%s of charges until %s, want %s until %s\n%s", elapsed, cursor, l.End.Sub(l.Start), l.End, told(events))
		}
		if whole, err := shared["department"].Between(l.Start, l.End); err != nil || working != whole {
			t.Fatalf("%s of working time charged, want %s, %v", working, whole, err)
		}
		var byHolder time.Duration
		for _, s := range sla.ByHolder(l.Charges) {
			byHolder += s.Elapsed
		}
		if total := l.Total(); byHolder != elapsed || total.Elapsed != elapsed || total.Working != working {
			t.Fatalf("by holder %s, in total %+v, want %s", byHolder, total, elapsed)
		}
	})
}

func TestAUnitIsChargedWithTheTimeItsClockRan(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events, now := drawTimeline(t, 40)
		l := drawnLedger(t, events, now)
		ran := make(map[string]time.Duration)
		for _, c := range l.Clocks {
			if c.Clock != sla.ClockHandle || strings.HasPrefix(c.Unit, "a") {
				continue // those that assist do not hold the ticket
			}
			end := c.EndedAt
			if c.Awaited() {
				end = now
			}
			ran[c.Unit] += end.Sub(c.StartedAt)
			for _, s := range c.Stops {
				if s.To.IsZero() {
					s.To = now
				}
				ran[c.Unit] -= s.To.Sub(s.From)
			}
		}
		charged := make(map[string]time.Duration)
		for unit := range ran {
			charged[unit] = 0
		}
		for _, s := range sla.ByHolder(l.Charges) {
			if s.Holder.Kind == sla.HeldByUnit {
				charged[s.Holder.Unit] = s.Elapsed
			}
		}
		if diff := cmp.Diff(ran, charged); diff != "" {
			t.Fatalf("clocks ran (-) and charges (+): %s\n%s", diff, told(events))
		}
	})
}

func TestReplayIsWhatLiveWorkWouldHaveStored(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events, now := drawTimeline(t, 30)
		// Live, every act replays the timeline as it was then and stores the clocks.
		var stored []sla.Cached
		for n := range events {
			l := drawnLedger(t, events[:n+1], events[n].At)
			stored = stored[:0]
			for _, c := range l.Clocks {
				stored = append(stored, c.Cached())
			}
		}
		l := drawnLedger(t, events, now)
		if diff := sla.Compare(stored, l, time.Microsecond); len(diff) > 0 {
			t.Fatalf("stored and replayed differ: %+v\n%s", diff, told(events))
		}
		// And the timeline read back from storage gives the same again.
		data, err := json.Marshal(events)
		if err != nil {
			t.Fatal(err)
		}
		var back []sla.Event
		if err := json.Unmarshal(data, &back); err != nil {
			t.Fatal(err)
		}
		if diff := sla.Compare(cachedOf(drawnLedger(t, back, now)), l, time.Nanosecond); len(diff) > 0 {
			t.Fatalf("read back it differs: %+v", diff)
		}
	})
}

func cachedOf(l sla.Ledger) []sla.Cached {
	var out []sla.Cached
	for _, c := range l.Clocks {
		out = append(out, c.Cached())
	}
	return out
}

func TestEveryClockIsConsistent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events, now := drawTimeline(t, 40)
		l := drawnLedger(t, events, now)
		seen := make(map[sla.Key]bool)
		for _, c := range l.Clocks {
			if seen[c.Key] {
				t.Fatalf("two clocks %+v", c.Key)
			}
			seen[c.Key] = true
			if c.State == sla.Breached {
				until := now
				if !c.EndedAt.IsZero() {
					until = c.EndedAt
				}
				if !c.BreachedAt.Equal(c.Due) || !c.Due.Before(until) {
					t.Fatalf("breached at %s, due %s, ended %s\n%+v", c.BreachedAt, c.Due, until, c)
				}
			}
			if c.State == sla.Met && c.Clock != sla.ClockReturn && c.MetAt.Unix() > c.Due.Unix() {
				t.Fatalf("met at %s, due %s", c.MetAt, c.Due)
			}
			if c.State == sla.Running && c.Due.Unix() < now.Unix() {
				t.Fatalf("runs on at %s, due %s", now, c.Due)
			}
			cursor := c.Reckoning.Start
			for _, s := range c.Stops {
				if s.From.Before(cursor) {
					t.Fatalf("stops overlap or lie before the start: %+v\n%s", c.Stops, told(events))
				}
				if cursor = s.To; s.To.IsZero() {
					cursor = now
				}
				citizens := s.Cause == sla.BySuspension || s.Cause == sla.ByCitizen
				if c.Clock.Side() == sla.CitizenSide && !citizens {
					t.Fatalf("the citizen's clock stood still by %s", s.Cause)
				}
			}
			if steps := c.Reckoning.Steps(); len(steps) < 2 {
				t.Fatalf("%s shows no working", c.Clock)
			}
		}
	})
}

func TestALedgerCanBeSent(t *testing.T) {
	t.Parallel()
	l := ledger(t, "2026-11-06 10:00",
		event(t, "2026-11-02 10:00", sla.Received, complaint),
		event(t, "2026-11-02 11:00", sla.Dispatched, "housing"),
	)
	data, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	var back struct {
		Policy   int
		Editions map[string]string
		Clocks   []struct {
			Clock     string
			State     string
			Due       time.Time
			Reckoning struct{ Steps []sla.Step }
		}
	}
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if back.Policy != 1 || back.Editions["department"] == "" || len(back.Clocks) != len(l.Clocks) || len(back.Clocks[0].Reckoning.Steps) == 0 {
		t.Errorf("%s", data)
	}
}
