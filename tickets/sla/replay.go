package sla

import (
	"errors"
	"fmt"
	"time"
)

// Ledger is what a ticket's timeline comes to at a moment.
type Ledger struct {
	Policy   int               `json:"policy"`   // version
	Editions map[string]string `json:"editions"` // of the calendars that were used, by name
	At       time.Time         `json:"at"`
	Facts    Facts             `json:"facts"`
	Round    int               `json:"round"`
	Holder   Holder            `json:"holder"` // who has the ticket
	// Start is the receipt. End is when the ticket was closed, or At while it is open.
	Start   time.Time `json:"start"`
	End     time.Time `json:"end"`
	Open    bool      `json:"open"`
	Clocks  []Clock   `json:"clocks"`
	Charges []Charge  `json:"charges"` // from Start to End without a gap
}

// Replay works out every clock and every charge of a ticket from its timeline,
// as of now. It looks at nothing else: the same arguments give the same ledger.
//
// It returns an *EventError for a timeline that does not hold together: an event
// before the one before it, an event after now, a unit that has no part, a
// resumption of what was not suspended. It returns the calendar's error for dates
// outside it, and a *PolicyError for a clock that needs a rule and has none.
func Replay(policy *Policy, calendars Calendars, events []Event, now time.Time) (Ledger, error) {
	l, err := replay(policy, calendars, events, now)
	if err != nil {
		return Ledger{}, fmt.Errorf("replaying a timeline: %w", err)
	}
	return l, nil
}

func replay(policy *Policy, calendars Calendars, events []Event, now time.Time) (Ledger, error) {
	calendar := calendars[policy.Calendar]
	if calendar == nil {
		return Ledger{}, policy.wrong("", fmt.Errorf("there is no calendar %q", policy.Calendar))
	}
	r := run{policy: policy, calendars: calendars, charging: charging{calendar: calendar}}
	for i, e := range events {
		if err := r.take(e, i == 0, now); err != nil {
			var refused refusal
			if errors.As(err, &refused) {
				return Ledger{}, &EventError{N: i + 1, Event: e, Why: string(refused)}
			}
			return Ledger{}, fmt.Errorf("event %d, %s at %s: %w", i+1, e.Kind, e.At.Format(time.RFC3339), err)
		}
	}
	if len(events) == 0 {
		return Ledger{}, fmt.Errorf("%w: there are no events", ErrTimeline)
	}
	return r.ledger(now)
}

// refusal says why an event does not follow; it becomes an EventError.
type refusal string

func (r refusal) Error() string { return string(r) }

// run is a ticket while its timeline is replayed.
type run struct {
	policy    *Policy
	calendars Calendars
	charging  charging

	facts       Facts
	round       int
	start       time.Time // of the ticket
	roundStart  time.Time
	last        time.Time
	closedAt    time.Time
	merged      bool
	units       []part // whose the ticket is, the lead first when there is one
	clocks      []*ticking
	suspended   bool
	citizenOwes bool
	consulting  bool
	reviewing   bool   // the lead has replied
	returning   string // the unit whose return awaits a ruling
	asked       map[string]time.Time
	reasons     map[Cause]string
}

// take applies one event.
func (r *run) take(e Event, first bool, now time.Time) error {
	switch {
	case first != (e.Kind == Received):
		return refusal("a timeline begins with the receipt and has no second one")
	case e.At.Before(r.last):
		return refusal("it lies before the event before it, at " + r.last.Format(time.RFC3339))
	case e.At.After(now):
		return refusal("it lies in the future; now is " + now.Format(time.RFC3339))
	}
	apply, ok := effects[e.Kind]
	if !ok {
		return refusal("there is no such event")
	}
	if first {
		r.charging.since = e.At
	}
	// Time after the end is charged, to nobody, only when a reopening shows that it
	// was not the end.
	if !r.closed() || e.Kind == Reopened || e.Kind == Unmerged {
		if err := r.charging.charge(r.holder(), e.At); err != nil {
			return err
		}
	}
	r.last = e.At
	if r.closed() && !afterTheEnd[e.Kind] {
		return refusal("the ticket is closed")
	}
	return apply(r, e)
}

// afterTheEnd are the events of a closed ticket.
var afterTheEnd = map[EventKind]bool{Classified: true, RatedBad: true, Judged: true, Reopened: true, Unmerged: true}

// effects is what each event does.
var effects = map[EventKind]func(*run, Event) error{
	Received:           (*run).received,
	Classified:         (*run).classified,
	WaitingForCitizen:  (*run).waitingForCitizen,
	CitizenSupplied:    (*run).citizenSupplied,
	ConsultationOpened: (*run).consultationOpened,
	ConsultationClosed: (*run).consultationClosed,
	Dispatched:         (*run).dispatched,
	Redirected:         (*run).redirected,
	Released:           (*run).released,
	SignedFor:          (*run).signedFor,
	ReturnAsked:        (*run).returnAsked,
	ReturnRuled:        (*run).returnRuled,
	ExtensionAsked:     (*run).extensionAsked,
	ExtensionGranted:   (*run).extensionGranted,
	ExtensionRefused:   ruled(AboutExtension),
	SuspensionAsked:    (*run).suspensionAsked,
	SuspensionGranted:  (*run).suspensionGranted,
	SuspensionRefused:  ruled(AboutSuspension),
	Resumed:            (*run).resumed,
	Progressed:         (*run).progressed,
	Replied:            (*run).replied,
	SentBack:           (*run).sentBack,
	Completed:          (*run).completed,
	Withdrawn:          (*run).withdrawn,
	Merged:             (*run).mergedAway,
	Unmerged:           (*run).unmerged,
	RatedBad:           (*run).ratedBad,
	Judged:             (*run).judged,
	Reopened:           (*run).reopened,
}

// ledger sums the run up as of now.
func (r *run) ledger(now time.Time) (Ledger, error) {
	l := Ledger{
		Policy: r.policy.Version, Editions: make(map[string]string), At: now, Facts: r.facts, Round: r.round,
		Holder: r.holder(), Start: r.start, End: now, Open: !r.closed(),
	}
	if r.closed() {
		l.End = r.closedAt
	} else if err := r.charging.charge(r.holder(), now); err != nil {
		return Ledger{}, err
	}
	l.Charges = r.charging.charges
	l.Editions[r.policy.Calendar] = r.charging.calendar.Edition()
	l.Clocks = make([]Clock, len(r.clocks))
	for i, t := range r.clocks {
		c, err := t.at(now)
		if err != nil {
			return Ledger{}, err
		}
		l.Clocks[i] = c
		l.Editions[c.Reckoning.Calendar()] = c.Reckoning.Edition()
	}
	return l, nil
}
