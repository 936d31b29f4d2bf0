package sla

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"
)

// Regime is a policy with the calendars it is reckoned in.
type Regime struct {
	Policy    *Policy
	Calendars Calendars
}

// Timeline is a ticket's events.
type Timeline struct {
	Ticket string
	Events []Event
}

// Outcome is what two regimes make of the same tickets.
type Outcome struct {
	Tickets int         `json:"tickets"`
	Before  Tally       `json:"before"`
	After   Tally       `json:"after"`
	Units   []UnitTally `json:"units"`   // by unit, in order of their codes; the desk's clocks under ""
	Changed []Changed   `json:"changed"` // clocks in time under one regime and late under the other
	// Failed are the tickets a regime could not be tried on, and why.
	Failed []Failure `json:"failed,omitempty"`
}

// Tally counts late clocks, and the tickets behind them: for all units together
// those whose citizen was answered late, for one unit those it was late with.
type Tally struct {
	Clocks      int `json:"clocks"` // windows and void clocks left out
	Late        int `json:"late"`
	LateTickets int `json:"late_tickets"`
}

// UnitTally is what the two regimes make of one unit's clocks.
type UnitTally struct {
	Unit   string `json:"unit"`
	Before Tally  `json:"before"`
	After  Tally  `json:"after"`
}

// Changed is a clock that comes out differently.
type Changed struct {
	Ticket     string    `json:"ticket"`
	Key        Key       `json:"key"`
	LateBefore bool      `json:"late_before"`
	LateAfter  bool      `json:"late_after"`
	DueBefore  time.Time `json:"due_before,omitzero"`
	DueAfter   time.Time `json:"due_after,omitzero"`
}

// Failure is a ticket that could not be replayed.
type Failure struct {
	Ticket string `json:"ticket"`
	Why    string `json:"why"`
}

// WhatIf replays tickets under two regimes, the one in force and the one that is
// tried, and says how many would have been late, by unit. It changes nothing. A
// ticket that one of them cannot be tried on is counted under neither and listed.
// It returns an error only when the tried policy is not valid.
func WhatIf(timelines iter.Seq[Timeline], before, after Regime, now time.Time) (Outcome, error) {
	if err := after.Policy.Validate(after.Calendars); err != nil {
		return Outcome{}, fmt.Errorf("trying a policy: %w", err)
	}
	var out Outcome
	units := make(map[string]*UnitTally)
	for t := range timelines {
		out.Tickets++
		was, err := Replay(before.Policy, before.Calendars, t.Events, now)
		if err != nil {
			out.Failed = append(out.Failed, Failure{t.Ticket, err.Error()})
			continue
		}
		is, err := Replay(after.Policy, after.Calendars, t.Events, now)
		if err != nil {
			out.Failed = append(out.Failed, Failure{t.Ticket, err.Error()})
			continue
		}
		out.Before.add(was, func(unit string) *Tally { return &tallyOf(units, unit).Before })
		out.After.add(is, func(unit string) *Tally { return &tallyOf(units, unit).After })
		out.Changed = append(out.Changed, changedClocks(t.Ticket, was, is)...)
	}
	for _, unit := range slices.Sorted(maps.Keys(units)) {
		out.Units = append(out.Units, *units[unit])
	}
	return out, nil
}

func tallyOf(units map[string]*UnitTally, unit string) *UnitTally {
	if units[unit] == nil {
		units[unit] = &UnitTally{Unit: unit}
	}
	return units[unit]
}

// add counts a ticket's clocks, and those of each unit beside the whole.
func (t *Tally) add(l Ledger, of func(unit string) *Tally) {
	lateFor := make(map[string]bool)
	for _, c := range l.Clocks {
		if c.Clock == ClockReturn || c.State == Void {
			continue
		}
		for _, tally := range [...]*Tally{t, of(c.Unit)} {
			tally.Clocks++
			if c.State == Breached {
				tally.Late++
			}
		}
		if c.State == Breached {
			lateFor[c.Unit] = true
		}
	}
	if answered, ok := l.Answer(); ok && answered.State == Breached {
		t.LateTickets++
	}
	for unit := range lateFor {
		of(unit).LateTickets++
	}
}

func changedClocks(ticket string, was, is Ledger) []Changed {
	byKey := make(map[Key]Clock, len(was.Clocks))
	for _, c := range was.Clocks {
		byKey[c.Key] = c
	}
	var out []Changed
	for _, c := range is.Clocks {
		old := byKey[c.Key]
		delete(byKey, c.Key)
		if (old.State == Breached) != (c.State == Breached) {
			out = append(out, Changed{ticket, c.Key, old.State == Breached, c.State == Breached, old.Due, c.Due})
		}
	}
	for _, old := range byKey { // clocks the tried policy does not have
		if old.State == Breached {
			out = append(out, Changed{Ticket: ticket, Key: old.Key, LateBefore: true, DueBefore: old.Due})
		}
	}
	slices.SortFunc(out, func(a, b Changed) int { return compareKeys(a.Key, b.Key) })
	return out
}

// compareKeys orders clocks by round, name, unit and number.
func compareKeys(a, b Key) int {
	return cmp.Or(cmp.Compare(a.Round, b.Round), cmp.Compare(slices.Index(Clocks, a.Clock), slices.Index(Clocks, b.Clock)),
		cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Nth, b.Nth))
}
