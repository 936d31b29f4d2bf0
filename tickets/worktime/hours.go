package worktime

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// TimeOfDay is a wall clock's reading as seconds since midnight, 0 to 86,400;
// 24:00 is the end of the day.
type TimeOfDay int32

// EndOfDay is 24:00.
const EndOfDay TimeOfDay = secondsPerDay

// At is the time of day at the given hour and minute.
func At(hour, minute int) TimeOfDay { return TimeOfDay(hour*3600 + minute*60) }

// ParseTimeOfDay reads "09:00", "17:30:30" or "24:00".
func ParseTimeOfDay(s string) (TimeOfDay, error) {
	wrong := fmt.Errorf("%q is not a time of day between 00:00 and 24:00", clip(s))
	parts := strings.Split(s, ":")
	if len(parts) != 2 && len(parts) != 3 {
		return 0, wrong
	}
	seconds := 0
	for i, most := range []int{24, 59, 59}[:len(parts)] {
		n, err := strconv.ParseUint(parts[i], 10, 8)
		if err != nil || int(n) > most || len(parts[i]) > 2 {
			return 0, wrong
		}
		seconds = seconds*60 + int(n)
	}
	if len(parts) == 2 {
		seconds *= 60
	}
	if seconds > secondsPerDay {
		return 0, wrong
	}
	return TimeOfDay(seconds), nil
}

// String returns "09:00", or "09:00:30" when there are seconds to show.
func (t TimeOfDay) String() string {
	hour, minute, second := int(t)/3600, int(t)/60%60, int(t)%60
	if second != 0 {
		return fmt.Sprintf("%02d:%02d:%02d", hour, minute, second)
	}
	return fmt.Sprintf("%02d:%02d", hour, minute)
}

// Hours is a stretch of a day by the wall clock, half-open: from From up to but
// not including To. A night shift is two: 22:00-24:00 and 00:00-06:00 the day after.
type Hours struct {
	From, To TimeOfDay
}

// ParseHours reads "09:00-12:00".
func ParseHours(s string) (Hours, error) {
	from, to, ok := strings.Cut(s, "-")
	if !ok {
		return Hours{}, fmt.Errorf("%q is not a pair of hours like 09:00-12:00", clip(s))
	}
	var h Hours
	var err error
	if h.From, err = ParseTimeOfDay(strings.TrimSpace(from)); err != nil {
		return Hours{}, err
	}
	if h.To, err = ParseTimeOfDay(strings.TrimSpace(to)); err != nil {
		return Hours{}, err
	}
	return h, nil
}

// String returns "09:00-12:00".
func (h Hours) String() string { return h.From.String() + "-" + h.To.String() }

// MarshalText writes "09:00-12:00".
func (h Hours) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (h *Hours) UnmarshalText(text []byte) error {
	parsed, err := ParseHours(string(text))
	if err != nil {
		return err
	}
	*h = parsed
	return nil
}

// Span is a stretch of time, half-open: it contains From and not To.
type Span struct {
	From, To time.Time
}

// Duration is the time the span lasts, never negative for a span this package made.
func (s Span) Duration() time.Duration { return s.To.Sub(s.From) }

// Contains reports whether t lies in the span.
func (s Span) Contains(t time.Time) bool { return !t.Before(s.From) && t.Before(s.To) }
