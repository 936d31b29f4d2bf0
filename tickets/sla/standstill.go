package sla

import "time"

func (r *run) waitingForCitizen(e Event) error {
	if r.citizenOwes {
		return refusal("the citizen owes something already")
	}
	r.citizenOwes = true
	r.stopAll(ByCitizen, e)
	return nil
}

func (r *run) citizenSupplied(e Event) error {
	if !r.citizenOwes {
		return refusal("the citizen owed nothing")
	}
	r.citizenOwes = false
	r.resumeAll(ByCitizen, e.At)
	return nil
}

func (r *run) suspensionAsked(e Event) error {
	return r.beginRuling(AboutSuspension, r.unitOf(e), e.At)
}

func (r *run) suspensionGranted(e Event) error {
	if r.suspended {
		return refusal("the ticket is suspended already")
	}
	r.meetRuling(AboutSuspension, e.At)
	r.suspended = true
	r.stopAll(BySuspension, e)
	return nil
}

func (r *run) resumed(e Event) error {
	if !r.suspended {
		return refusal("nothing is suspended")
	}
	r.suspended = false
	r.resumeAll(BySuspension, e.At)
	return nil
}

// stopAsTheTicket stops a clock that begins while the ticket stands still.
func (r *run) stopAsTheTicket(t *ticking, at time.Time) {
	if !stopsWithTicket[t.key.Clock] {
		return
	}
	if r.suspended {
		t.stop(BySuspension, at, r.reasons[BySuspension])
	}
	if r.citizenOwes {
		t.stop(ByCitizen, at, r.reasons[ByCitizen])
	}
	if t.key.Unit != "" && t.key.Unit == r.returning {
		t.stop(ByRuling, at, r.reasons[ByRuling])
	}
}

// stopsWithTicket are the clocks that a suspension or a debt of the citizen's
// stops. What the desk must rule on, review or judge it can do all the same.
var stopsWithTicket = map[ClockName]bool{
	ClockAnswer: true, ClockDispatch: true, ClockSignFor: true, ClockHandle: true, ClockProgress: true,
}

func (r *run) stopAll(cause Cause, e Event) {
	r.because(cause, e.Reason)
	for _, t := range r.clocks {
		if stopsWithTicket[t.key.Clock] {
			t.stop(cause, e.At, e.Reason)
		}
	}
}

// because keeps the reason for clocks that begin while the cause lasts.
func (r *run) because(cause Cause, reason string) {
	if r.reasons == nil {
		r.reasons = make(map[Cause]string, 1)
	}
	r.reasons[cause] = reason
}

func (r *run) resumeAll(cause Cause, at time.Time) {
	for _, t := range r.clocks {
		t.resume(cause, at)
	}
}
