package sla_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"nengban/tickets/sla"
	"nengban/tickets/worktime"
)

// The deadline bugs of other desks, each as a test of ours. Bugs 29 to 31 are
// about sending hours and stand in worktime's windows_test.go.

// Bug 1: no pause while waiting for the citizen.
func TestBug01TheCitizenIsWaitedFor(t *testing.T) {
	t.Parallel()
	l := ledger(t, "2026-11-06 10:00",
		event(t, "2026-11-02 10:00", sla.Received, complaint),
		event(t, "2026-11-02 11:00", sla.Dispatched, "housing"),
		event(t, "2026-11-03 09:00", sla.WaitingForCitizen),
		event(t, "2026-11-06 09:00", sla.CitizenSupplied),
	)
	want(t, clock(t, l, sla.ClockAnswer, ""), sla.Running, "2026-11-12 17:30")
	want(t, clock(t, l, sla.ClockHandle, "housing"), sla.Running, "2026-11-12 17:30")
}

// Bug 2: a reopened ticket keeps "met", its closing time is never cleared.
func TestBug02AReopenedTicketIsOpen(t *testing.T) {
	t.Parallel()
	l := ledger(t, "2026-11-10 10:00",
		event(t, "2026-11-02 10:00", sla.Received, complaint),
		event(t, "2026-11-03 10:00", sla.Completed),
		event(t, "2026-11-09 10:00", sla.Reopened),
	)
	if !l.Open || !l.End.Equal(l.At) || l.Round != 2 {
		t.Errorf("open %t, end %s, round %d", l.Open, l.End, l.Round)
	}
	want(t, clock(t, l, sla.ClockAnswer, ""), sla.Running, "2026-11-12 17:30")
	want(t, l.Clocks[0], sla.Met, "2026-11-09 17:30") // the first round stays as it ended
}

// Bug 3: a reopened ticket is overdue at once and mails everybody.
func TestBug03AReopenedTicketHasItsOwnTime(t *testing.T) {
	t.Parallel()
	l := ledger(t, "2027-03-01 10:00",
		event(t, "2026-11-02 10:00", sla.Received, complaint),
		event(t, "2026-11-03 10:00", sla.Completed),
		event(t, "2027-03-01 10:00", sla.Reopened, "housing"),
	)
	for _, c := range l.Awaited() {
		if c.Overdue() {
			t.Errorf("%s is overdue since %s", c.Clock, c.Due)
		}
		for _, w := range warnings(t, l, c.Clock, c.Unit, "2027-03-01 10:00") {
			if strings.HasPrefix(w, "03-01") && !strings.Contains(w, "share") {
				t.Errorf("%s mails at once: %s", c.Clock, w)
			}
		}
	}
}

// Bug 4: the solution time is that of the first close, whatever came after.
func TestBug04EveryRoundIsMeasured(t *testing.T) {
	t.Parallel()
	l := ledger(t, "2026-12-01 10:00",
		event(t, "2026-11-02 10:00", sla.Received, complaint),
		event(t, "2026-11-03 10:00", sla.Completed),
		event(t, "2026-11-04 10:00", sla.Reopened),
		event(t, "2026-11-16 10:00", sla.Completed),
	)
	var states []sla.State
	for _, c := range l.Clocks {
		if c.Clock == sla.ClockAnswer {
			states = append(states, c.State)
		}
	}
	if !slices.Equal(states, []sla.State{sla.Met, sla.Breached}) || !l.End.Equal(at(t, "2026-11-16 10:00")) {
		t.Errorf("rounds %v, ended %s", states, l.End)
	}
	if total := l.Total(); total.Elapsed != 14*24*time.Hour {
		t.Errorf("it took %s, want 14 days", total.Elapsed)
	}
}

// Bug 5: business hours ignored altogether.
func TestBug05BusinessHoursCount(t *testing.T) {
	t.Parallel()
	r, err := sla.Due(calendars(t)["department"], at(t, "2026-11-06 16:30"), limit(t, "4 working hours"))
	if err != nil || !r.Due.Equal(at(t, "2026-11-09 12:00")) {
		t.Errorf("four working hours from Friday 16:30 end %s, %v", r.Due, err)
	}
}

// Bug 6: one span a day, so that lunch is impossible.
func TestBug06LunchIsNotWorked(t *testing.T) {
	t.Parallel()
	r, err := sla.Due(calendars(t)["department"], at(t, "2026-11-03 11:00"), limit(t, "2 working hours"))
	if err != nil || !r.Due.Equal(at(t, "2026-11-03 14:30")) {
		t.Errorf("two working hours from 11:00 end %s, %v", r.Due, err)
	}
}

// Bug 7: special opening dates impossible.
func TestBug07MakeUpDaysAndSpecialHours(t *testing.T) {
	t.Parallel()
	spec := worktime.Defaults()[0]
	spec.Days = []worktime.Override{
		{Date: worktime.DateOf(2026, 11, 5), Kind: worktime.SpecialHours, Name: "half day", Hours: []worktime.Hours{{From: worktime.At(9, 0), To: worktime.At(12, 0)}}},
		{Date: worktime.DateOf(2026, 11, 7), Kind: worktime.MakeUpDay, Name: "in exchange"},
	}
	c, err := worktime.New(spec, worktime.Embedded())
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct{ start, limit, due string }{
		{"2026-11-04 10:00", "1 working day", "2026-11-05 12:00"},
		{"2026-11-06 10:00", "1 working day", "2026-11-07 17:30"},
		{"2026-10-09 10:00", "1 working day", "2026-10-10 17:30"}, // the State Council's own
	} {
		r, err := sla.Due(c, at(t, row.start), limit(t, row.limit))
		if err != nil || !r.Due.Equal(at(t, row.due)) {
			t.Errorf("%s from %s is due %s, %v; want %s", row.limit, row.start, r.Due, err, row.due)
		}
	}
}

// Bug 8: an endless loop where no working day is.
func TestBug08ACalendarWithoutWorkingDaysIsRefused(t *testing.T) {
	t.Parallel()
	spec := worktime.Defaults()[0]
	spec.Week = worktime.Week{}
	if _, err := worktime.New(spec, worktime.Embedded()); !errors.Is(err, worktime.ErrNeverOpens) {
		t.Errorf("a calendar that never opens: %v", err)
	}
	// Closed for years by exceptions, the search still ends.
	spec = worktime.Defaults()[0]
	for d := worktime.DateOf(2047, 1, 1); d <= worktime.DateOf(2056, 12, 31); d++ {
		spec.Days = append(spec.Days, worktime.Override{Date: d, Kind: worktime.Off, Name: "closed"})
	}
	c, err := worktime.New(spec, worktime.Embedded())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sla.Due(c, at(t, "2046-12-31 18:00"), sla.WorkingDays(1)); !errors.Is(err, worktime.ErrBeyondTable) {
		t.Errorf("after the last working day: %v", err)
	}
}

// Bug 9: wrong days around holidays and weekends.
func TestBug09HolidaysAndWeekends(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ start, due string }{
		{"2026-09-30 10:00", "2026-10-08 17:30"}, // over National Day
		{"2026-10-01 10:00", "2026-10-08 17:30"}, // from within
		{"2026-10-07 10:00", "2026-10-08 17:30"}, // its last day
		{"2026-02-13 10:00", "2026-02-14 17:30"}, // a Saturday worked before Spring Festival
		{"2026-02-14 10:00", "2026-02-24 17:30"},
		{"2026-02-27 10:00", "2026-02-28 17:30"}, // and one after
		{"2026-05-08 10:00", "2026-05-09 17:30"},
		{"2026-01-04 10:00", "2026-01-05 17:30"}, // a Sunday worked
	} {
		r, err := sla.Due(calendars(t)["department"], at(t, row.start), sla.WorkingDays(1))
		if err != nil || !r.Due.Equal(at(t, row.due)) {
			t.Errorf("one working day from %s is due %s, %v; want %s", row.start, r.Due, err, row.due)
		}
	}
}

// Bug 10: escalation fires at midnight, or minutes to an hour late.
func TestBug10NobodyIsWokenForARoutineTicket(t *testing.T) {
	t.Parallel()
	l := ledger(t, "2026-11-06 20:00", event(t, "2026-11-06 20:00", sla.Received, complaint))
	for _, c := range l.Awaited() {
		policy := sla.DefaultPolicy()
		ws, err := policy.Warnings(calendars(t), c, l.At)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range ws {
			if hour := w.At.In(shanghai).Hour(); hour < 9 || hour > 17 || w.At.Weekday() == time.Saturday || w.At.Weekday() == time.Sunday {
				t.Errorf("%s of %s goes at %s", w.Name(), c.Clock, w.At)
			}
		}
	}
}

// Bug 11: a warning is skipped when its moment is already past as it is planned.
func TestBug11AMissedWarningGoesAtOnce(t *testing.T) {
	t.Parallel()
	policy := sla.DefaultPolicy()
	policy.Alerts = sla.Alerts{Before: []sla.Limit{sla.Hours(1)}}
	for i := range policy.Rules {
		if policy.Rules[i].Name == "answer" {
			policy.Rules[i].Limit = sla.Minutes(30)
		}
	}
	l, err := sla.Replay(&policy, calendars(t), []sla.Event{event(t, "2026-11-03 10:00", sla.Received, complaint)}, at(t, "2026-11-03 10:00"))
	if err != nil {
		t.Fatal(err)
	}
	ws, err := policy.Warnings(calendars(t), clock(t, l, sla.ClockAnswer, ""), l.At)
	if err != nil || len(ws) != 1 || !ws[0].At.Equal(l.At) {
		t.Errorf("an hour before, for half an hour: %+v, %v", ws, err)
	}
}

// Bug 12: a breach is stamped with the hour a job noticed.
func TestBug12ABreachIsStampedWithTheDeadline(t *testing.T) {
	t.Parallel()
	for _, now := range []string{"2026-11-09 17:30:01", "2026-11-10 08:05", "2027-06-01 00:00"} {
		c := clock(t, ledger(t, now, event(t, "2026-11-02 10:00", sla.Received, complaint)), sla.ClockAnswer, "")
		if !c.BreachedAt.Equal(at(t, "2026-11-09 17:30")) {
			t.Errorf("noticed at %s, stamped %s", now, c.BreachedAt)
		}
	}
	c := clock(t, ledger(t, "2026-11-09 17:30", event(t, "2026-11-02 10:00", sla.Received, complaint)), sla.ClockAnswer, "")
	want(t, c, sla.Running, "2026-11-09 17:30") // the second it names is still in time
}

// Bug 13: a deadline does not move with category or urgency, or moves twice.
func TestBug13AChangeMovesADeadlineOnce(t *testing.T) {
	t.Parallel()
	events := []sla.Event{event(t, "2026-11-02 10:00", sla.Received, sla.Facts{Kind: "complaint", Urgency: "routine"})}
	for _, facts := range []sla.Facts{{Class: "hard_to_do"}, {Class: "hard_to_do"}, {Category: "housing"}, {Class: "hard_to_do", Category: "roads"}} {
		events = append(events, event(t, "2026-11-02 11:00", sla.Classified, facts))
	}
	want(t, clock(t, ledger(t, "2026-11-03 10:00", events...), sla.ClockAnswer, ""), sla.Running, "2026-11-16 17:30")
	events = append(events, event(t, "2026-11-02 12:00", sla.Classified, sla.Facts{Urgency: "urgent"}))
	want(t, clock(t, ledger(t, "2026-11-03 09:00", events...), sla.ClockAnswer, ""), sla.Running, "2026-11-03 10:00")
}

// Bug 14: reopening for 40 seconds breaks the statistics.
func TestBug14FortySecondsAreFortySeconds(t *testing.T) {
	t.Parallel()
	l := ledger(t, "2026-12-01 10:00",
		event(t, "2026-11-02 10:00:00", sla.Received, complaint),
		event(t, "2026-11-03 10:00:00", sla.Completed),
		event(t, "2026-11-03 12:00:00", sla.Reopened),
		event(t, "2026-11-03 12:00:40", sla.Completed),
	)
	sums := sla.ByHolder(l.Charges)
	if sums[0].Elapsed != 24*time.Hour+40*time.Second || sums[1].Elapsed != 2*time.Hour || l.Total().Elapsed != 26*time.Hour+40*time.Second {
		t.Errorf("charged %+v", sums)
	}
	for _, c := range l.Clocks {
		if c.Clock == sla.ClockAnswer && c.State != sla.Met {
			t.Errorf("round %d is %s", c.Round, c.State)
		}
	}
}

// Bug 15: time pending is counted twice where pauses overlap.
func TestBug15OverlappingPausesCountOnce(t *testing.T) {
	t.Parallel()
	l := ledger(t, "2026-11-06 10:00",
		event(t, "2026-11-02 10:00", sla.Received, complaint),
		event(t, "2026-11-02 11:00", sla.Dispatched, "housing"),
		event(t, "2026-11-03 09:00", sla.WaitingForCitizen),
		event(t, "2026-11-03 14:30", sla.SuspensionGranted),
		event(t, "2026-11-04 09:00", sla.CitizenSupplied),
		event(t, "2026-11-05 09:00", sla.Resumed),
	)
	c := clock(t, l, sla.ClockAnswer, "")
	want(t, c, sla.Running, "2026-11-11 17:30") // two days, not three and a half
	if len(c.Stops) != 2 || c.Stops[0].Cause != sla.ByCitizen || c.Stops[1].Cause != sla.BySuspension || !c.Stops[0].To.Equal(c.Stops[1].From) {
		t.Errorf("stops %+v", c.Stops)
	}
}

// Bug 16: closing by itself counts weekends.
func TestBug16DaysToCloseAreWorkingDays(t *testing.T) {
	t.Parallel()
	r, err := sla.Due(calendars(t)["department"], at(t, "2026-09-24 10:00"), sla.WorkingDays(3))
	if err != nil || !r.Due.Equal(at(t, "2026-09-30 17:30")) {
		t.Errorf("three working days over Mid-Autumn end %s, %v", r.Due, err)
	}
}

// Bug 17: no escalation during a pause, thanks to a constant of four minutes.
func TestBug17APausedClockCannotBreach(t *testing.T) {
	t.Parallel()
	events := []sla.Event{
		event(t, "2026-11-02 10:00", sla.Received, complaint),
		event(t, "2026-11-09 17:29:59", sla.SuspensionGranted), // in the last second but one
	}
	c := clock(t, ledger(t, "2027-03-01 10:00", events...), sla.ClockAnswer, "")
	want(t, c, sla.Paused, "2026-11-09 17:30")
	events[1].At = at(t, "2026-11-09 17:30:01") // one second late is late
	c = clock(t, ledger(t, "2027-03-01 10:00", events...), sla.ClockAnswer, "")
	want(t, c, sla.Breached, "2026-11-09 17:30")
}

// Bug 18: a changed policy rewrites old statistics.
func TestBug18ATicketKeepsTheVersionItWasPromised(t *testing.T) {
	t.Parallel()
	old := sla.DefaultPolicy()
	strict := sla.DefaultPolicy()
	strict.Version, strict.InForceFrom = 2, at(t, "2026-11-10 00:00")
	for i := range strict.Rules {
		if strict.Rules[i].Name == "answer" {
			strict.Rules[i].Limit = sla.WorkingDays(1)
		}
	}
	policies := sla.Policies{old, strict}
	promised, ok := policies.InForce(at(t, "2026-11-02 10:00"))
	if !ok || promised.Version != 1 {
		t.Fatalf("promised under version %d", promised.Version)
	}
	l, err := sla.Replay(&promised, calendars(t), []sla.Event{
		event(t, "2026-11-02 10:00", sla.Received, complaint),
		event(t, "2026-11-06 10:00", sla.Completed),
	}, at(t, "2026-12-01 10:00"))
	if err != nil {
		t.Fatal(err)
	}
	want(t, clock(t, l, sla.ClockAnswer, ""), sla.Met, "2026-11-09 17:30")
	if l.Policy != 1 {
		t.Errorf("the ledger names policy %d", l.Policy)
	}
}

// Bug 19: which of two matching policies counts is undefined.
func TestBug19TwoRulesOfEqualRankAreRefused(t *testing.T) {
	t.Parallel()
	policy := sla.DefaultPolicy()
	policy.Rules = append(policy.Rules, sla.Rule{Name: "second", Clock: sla.ClockAnswer, When: sla.When{Kinds: []string{"inquiry"}}, Limit: sla.Hours(1)})
	err := policy.Validate(calendars(t))
	if err == nil || !strings.Contains(err.Error(), `"second"`) || !strings.Contains(err.Error(), `"answer_inquiry"`) {
		t.Errorf("two rules of equal rank: %v", err)
	}
}

// Bug 20: the report is in UTC, the clock in local time.
func TestBug20DaysAreTheCalendarsDays(t *testing.T) {
	t.Parallel()
	// Tuesday 01:00 in Shanghai is Monday in UTC: the day not counted is Tuesday.
	start := at(t, "2026-11-03 01:00")
	for _, zone := range []*time.Location{time.UTC, shanghai, time.FixedZone("far west", -11*3600)} {
		r, err := sla.Due(calendars(t)["department"], start.In(zone), sla.WorkingDays(1))
		if err != nil || !r.Due.Equal(at(t, "2026-11-04 17:30")) {
			t.Errorf("asked in %s: due %s, %v", zone, r.Due, err)
		}
		if _, offset := r.Due.Zone(); offset != 8*3600 {
			t.Errorf("asked in %s, answered in a zone %d s from UTC", zone, offset)
		}
	}
}

// Bug 21: less than a minute lost at every step adds up.
func TestBug21NoSecondIsLost(t *testing.T) {
	t.Parallel()
	events := []sla.Event{event(t, "2026-11-02 10:00", sla.Received, complaint)}
	moment := at(t, "2026-11-03 09:00")
	for range 100 {
		events = append(events, sla.Event{Kind: sla.WaitingForCitizen, At: moment}, sla.Event{Kind: sla.CitizenSupplied, At: moment.Add(59*time.Second + 999*time.Millisecond)})
		moment = moment.Add(time.Minute)
	}
	c := clock(t, ledger(t, "2026-11-04 10:00", events...), sla.ClockAnswer, "")
	if want := at(t, "2026-11-10 09:00").Add(100 * (59*time.Second + 999*time.Millisecond)); !c.Due.Equal(want) {
		t.Errorf("a hundred pauses of 59.999 s: due %s, want %s", c.Due, want)
	}
}

// Bug 22: the time-out for taking a ticket on ignores working hours.
func TestBug22SigningKeepsWorkingHours(t *testing.T) {
	t.Parallel()
	l := ledger(t, "2026-09-30 17:00",
		event(t, "2026-09-30 16:00", sla.Received, complaint),
		event(t, "2026-09-30 16:30", sla.Dispatched, "housing"),
	)
	want(t, clock(t, l, sla.ClockSignFor, "housing"), sla.Running, "2026-10-08 17:30")
}

// Bug 23: a transfer silently replaces the promise.
func TestBug23ARedirectLeavesThePromiseAlone(t *testing.T) {
	t.Parallel()
	events := []sla.Event{
		event(t, "2026-11-02 10:00", sla.Received, complaint),
		event(t, "2026-11-02 11:00", sla.Dispatched, "housing"),
	}
	before := clock(t, ledger(t, "2026-11-05 09:00", events...), sla.ClockAnswer, "")
	l := ledger(t, "2026-11-05 10:00", append(events, event(t, "2026-11-05 10:00", sla.Redirected, "planning"))...)
	if after := clock(t, l, sla.ClockAnswer, ""); !after.Due.Equal(before.Due) {
		t.Errorf("the citizen's date moved from %s to %s", before.Due, after.Due)
	}
	want(t, clock(t, l, sla.ClockHandle, "housing"), sla.Void, "2026-11-09 17:30")
	want(t, clock(t, l, sla.ClockHandle, "planning"), sla.Running, "2026-11-12 17:30")
}

// Bug 24: a new holiday list does not touch open tickets, or touches closed ones.
func TestBug24ANewListMovesOpenDeadlinesAndLeavesClosedOnes(t *testing.T) {
	t.Parallel()
	corrected, _ := worktime.Embedded().Year(2026)
	corrected.Days = append(corrected.Days, worktime.Holiday{Date: worktime.DateOf(2026, 11, 6), Off: true, Name: "临时放假"})
	table, err := worktime.Embedded().With(corrected)
	if err != nil {
		t.Fatal(err)
	}
	renewed, err := sla.NewCalendars(table, worktime.Defaults()...)
	if err != nil {
		t.Fatal(err)
	}
	policy := sla.DefaultPolicy()
	open := []sla.Event{event(t, "2026-11-02 10:00", sla.Received, complaint)}
	l, err := sla.Replay(&policy, renewed, open, at(t, "2026-11-03 10:00"))
	if err != nil {
		t.Fatal(err)
	}
	want(t, clock(t, l, sla.ClockAnswer, ""), sla.Running, "2026-11-10 17:30")
	// A closed ticket is replayed in the edition it was reckoned in, which the
	// ledger names; the calendar of that edition still answers as it did.
	closed := append(open, event(t, "2026-11-03 10:00", sla.Completed))
	was := ledger(t, "2026-11-04 10:00", closed...)
	if was.Editions["department"] == l.Editions["department"] {
		t.Error("both editions have one name")
	}
	again := ledger(t, "2026-12-04 10:00", closed...)
	if diff := sla.Compare(cachedOf(was), again, time.Nanosecond); len(diff) > 0 {
		t.Errorf("the closed ticket has changed: %+v", diff)
	}
}

// Bug 25: a deadline exactly at closing time rolls to the next morning, or not,
// by code path.
func TestBug25ClosingTimeIsOneRule(t *testing.T) {
	t.Parallel()
	c := calendars(t)["department"]
	closing := at(t, "2026-11-03 17:30")
	for _, row := range []struct{ what, start, limit, due string }{
		{"ends at closing time", "2026-11-03 16:30", "1 working hour", "2026-11-03 17:30"},
		{"in minutes too", "2026-11-03 16:30", "60 working minutes", "2026-11-03 17:30"},
		{"by a pause", "2026-11-03 15:30", "1 working hour", "2026-11-03 17:30"},
		{"starts at closing time", "2026-11-03 17:30", "1 working hour", "2026-11-04 10:00"},
		{"same working day, at closing time", "2026-11-03 17:30", "same working day", "2026-11-04 17:30"},
		{"same working day, a second before", "2026-11-03 17:29:59", "same working day", "2026-11-03 17:30"},
	} {
		var changes []sla.Change
		if row.what == "by a pause" {
			changes = []sla.Change{{Kind: sla.Stopped, From: at(t, "2026-11-03 16:00"), To: at(t, "2026-11-03 17:00")}}
		}
		r, err := sla.Reckon(c, at(t, row.start), limit(t, row.limit), changes...)
		if err != nil || !r.Due.Equal(at(t, row.due)) {
			t.Errorf("%s: due %s, %v; want %s", row.what, r.Due, err, row.due)
		}
	}
	end, err := c.Add(closing.Add(-time.Hour), time.Hour)
	if err != nil || !end.Equal(closing) {
		t.Errorf("the calendar itself says %s, %v", end, err)
	}
}

// Bug 26: a start outside hours counts backwards.
func TestBug26AStartOutsideHoursCountsForward(t *testing.T) {
	t.Parallel()
	for _, start := range []string{"2026-11-03 20:00", "2026-11-04 03:00", "2026-11-04 08:59:59", "2026-11-04 09:00"} {
		r, err := sla.Due(calendars(t)["department"], at(t, start), limit(t, "1 working hour"))
		if err != nil || !r.Due.Equal(at(t, "2026-11-04 10:00")) {
			t.Errorf("an hour from %s is due %s, %v", start, r.Due, err)
		}
	}
}

// Bug 27: a date set for a pause leaks and reopens a closed ticket.
func TestBug27AClosedTicketForgetsItsPause(t *testing.T) {
	t.Parallel()
	l := ledger(t, "2027-01-20 10:00",
		event(t, "2026-11-02 10:00", sla.Received, complaint),
		event(t, "2026-11-02 11:00", sla.Dispatched, "housing"),
		event(t, "2026-11-03 09:00", sla.SuspensionGranted),
		event(t, "2026-11-04 09:00", sla.Completed),
	)
	if l.Open || l.Holder.Kind != sla.HeldByNobody || len(l.Awaited()) != 0 {
		t.Errorf("open %t, held by %s, awaited %v", l.Open, l.Holder, l.Awaited())
	}
	for _, c := range l.Clocks {
		if n := len(c.Stops); n > 0 && c.Stops[n-1].To.IsZero() {
			t.Errorf("%s stands still for ever", c.Clock)
		}
	}
	// And the next round does not begin suspended.
	l = ledger(t, "2027-01-20 10:00",
		event(t, "2026-11-02 10:00", sla.Received, complaint),
		event(t, "2026-11-03 09:00", sla.SuspensionGranted),
		event(t, "2026-11-04 09:00", sla.Completed),
		event(t, "2027-01-20 10:00", sla.Reopened),
	)
	want(t, clock(t, l, sla.ClockAnswer, ""), sla.Running, "2027-01-25 17:30")
}

// Bug 28: working time off by an hour in zones with summer time.
func TestBug28SummerTime(t *testing.T) {
	t.Parallel()
	spec := worktime.Defaults()[0]
	spec.Zone, spec.Holidays = "America/New_York", false
	c, err := worktime.New(spec, worktime.Embedded())
	if err != nil {
		t.Fatal(err)
	}
	loc := c.Location()
	wall := func(s string) time.Time {
		parsed, err := time.ParseInLocation("2006-01-02 15:04", s, loc)
		if err != nil {
			t.Fatal(err)
		}
		return parsed
	}
	for _, row := range []struct{ start, limit, due string }{
		{"2026-03-06 16:30", "2 working hours", "2026-03-09 10:00"}, // clocks go forward on the 8th
		{"2026-10-30 16:30", "2 working hours", "2026-11-02 10:00"}, // and back on 1 November
		{"2026-03-06 16:30", "5 working days", "2026-03-13 17:30"},
		{"2026-03-07 16:30", "24 hours", "2026-03-08 17:30"}, // round the clock, 24 hours are 24 hours
		{"2026-03-07 16:30", "1 day, until midnight", "2026-03-09 23:59"},
	} {
		r, err := sla.Due(c, wall(row.start), limit(t, row.limit))
		if err != nil || !r.Due.Truncate(time.Minute).Equal(wall(row.due)) {
			t.Errorf("%s from %s is due %s, %v; want %s", row.limit, row.start, r.Due, err, row.due)
		}
	}
}
