package portal

import (
	"net/http"

	"nengban/tickets"
	"nengban/tickets/sla"
	"nengban/web/page"
)

// homePage says what the desk is, and leads to its two doors.
type homePage struct {
	page.Base
	Promises []promise
	Looking  bool // this browser holds a ticket open
}

// promise is what one kind of matter may take, in words.
type promise struct{ Key, Limit string }

// promised are the matters whose limits the front page names.
var promised = []struct {
	key   string
	facts sla.Facts
}{
	{"inquiry", sla.Facts{Kind: string(tickets.Inquiry), Urgency: string(tickets.Routine)}},
	{"ordinary", sla.Facts{Class: string(tickets.Ordinary), Kind: string(tickets.Complaint), Urgency: string(tickets.Routine)}},
	{"refused", sla.Facts{Class: string(tickets.Refused), Kind: string(tickets.Complaint), Urgency: string(tickets.Routine)}},
	{"cannot_do", sla.Facts{Class: string(tickets.CannotDo), Kind: string(tickets.Complaint), Urgency: string(tickets.Routine)}},
	{"hard_to_do", sla.Facts{Class: string(tickets.HardToDo), Kind: string(tickets.Complaint), Urgency: string(tickets.Routine)}},
	{"urgent", sla.Facts{Class: string(tickets.Ordinary), Kind: string(tickets.Assistance), Urgency: string(tickets.Urgent)}},
}

// Home is the front page.
func (p *Portal) Home(w http.ResponseWriter, r *http.Request) error {
	v := homePage{Base: p.Base(r)}
	if policy, ok := p.Desk.Limits().Policies().InForce(p.Now()); ok {
		for _, x := range promised {
			if rule, ok := policy.Rule(sla.ClockAnswer, x.facts, 1); ok {
				v.Promises = append(v.Promises, promise{x.key, limitInWords(v.Base, rule.Limit)})
			}
		}
	}
	return p.show(w, http.StatusOK, "home", v)
}

// limitInWords says a limit as one says it to a neighbour.
func limitInWords(b page.Base, l sla.Limit) string {
	if l.N == 1 && l.CountFirstDay {
		return b.T("portal.same_day")
	}
	return b.T("portal.within", "Limit", sla.Limit{N: l.N, Unit: l.Unit, InWorkingTime: l.InWorkingTime}.Text(b.Lang))
}

// privacyPage says what is kept of a citizen, why, and who sees it.
type privacyPage struct{ page.Base }

// Privacy shows it.
func (p *Portal) Privacy(w http.ResponseWriter, r *http.Request) error {
	return p.show(w, http.StatusOK, "privacy", privacyPage{p.Base(r)})
}

// Robots lets search engines find the front page and the form, and keeps them
// from everything that belongs to somebody.
func (p *Portal) Robots(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := w.Write([]byte("User-agent: *\nAllow: /$\nAllow: /file$\nAllow: /privacy$\nAllow: /answers\nDisallow: /\n"))
	return err
}
