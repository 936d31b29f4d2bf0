package sla

import (
	"time"

	"nengban/tickets/worktime"
)

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
	p.lastDay = p.firstDay + worktime.Date(p.limit.N-1)
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
