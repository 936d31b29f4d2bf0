package pages

import (
	"time"

	"nengban/tickets/sla"
	"nengban/web/page"
)

// clockView is one clock of a ticket as a page shows it: which, whose, until
// when, how it stands, and how the moment was reckoned, day by day.
type clockView struct {
	sla.Clock
	Name  string
	Tone  string   // green, amber, red, or nothing
	Until string   // how long it still has, or since when it is late
	Steps []string // every counted and skipped stretch
}

// clocksOf shows the clocks of the latest round, those still awaited first,
// and after them the ones of the rounds before.
func clocksOf(b page.Base, l sla.Ledger) []clockView {
	var awaited, ended []clockView
	for _, c := range l.Clocks {
		v := clockView{Clock: c, Name: clockName(b, c), Steps: c.Reckoning.Explain(b.Lang)}
		switch {
		case c.State == sla.Breached:
			v.Tone = "red"
		case c.State == sla.Met:
			v.Tone = "green"
		case c.State == sla.Running && c.Due.Sub(b.Now) < 24*time.Hour:
			v.Tone = "amber"
		}
		if c.Awaited() {
			v.Until = b.Left(c.Due)
			awaited = append(awaited, v)
		} else {
			ended = append(ended, v)
		}
	}
	return append(awaited, ended...)
}

func clockName(b page.Base, c sla.Clock) string {
	name := b.T("clock." + string(c.Clock))
	if c.About != "" {
		name += b.T("form.colon") + b.T("clock_about."+string(c.About))
	}
	if c.Unit != "" {
		name += " · " + b.Department(c.Unit)
	}
	return name
}

// heldView is how long one holder had the ticket.
type heldView struct {
	Who     string
	Elapsed time.Duration
	Working time.Duration
}

// heldOf says whose the time was; the parts add up to the ticket's whole life.
func heldOf(b page.Base, l sla.Ledger) []heldView {
	var out []heldView
	for _, s := range sla.ByHolder(l.Charges) {
		if s.Elapsed < time.Minute {
			continue
		}
		who := b.T("holder." + string(s.Holder.Kind))
		if s.Holder.Unit != "" {
			who = b.Department(s.Holder.Unit)
		}
		out = append(out, heldView{who, s.Elapsed, s.Working})
	}
	return out
}
