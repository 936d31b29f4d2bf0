package worktime

import "time"

// NthWorkingDay returns the n-th working day after a date for n > 0, the n-th
// before it for n < 0, and for n = 0 the date itself or, when that is not a
// working day, the next one. It returns a *RangeError when the date or the
// answer lies outside the calendar.
func (c *Calendar) NthWorkingDay(from Date, n int) (Date, error) {
	if err := c.within(from); err != nil {
		return 0, err
	}
	i := from - c.first
	k := int(c.rank[i]) + n
	if n > 0 {
		k = int(c.rank[i+1]) + n - 1
	}
	switch {
	case k < 0:
		return 0, &RangeError{Calendar: c.spec.Name, Date: c.first - 1, First: c.first, Last: c.last}
	case k >= len(c.nth):
		return 0, &RangeError{Calendar: c.spec.Name, First: c.first, Last: c.last}
	}
	return c.first + Date(c.nth[k]), nil
}

// WorkingDays counts the working days from one date up to but not including
// another; the count is negative when to lies before from. The day after the
// calendar's last may be named as an end.
func (c *Calendar) WorkingDays(from, to Date) (int, error) {
	for _, d := range [...]Date{from, to} {
		if err := c.within(d); err != nil && d != c.last+1 {
			return 0, err
		}
	}
	return int(c.rank[to-c.first] - c.rank[from-c.first]), nil
}

// Opening returns the moment at which a date's first hours begin; ok is false on
// a day that does not open.
func (c *Calendar) Opening(d Date) (t time.Time, ok bool, err error) {
	if err := c.within(d); err != nil {
		return time.Time{}, false, err
	}
	hours := c.hours(d)
	if len(hours) == 0 {
		return time.Time{}, false, nil
	}
	from, _ := c.instants(d, hours[0])
	return c.zone.time(from, 0), true, nil
}

// Closing returns the moment at which a date's last hours end, the close of
// business; ok is false on a day that does not open. A day open until 24:00
// closes at the midnight that begins the next.
func (c *Calendar) Closing(d Date) (t time.Time, ok bool, err error) {
	if err := c.within(d); err != nil {
		return time.Time{}, false, err
	}
	hours := c.hours(d)
	if len(hours) == 0 {
		return time.Time{}, false, nil
	}
	_, to := c.instants(d, hours[len(hours)-1])
	return c.zone.time(to, 0), true, nil
}

// EndOfBusiness is Closing as deadlines write it: a day open until 24:00 ends at
// 23:59:59, so that the date shown is the day meant.
func (c *Calendar) EndOfBusiness(d Date) (t time.Time, ok bool, err error) {
	t, ok, err = c.Closing(d)
	if last := c.EndOfDate(d); ok && t.After(last) {
		t = last
	}
	return t, ok, err
}

// EndOfDate returns the last second of a date, 23:59:59.
func (c *Calendar) EndOfDate(d Date) time.Time {
	return c.zone.time(c.zone.instant(int64(d+1)*secondsPerDay)-1, 0)
}

// DayLength returns how long an ordinary working day of the week is open: the
// commonest length in the base week, the longer of two as common. It serves to
// put working time into words ("2 working days 3 h").
func (c *Calendar) DayLength() time.Duration {
	count := make(map[uint32]int)
	var best uint32
	for _, hours := range c.spec.Week {
		length := openSeconds(hours)
		if length == 0 {
			continue
		}
		count[length]++
		if count[length] > count[best] || count[length] == count[best] && length > best {
			best = length
		}
	}
	return time.Duration(best) * time.Second
}
