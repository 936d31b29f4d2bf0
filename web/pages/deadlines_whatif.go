package pages

import (
	"net/http"
	"time"

	"nengban/tickets"
	"nengban/tickets/sla"
)

// triedView is what other limits or another calendar would have made of past
// tickets.
type triedView struct {
	From, To string // days, the last one included
	sla.Outcome
	Rows []changedRow
	More bool
}

// changedRow is a deadline that comes out differently.
type changedRow struct {
	sla.Changed
	Name string
}

// mostChanged is how many of them are listed; the figures count all.
const mostChanged = 100

// LateBefore and LateAfter are the tickets whose citizen was answered late.
func (v *triedView) LateBefore() int { return v.Before.LateTickets }

// LateAfter is what the tried limits make of them.
func (v *triedView) LateAfter() int { return v.After.LateTickets }

// try replays the tickets received in the span that the form names, the last
// thirty days unless it says otherwise, and at most a year.
func (p *Pages) try(r *http.Request, tried sla.Regime) (*triedView, error) {
	from, to := trialSpan(r, p.Now())
	out, err := p.Desk.WhatIf(r.Context(), tried, from, to)
	if err != nil {
		return nil, err
	}
	v := &triedView{From: from.Format(time.DateOnly), To: to.AddDate(0, 0, -1).Format(time.DateOnly), Outcome: out}
	b := p.Base(r)
	for _, c := range out.Changed {
		if len(v.Rows) == mostChanged {
			v.More = true
			break
		}
		v.Rows = append(v.Rows, changedRow{c, keyName(b, c.Key)})
	}
	return v, nil
}

func trialSpan(r *http.Request, now time.Time) (from, to time.Time) {
	y, m, d := now.In(tickets.Shanghai).Date()
	to = time.Date(y, m, d+1, 0, 0, 0, 0, tickets.Shanghai)
	from = to.AddDate(0, 0, -30)
	a, errA := time.ParseInLocation(time.DateOnly, r.FormValue("from"), tickets.Shanghai)
	b, errB := time.ParseInLocation(time.DateOnly, r.FormValue("to"), tickets.Shanghai)
	if errA == nil && errB == nil && !b.Before(a) && b.Sub(a) <= 366*24*time.Hour {
		return a, b.AddDate(0, 0, 1)
	}
	return from, to
}
