package worktime

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
	_ "time/tzdata" // an office machine may come without the zone files
)

// Spec is a calendar as people write it down and as it is stored: one JSON
// object. A Spec is plain data and may be wrong; [New] is where that shows.
type Spec struct {
	// Name is what limits call the calendar by: department, window, hotline.
	Name string `json:"name"`
	// Version grows with every change, so that a deadline can say what it was reckoned with.
	Version int `json:"version"`
	// Zone is an IANA name, Asia/Shanghai.
	Zone string `json:"zone"`
	// Week holds the ordinary hours. A weekday with hours is a working day.
	Week Week `json:"week"`
	// Extra holds hours on weekdays that open without being working days: the
	// counter that serves on Saturday mornings. Time limits run in them, day
	// limits do not count them.
	Extra Week `json:"extra,omitzero"`
	// Seasons replace the week for a part of each year: summer hours.
	Seasons []Season `json:"seasons,omitempty"`
	// Holidays says whether the State Council's holidays and make-up days apply.
	Holidays bool `json:"holidays"`
	// MakeUp holds the hours of a make-up day; empty means those of the first
	// working day of that week.
	MakeUp []Hours `json:"make_up,omitempty"`
	// Days holds the city's own exceptions; they go before the holidays.
	Days []Override `json:"days,omitempty"`
}

// Week holds the hours of each weekday, indexed by [time.Weekday].
type Week [7][]Hours

// Season replaces the ordinary week from one day of the year to another, both
// included; it may run over New Year.
type Season struct {
	Name string   `json:"name"`
	From MonthDay `json:"from"`
	To   MonthDay `json:"to"`
	Week Week     `json:"week"`
}

// MonthDay is a day of any year, written "06-01".
type MonthDay struct {
	Month time.Month
	Day   int
}

// OverrideKind says what an exception does to its day.
type OverrideKind string

// The exceptions a city may make.
const (
	Off          OverrideKind = "off"           // closed; not a working day
	SpecialHours OverrideKind = "special_hours" // other hours; a working day only if it was one
	MakeUpDay    OverrideKind = "make_up_day"   // open; a working day, whatever it was
)

// Override is one exception: a typhoon day off, a half day, a Saturday worked.
type Override struct {
	Date   Date         `json:"date"`
	Kind   OverrideKind `json:"kind"`
	Hours  []Hours      `json:"hours,omitempty"`
	Name   string       `json:"name"`
	NameEN string       `json:"name_en,omitempty"`
}

// ParseSpec reads a calendar's JSON. Unknown fields are refused, since a
// misspelt one would silently change people's hours. The calendar itself is not
// checked; see [Spec.Validate].
func ParseSpec(data []byte) (Spec, error) {
	var s Spec
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&s); err != nil {
		return Spec{}, fmt.Errorf("reading the calendar: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Spec{}, errors.New("reading the calendar: more text after its end")
	}
	return s, nil
}

// Validate returns a *SpecError for the first thing that makes the calendar
// unusable: no name, an unknown zone, hours that overlap or end before they
// begin, two exceptions for one day, a week without any working day
// (ErrNeverOpens).
func (s Spec) Validate() error {
	_, err := s.check()
	return err
}

// check validates and returns the zone, which only loading can prove to exist.
func (s Spec) check() (*time.Location, error) {
	if s.Name == "" {
		return nil, s.wrong("name", errors.New("is missing"))
	}
	if s.Version < 1 {
		return nil, s.wrong("version", errors.New("must be 1 or more"))
	}
	loc, err := loadZone(s.Zone)
	if err != nil {
		return nil, s.wrong("zone", err)
	}
	for _, check := range []func() error{s.checkWeeks, s.checkSeasons, s.checkDays} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	return loc, nil
}

// loadZone refuses the empty name and "Local", which mean something else on
// every machine.
func loadZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("%q: %w", name, ErrUnknownZone)
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", clip(name), ErrUnknownZone)
	}
	return loc, nil
}

func (s Spec) checkWeeks() error {
	if err := s.Week.check(); err != nil {
		return s.wrong("week", err)
	}
	if err := s.Extra.check(); err != nil {
		return s.wrong("extra", err)
	}
	for day := range s.Extra {
		if len(s.Extra[day]) > 0 && len(s.Week[day]) > 0 {
			return s.wrong("extra", fmt.Errorf("%s already has ordinary hours", weekdayKeys[day]))
		}
	}
	if err := checkHours(s.MakeUp); err != nil {
		return s.wrong("make_up", err)
	}
	if s.Week.empty() {
		return s.wrong("week", ErrNeverOpens)
	}
	return nil
}

func (s Spec) checkSeasons() error {
	var taken [366]string // by day of a leap year
	for i, season := range s.Seasons {
		field := fmt.Sprintf("seasons[%d]", i)
		if season.Name == "" {
			return s.wrong(field, errors.New("has no name"))
		}
		if !season.From.exists() || !season.To.exists() {
			return s.wrong(field, fmt.Errorf("%s to %s is not a part of the year", season.From, season.To))
		}
		if err := season.Week.check(); err != nil {
			return s.wrong(field, err)
		}
		for day := season.From.ordinal(); ; day = (day + 1) % len(taken) {
			if taken[day] != "" {
				return s.wrong(field, fmt.Errorf("%s overlaps %s", season.Name, taken[day]))
			}
			taken[day] = season.Name
			if day == season.To.ordinal() {
				break
			}
		}
	}
	return nil
}

// mostOverrides bounds a calendar's exceptions: ten years of nothing else.
const mostOverrides = 3660

func (s Spec) checkDays() error {
	if len(s.Days) > mostOverrides {
		return s.wrong("days", fmt.Errorf("more than %d exceptions", mostOverrides))
	}
	seen := make(map[Date]bool, len(s.Days))
	for i, day := range s.Days {
		field := fmt.Sprintf("days[%d]", i)
		if seen[day.Date] {
			return s.wrong(field, fmt.Errorf("%s is listed twice", day.Date))
		}
		seen[day.Date] = true
		if err := day.check(); err != nil {
			return s.wrong(field, fmt.Errorf("%s: %w", day.Date, err))
		}
	}
	return nil
}

func (o Override) check() error {
	if o.Name == "" {
		return errors.New("has no name to explain it by")
	}
	switch o.Kind {
	case Off:
		if len(o.Hours) > 0 {
			return errors.New("is off and has hours")
		}
	case SpecialHours:
		if len(o.Hours) == 0 {
			return errors.New("has special hours but names none")
		}
	case MakeUpDay:
	default:
		return fmt.Errorf("%q is none of off, special_hours, make_up_day", clip(string(o.Kind)))
	}
	return checkHours(o.Hours)
}

// checkHours wants each stretch to end after it begins and to begin after the
// one before it has ended. Stretches that touch are welcome.
func checkHours(hours []Hours) error {
	for i, h := range hours {
		if h.From < 0 || h.To > EndOfDay {
			return fmt.Errorf("%s is outside the day", h)
		}
		if h.From >= h.To {
			return fmt.Errorf("%s ends before it begins (write a night as two days' hours)", h)
		}
		if i > 0 && h.From < hours[i-1].To {
			return fmt.Errorf("%s and %s overlap or are out of order", hours[i-1], h)
		}
	}
	return nil
}

func (s Spec) wrong(field string, err error) error {
	name := s.Name
	if name == "" {
		name = "(unnamed)"
	}
	return &SpecError{Calendar: clip(name), Field: field, Err: err}
}

// weekdayKeys are the weekdays as the JSON writes them.
var weekdayKeys = [7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

func (w Week) empty() bool {
	return !slices.ContainsFunc(w[:], func(hours []Hours) bool { return len(hours) > 0 })
}

// IsZero reports whether no weekday has hours; encoding/json leaves such a week out.
func (w Week) IsZero() bool { return w.empty() }

func (w Week) check() error {
	for day, hours := range w {
		if err := checkHours(hours); err != nil {
			return fmt.Errorf("%s: %w", weekdayKeys[day], err)
		}
	}
	return nil
}

// MarshalJSON writes {"mon":["09:00-12:00","13:30-17:30"],…} from Monday on,
// leaving closed days out.
func (w Week) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i := range w {
		day := (i + 1) % 7 // the week begins on Monday
		if len(w[day]) == 0 {
			continue
		}
		hours, err := json.Marshal(w[day])
		if err != nil {
			return nil, err
		}
		if out.Len() > 1 {
			out.WriteByte(',')
		}
		fmt.Fprintf(&out, "%q:%s", weekdayKeys[day], hours)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// UnmarshalJSON reads what MarshalJSON wrote and refuses any other key.
func (w *Week) UnmarshalJSON(data []byte) error {
	var days map[string][]Hours
	if err := json.Unmarshal(data, &days); err != nil {
		return err
	}
	*w = Week{}
	for key, hours := range days {
		day := slices.Index(weekdayKeys[:], key)
		if day < 0 {
			return fmt.Errorf("%q is no weekday; write mon, tue, wed, thu, fri, sat or sun", clip(key))
		}
		if len(hours) > 0 {
			w[day] = hours
		}
	}
	return nil
}

func (m MonthDay) exists() bool {
	t := time.Date(leapYear, m.Month, m.Day, 0, 0, 0, 0, time.UTC)
	return t.Month() == m.Month && t.Day() == m.Day
}

// ordinal numbers the days of a leap year from 0.
func (m MonthDay) ordinal() int {
	return time.Date(leapYear, m.Month, m.Day, 0, 0, 0, 0, time.UTC).YearDay() - 1
}

const leapYear = 2024

// String returns "06-01".
func (m MonthDay) String() string { return fmt.Sprintf("%02d-%02d", int(m.Month), m.Day) }

// MarshalText writes "06-01".
func (m MonthDay) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what MarshalText wrote; 29 February is a day of the year.
func (m *MonthDay) UnmarshalText(text []byte) error {
	d, err := ParseDate(fmt.Sprintf("%d-%s", leapYear, text))
	if err != nil {
		return fmt.Errorf("%q is not a day of the year written like 06-01", clip(string(text)))
	}
	_, m.Month, m.Day = d.Civil()
	return nil
}
