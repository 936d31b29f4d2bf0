package main

import (
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"nengban/tickets"
	"nengban/tickets/worktime"
)

// The timetable warns of deadlines and takes up what another instance has
// published, and the system page can show all of it.
func TestTheTimetableIsShownAndTakesUpWhatOthersPublish(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClockAt(monday)
	conf, err := readConfig(common{Data: t.TempDir()}, "127.0.0.1:0", []string{"NENGBAN_LOG_LEVEL=error"})
	if err != nil {
		t.Fatal(err)
	}
	d, err := openDesk(t.Context(), conf, &terminal{Out: io.Discard, Err: os.Stderr, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.close() }() // of a folder that goes with the test
	if got := d.jobList(); len(got) != 0 {
		t.Errorf("before it is set going the timetable has %d lines", len(got))
	}
	server, err := d.server(false)
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := d.startJobs(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, j := range d.jobList() {
		names = append(names, j.Name)
		if j.Name == "clocks" && !j.Next.Equal(monday.Add(2*time.Minute)) {
			t.Errorf("the stored deadlines are first looked at %s", j.Next)
		}
		if !j.Next.After(monday) || strings.Contains(j.Every, "m0s") {
			t.Errorf("%s comes next at %s, every %s", j.Name, j.Next, j.Every)
		}
	}
	for _, want := range []string{"warnings", "digests", "limits", "clocks", "drafts"} {
		if !slices.Contains(names, want) {
			t.Errorf("the timetable lacks %s: %v", want, names)
		}
	}
	if err := jobs.stop(); err != nil {
		t.Fatal(err)
	}
	other, err := tickets.OpenLimits(t.Context(), d.db, clock)
	if err != nil {
		t.Fatal(err)
	}
	known, _ := worktime.Embedded().Year(2026)
	if err := other.LoadYears(t.Context(), "另一个实例", "x.json", known); err != nil {
		t.Fatal(err)
	}
	if n, err := d.takeUp(t.Context()); n != 1 || err != nil {
		t.Errorf("taken up are %d, %v; want the year that the other one has loaded", n, err)
	}
}

func TestTheChecksTellWhatTheReplayFound(t *testing.T) {
	t.Parallel()
	c := &clocks{}
	if n, at := c.last(); n != 0 || !at.IsZero() {
		t.Errorf("before anybody looked: %d at %s", n, at)
	}
	if c.keptBy("a") || !c.keptBy("a") || c.keptBy("b") {
		t.Error("the same holidays are taken up twice, or new ones are not")
	}
	for d, want := range map[time.Duration]string{2 * time.Second: "2s", 10 * time.Second: "10s", time.Minute: "1m", 10 * time.Minute: "10m", 90 * time.Minute: "1h30m", 6 * time.Hour: "6h"} {
		if got := every(d); got != want {
			t.Errorf("%s is written %q; want %q", d, got, want)
		}
	}
}
