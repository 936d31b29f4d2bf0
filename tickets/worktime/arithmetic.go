package worktime

import (
	"errors"
	"math"
	"time"
)

// Add returns the moment at which d of working time has passed since t: the
// earliest such moment, so an hour of work begun an hour before closing ends at
// closing time. Adding nothing returns t. It returns an error for a negative d
// and a *RangeError when t or the answer lies outside the calendar.
func (c *Calendar) Add(t time.Time, d time.Duration) (time.Time, error) {
	if d < 0 {
		return time.Time{}, errors.New("adding working time: the time is negative")
	}
	at, day, err := c.position(t)
	if err != nil || d == 0 {
		return t.In(c.zone.loc), err
	}
	if int64(d) > math.MaxInt64-at {
		return time.Time{}, &RangeError{Calendar: c.spec.Name, First: c.first, Last: c.last}
	}
	target := at + int64(d)
	return c.momentAfter(target, c.dayReaching(target, day))
}

// Sub returns the moment from which d of working time passes until t: the latest
// such moment. Two working hours before Monday 09:00 is Friday 15:30. Errors are
// those of Add.
func (c *Calendar) Sub(t time.Time, d time.Duration) (time.Time, error) {
	if d < 0 {
		return time.Time{}, errors.New("subtracting working time: the time is negative")
	}
	at, day, err := c.position(t)
	if err != nil || d == 0 {
		return t.In(c.zone.loc), err
	}
	if int64(d) > at {
		return time.Time{}, &RangeError{Calendar: c.spec.Name, Date: c.first - 1, First: c.first, Last: c.last}
	}
	target := at - int64(d)
	return c.momentBefore(target, c.dayPassing(target, day))
}

// Between returns the working time from one moment to another, negative when to
// comes before from. It adds up exactly: from a to b and from b to c make from a
// to c. It returns a *RangeError for a moment outside the calendar.
func (c *Calendar) Between(from, to time.Time) (time.Duration, error) {
	a, _, err := c.position(from)
	if err != nil {
		return 0, err
	}
	b, _, err := c.position(to)
	if err != nil {
		return 0, err
	}
	return time.Duration(b - a), nil
}

// Open reports whether the calendar is open at t.
func (c *Calendar) Open(t time.Time) (bool, error) {
	d := c.Date(t)
	if err := c.within(d); err != nil {
		return false, err
	}
	unix := t.Unix()
	for _, h := range c.hours(d) {
		if from, to := c.instants(d, h); unix >= from && unix < to {
			return true, nil
		}
	}
	return false, nil
}

// NextOpen returns t when the calendar is open then, and else the moment it next
// opens. It returns a *RangeError when it does not open again.
func (c *Calendar) NextOpen(t time.Time) (time.Time, error) {
	open, err := c.Open(t)
	if err != nil {
		return time.Time{}, err
	}
	if open {
		return t.In(c.zone.loc), nil
	}
	at, day, err := c.position(t)
	if err != nil {
		return time.Time{}, err
	}
	return c.momentBefore(at, c.dayPassing(at, day))
}

// LastOpen returns the end of the last opening before t: t itself while the
// calendar is open or just closing, else the closing before. It returns a
// *RangeError when there is none.
func (c *Calendar) LastOpen(t time.Time) (time.Time, error) {
	open, err := c.Open(t)
	if err != nil {
		return time.Time{}, err
	}
	if open {
		return t.In(c.zone.loc), nil
	}
	at, day, err := c.position(t)
	if err != nil {
		return time.Time{}, err
	}
	if at == 0 {
		return time.Time{}, &RangeError{Calendar: c.spec.Name, Date: c.first - 1, First: c.first, Last: c.last}
	}
	return c.momentAfter(at, c.dayReaching(at, day))
}

// position returns the working time, in nanoseconds, from the calendar's first
// moment to t, and the place of t's day in the index.
func (c *Calendar) position(t time.Time) (worked int64, day int, err error) {
	unix := t.Unix()
	d := dateAt(c.zone.wall(unix))
	if err := c.within(d); err != nil {
		return 0, 0, err
	}
	day = int(d - c.first)
	seconds := int64(c.worked[day])
	for _, h := range c.hours(d) {
		from, to := c.instants(d, h)
		if unix < from {
			break
		}
		if unix < to {
			return (seconds+unix-from)*int64(time.Second) + int64(t.Nanosecond()), day, nil
		}
		seconds += to - from
	}
	return seconds * int64(time.Second), day, nil
}

// dayReaching returns the first day at whose end at least target has been worked.
func (c *Calendar) dayReaching(target int64, near int) int {
	return c.firstDay((target+int64(time.Second)-1)/int64(time.Second), near)
}

// dayPassing returns the first day at whose end more than target has been worked.
func (c *Calendar) dayPassing(target int64, near int) int {
	return c.firstDay(target/int64(time.Second)+1, near)
}

// firstDay returns the first day at whose end so many seconds have been worked,
// or one past the last day. It looks in widening steps around near, where the
// answer mostly is.
func (c *Calendar) firstDay(seconds int64, near int) int {
	ends := c.worked[1:]
	low, high := near, near // ends[high] is enough, ends[low-1] is not
	for step := 1; high < len(ends) && int64(ends[high]) < seconds; step *= 2 {
		low, high = high+1, min(high+step, len(ends))
	}
	for step := 1; low > 0 && int64(ends[low-1]) >= seconds; step *= 2 {
		low, high = max(low-step, 0), low-1
	}
	for low < high {
		middle := (low + high) / 2
		if int64(ends[middle]) >= seconds {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

// momentAfter returns the earliest moment of the day at which target is worked.
func (c *Calendar) momentAfter(target int64, day int) (time.Time, error) {
	return c.moment(target, day, 1)
}

// momentBefore returns the latest moment of the day at which target is worked
// and no more: past a break that begins there.
func (c *Calendar) momentBefore(target int64, day int) (time.Time, error) {
	return c.moment(target, day, 0)
}

// moment returns the moment of the day at which target is worked. A stretch that
// ends just then counts as holding it when slack is 1, and not when it is 0.
func (c *Calendar) moment(target int64, day int, slack int64) (time.Time, error) {
	if day < len(c.days) {
		d := c.first + Date(day)
		left := target - int64(c.worked[day])*int64(time.Second)
		for _, h := range c.hours(d) {
			from, to := c.instants(d, h)
			length := (to - from) * int64(time.Second)
			if left < length+slack {
				return c.zone.time(from+left/int64(time.Second), left%int64(time.Second)), nil
			}
			left -= length
		}
	}
	return time.Time{}, &RangeError{Calendar: c.spec.Name, First: c.first, Last: c.last}
}
