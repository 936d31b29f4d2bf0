package worktime_test

import (
	"testing"
	"time"

	"nengban/tickets/worktime"
)

func BenchmarkNew(b *testing.B) {
	spec, table := worktime.Defaults()[0], worktime.Embedded()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := worktime.New(spec, table); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNthWorkingDay(b *testing.B) {
	c := calendar(b, worktime.Department)
	d := date(b, "2026-09-24")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.NthWorkingDay(d, 10); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAddWorkingTime(b *testing.B) {
	c := calendar(b, worktime.Department)
	from := at(b, "2026-09-24 16:50")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Add(from, 40*time.Hour); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBetween(b *testing.B) {
	c := calendar(b, worktime.Department)
	from, to := at(b, "2026-09-24 16:50"), at(b, "2026-10-15 17:30")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Between(from, to); err != nil {
			b.Fatal(err)
		}
	}
}
