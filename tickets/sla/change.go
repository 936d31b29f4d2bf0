package sla

import (
	"fmt"
	"time"

	"nengban/tickets/worktime"
)

// Change is something that moved a deadline after it was set.
type Change struct {
	Kind ChangeKind
	// From and To bound a stop. Of an extension, From is when it was asked for.
	From, To time.Time
	Cause    Cause  // of a stop
	Extra    Limit  // of an extension
	Reason   string // in people's words
}

// ChangeKind says what a change is.
type ChangeKind string

// The changes.
const (
	Stopped  ChangeKind = "stopped"  // the clock stood still
	Extended ChangeKind = "extended" // the limit was made longer
	// AskedTooLate is an extension granted though it was asked for after the
	// deadline; it moves nothing.
	AskedTooLate ChangeKind = "asked_too_late"
)

// Cause says why a clock stands still.
type Cause string

// The causes.
const (
	BySuspension   Cause = "suspension"   // approved (挂起)
	ByCitizen      Cause = "citizen"      // the citizen owes something (待补充)
	ByRuling       Cause = "ruling"       // the desk rules on the unit's return
	ByReview       Cause = "review"       // the desk reviews the unit's reply
	ByConsultation Cause = "consultation" // departments settle whose it is; stops only the desk's dispatch clock
)

// change applies extensions and then stops, telling each to show when it is not nil.
func (r *Reckoning) change(p *placed, show func(Change, placed)) error {
	for i := range r.changes {
		c := &r.changes[i]
		if c.Kind == Extended {
			if err := p.extend(r.calendar, c.Extra); err != nil {
				return fmt.Errorf("extended by %s: %w", c.Extra, err)
			}
		}
		if c.Kind != Stopped && show != nil {
			show(*c, *p)
		}
	}
	for i := range r.changes {
		c := &r.changes[i]
		if c.Kind != Stopped {
			continue
		}
		if c.From.Before(p.due) {
			if err := p.stop(r.calendar, c); err != nil {
				return fmt.Errorf("stopped from %s: %w", c.From.Format(time.RFC3339), err)
			}
		}
		if show != nil {
			show(*c, *p)
		}
	}
	return nil
}

// extend makes the limit longer: one of the same kind by adding the numbers up,
// any other by beginning it at the deadline.
func (p *placed) extend(c *worktime.Calendar, extra Limit) error {
	if err := extra.Validate(); err != nil {
		return err
	}
	alike := extra
	alike.N = p.limit.N
	alike.CountFirstDay, alike.DeferAfterHours, alike.End = p.limit.CountFirstDay, p.limit.DeferAfterHours, p.limit.End
	if alike == p.limit {
		p.limit.N += extra.N
		return p.place(c)
	}
	extra.CountFirstDay, extra.DeferAfterHours = false, false
	longer := placed{limit: extra, start: p.due}
	if err := longer.place(c); err != nil {
		return err
	}
	longer.start, longer.firstDay = p.start, p.firstDay
	*p = longer
	return nil
}

// stop moves the deadline by what the limit lost while the clock stood still.
func (p *placed) stop(c *worktime.Calendar, change *Change) (err error) {
	from := change.From
	if p.firstDay != 0 && from.Before(c.Midnight(p.firstDay)) {
		from = c.Midnight(p.firstDay) // what is not counted cannot be lost
	}
	if from.Before(p.start) {
		from = p.start
	}
	if !change.To.After(from) {
		return nil
	}
	switch {
	case p.limit.Unit == NaturalDay:
		p.lastDay += c.Date(change.To) - c.Date(from)
		return p.endNaturalDays(c)
	case p.limit.Unit == WorkingDay || p.limit.InWorkingTime:
		lost, err := c.Between(from, change.To)
		if err != nil || lost == 0 {
			return err
		}
		return p.moveBy(c, lost)
	default:
		p.due = p.due.Add(change.To.Sub(from))
		_, err = c.Working(c.Date(p.due))
		return err
	}
}

// moveBy moves a deadline by working time. One that lands on closing time stays
// due at midnight when the limit's days end then.
func (p *placed) moveBy(c *worktime.Calendar, lost time.Duration) (err error) {
	if p.due, err = c.Add(p.due, lost); err != nil || p.limit.Unit != WorkingDay {
		return err
	}
	p.endDay = c.Date(p.due.Add(-1))
	if p.limit.End != Midnight {
		return nil
	}
	closing, _, err := c.Closing(p.endDay)
	if err == nil && closing.Equal(p.due) {
		p.due = latest(closing, c.EndOfDate(p.endDay))
	}
	return err
}
