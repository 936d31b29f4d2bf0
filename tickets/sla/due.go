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

	calendar *worktime.Calendar
	changes  []Change
}

// Provisional reports whether a coming year's holiday list may still move the deadline.
func (r Reckoning) Provisional() bool { return r.UnknownYear != 0 }

// Calendar names the calendar the deadline was reckoned in, empty for a Reckoning
// that was not made by [Due], [Reckon] or [Replay].
func (r Reckoning) Calendar() string {
	if r.calendar == nil {
		return ""
	}
	return r.calendar.Name()
}

// Edition is that calendar's edition; see [worktime.Calendar.Edition].
func (r Reckoning) Edition() string {
	if r.calendar == nil {
		return ""
	}
	return r.calendar.Edition()
}

// Due returns when a limit that starts at a moment is due in a calendar. It
// returns an ErrLimit for a limit that cannot be used and the calendar's
// *worktime.RangeError when the start or the deadline lies outside it.
func Due(c *worktime.Calendar, start time.Time, limit Limit) (r Reckoning, err error) {
	if err = r.reckon(c, start, limit, nil); err != nil {
		r = Reckoning{}
	}
	return r, err
}

// Reckon is [Due] with what happened since: extensions make the limit longer,
// whenever they were granted; after that each stop, in order of time, gives back
// what the limit lost by it. A stop that begins after the deadline moves nothing.
func Reckon(c *worktime.Calendar, start time.Time, limit Limit, changes ...Change) (r Reckoning, err error) {
	if err = r.reckon(c, start, limit, changes); err != nil {
		r = Reckoning{}
	}
	return r, err
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
	r.calendar, r.changes = c, changes
	if len(changes) > 0 {
		if err := r.change(&p, nil); err != nil {
			return fmt.Errorf("reckoning %s from %s: %w", limit, start.Format(time.RFC3339), err)
		}
		r.Due = p.due
	}
	if last := c.Date(r.Due); !c.Settled(last) && (limit.inDays() || limit.InWorkingTime || p.limit.inDays()) {
		r.UnknownYear, _ = c.Unknown(c.Date(r.Start), last)
	}
	return nil
}
