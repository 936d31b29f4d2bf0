package sla_test

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"nengban/tickets/sla"
)

// walker draws timelines that hold together: it knows just enough of a ticket's
// life to draw only what may come next.
type walker struct {
	t      *rapid.T
	now    time.Time
	events []sla.Event

	lead       string
	assisting  []string
	unsigned   []string
	replied    []string
	leads      int // how many units have led, to name the next
	suspended  bool
	owes       bool
	consulting bool
	returning  bool
	returned   bool
	asked      bool
	reviewing  bool
	closed     bool
	merged     bool
}

// drawTimeline draws up to most events and a moment after the last.
func drawTimeline(t *rapid.T, most int) ([]sla.Event, time.Time) {
	w := walker{t: t, now: drawStart(t, "receipt")}
	w.add(sla.Event{Kind: sla.Received, Facts: drawFacts(t)})
	for range rapid.IntRange(0, most).Draw(t, "events") {
		w.pass()
		w.add(rapid.SampledFrom(w.next()).Draw(t, "event"))
	}
	w.pass()
	return w.events, w.now
}

// pass lets some time go by: none, minutes, days or weeks.
func (w *walker) pass() {
	most := rapid.SampledFrom([]int64{0, 60, 3600, 24 * 3600, 10 * 24 * 3600}).Draw(w.t, "scale")
	w.now = w.now.Add(time.Duration(rapid.Int64Range(0, most).Draw(w.t, "seconds")) * time.Second)
}

func drawFacts(t *rapid.T) sla.Facts {
	return sla.Facts{
		Class:      rapid.SampledFrom([]string{"", "ordinary", "cannot_do", "hard_to_do", "refused"}).Draw(t, "class"),
		Kind:       rapid.SampledFrom([]string{"inquiry", "assistance", "complaint"}).Draw(t, "kind"),
		Urgency:    rapid.SampledFrom([]string{"routine", "routine", "urgent", "critical"}).Draw(t, "urgency"),
		Complexity: rapid.SampledFrom([]string{"", "", "complex"}).Draw(t, "complexity"),
	}
}

// next lists what may happen now.
func (w *walker) next() []sla.Event {
	kinds := func(ks ...sla.EventKind) (es []sla.Event) {
		for _, k := range ks {
			es = append(es, sla.Event{Kind: k})
		}
		return es
	}
	switch {
	case w.merged:
		return kinds(sla.Unmerged)
	case w.closed:
		return append(kinds(sla.RatedBad, sla.Judged, sla.Reopened), sla.Event{Kind: sla.Judged, Accepted: true}, sla.Event{Kind: sla.Reopened, Unit: w.newLead()})
	case w.consulting:
		return kinds(sla.ConsultationClosed)
	case w.suspended:
		return append(kinds(sla.Resumed, sla.Completed, sla.Merged), w.anyTime()...)
	case w.owes:
		return append(kinds(sla.CitizenSupplied, sla.Withdrawn), w.anyTime()...)
	case w.reviewing:
		return append(kinds(sla.SentBack, sla.SentBack, sla.Completed), w.anyTime()...)
	case w.returning:
		return append(kinds(sla.ReturnRuled), sla.Event{Kind: sla.ReturnRuled, Accepted: true}, sla.Event{Kind: sla.Redirected, Unit: w.newLead()})
	case w.lead == "":
		return append(kinds(sla.WaitingForCitizen, sla.ConsultationOpened, sla.Completed, sla.Merged), append(w.anyTime(), sla.Event{Kind: sla.Dispatched, Unit: w.newLead()}, sla.Event{Kind: sla.Dispatched, Unit: w.newLead()})...)
	}
	es := append(kinds(sla.SuspensionAsked, sla.SuspensionGranted, sla.WaitingForCitizen, sla.Progressed, sla.Replied, sla.ConsultationOpened, sla.Completed), w.anyTime()...)
	es = append(es, sla.Event{Kind: sla.Redirected, Unit: w.newLead()}, sla.Event{Kind: sla.Dispatched, Unit: fmt.Sprintf("a%d", len(w.events)), Assisting: true})
	if !w.returned {
		es = append(es, kinds(sla.ReturnAsked)...)
	}
	if w.asked {
		es = append(es, kinds(sla.ExtensionRefused)...)
		es = append(es, sla.Event{Kind: sla.ExtensionGranted, Extra: sla.WorkingDays(5)}, sla.Event{Kind: sla.ExtensionGranted, Extra: sla.Hours(3)})
	} else {
		es = append(es, kinds(sla.ExtensionAsked)...)
	}
	for _, unit := range w.unsigned {
		es = append(es, sla.Event{Kind: sla.SignedFor, Unit: unit})
	}
	for _, unit := range w.assisting {
		es = append(es, sla.Event{Kind: sla.Released, Unit: unit})
		if !slices.Contains(w.replied, unit) {
			es = append(es, sla.Event{Kind: sla.Replied, Unit: unit})
		}
	}
	return es
}

func (w *walker) anyTime() []sla.Event {
	return []sla.Event{{Kind: sla.Classified, Facts: drawFacts(w.t)}}
}

func (w *walker) newLead() string { return fmt.Sprintf("u%d", w.leads) }

// add appends an event and moves the walker's ticket on.
func (w *walker) add(e sla.Event) {
	e.At = w.now
	w.events = append(w.events, e)
	desk := func() {
		w.lead, w.assisting, w.unsigned, w.replied = "", nil, nil, nil
		w.returning, w.returned, w.reviewing, w.asked = false, false, false, false
	}
	switch e.Kind {
	case sla.WaitingForCitizen, sla.CitizenSupplied:
		w.owes = e.Kind == sla.WaitingForCitizen
	case sla.SuspensionGranted, sla.Resumed:
		w.suspended = e.Kind == sla.SuspensionGranted
	case sla.SuspensionAsked:
		w.add(sla.Event{Kind: rapid.SampledFrom([]sla.EventKind{sla.SuspensionGranted, sla.SuspensionRefused}).Draw(w.t, "ruling")})
	case sla.ConsultationOpened:
		desk()
		w.consulting = true
	case sla.ConsultationClosed:
		w.consulting = false
	case sla.Dispatched, sla.Redirected:
		if e.Assisting {
			w.assisting = append(w.assisting, e.Unit)
		} else {
			w.unsigned = slices.DeleteFunc(w.unsigned, func(u string) bool { return u == w.lead })
			w.lead, w.leads, w.returning, w.returned, w.asked = e.Unit, w.leads+1, false, false, false
		}
		w.unsigned = append(w.unsigned, e.Unit)
	case sla.SignedFor:
		w.unsigned = slices.DeleteFunc(w.unsigned, func(u string) bool { return u == e.Unit })
	case sla.Released:
		w.unsigned = slices.DeleteFunc(w.unsigned, func(u string) bool { return u == e.Unit })
		w.assisting = slices.DeleteFunc(w.assisting, func(u string) bool { return u == e.Unit })
	case sla.ReturnAsked:
		w.returning, w.returned = true, true
	case sla.ReturnRuled:
		w.returning = false
		if e.Accepted {
			desk()
		}
	case sla.ExtensionAsked, sla.ExtensionGranted, sla.ExtensionRefused:
		w.asked = e.Kind == sla.ExtensionAsked
	case sla.Replied:
		if e.Unit == "" {
			w.reviewing = true
			w.unsigned = slices.DeleteFunc(w.unsigned, func(u string) bool { return u == w.lead })
		} else {
			w.replied = append(w.replied, e.Unit)
			w.unsigned = slices.DeleteFunc(w.unsigned, func(u string) bool { return u == e.Unit })
		}
	case sla.SentBack:
		w.reviewing = false
	case sla.Completed, sla.Withdrawn, sla.Merged:
		desk()
		w.closed, w.suspended, w.owes, w.consulting = true, false, false, false
		w.merged = e.Kind == sla.Merged
	case sla.Unmerged, sla.Reopened:
		w.closed, w.merged = false, false
		if e.Unit != "" {
			w.lead, w.leads = e.Unit, w.leads+1
		}
	default: // moves nobody
	}
}
