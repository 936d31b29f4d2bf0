package i18n

import (
	"fmt"
	"time"
)

// Date writes a day: 2026年9月24日 周四, Thu 24 Sep 2026.
func (l *Locale) Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(l.Zone)
	if l.Chinese() {
		return fmt.Sprintf("%d年%d月%d日 %s", t.Year(), t.Month(), t.Day(), weekday(t))
	}
	return t.Format("Mon 2 Jan 2006")
}

// Time writes day and hour: 9月24日 周四 16:50, Thu 24 Sep 16:50. The year is
// left out when it is this one, by now.
func (l *Locale) Time(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	t, now = t.In(l.Zone), now.In(l.Zone)
	same := t.Year() == now.Year()
	switch {
	case l.Chinese() && same:
		return fmt.Sprintf("%d月%d日 %s %s", t.Month(), t.Day(), weekday(t), t.Format("15:04"))
	case l.Chinese():
		return fmt.Sprintf("%d年%d月%d日 %s", t.Year(), t.Month(), t.Day(), t.Format("15:04"))
	case same:
		return t.Format("Mon 2 Jan 15:04")
	default:
		return t.Format("2 Jan 2006 15:04")
	}
}

// Clock writes the hour alone: 16:50.
func (l *Locale) Clock(t time.Time) string { return t.In(l.Zone).Format("15:04") }

// Span writes a length of time in its two largest units: 2天3小时, 2 d 3 h;
// under a minute it is "0 min".
func (l *Locale) Span(d time.Duration) string {
	if d < 0 {
		d = -d
	}
	day, hour, minute := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60
	units := [3]string{" d", " h", " min"}
	if l.Chinese() {
		units = [3]string{"天", "小时", "分钟"}
	}
	gap := " "
	if l.Chinese() {
		gap = ""
	}
	switch {
	case day > 0 && hour > 0:
		return fmt.Sprintf("%d%s%s%d%s", day, units[0], gap, hour, units[1])
	case day > 0:
		return fmt.Sprintf("%d%s", day, units[0])
	case hour > 0 && minute > 0:
		return fmt.Sprintf("%d%s%s%d%s", hour, units[1], gap, minute, units[2])
	case hour > 0:
		return fmt.Sprintf("%d%s", hour, units[1])
	default:
		return fmt.Sprintf("%d%s", minute, units[2])
	}
}

func weekday(t time.Time) string {
	return "周" + string([]rune("日一二三四五六")[t.Weekday()])
}
