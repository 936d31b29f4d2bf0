package sla

import (
	"errors"
	"fmt"
	"time"

	"nengban/tickets/worktime"
)

// Reckoning is a deadline with all it was reckoned from. [Reckoning.Steps] shows
// the working; it is worked out when asked for, so that a deadline nobody
// unfolds costs little.
type Reckoning struct {
	Start    time.Time
	Limit    Limit     // as it was set, without extensions
	Due      time.Time // in the calendar's zone
	Original time.Time // before extensions and stops
	// UnknownYear is the first year without a holiday list that the deadline leans
	// on, 0 when there is none; see Provisional.
	UnknownYear int
	Calendar    string
	Edition     string // of the calendar; see worktime.Calendar.Edition

	calendar *worktime.Calendar
	changes  []Change
}

// Provisional reports whether a coming year's holiday list may still move the deadline.
func (r Reckoning) Provisional() bool { return r.UnknownYear != 0 }

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

// Due returns when a limit that starts at a moment is due in a calendar. It
// returns an ErrLimit for a limit that cannot be used and the calendar's
// *worktime.RangeError when the start or the deadline lies outside it.
func Due(c *worktime.Calendar, start time.Time, limit Limit) (Reckoning, error) {
	var r Reckoning
	if err := r.reckon(c, start, limit, nil); err != nil {
		return Reckoning{}, err
	}
	return r, nil
}

// Reckon is [Due] with what happened since: extensions make the limit longer,
// whenever they were granted; after that each stop, in order of time, gives back
// what the limit lost by it. A stop that begins after the deadline moves nothing.
func Reckon(c *worktime.Calendar, start time.Time, limit Limit, changes ...Change) (Reckoning, error) {
	var r Reckoning
	if err := r.reckon(c, start, limit, changes); err != nil {
		return Reckoning{}, err
	}
	return r, nil
}

func (r *Reckoning) reckon(c *worktime.Calendar, start time.Time, limit Limit, changes []Change) error {
	if c == nil {
		return errors.New("reckoning a deadline: there is no calendar")
	}
	if err := limit.Validate(); err != nil {
		return fmt.Errorf("reckoning a deadline: %w", err)
	}
	p := placed{limit: limit, start: start.Round(0)} // a deadline has no use for the process's own clock
	if err := p.place(c); err != nil {
		return fmt.Errorf("reckoning %s from %s: %w", limit, start.Format(time.RFC3339), err)
	}
	r.Start, r.Limit, r.Due, r.Original = p.start, limit, p.due, p.due
	r.Calendar, r.Edition, r.calendar, r.changes = c.Name(), c.Edition(), c, changes
	if len(changes) > 0 {
		if err := r.change(&p, nil); err != nil {
			return fmt.Errorf("reckoning %s from %s: %w", limit, start.Format(time.RFC3339), err)
		}
		r.Due = p.due
	}
	if limit.inDays() || limit.InWorkingTime || p.limit.inDays() {
		r.UnknownYear, _ = c.Unknown(c.Date(r.Start), c.Date(r.Due))
	}
	return nil
}

// placed is a limit laid into a calendar.
type placed struct {
	limit    Limit
	start    time.Time
	firstDay worktime.Date // limits in days: the day counted as the first
	lastDay  worktime.Date // limits in natural days: the last before it is moved to a working day
	endDay   worktime.Date // limits in days: the day it ends on
	due      time.Time
}

// place lays the limit into a calendar.
func (p *placed) place(c *worktime.Calendar) error {
	switch p.limit.Unit {
	case WorkingDay:
		return p.placeWorkingDays(c)
	case NaturalDay:
		return p.placeNaturalDays(c)
	default:
		return p.placeTime(c)
	}
}

func (p *placed) placeWorkingDays(c *worktime.Calendar) (err error) {
	if p.firstDay, err = p.firstWorkingDay(c); err != nil {
		return err
	}
	p.endDay = p.firstDay
	if p.limit.N > 1 {
		if p.endDay, err = c.NthWorkingDay(p.firstDay, p.limit.N-1); err != nil {
			return err
		}
	}
	p.due, err = endOf(c, p.endDay, p.limit.End)
	return err
}

// placeNaturalDays counts every day, so the first day counted is the start's own
// whatever day it is. Only where the limit would be over before it began, one day
// counted from after closing time, does it begin a day later.
func (p *placed) placeNaturalDays(c *worktime.Calendar) (err error) {
	p.firstDay = c.Date(p.start) + 1
	if _, err := c.Working(c.Date(p.start)); err != nil {
		return err
	}
	switch {
	case p.limit.CountFirstDay:
		p.firstDay--
	case p.limit.DeferAfterHours:
		p.firstDay, err = arrivalDay(c, p.start)
		p.firstDay++
	}
	if err != nil {
		return err
	}
	p.lastDay = p.firstDay + worktime.Date(p.limit.N-1) //nolint:gosec // Validate bounds N
	if err := p.endNaturalDays(c); err != nil || p.due.After(p.start) {
		return err
	}
	p.firstDay, p.lastDay = p.firstDay+1, p.lastDay+1
	return p.endNaturalDays(c)
}

// endNaturalDays ends the limit on its last day or, when that is not a working
// day, on the next that is (民法典 203).
func (p *placed) endNaturalDays(c *worktime.Calendar) (err error) {
	if p.endDay, err = c.NthWorkingDay(p.lastDay, 0); err != nil {
		return err
	}
	p.due, err = endOf(c, p.endDay, p.limit.End)
	return err
}

func (p *placed) placeTime(c *worktime.Calendar) (err error) {
	length := p.limit.duration()
	if p.limit.InWorkingTime {
		p.due, err = c.Add(p.start, length)
		return err
	}
	p.due = p.start.Add(length).In(c.Location())
	for _, t := range [...]time.Time{p.start, p.due} {
		if _, err = c.Working(c.Date(t)); err != nil {
			return err
		}
	}
	return nil
}

// duration is the length of a limit in minutes or hours.
func (l Limit) duration() time.Duration {
	if l.Unit == Minute {
		return time.Duration(l.N) * time.Minute
	}
	return time.Duration(l.N) * time.Hour
}

// firstWorkingDay returns the working day that is counted as the first.
func (p *placed) firstWorkingDay(c *worktime.Calendar) (worktime.Date, error) {
	if p.limit.CountFirstDay {
		return arrivalDay(c, p.start)
	}
	day := c.Date(p.start)
	if p.limit.DeferAfterHours {
		var err error
		if day, err = arrivalDay(c, p.start); err != nil {
			return 0, err
		}
	}
	return c.NthWorkingDay(day, 1)
}

// arrivalDay returns the day that work arriving at start belongs to: its own when
// that is a working day with business hours left, else the next working day.
func arrivalDay(c *worktime.Calendar, start time.Time) (worktime.Date, error) {
	day := c.Date(start)
	working, err := c.Working(day)
	if err != nil {
		return 0, err
	}
	if working {
		closing, _, err := c.Closing(day)
		if err != nil || start.Before(closing) {
			return day, err
		}
	}
	return c.NthWorkingDay(day, 1)
}

// endOf returns when a working day ends. Midnight, and a day that is open until
// then, is written as 23:59:59, so that the date shown is the day meant.
func endOf(c *worktime.Calendar, day worktime.Date, end End) (time.Time, error) {
	if end == Midnight {
		return c.EndOfDate(day), nil
	}
	closing, _, err := c.EndOfBusiness(day)
	return closing, err
}

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
