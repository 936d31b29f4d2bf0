package sla

import (
	"slices"
	"time"
)

// Answer returns the citizen's clock of the latest round.
func (l Ledger) Answer() (Clock, bool) { return l.Find(ClockAnswer, "") }

// Find returns the latest clock of a name and unit.
func (l Ledger) Find(clock ClockName, unit string) (Clock, bool) {
	for i := len(l.Clocks) - 1; i >= 0; i-- {
		if c := l.Clocks[i]; c.Clock == clock && c.Unit == unit {
			return c, true
		}
	}
	return Clock{}, false
}

// Awaited returns the clocks whose act is still to be done, the next due first.
// Windows, which nobody must use, are left out.
func (l Ledger) Awaited() []Clock {
	var awaited []Clock
	for _, c := range l.Clocks {
		if c.Awaited() && c.Clock != ClockReturn {
			awaited = append(awaited, c)
		}
	}
	slices.SortStableFunc(awaited, func(a, b Clock) int { return a.Due.Compare(b.Due) })
	return awaited
}

// NextDue returns the earliest deadline that is awaited and not paused; ok is
// false when there is none.
func (l Ledger) NextDue() (due time.Time, ok bool) {
	for _, c := range l.Awaited() {
		if c.State != Paused {
			return c.Due, true
		}
	}
	return time.Time{}, false
}

// Total is the whole from Start to End, which the charges add up to.
func (l Ledger) Total() Sum {
	var total Sum
	for _, c := range l.Charges {
		total.Elapsed += c.Elapsed()
		total.Working += c.Working
	}
	return total
}

// Provisional reports whether an awaited deadline leans on a year whose holidays
// are not known.
func (l Ledger) Provisional() bool {
	return slices.ContainsFunc(l.Clocks, func(c Clock) bool { return c.Awaited() && c.Reckoning.Provisional() })
}
