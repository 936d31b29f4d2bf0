package sla_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nengban/tickets/sla"
)

// warned writes warnings as "when level to whom why".
func warned(t testing.TB, ws []sla.Warning) []string {
	t.Helper()
	var out []string
	for _, w := range ws {
		out = append(out, w.At.In(shanghai).Format("01-02 15:04:05")+" "+string(w.Level)+" "+string(w.To)+" "+w.Name())
	}
	return out
}

func warnings(t testing.TB, l sla.Ledger, name sla.ClockName, unit, from string) []string {
	t.Helper()
	policy := sla.DefaultPolicy()
	ws, err := policy.Warnings(calendars(t), clock(t, l, name, unit), at(t, from))
	if err != nil {
		t.Fatal(err)
	}
	return warned(t, ws)
}

func TestWarningsComeInWorkingTimeToWhoCanStillAct(t *testing.T) {
	t.Parallel()
	events := []sla.Event{
		event(t, "2026-11-02 10:00", sla.Received, complaint),
		event(t, "2026-11-02 11:00", sla.Dispatched, "housing"),
		event(t, "2026-11-02 15:00", sla.SignedFor, "housing"),
	}
	l := ledger(t, "2026-11-02 15:00", events...)
	// Five days from the 3rd to the 9th, 35 working hours: half of them are over on
	// the 5th after 3.5 hours, four fifths on the 6th at closing time, when nobody
	// could act any more, so the warning comes when the next day begins.
	if diff := cmp.Diff([]string{
		"11-05 14:00:00 notice caseworker share_50",
		"11-09 09:00:00 notice caseworker share_80",
		"11-09 15:30:00 notice caseworker before_2 working hours",
		"11-10 09:00:00 blue department overdue_blue",
		"11-11 09:00:00 yellow leader overdue_yellow",
		"11-13 09:00:00 red supervisor overdue_red",
	}, warnings(t, l, sla.ClockHandle, "housing", "2026-11-02 15:00")); diff != "" {
		t.Error(diff)
	}
	// A pause moves what has not come yet, by what it took.
	events = append(events, event(t, "2026-11-06 09:00", sla.SuspensionGranted), event(t, "2026-11-09 12:00", sla.Resumed))
	l = ledger(t, "2026-11-09 12:00", events...)
	if diff := cmp.Diff([]string{
		"11-09 13:30:00 notice caseworker share_50", // its moment had passed: at once, after lunch
		"11-10 13:30:00 notice caseworker share_80",
		"11-11 10:00:00 notice caseworker before_2 working hours",
		"11-11 13:30:00 blue department overdue_blue",
		"11-13 09:00:00 yellow leader overdue_yellow",
		"11-17 09:00:00 red supervisor overdue_red",
	}, warnings(t, l, sla.ClockHandle, "housing", "2026-11-09 12:00")); diff != "" {
		t.Error(diff)
	}
}

func TestACriticalTicketWakesPeople(t *testing.T) {
	t.Parallel()
	events := []sla.Event{event(t, "2026-10-03 23:00", sla.Received, sla.Facts{Kind: "complaint", Urgency: "critical"})}
	l := ledger(t, "2026-10-03 23:00", events...)
	if diff := cmp.Diff([]string{
		"10-04 00:00:00 notice desk share_50",
		"10-04 00:36:00 notice desk share_80",
		"10-04 01:00:01 blue department overdue_blue",
		"10-04 02:00:00 yellow leader overdue_yellow",
		"10-04 04:00:00 red supervisor overdue_red",
	}, warnings(t, l, sla.ClockAnswer, "", "2026-10-03 23:00")); diff != "" {
		t.Error(diff)
	}
	// The same in hours that are not urgent wait until the office opens; the desk's
	// own clock has no department behind it.
	events[0].Facts.Urgency = "routine"
	events[0].At = at(t, "2026-11-06 16:00")
	l = ledger(t, "2026-11-06 16:00", events...)
	if diff := cmp.Diff([]string{
		"11-06 17:30:00 notice desk share_50", // its moment is Saturday 04:00: the last hour before will do
		"11-06 17:30:00 notice desk share_80",
		"11-09 09:00:00 blue desk overdue_blue",
		"11-09 09:00:00 yellow desk overdue_yellow",
		"11-09 09:00:00 red supervisor overdue_red",
	}, warnings(t, l, sla.ClockDispatch, "", "2026-11-06 16:00")); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsDonePausedOrAWindowWarnsNobody(t *testing.T) {
	t.Parallel()
	l := ledger(t, "2026-11-04 10:00",
		event(t, "2026-11-02 10:00", sla.Received, complaint),
		event(t, "2026-11-02 11:00", sla.Dispatched, "housing"),
		event(t, "2026-11-02 15:00", sla.SignedFor, "housing"),
		event(t, "2026-11-03 09:00", sla.SuspensionGranted),
	)
	for _, row := range []struct {
		clock sla.ClockName
		unit  string
	}{{sla.ClockSignFor, "housing"}, {sla.ClockHandle, "housing"}, {sla.ClockReturn, "housing"}, {sla.ClockAnswer, ""}} {
		if got := warnings(t, l, row.clock, row.unit, "2026-11-04 10:00"); len(got) != 0 {
			t.Errorf("%s warns: %v", row.clock, got)
		}
	}
}

func TestWarningsAreNeitherEarlyNorLostNorAtNight(t *testing.T) {
	t.Parallel()
	policy := sla.DefaultPolicy()
	office := shared["department"]
	rapid.Check(t, func(t *rapid.T) {
		events, now := drawTimeline(t, 25)
		l := drawnLedger(t, events, now)
		for _, c := range l.Clocks {
			ws, err := policy.Warnings(shared, c, now)
			if err != nil {
				t.Fatal(err)
			}
			if !c.Awaited() || c.State == sla.Paused || c.Clock == sla.ClockReturn {
				if len(ws) > 0 {
					t.Fatalf("%s is %s and warns", c.Clock, c.State)
				}
				continue
			}
			if !slices.IsSortedFunc(ws, func(a, b sla.Warning) int { return a.At.Compare(b.At) }) {
				t.Fatal("out of order")
			}
			notices, levels := 0, 0
			for _, w := range ws {
				if w.At.Before(now) {
					t.Fatalf("%s lies in the past, %s", w.Name(), w.At)
				}
				if w.Level == sla.Notice {
					notices++
					if w.Moment.Before(c.Reckoning.Start) && w.Share != 0 || w.Moment.After(c.Due) {
						t.Fatalf("%s at %s, for a limit from %s to %s", w.Name(), w.Moment, c.Reckoning.Start, c.Due)
					}
				} else {
					levels++
				}
				open, err := office.Open(w.At)
				closing, _ := office.Open(w.At.Add(-1))
				if err != nil || l.Facts.Urgency != "critical" && !open && !closing {
					t.Fatalf("%s goes at %s, outside office hours (%v)", w.Name(), w.At, err)
				}
			}
			if levels != 3 || c.State == sla.Running && notices < 2 || c.State == sla.Breached && notices > 0 {
				t.Fatalf("%s is %s: %d notices and %d levels", c.Clock, c.State, notices, levels)
			}
		}
	})
}
