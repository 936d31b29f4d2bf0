package sla_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nengban/tickets/sla"
	"nengban/tickets/worktime"
)

func TestTryingAPolicyOnPastTickets(t *testing.T) {
	t.Parallel()
	ticket := func(name, unit, replied string) sla.Timeline {
		return sla.Timeline{Ticket: name, Events: []sla.Event{
			event(t, "2026-11-02 10:00", sla.Received, complaint),
			event(t, "2026-11-02 11:00", sla.Dispatched, unit),
			event(t, "2026-11-02 15:00", sla.SignedFor),
			event(t, replied, sla.Replied),
			event(t, replied, sla.Completed),
		}}
	}
	timelines := []sla.Timeline{
		ticket("A1", "housing", "2026-11-03 10:00"),
		ticket("A2", "housing", "2026-11-06 10:00"),
		ticket("A3", "police", "2026-11-12 10:00"),
		{Ticket: "broken", Events: []sla.Event{event(t, "2026-11-02 10:00", sla.Resumed)}},
	}
	tried := sla.DefaultPolicy()
	tried.Version = 2
	for i := range tried.Rules {
		if r := &tried.Rules[i]; r.Name == "handle" || r.Name == "answer" {
			r.Limit = sla.WorkingDays(3)
		}
	}
	inForce := sla.DefaultPolicy()
	got, err := sla.WhatIf(slices.Values(timelines), sla.Regime{Policy: &inForce, Calendars: calendars(t)}, sla.Regime{Policy: &tried, Calendars: calendars(t)}, at(t, "2026-12-01 10:00"))
	if err != nil {
		t.Fatal(err)
	}
	answer, handle := sla.Key{Clock: sla.ClockAnswer, Round: 1, Nth: 1}, sla.Key{Clock: sla.ClockHandle, Unit: "housing", Round: 1, Nth: 1}
	was, is := at(t, "2026-11-09 17:30"), at(t, "2026-11-05 17:30")
	want := sla.Outcome{
		Tickets: 4,
		Before:  sla.Tally{Clocks: 15, Late: 2, LateTickets: 1},
		After:   sla.Tally{Clocks: 15, Late: 4, LateTickets: 2},
		Units: []sla.UnitTally{
			{Unit: "", Before: sla.Tally{Clocks: 9, Late: 1, LateTickets: 1}, After: sla.Tally{Clocks: 9, Late: 2, LateTickets: 2}},
			{Unit: "housing", Before: sla.Tally{Clocks: 4}, After: sla.Tally{Clocks: 4, Late: 1, LateTickets: 1}},
			{Unit: "police", Before: sla.Tally{Clocks: 2, Late: 1, LateTickets: 1}, After: sla.Tally{Clocks: 2, Late: 1, LateTickets: 1}},
		},
		Changed: []sla.Changed{{"A2", answer, false, true, was, is}, {"A2", handle, false, true, was, is}},
	}
	if len(got.Failed) != 1 || got.Failed[0].Ticket != "broken" {
		t.Errorf("failed: %+v", got.Failed)
	}
	got.Failed = nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	tried.Rules[0].Calendar = "nowhere"
	var wrong *sla.PolicyError
	if _, err := sla.WhatIf(slices.Values(timelines), sla.Regime{Policy: &inForce, Calendars: calendars(t)}, sla.Regime{Policy: &tried, Calendars: calendars(t)}, at(t, "2026-12-01 10:00")); !errors.As(err, &wrong) {
		t.Errorf("a policy that is not valid was tried: %v", err)
	}
}

func TestTryingThePolicyInForceChangesNothing(t *testing.T) {
	t.Parallel()
	policy := sla.DefaultPolicy()
	regime := sla.Regime{Policy: &policy, Calendars: shared}
	rapid.Check(t, func(t *rapid.T) {
		events, now := drawTimeline(t, 20)
		out, err := sla.WhatIf(slices.Values([]sla.Timeline{{Ticket: "one", Events: events}}), regime, regime, now)
		if err != nil || len(out.Changed) > 0 || len(out.Failed) > 0 || out.Before != out.After {
			t.Fatalf("%+v, %v", out, err)
		}
		sum := 0
		for _, u := range out.Units {
			sum += u.Before.Late
		}
		if sum != out.Before.Late {
			t.Fatalf("%d late by unit, %d in all", sum, out.Before.Late)
		}
	})
}

func TestTheCheckNamesEveryDifference(t *testing.T) {
	t.Parallel()
	l := ledger(t, "2026-11-10 10:00",
		event(t, "2026-11-02 10:00", sla.Received, complaint),
		event(t, "2026-11-02 11:00", sla.Dispatched, "housing"),
		event(t, "2026-11-02 15:00", sla.SignedFor),
	)
	stored := cachedOf(l)
	if diff := sla.Compare(stored, l, time.Microsecond); len(diff) != 0 {
		t.Fatalf("nothing was changed and yet: %+v", diff)
	}
	find := func(name sla.ClockName) *sla.Cached {
		i := slices.IndexFunc(stored, func(c sla.Cached) bool { return c.Key.Clock == name })
		return &stored[i]
	}
	find(sla.ClockAnswer).Due = at(t, "2026-11-09 17:00")
	find(sla.ClockAnswer).BreachedAt = at(t, "2026-11-10 08:05") // the hour a job noticed
	find(sla.ClockDispatch).State = sla.Running
	find(sla.ClockSignFor).MetAt = at(t, "2026-11-02 15:00").Add(300 * time.Nanosecond) // below the grain
	find(sla.ClockHandle).State, find(sla.ClockHandle).BreachedAt = sla.Running, time.Time{}
	find(sla.ClockReturn).Key.Unit = "parks"
	got := sla.Compare(stored, l, time.Microsecond)
	var said []string
	for _, d := range got {
		said = append(said, string(d.Key.Clock)+" "+d.Key.Unit+" "+d.Field+" "+d.Was+" "+d.Is)
	}
	if diff := cmp.Diff([]string{
		"answer  due 2026-11-09T09:00:00Z 2026-11-09T09:30:00Z",
		"answer  breached_at 2026-11-10T00:05:00Z 2026-11-09T09:30:00Z",
		"dispatch  state running met",
		"return housing missing  2026-11-03T09:30:00Z",
		"return parks surplus 2026-11-03T09:30:00Z ",
	}, said); diff != "" { // handling was stored while it ran: that it has become late since is no difference
		t.Error(diff)
	}
}

func TestLoadingAYearMovesOnlyOpenDeadlinesThatLeanOnIt(t *testing.T) {
	t.Parallel()
	list, _ := worktime.Embedded().Year(2026)
	announced := worktime.Year{Year: 2027}
	for _, day := range list.Days { // an invented notice: last year's, a year on, on the same dates
		year, month, d := day.Date.Civil()
		moved := worktime.DateOf(year+1, month, d)
		if weekend := moved.Weekday() == time.Saturday || moved.Weekday() == time.Sunday; day.Off || weekend {
			announced.Days = append(announced.Days, worktime.Holiday{Date: moved, Off: day.Off, Name: day.Name})
		}
	}
	table, err := worktime.Embedded().With(announced)
	if err != nil {
		t.Fatal(err)
	}
	renewed, err := sla.NewCalendars(table, worktime.Defaults()...)
	if err != nil {
		t.Fatal(err)
	}
	policy := sla.DefaultPolicy()
	for _, row := range []struct{ received, was, is string }{
		{"2026-12-01 10:00", "2026-12-08 17:30", "2026-12-08 17:30"},
		{"2026-12-29 10:00", "2027-01-05 17:30", "2027-01-06 17:30"}, // New Year's Day, a Friday, is off
	} {
		events := []sla.Event{event(t, row.received, sla.Received, complaint)}
		before := ledger(t, row.received, events...)
		after, err := sla.Replay(&policy, renewed, events, at(t, row.received))
		if err != nil {
			t.Fatal(err)
		}
		want(t, clock(t, before, sla.ClockAnswer, ""), sla.Running, row.was)
		want(t, clock(t, after, sla.ClockAnswer, ""), sla.Running, row.is)
		moved := sla.Compare(cachedOf(before), after, time.Second)
		if (len(moved) > 0) != (row.was != row.is) || before.Provisional() != (row.was != row.is) || after.Provisional() {
			t.Errorf("from %s: moved %+v, provisional %t and then %t", row.received, moved, before.Provisional(), after.Provisional())
		}
		if before.Editions["department"] == after.Editions["department"] {
			t.Error("both ledgers name one edition of the calendar")
		}
	}
}
