package sla

import (
	"slices"
	"time"
)

func (r *run) received(e Event) error {
	r.start, r.facts = e.At, e.Facts
	return r.openRound(e.At)
}

// openRound begins a round: the citizen's clock, and the desk's to dispatch.
func (r *run) openRound(at time.Time) error {
	r.round++
	r.roundStart, r.closedAt = at, time.Time{}
	r.asked = nil
	if err := r.begin(ClockAnswer, "", at, true); err != nil {
		return err
	}
	return r.begin(ClockDispatch, "", at, true)
}

func (r *run) classified(e Event) error {
	r.facts = r.facts.with(e.Facts)
	for _, t := range r.clocks {
		if t.key.Round == r.round && t.awaited() {
			if err := r.match(t, e.At); err != nil {
				return err
			}
		}
	}
	for _, p := range r.units { // nobody, on a closed ticket
		if !p.assisting && !r.reviewing {
			if err := r.beginProgress(p, e.At); err != nil {
				return err
			}
		}
	}
	return nil
}

// match gives a clock the rule that fits now. A clock whose rule is gone is void;
// one that is overdue keeps its rule, for a change of label undoes no breach.
func (r *run) match(t *ticking, at time.Time) error {
	rule, ok := r.policy.Rule(t.key.Clock, r.facts, r.round)
	t.facts = r.facts
	if !ok {
		t.void(at)
		return nil
	}
	if rule == t.rule {
		return nil
	}
	now, err := t.reckon()
	if err != nil || t.lateAt(at, now.Due) {
		return err
	}
	calendar, err := r.calendarOf(rule)
	if err != nil {
		return err
	}
	t.rule, t.calendar = rule, calendar
	start := r.startOf(rule, t.startedAt)
	if r.policy.Reclassified == FromChange {
		start = at
	}
	if start.Before(t.startedAt) && !t.start.Before(t.startedAt) {
		t.inherit(r.answer())
	}
	t.start = start
	_, err = t.reckon()
	return err
}

// beginProgress starts the clock for a progress report when a change of facts has
// made one due that was not.
func (r *run) beginProgress(p part, at time.Time) error {
	had := slices.ContainsFunc(r.clocks, func(t *ticking) bool {
		return t.key.Clock == ClockProgress && t.key.Unit == p.unit && t.key.Round == r.round && t.voidAt.IsZero()
	})
	rule, ok := r.policy.Rule(ClockProgress, r.facts, r.round)
	if had || !ok || rule.Start == FromSigning && r.find(ClockSignFor, p.unit) != nil {
		return nil
	}
	start := at
	if r.policy.Reclassified != FromChange {
		start = r.startOf(rule, p.dispatched)
	}
	return r.beginAt(rule, Key{Clock: ClockProgress, Unit: p.unit}, at, start, "", "")
}

func (r *run) completed(e Event) error {
	for _, clock := range []ClockName{ClockAnswer, ClockReview} {
		if t := r.find(clock, ""); t != nil {
			t.meet(e.At)
		}
	}
	r.close(e.At)
	return nil
}

func (r *run) withdrawn(e Event) error {
	r.close(e.At)
	return nil
}

func (r *run) mergedAway(e Event) error {
	r.close(e.At)
	r.merged = true
	return nil
}

// close ends the round: what is still awaited need not be done any more.
func (r *run) close(at time.Time) {
	for _, t := range r.clocks {
		t.void(at)
	}
	r.closedAt = at
	r.units, r.asked = nil, nil
	r.suspended, r.citizenOwes, r.consulting, r.reviewing, r.returning = false, false, false, false, ""
}

// unmerged takes a merger back. The promise to the citizen was never lifted.
func (r *run) unmerged(e Event) error {
	if !r.merged {
		return refusal("the ticket was not merged")
	}
	for _, t := range r.clocks {
		if t.key.Clock == ClockAnswer && t.key.Round == r.round && t.metAt.IsZero() {
			t.voidAt = time.Time{}
			if err := r.match(t, e.At); err != nil { // the facts may have changed meanwhile
				return err
			}
		}
	}
	r.merged, r.closedAt = false, time.Time{}
	return r.begin(ClockDispatch, "", e.At, true)
}

func (r *run) ratedBad(e Event) error {
	if !r.closed() || r.merged {
		return refusal("the ticket has not been answered")
	}
	if r.find(ClockJudge, "") != nil {
		return nil // one judgement serves all that was said of one answer
	}
	return r.begin(ClockJudge, "", e.At, false)
}

func (r *run) judged(e Event) error {
	if t := r.find(ClockJudge, ""); t != nil && !e.Accepted {
		t.meet(e.At)
	}
	return nil
}

func (r *run) reopened(e Event) error {
	if !r.closed() {
		return refusal("the ticket is open")
	}
	if r.merged {
		return refusal("the ticket is merged into another")
	}
	if t := r.find(ClockJudge, ""); t != nil {
		t.meet(e.At)
	}
	r.facts = r.facts.with(e.Facts)
	if err := r.openRound(e.At); err != nil || e.Unit == "" {
		return err
	}
	if t := r.find(ClockDispatch, ""); t != nil {
		t.meet(e.At)
	}
	p := part{unit: e.Unit, dispatched: e.At}
	r.units = append(r.units, p)
	for _, clock := range []ClockName{ClockHandle, ClockProgress} {
		if err := r.begin(clock, p.unit, e.At, clock == ClockHandle); err != nil {
			return err
		}
	}
	return nil
}
