package demo

import (
	"fmt"
	"time"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/tickets/worktime"
)

// hours are when people act. Everybody's delays are counted in his own hours,
// so that whatever the demo's last moment is, a midnight or a holiday, a
// caseworker acts in office time and a citizen calls when he likes.
type hours struct {
	office *worktime.Calendar // departments, and the desk's people of the day
	window *worktime.Calendar // halls
	duty   *worktime.Calendar // dispatchers, from eight to eight every day
	always *worktime.Calendar // the hotline, citizens, and everybody where life is in danger
}

func newHours(limits *tickets.Limits) (hours, error) {
	week := worktime.EveryDay(worktime.Hours{From: worktime.At(8, 0), To: worktime.At(20, 0)})
	duty, err := worktime.New(worktime.Spec{Name: "duty", Version: 1, Zone: worktime.Shanghai, Week: week}, limits.Holidays())
	if err != nil {
		return hours{}, fmt.Errorf("laying out the dispatchers' hours: %w", err)
	}
	all := limits.Calendars()
	h := hours{office: all[worktime.Department], window: all[worktime.Window], duty: duty, always: all[worktime.Hotline]}
	if h.office == nil || h.window == nil || h.always == nil {
		return hours{}, fmt.Errorf("laying out the hours: a calendar is missing; there are %v", all)
	}
	return h, nil
}

// of returns the hours that a member keeps.
func (h hours) of(m staff.Member) *worktime.Calendar {
	switch {
	case m.Is(staff.Operator), m.Is(staff.Citizen), m.Is(staff.System):
		return h.always
	case m.Is(staff.WindowClerk):
		return h.window
	case m.Is(staff.Dispatcher):
		return h.duty
	default:
		return h.office
	}
}

// after returns the moment at which d of the calendar's hours has passed since
// t. What would end just at closing time ends a little before it: nobody signs
// on the stroke.
func after(c *worktime.Calendar, t time.Time, d time.Duration) (time.Time, error) {
	at, err := c.NextOpen(t)
	if err != nil {
		return t, fmt.Errorf("going on in office time: %w", err)
	}
	if at, err = c.Add(at, d); err != nil {
		return t, fmt.Errorf("going on in office time: %w", err)
	}
	open, err := c.Open(at)
	if err != nil || open {
		return at, err
	}
	return at.Add(-beforeClosing), nil
}

// before is after the other way: the moment from which d of the hours passes
// until t.
func before(c *worktime.Calendar, t time.Time, d time.Duration) (time.Time, error) {
	at, err := c.LastOpen(t)
	if err == nil {
		at, err = c.Sub(at, d)
	}
	if err != nil {
		return t, fmt.Errorf("going back in office time: %w", err)
	}
	open, err := c.Open(at)
	if err != nil || open {
		return at, err
	}
	return at.Add(-beforeClosing), nil
}

const beforeClosing = 40 * time.Second

// workday returns a time of day on the n-th working day before t's, where 0 is
// the day itself or, when that is free, the last working day before it.
func (h hours) workday(t time.Time, n int, hour worktime.TimeOfDay) (time.Time, error) {
	day := h.office.Date(t)
	working, err := h.office.Working(day)
	if err != nil {
		return t, fmt.Errorf("counting working days: %w", err)
	}
	if !working {
		n++
	}
	if n > 0 {
		if day, err = h.office.NthWorkingDay(day, -n); err != nil {
			return t, fmt.Errorf("counting working days: %w", err)
		}
	}
	y, m, d := day.Civil()
	return time.Date(y, m, d, 0, 0, int(hour), 0, tickets.Shanghai), nil
}
