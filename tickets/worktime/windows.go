package worktime

import (
	"errors"
	"fmt"
	"time"
)

// Windows are the hours in which something may go out to people: a survey text,
// a callback, a warning. They are a calendar's opening hours read as
// permissions, holidays and all; a window for every day of the week is a
// calendar that keeps no holidays.
//
// Its answers carry their own end, so that a schedule that has run out of
// windows hears so at once and does not try for ever.
type Windows struct {
	calendar *Calendar
}

// NewWindows returns the windows that are a calendar's opening hours.
func NewWindows(c *Calendar) Windows { return Windows{calendar: c} }

// Open reports whether something may go out at t.
func (w Windows) Open(t time.Time) (bool, error) { return w.calendar.Open(t) }

// NextOpen returns the first allowed moment from t on, which is t itself inside
// a window. It returns ErrNoWindow when there is none before end; the zero end
// means the calendar's own.
func (w Windows) NextOpen(t, end time.Time) (time.Time, error) {
	next, err := w.calendar.NextOpen(t)
	if err != nil {
		if end.IsZero() || !errors.Is(err, ErrBeyondTable) {
			return time.Time{}, err
		}
		return time.Time{}, w.none(t, end)
	}
	if !end.IsZero() && !next.Before(end) {
		return time.Time{}, w.none(t, end)
	}
	return next, nil
}

// Retries returns the moments of up to most further tries, each the wait after
// the one before and moved to the next window when that falls outside. It stops,
// without an error, where no window is left before end; no tries at all are
// possible too, and mean that the person counts as not reached. It returns an
// error for a wait that is not positive.
func (w Windows) Retries(last time.Time, wait time.Duration, most int, end time.Time) ([]time.Time, error) {
	if wait <= 0 {
		return nil, errors.New("planning retries: the wait between tries must be positive")
	}
	var tries []time.Time
	for len(tries) < most {
		next, err := w.NextOpen(last.Add(wait), end)
		if errors.Is(err, ErrNoWindow) || errors.Is(err, ErrBeyondTable) {
			break
		}
		if err != nil {
			return nil, err
		}
		tries = append(tries, next)
		last = next
	}
	return tries, nil
}

// Verdict says what to do now with something that waits to go out.
type Verdict string

// The verdicts of [Windows.Judge].
const (
	SendNow Verdict = "send_now"
	Wait    Verdict = "wait"
	Expired Verdict = "expired"
)

// Judge decides, at the moment of sending, about something that may go out from
// notBefore on and not at or after notAfter, whenever it was queued. With Wait
// comes the moment to ask again. Zero bounds do not bind.
func (w Windows) Judge(now, notBefore, notAfter time.Time) (Verdict, time.Time, error) {
	if !notAfter.IsZero() && !now.Before(notAfter) {
		return Expired, time.Time{}, nil
	}
	from := now
	if notBefore.After(now) {
		from = notBefore
	}
	next, err := w.NextOpen(from, notAfter)
	if errors.Is(err, ErrNoWindow) {
		return Expired, time.Time{}, nil
	}
	if err != nil {
		return "", time.Time{}, err
	}
	if next.After(now) {
		return Wait, next, nil
	}
	return SendNow, now, nil
}

// AnswerBy returns the moment until which an answer is waited for: the wait runs
// from the moment the call was really placed or the text really sent, not from
// when it was queued. It returns an error while nothing has gone out.
func AnswerBy(placed time.Time, wait time.Duration) (time.Time, error) {
	if placed.IsZero() {
		return time.Time{}, errors.New("waiting for an answer: nothing has gone out yet")
	}
	return placed.Add(wait), nil
}

func (w Windows) none(t, end time.Time) error {
	return fmt.Errorf("between %s and %s: %w",
		t.In(w.calendar.zone.loc).Format(time.DateTime), end.In(w.calendar.zone.loc).Format(time.DateTime), ErrNoWindow)
}
