package sla

import (
	"fmt"
	"slices"
	"time"
)

// part is a unit's part in the ticket.
type part struct {
	unit       string
	assisting  bool
	dispatched time.Time
	replied    bool
}

func (r *run) dispatched(e Event) error {
	switch {
	case e.Unit == "":
		return refusal("it names no unit")
	case r.partOf(e.Unit) != nil:
		return refusal(e.Unit + " has a part already")
	case !e.Assisting && r.lead() != "":
		return refusal(r.lead() + " leads already")
	case r.consulting:
		return refusal("a consultation is open")
	}
	if t := r.find(ClockDispatch, ""); t != nil && !e.Assisting {
		t.meet(e.At)
	}
	return r.assign(part{unit: e.Unit, assisting: e.Assisting, dispatched: e.At})
}

// assign gives a unit its part and starts its clocks.
func (r *run) assign(p part) error {
	r.units = append(r.units, p)
	for _, clock := range []ClockName{ClockSignFor, ClockReturn, ClockHandle, ClockProgress} {
		if p.assisting && (clock == ClockProgress || clock == ClockReturn) {
			continue // the lead reports, and only the lead can send the ticket back
		}
		if rule, ok := r.policy.Rule(clock, r.facts, r.round); ok && rule.Start == FromSigning {
			continue
		}
		required := clock == ClockSignFor || clock == ClockHandle
		if err := r.begin(clock, p.unit, p.dispatched, required); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) redirected(e Event) error {
	lead := r.lead()
	if lead == "" {
		return refusal("nobody leads")
	}
	if e.Unit == "" || e.Unit == lead {
		return refusal(fmt.Sprintf("%q cannot take the lead over", e.Unit))
	}
	if t := r.findAbout(AboutReturn); t != nil {
		t.meet(e.At)
	}
	r.release(lead, e.At)
	r.release(e.Unit, e.At) // whoever assisted so far leads from now on
	r.reviewing = false
	return r.assign(part{unit: e.Unit, dispatched: e.At})
}

func (r *run) released(e Event) error {
	p := r.partOf(e.Unit)
	if p == nil || !p.assisting {
		return refusal(fmt.Sprintf("%q does not assist", e.Unit))
	}
	r.release(e.Unit, e.At)
	return nil
}

func (r *run) signedFor(e Event) error {
	p := r.partOf(r.unitOf(e))
	if p == nil {
		return r.noPart(e)
	}
	t := r.find(ClockSignFor, p.unit)
	if t == nil {
		return refusal(p.unit + " has signed already")
	}
	t.meet(e.At)
	return r.signed(*p, e.At)
}

// signed starts the clocks that count from signing.
func (r *run) signed(p part, at time.Time) error {
	for _, clock := range []ClockName{ClockReturn, ClockHandle, ClockProgress} {
		if p.assisting && clock != ClockHandle {
			continue
		}
		rule, ok := r.policy.Rule(clock, r.facts, r.round)
		if !ok || rule.Start != FromSigning || r.find(clock, p.unit) != nil {
			continue
		}
		if err := r.begin(clock, p.unit, at, false); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) progressed(e Event) error {
	p := r.partOf(r.unitOf(e))
	if p == nil {
		return r.noPart(e)
	}
	if t := r.find(ClockProgress, p.unit); t != nil {
		t.meet(e.At)
	}
	return nil
}

// replied ends a unit's work. The lead's reply goes to the desk for review; with
// it the window for returning closes and no progress is awaited any more.
func (r *run) replied(e Event) error {
	p := r.partOf(r.unitOf(e))
	if p == nil {
		return r.noPart(e)
	}
	if r.returning == p.unit {
		return refusal("its return awaits a ruling")
	}
	if p.replied {
		return refusal(p.unit + " has replied already")
	}
	p.replied = true
	for _, clock := range []ClockName{ClockHandle, ClockSignFor, ClockProgress} {
		if t := r.find(clock, p.unit); t != nil {
			t.meet(e.At)
		}
	}
	if t := r.find(ClockReturn, p.unit); t != nil {
		t.void(e.At)
	}
	if p.assisting {
		return nil
	}
	r.reviewing = true
	return r.begin(ClockReview, "", e.At, false)
}

// sentBack gives the ticket back to the lead, whose clock stood still meanwhile.
func (r *run) sentBack(e Event) error {
	if !r.reviewing {
		return refusal("no reply is under review")
	}
	r.reviewing = false
	if t := r.find(ClockReview, ""); t != nil {
		t.meet(e.At)
	}
	lead := r.partOf(r.lead())
	lead.replied = false
	for i := len(r.clocks) - 1; i >= 0; i-- {
		t := r.clocks[i]
		if t.key.Clock == ClockHandle && t.key.Unit == lead.unit && t.key.Round == r.round {
			t.redo(e.At, e.Reason)
			r.stopAsTheTicket(t, e.At)
			if err := r.match(t, e.At); err != nil { // the facts may have changed meanwhile
				return err
			}
			break
		}
	}
	return r.beginProgress(*lead, e.At)
}

func (r *run) lead() string {
	for _, p := range r.units {
		if !p.assisting {
			return p.unit
		}
	}
	return ""
}

// unitOf is the unit an event speaks of: the one it names, else the lead.
func (r *run) unitOf(e Event) string {
	if e.Unit == "" {
		return r.lead()
	}
	return e.Unit
}

func (r *run) partOf(unit string) *part {
	i := slices.IndexFunc(r.units, func(p part) bool { return p.unit == unit })
	if i < 0 {
		return nil
	}
	return &r.units[i]
}

func (r *run) noPart(e Event) error {
	if e.Unit == "" {
		return refusal("nobody leads")
	}
	return refusal(e.Unit + " has no part in the ticket")
}

func (r *run) closed() bool { return !r.closedAt.IsZero() }

// holder says who has the ticket.
func (r *run) holder() Holder {
	switch {
	case r.closed():
		return Holder{Kind: HeldByNobody}
	case r.suspended:
		return Holder{Kind: HeldSuspended}
	case r.citizenOwes:
		return Holder{Kind: HeldByCitizen}
	case len(r.units) == 0 || r.reviewing || r.returning != "":
		return Holder{Kind: HeldByDesk}
	case r.lead() != "":
		return Holder{Kind: HeldByUnit, Unit: r.lead()}
	default:
		return Holder{Kind: HeldByUnit, Unit: r.units[0].unit}
	}
}
