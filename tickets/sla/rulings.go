package sla

import (
	"slices"
	"time"
)

func (r *run) consultationOpened(e Event) error {
	if r.consulting {
		return refusal("a consultation is open already")
	}
	if err := r.takeBack(e.At); err != nil {
		return err
	}
	r.consulting = true
	if t := r.find(ClockDispatch, ""); t != nil {
		t.stop(ByConsultation, e.At, e.Reason)
	}
	return nil
}

func (r *run) consultationClosed(e Event) error {
	if !r.consulting {
		return refusal("no consultation is open")
	}
	r.consulting = false
	if t := r.find(ClockDispatch, ""); t != nil {
		t.resume(ByConsultation, e.At)
	}
	return nil
}

// takeBack ends every unit's part; the desk has the ticket and must dispatch it.
func (r *run) takeBack(at time.Time) error {
	for len(r.units) > 0 {
		r.release(r.units[0].unit, at)
	}
	r.reviewing, r.returning = false, ""
	if t := r.find(ClockReview, ""); t != nil {
		t.void(at)
	}
	if r.find(ClockDispatch, "") != nil {
		return nil
	}
	return r.begin(ClockDispatch, "", at, true)
}

// release ends a unit's part and what is awaited of it.
func (r *run) release(unit string, at time.Time) {
	for _, t := range r.clocks {
		if (t.key.Unit == unit || t.key.Clock == ClockRule && t.subject == unit) && t.key.Round == r.round {
			t.void(at)
		}
	}
	r.units = slices.DeleteFunc(r.units, func(p part) bool { return p.unit == unit })
	delete(r.asked, unit)
	if r.returning == unit {
		r.returning = ""
	}
}

// returnAsked hands the ticket to the desk for a ruling: the unit's clocks stand
// still, the citizen's does not.
func (r *run) returnAsked(e Event) error {
	p := r.partOf(r.unitOf(e))
	switch {
	case p == nil:
		return r.noPart(e)
	case p.assisting:
		return refusal(p.unit + " assists; its part is released, not returned")
	case r.returning != "":
		return refusal("a return awaits its ruling already")
	case r.reviewing:
		return refusal(p.unit + " has replied")
	}
	r.returning = p.unit
	r.because(ByRuling, e.Reason)
	for _, clock := range []ClockName{ClockSignFor, ClockHandle, ClockProgress} {
		if t := r.find(clock, p.unit); t != nil {
			t.stop(ByRuling, e.At, e.Reason)
		}
	}
	if t := r.find(ClockReturn, p.unit); t != nil {
		t.meet(e.At)
	}
	return r.beginRuling(AboutReturn, p.unit, e.At)
}

func (r *run) returnRuled(e Event) error {
	if r.returning == "" {
		return refusal("no return awaits a ruling")
	}
	r.meetRuling(AboutReturn, e.At)
	unit := r.returning
	r.returning = ""
	if e.Accepted {
		return r.takeBack(e.At)
	}
	for _, clock := range []ClockName{ClockSignFor, ClockHandle, ClockProgress} {
		if t := r.find(clock, unit); t != nil {
			t.resume(ByRuling, e.At)
		}
	}
	return nil
}

func (r *run) extensionAsked(e Event) error {
	unit := r.unitOf(e)
	if r.partOf(unit) == nil {
		return r.noPart(e)
	}
	if r.asked == nil {
		r.asked = make(map[string]time.Time)
	}
	r.asked[unit] = e.At
	return r.beginRuling(AboutExtension, unit, e.At)
}

// extensionGranted makes the unit's limit longer, and the citizen's when the unit
// leads: what counts is when it was asked for.
func (r *run) extensionGranted(e Event) error {
	unit := r.unitOf(e)
	p := r.partOf(unit)
	if p == nil {
		return r.noPart(e)
	}
	asked, ok := r.asked[unit]
	if !ok {
		asked = e.At
	}
	delete(r.asked, unit)
	r.meetRuling(AboutExtension, e.At)
	clocks := []*ticking{r.find(ClockHandle, unit)}
	if !p.assisting {
		clocks = append(clocks, r.find(ClockAnswer, ""))
	}
	for _, t := range clocks {
		if t == nil {
			continue
		}
		if err := t.extend(asked, e.Extra, e.Reason); err != nil {
			return err
		}
	}
	return nil
}

// beginRuling starts the desk's clock to rule on what a unit asked.
func (r *run) beginRuling(about About, unit string, at time.Time) error {
	if r.findAbout(about) != nil {
		return refusal("another " + string(about) + " awaits its ruling")
	}
	rule, ok := r.policy.Rule(ClockRule, r.facts, r.round)
	if !ok {
		return nil
	}
	return r.beginAt(rule, Key{Clock: ClockRule}, at, at, about, unit)
}

func (r *run) meetRuling(about About, at time.Time) {
	if t := r.findAbout(about); t != nil {
		t.meet(at)
	}
}

// ruled is the effect of a refusal: the desk has ruled, and nothing moves.
func ruled(about About) func(*run, Event) error {
	return func(r *run, e Event) error {
		r.meetRuling(about, e.At)
		if about == AboutExtension {
			delete(r.asked, r.unitOf(e))
		}
		return nil
	}
}
