package worktime

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// readICS reads the all-day events of an iCalendar (RFC 5545). Published
// calendars write the kind of day in many ways: 春节(休), 春节假期, 上班(补春节假期),
// 春节 补班 第1天/共2天, Spring Festival(Workday), or Apple's X-APPLE-SPECIAL-DAY.
func readICS(text string) ([]listedDay, error) {
	var days []listedDay
	var event *icsEvent
	depth := 0 // of parts inside the event, such as alarms, whose lines are not the event's
	for _, line := range unfold(text) {
		name, value := line.property()
		switch {
		case name == "BEGIN" && event == nil && strings.EqualFold(value, "VEVENT"):
			event = &icsEvent{line: line.number}
		case event == nil:
		case name == "BEGIN":
			depth++
		case name == "END" && depth > 0:
			depth--
		case name == "END":
			found, err := event.days()
			if err != nil {
				return nil, err
			}
			if days = append(days, found...); len(days) > mostDays*100 {
				return nil, fmt.Errorf("line %d: more days than a hundred years of notices", line.number)
			}
			event = nil
		case depth == 0:
			event.take(name, value)
		}
	}
	if event != nil {
		return nil, fmt.Errorf("line %d: the event does not end", event.line)
	}
	return days, nil
}

// icsEvent is what matters of one event.
type icsEvent struct {
	line                               int
	start, end, summary, apple, cancel string
}

func (e *icsEvent) take(name, value string) {
	switch name {
	case "DTSTART":
		e.start = value
	case "DTEND":
		e.end = value
	case "SUMMARY":
		e.summary = unescape(value)
	case "X-APPLE-SPECIAL-DAY":
		e.apple = value
	case "STATUS":
		e.cancel = value
	}
}

// days returns the days from start up to but not including end.
func (e *icsEvent) days() ([]listedDay, error) {
	if e.cancel == "CANCELLED" {
		return nil, nil
	}
	from, _, err := icsDate(e.start)
	if err != nil {
		return nil, fmt.Errorf("line %d: DTSTART: %w", e.line, err)
	}
	to := from + 1
	if e.end != "" {
		end, midnight, err := icsDate(e.end)
		if err != nil {
			return nil, fmt.Errorf("line %d: DTEND: %w", e.line, err)
		}
		if to = end; !midnight {
			to++ // a worked day written as 09:00 to 18:00
		}
	}
	if to <= from || to-from > 31 {
		return nil, &DayError{Date: from, Line: e.line, Code: LongEvent, Reason: "begins an event that does not end within a month after it"}
	}
	off, name, err := e.meaning()
	if err != nil {
		return nil, &DayError{Date: from, Line: e.line, Code: Meaningless, Names: []string{clip(e.summary)}, Reason: err.Error()}
	}
	var days []listedDay
	for d := from; d < to; d++ {
		days = append(days, listedDay{Holiday{Date: d, Off: off, Name: name}, e.line})
	}
	return days, nil
}

var (
	icsWork   = regexp.MustCompile(`(?i)班|workday|work day|make-?up`)
	icsOff    = regexp.MustCompile(`(?i)休|假|holiday|day off`)
	icsMadeUp = regexp.MustCompile(`^上班[(（]补(.+?)(?:假期)?[)）]$`)
	icsTail   = regexp.MustCompile(`(?i)\s*(?:[(（](?:休|班|holiday|workday)[)）]|假期|放假|补班|调休|上班|第\d+天/共\d+天)\s*`)
)

// meaning reads the kind of day and the holiday's name. A working day's text may
// well contain 假期 (上班(补春节假期)), so work is looked for first.
func (e *icsEvent) meaning() (off bool, name string, err error) {
	switch {
	case e.apple == "ALTERNATE-WORKDAY" || e.apple == "" && icsWork.MatchString(e.summary):
		off = false
	case e.apple == "WORK-HOLIDAY" || e.apple == "" && icsOff.MatchString(e.summary):
		off = true
	default:
		return false, "", fmt.Errorf("does not say whether it is off or worked: %q", clip(e.summary))
	}
	name = e.summary
	if made := icsMadeUp.FindStringSubmatch(name); made != nil {
		name = made[1]
	}
	name = strings.TrimSpace(icsTail.ReplaceAllString(name, ""))
	if name == "" {
		return false, "", fmt.Errorf("does not name its holiday: %q", clip(e.summary))
	}
	return off, chineseName(name), nil
}

// icsDate reads 20270101 or 20270101T090000 and says whether it is a midnight.
func icsDate(value string) (d Date, midnight bool, err error) {
	day, clock, timed := strings.Cut(value, "T")
	t, err := time.Parse("20060102", day)
	if err != nil {
		return 0, false, fmt.Errorf("%q is not a date", clip(value))
	}
	if strings.HasSuffix(clock, "Z") {
		return 0, false, fmt.Errorf("%q is in UTC, which may be another day here; whole days are wanted", clip(value))
	}
	return Date(t.Unix() / secondsPerDay), !timed || strings.HasPrefix(clock, "000000"), nil
}

// icsLine is a content line with its folded continuations joined.
type icsLine struct {
	number int
	text   string
}

// unfold joins lines that begin with a blank to the line before (RFC 5545, 3.1).
func unfold(text string) []icsLine {
	var lines []icsLine
	var joined strings.Builder
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSuffix(line, "\r")
		if len(lines) > 0 && line != "" && (line[0] == ' ' || line[0] == '\t') {
			joined.WriteString(line[1:])
			continue
		}
		if len(lines) > 0 {
			lines[len(lines)-1].text = joined.String()
		}
		joined.Reset()
		joined.WriteString(line)
		lines = append(lines, icsLine{number: n + 1})
	}
	lines[len(lines)-1].text = joined.String()
	return lines
}

// property splits "DTSTART;VALUE=DATE:20270101" into its name and its value.
func (l icsLine) property() (name, value string) {
	name, value, _ = strings.Cut(l.text, ":")
	name, _, _ = strings.Cut(name, ";")
	return strings.ToUpper(strings.TrimSpace(name)), strings.TrimSpace(value)
}

func unescape(s string) string {
	return strings.NewReplacer(`\,`, ",", `\;`, ";", `\n`, " ", `\N`, " ", `\\`, `\`).Replace(s)
}
