package sla

import (
	"fmt"
	"slices"
	"time"

	"nengban/tickets/worktime"
)

// begin starts a clock under the rule that fits. Without one it does nothing, or
// returns an error when every ticket needs the clock.
func (r *run) begin(clock ClockName, unit string, at time.Time, required bool) error {
	rule, ok := r.policy.Rule(clock, r.facts, r.round)
	if !ok {
		if required {
			return r.policy.wrong("", fmt.Errorf("no rule for %s fits the ticket", clock))
		}
		return nil
	}
	return r.beginAt(rule, Key{Clock: clock, Unit: unit}, at, r.startOf(rule, at), "", "")
}

func (r *run) calendarOf(rule *Rule) (*worktime.Calendar, error) {
	name := r.policy.calendarOf(rule)
	if c := r.calendars[name]; c != nil {
		return c, nil
	}
	return nil, r.policy.wrong(rule.Name, fmt.Errorf("there is no calendar %q", name))
}

// startOf returns the moment a rule's limit counts from.
func (r *run) startOf(rule *Rule, at time.Time) time.Time {
	if rule.Start == FromReceipt {
		return r.roundStart
	}
	return at
}

func (r *run) beginAt(rule *Rule, key Key, at, start time.Time, about About, subject string) error {
	calendar, err := r.calendarOf(rule)
	if err != nil {
		return err
	}
	key.Round, key.Nth = r.round, 1
	for _, t := range r.clocks {
		if t.key.Clock == key.Clock && t.key.Unit == key.Unit && t.key.Round == key.Round {
			key.Nth++
		}
	}
	t := &ticking{key: key, rule: rule, calendar: calendar, facts: r.facts, about: about, subject: subject, startedAt: at, start: start}
	if start.Before(at) {
		t.inherit(r.answer())
		t.stopped = slices.Clone(r.answer().stopped)
	}
	if _, err := t.reckon(); err != nil {
		return err
	}
	r.stopAsTheTicket(t, at)
	r.clocks = append(r.clocks, t)
	return nil
}

// inherit gives a clock that counts from before it began the standstills the
// citizen's clock had until then.
func (t *ticking) inherit(answer *ticking) {
	var before []Change
	for _, c := range answer.changes {
		if c.Kind == Stopped && c.From.Before(t.startedAt) {
			if c.To.After(t.startedAt) {
				c.To = t.startedAt // from then on it stood still itself
			}
			before = append(before, c)
		}
	}
	t.changes = append(before, t.changes...)
}

// answer returns the citizen's clock of this round.
func (r *run) answer() *ticking {
	for i := len(r.clocks) - 1; ; i-- { // every round opens with one
		if t := r.clocks[i]; t.key.Clock == ClockAnswer {
			return t
		}
	}
}

// find returns the clock of this round that is still awaited.
func (r *run) find(clock ClockName, unit string) *ticking {
	for i := len(r.clocks) - 1; i >= 0; i-- {
		t := r.clocks[i]
		if t.key.Clock == clock && t.key.Unit == unit && t.key.Round == r.round && t.awaited() {
			return t
		}
	}
	return nil
}

func (r *run) findAbout(about About) *ticking {
	for i := len(r.clocks) - 1; i >= 0; i-- {
		if t := r.clocks[i]; t.key.Clock == ClockRule && t.about == about && t.awaited() {
			return t
		}
	}
	return nil
}
