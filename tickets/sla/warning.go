package sla

import (
	"fmt"
	"slices"
	"time"

	"nengban/tickets/worktime"
)

// Warning is an alert that is to go out: when, how grave, to whom, about which
// clock.
type Warning struct {
	Key   Key       `json:"key"`
	At    time.Time `json:"at"` // when to send it
	Level Level     `json:"level"`
	To    To        `json:"to"`
	// Why says what the alert announces: a share of the limit, a distance, or how
	// long it is overdue.
	Share  int   `json:"share,omitempty"`
	Before Limit `json:"before,omitzero"`
	After  Limit `json:"after,omitzero"`
	// Moment is when it would have gone had the hour been free.
	Moment time.Time `json:"moment"`
	Due    time.Time `json:"due"`
}

// Name tells the warnings of one clock apart, whatever their moments become:
// "share_50", "before_2 working hours", "overdue_yellow". What was sent once
// under a name need not be sent again when the deadline moves.
func (w Warning) Name() string {
	switch {
	case w.Share != 0:
		return fmt.Sprintf("share_%d", w.Share)
	case !w.Before.IsZero():
		return "before_" + w.Before.String()
	default:
		return "overdue_" + string(w.Level)
	}
}

// Warnings returns what is to go out about a clock from a moment on, in order of
// time. A clock that is done, void or paused has none.
//
//   - Shares are counted in what the limit counts, stops left out; distances as
//     their own limit says.
//   - A warning whose moment has passed is due at once, at from. Once the deadline
//     has passed there is nothing to warn of, and only the levels after it remain.
//   - No alert goes outside the hours of the alerts' calendar, unless the ticket's
//     urgency allows any hour. A warning is put off to the next hours, or brought
//     forward to the last ones when by then the deadline would have passed; levels
//     after the deadline are put off.
//
// It returns an error when the rule's calendar is missing or a moment lies outside it.
func (p *Policy) Warnings(calendars Calendars, c Clock, from time.Time) ([]Warning, error) {
	if !c.Awaited() || c.State == Paused || c.Clock == ClockReturn || c.rule == nil {
		return nil, nil
	}
	ws, err := p.warnings(calendars, c, from)
	if err != nil {
		return nil, fmt.Errorf("planning warnings for %s: %w", c.Clock, err)
	}
	return ws, nil
}

func (p *Policy) warnings(calendars Calendars, c Clock, from time.Time) ([]Warning, error) {
	alerts := p.alertsOf(c.rule)
	a := alerting{alerts: alerts, clock: c, from: from, free: slices.Contains(alerts.AnyHour, c.facts.Urgency)}
	name := alerts.Calendar
	if name == "" {
		name = p.Calendar
	}
	if a.hours = calendars[name]; a.hours == nil {
		return nil, fmt.Errorf("there is no calendar %q", name)
	}
	if !late(from, c.Due) {
		if err := a.before(); err != nil {
			return nil, err
		}
	}
	if err := a.overdue(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(a.out, func(x, y Warning) int { return x.At.Compare(y.At) })
	return a.out, nil
}

// alerting collects the warnings of one clock.
type alerting struct {
	alerts Alerts
	clock  Clock
	from   time.Time
	hours  *worktime.Calendar
	free   bool // any hour will do
	out    []Warning
}

// before adds the warnings before the deadline.
func (a *alerting) before() error {
	for _, share := range a.alerts.Shares {
		moment, err := a.clock.Reckoning.at(share)
		if err != nil {
			return err
		}
		if err := a.add(Warning{Level: Notice, To: a.clock.Clock.actor(), Share: share, Moment: moment}); err != nil {
			return err
		}
	}
	for _, distance := range a.alerts.Before {
		moment := a.clock.Due.Add(-distance.duration())
		if distance.InWorkingTime {
			var err error
			if moment, err = a.clock.Reckoning.calendar.Sub(a.clock.Due, distance.duration()); err != nil {
				return err
			}
		}
		if err := a.add(Warning{Level: Notice, To: a.clock.Clock.actor(), Before: distance, Moment: moment}); err != nil {
			return err
		}
	}
	return nil
}

// overdue adds the levels after the deadline.
func (a *alerting) overdue() error {
	for _, level := range a.alerts.Overdue {
		moment := a.clock.Due.Add(time.Second) // the second the deadline names is still in time
		if !level.After.IsZero() {
			r, err := Due(a.clock.Reckoning.calendar, a.clock.Due, level.After)
			if err != nil {
				return err
			}
			moment = r.Due
		}
		to := level.To
		if a.clock.Clock.Side() == DeskSide && to != ToSupervisor {
			to = ToDesk // the desk's own clocks have no department behind them
		}
		if err := a.add(Warning{Level: level.Level, To: to, After: level.After, Moment: moment}); err != nil {
			return err
		}
	}
	return nil
}

// add finds the hour a warning may go at.
func (a *alerting) add(w Warning) error {
	w.Key, w.Due, w.At = a.clock.Key, a.clock.Due, w.Moment
	if w.At.Before(a.from) {
		w.At = a.from
	}
	if !a.free {
		at, err := a.hour(w)
		if err != nil {
			return err
		}
		w.At = at
	}
	w.At, w.Moment = w.At.In(a.hours.Location()), w.Moment.In(a.hours.Location())
	a.out = append(a.out, w)
	return nil
}

func (a *alerting) hour(w Warning) (time.Time, error) {
	next, err := a.hours.NextOpen(w.At)
	if err != nil || w.Level != Notice || !late(next, w.Due) {
		return next, err
	}
	// By then it would be too late. The last hours before will do, or failing
	// them the next: better a warning that names a passed deadline than none.
	last, err := a.hours.LastOpen(w.At)
	if err != nil || last.Before(a.from) {
		return next, nil //nolint:nilerr // no earlier hours are known
	}
	return last, nil
}

// actor is who can still do what the clock counts.
func (n ClockName) actor() To {
	if n.Side() == UnitSide {
		return ToCaseworker
	}
	return ToDesk
}
