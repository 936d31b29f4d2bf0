package sla_test

import (
	"strings"
	"testing"
	"time"

	"nengban/tickets/sla"
	"nengban/tickets/worktime"
)

var shanghai = func() *time.Location {
	loc, err := time.LoadLocation(worktime.Shanghai)
	if err != nil {
		panic(err)
	}
	return loc
}()

// at reads "2026-09-24 16:50" on the wall in Shanghai.
func at(t testing.TB, s string) time.Time {
	t.Helper()
	layout := time.DateTime
	if strings.Count(s, ":") == 1 {
		layout = "2006-01-02 15:04"
	}
	parsed, err := time.ParseInLocation(layout, s, shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// shared holds the default calendars, which no test can change.
var shared = func() sla.Calendars {
	cs, err := sla.NewCalendars(worktime.Embedded(), worktime.Defaults()...)
	if err != nil {
		panic(err)
	}
	return cs
}()

func calendars(testing.TB) sla.Calendars { return shared }

func limit(t testing.TB, s string) sla.Limit {
	t.Helper()
	l, err := sla.ParseLimit(s)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// quarrel is a ticket that goes to and fro: n events of returns, suspensions,
// extensions, sent-back replies and three rounds.
func quarrel(t testing.TB, n int) (sla.Policy, sla.Calendars, []sla.Event, time.Time) {
	t.Helper()
	now := at(t, "2026-03-02 09:00")
	var events []sla.Event
	add := func(kind sla.EventKind, fill func(*sla.Event)) {
		e := sla.Event{Kind: kind, At: now}
		if fill != nil {
			fill(&e)
		}
		events = append(events, e)
		now = now.Add(97 * time.Minute)
	}
	unit := func(u string) func(*sla.Event) { return func(e *sla.Event) { e.Unit = u } }
	add(sla.Received, func(e *sla.Event) { e.Facts = sla.Facts{Kind: "complaint", Urgency: "routine"} })
	add(sla.Classified, func(e *sla.Event) { e.Facts = sla.Facts{Class: "hard_to_do"} })
	for len(events) < n {
		add(sla.Dispatched, unit("housing"))
		add(sla.SignedFor, unit("housing"))
		add(sla.SuspensionAsked, nil)
		add(sla.SuspensionGranted, nil)
		add(sla.Resumed, nil)
		add(sla.Progressed, nil)
		add(sla.Replied, nil)
		add(sla.SentBack, nil)
		add(sla.ReturnAsked, nil)
		add(sla.ReturnRuled, func(e *sla.Event) { e.Accepted = true })
		if len(events) > n/3 && len(events) < n/3+12 || len(events) > 2*n/3 && len(events) < 2*n/3+12 {
			add(sla.Completed, nil)
			add(sla.RatedBad, nil)
			add(sla.Reopened, nil)
		}
	}
	return sla.DefaultPolicy(), calendars(t), events[:n], now
}
