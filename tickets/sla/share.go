package sla

import (
	"time"
)

// at returns the moment at which a share of the limit has been used up.
func (r Reckoning) at(percent int) (time.Time, error) {
	from, err := r.countsFrom()
	if err != nil {
		return time.Time{}, err
	}
	whole, err := r.length(from, r.Due)
	if err != nil {
		return time.Time{}, err
	}
	lost := make([]time.Duration, len(r.changes)) // by each stop
	for i, c := range r.changes {
		if c.Kind != Stopped || !c.From.Before(r.Due) || !c.To.After(from) {
			continue
		}
		if lost[i], err = r.length(latest(c.From, from), c.To); err != nil {
			return time.Time{}, err
		}
		whole -= lost[i]
	}
	whole = max(whole, 0)
	moment, err := r.forward(from, whole/100*time.Duration(percent)+whole%100*time.Duration(percent)/100)
	for i, c := range r.changes {
		if err != nil {
			return time.Time{}, err
		}
		if lost[i] > 0 && latest(c.From, from).Before(moment) {
			moment, err = r.forward(moment, lost[i])
		}
	}
	return moment, err
}

// countsFrom is the moment from which time is used up: the first day counted
// where the limit counts days.
func (r Reckoning) countsFrom() (time.Time, error) {
	p := placed{limit: r.Limit, start: r.Start}
	if err := p.place(r.calendar); err != nil || p.firstDay == 0 {
		return r.Start, err
	}
	return latest(r.Start, r.calendar.Midnight(p.firstDay)), nil
}

// length is the time between two moments in what the limit counts.
func (r Reckoning) length(from, to time.Time) (time.Duration, error) {
	if r.Limit.inDays() || r.Limit.InWorkingTime {
		return r.calendar.Between(from, to)
	}
	return to.Sub(from), nil
}

func (r Reckoning) forward(from time.Time, d time.Duration) (time.Time, error) {
	if r.Limit.inDays() || r.Limit.InWorkingTime {
		return r.calendar.Add(from, d)
	}
	return from.Add(d), nil
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
