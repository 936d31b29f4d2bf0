package sla_test

import (
	"testing"
	"time"

	"nengban/tickets/sla"
)

func BenchmarkDueWorkingDays(b *testing.B) {
	benchmarkDue(b, sla.WorkingDays(10))
}

func BenchmarkDueNaturalDays(b *testing.B) {
	benchmarkDue(b, sla.NaturalDays(15))
}

func BenchmarkDueHours(b *testing.B) {
	benchmarkDue(b, sla.Hours(2))
}

func BenchmarkDueWorkingHours(b *testing.B) {
	benchmarkDue(b, sla.Limit{N: 20, Unit: sla.Hour, InWorkingTime: true})
}

func benchmarkDue(b *testing.B, limit sla.Limit) {
	c := calendars(b)["department"]
	start := at(b, "2026-09-24 16:50")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := sla.Due(c, start, limit); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFormatDue is what a due date costs to write, the measure a due date
// is held against.
func BenchmarkFormatDue(b *testing.B) {
	due := at(b, "2026-10-15 17:30")
	b.ReportAllocs()
	for b.Loop() {
		if due.Format(time.RFC3339) == "" {
			b.Fatal("nothing written")
		}
	}
}

func BenchmarkExplain(b *testing.B) {
	r, err := sla.Due(calendars(b)["department"], at(b, "2026-09-24 16:50"), sla.WorkingDays(10))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if len(r.Explain("zh-CN")) == 0 {
			b.Fatal("nothing explained")
		}
	}
}

// BenchmarkReplay200 replays a long quarrel: 200 events over three rounds.
func BenchmarkReplay200(b *testing.B) {
	policy, cals, events, now := quarrel(b, 200)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := sla.Replay(&policy, cals, events, now); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkReplayOpenTicket replays the common case, six events.
func BenchmarkReplayOpenTicket(b *testing.B) {
	policy, cals := sla.DefaultPolicy(), calendars(b)
	events := []sla.Event{
		{Kind: sla.Received, At: at(b, "2026-09-24 16:50"), Facts: sla.Facts{Kind: "complaint", Urgency: "routine"}},
		{Kind: sla.Classified, At: at(b, "2026-09-24 16:58"), Facts: sla.Facts{Class: "ordinary"}},
		{Kind: sla.Dispatched, At: at(b, "2026-09-24 17:05"), Unit: "housing"},
		{Kind: sla.Dispatched, At: at(b, "2026-09-24 17:05"), Unit: "police", Assisting: true},
		{Kind: sla.SignedFor, At: at(b, "2026-09-28 09:10"), Unit: "housing"},
		{Kind: sla.Progressed, At: at(b, "2026-09-29 11:00"), Unit: "housing"},
	}
	now := at(b, "2026-09-30 10:00")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := sla.Replay(&policy, cals, events, now); err != nil {
			b.Fatal(err)
		}
	}
}
