package callbacks

import (
	"fmt"
	"time"

	"nengban/tickets/worktime"
)

// noonHour parts the day in two halves: a second call on the same half-day
// finds the same person out.
const noonHour = 13

// hours are the times in which people may be troubled.
type hours struct {
	texts    worktime.Windows // the hours of every day but public holidays
	calls    worktime.Windows // the same hours of working days
	days     *worktime.Calendar
	textDays *worktime.Calendar
	callDays *worktime.Calendar
}

// newHours builds them, or says why the settings make none.
func newHours(p Policy, table worktime.Table) (*hours, error) {
	calendar := func(name string, week worktime.Week, holidays bool) (*worktime.Calendar, error) {
		c, err := worktime.New(worktime.Spec{Name: name, Version: 1, Zone: worktime.Shanghai, Week: week, Holidays: holidays}, table)
		if err != nil {
			return nil, fmt.Errorf("laying out the hours of callbacks: %w", err)
		}
		return c, nil
	}
	text, err := calendar("texts", worktime.EveryDay(p.Hours...), !p.TextsOnHolidays)
	if err != nil {
		return nil, err
	}
	call, err := calendar("calls", worktime.MondayToFriday(p.Hours...), true)
	if err != nil {
		return nil, err
	}
	days, err := worktime.New(worktime.Defaults()[0], table)
	if err != nil {
		return nil, fmt.Errorf("laying out the working days: %w", err)
	}
	return &hours{texts: worktime.NewWindows(text), calls: worktime.NewWindows(call), days: days, textDays: text, callDays: call}, nil
}

// windows returns the windows of a way.
func (h *hours) windows(w Way) worktime.Windows {
	if w == ByVoice {
		return h.calls
	}
	return h.texts
}

// next returns the first allowed moment from t on.
func (h *hours) next(w Way, t time.Time) (time.Time, error) {
	at, err := h.windows(w).NextOpen(t, time.Time{})
	if err != nil {
		return time.Time{}, fmt.Errorf("finding the next hour for a %s: %w", w, err)
	}
	return at.UTC(), nil
}

// closes returns the end of the stretch of allowed time that t lies in.
func (h *hours) closes(w Way, t time.Time) (time.Time, error) {
	c := h.textDays
	if w == ByVoice {
		c = h.callDays
	}
	spans, err := c.Spans(c.Date(t))
	if err != nil {
		return time.Time{}, fmt.Errorf("finding the end of the hours: %w", err)
	}
	for _, s := range spans {
		if s.Contains(t) {
			return s.To.UTC(), nil
		}
	}
	return t, nil
}

// otherHalf returns the first allowed moment that is not on the same half-day as t.
func (h *hours) otherHalf(w Way, t time.Time) (time.Time, error) {
	local := t.In(h.days.Location())
	y, m, d := local.Date()
	from := time.Date(y, m, d, noonHour, 0, 0, 0, local.Location())
	if !local.Before(from) {
		from = time.Date(y, m, d+1, 0, 0, 0, 0, local.Location())
	}
	return h.next(w, from)
}

// workingDaysAfter returns the close of business of the nth working day after t's.
func (h *hours) workingDaysAfter(t time.Time, n int) (time.Time, error) {
	day, err := h.days.NthWorkingDay(h.days.Date(t), n)
	if err != nil {
		return time.Time{}, fmt.Errorf("counting %d working days: %w", n, err)
	}
	at, _, err := h.days.Closing(day)
	if err != nil {
		return time.Time{}, fmt.Errorf("counting %d working days: %w", n, err)
	}
	return at.UTC(), nil
}

// month returns the first moments of t's month and of the next, in Shanghai.
func (h *hours) month(t time.Time) (from, to time.Time) {
	local := t.In(h.days.Location())
	from = time.Date(local.Year(), local.Month(), 1, 0, 0, 0, 0, local.Location())
	return from.UTC(), from.AddDate(0, 1, 0).UTC()
}
