package sla

import (
	"fmt"
	"strings"
	"time"

	"nengban/tickets/worktime"
)

// Text puts the step into a sentence in a language ("zh-CN", "en").
func (s Step) Text(lang string) string {
	tell := chineseSentences
	if isEnglish(lang) {
		tell = englishSentences
	}
	if sentence, ok := tell[s.Kind]; ok {
		return sentence(s)
	}
	return string(s.Kind)
}

// plain is the limit without its settings, which the sentence says in its own words.
func (l Limit) plain(lang string) string {
	return Limit{N: l.N, Unit: l.Unit, InWorkingTime: l.InWorkingTime}.Text(lang)
}

// skipsInside reports whether days inside the run are not counted.
func (s Step) skipsInside() bool { return len(s.Days) > s.CountTo-s.Count+1 }

func (s Step) inDays() (days, rest int64) {
	length := int64(s.dayLength / time.Second)
	if length == 0 {
		return 0, s.Seconds
	}
	return s.Seconds / length, s.Seconds % length
}

func duration(seconds int64, h, m, s, gap string) string {
	var parts []string
	for _, part := range []struct {
		n    int64
		unit string
	}{{seconds / 3600, h}, {seconds / 60 % 60, m}, {seconds % 60, s}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d%s", part.n, part.unit))
		}
	}
	if len(parts) == 0 {
		return "0" + m
	}
	return strings.Join(parts, gap)
}

// clockOf says the time to the minute, and to the second when there are any.
func clockOf(t time.Time) string {
	if t.Second() != 0 {
		return t.Format("15:04:05")
	}
	return t.Format("15:04")
}

// clockUntil is clockOf for the end of a stretch of a day, which may be 24:00.
func clockUntil(t time.Time, day worktime.Date) string {
	year, month, d := t.Date()
	if worktime.DateOf(year, month, d) > day {
		return "24:00"
	}
	return clockOf(t)
}

func dayTime(d worktime.Date) time.Time {
	year, month, day := d.Civil()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}
