package worktime

import (
	"fmt"
	"time"
)

const secondsPerDay = 24 * 60 * 60

// Date is a civil date: a count of days since 1 January 1970, with no hour and
// no zone. Dates compare with < and step with +.
type Date int32

// DateOf returns the date of the given year, month and day. Like [time.Date] it
// carries days outside the month over into its neighbours.
func DateOf(year int, month time.Month, day int) Date {
	return Date(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// ParseDate reads a date written "2026-10-01".
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("%q is not a date written like 2026-10-01", clip(s))
	}
	return Date(t.Unix() / secondsPerDay), nil
}

// Civil returns year, month and day.
func (d Date) Civil() (int, time.Month, int) {
	return time.Unix(int64(d)*secondsPerDay, 0).UTC().Date()
}

// Year returns the year the date falls in.
func (d Date) Year() int {
	year, _, _ := d.Civil()
	return year
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday {
	// Day 0 was a Thursday; the second remainder serves dates before 1970.
	return time.Weekday(((int(d)+4)%7 + 7) % 7)
}

// String returns the date as "2026-10-01".
func (d Date) String() string {
	year, month, day := d.Civil()
	return fmt.Sprintf("%04d-%02d-%02d", year, int(month), day)
}

// MarshalText writes the date as "2026-10-01".
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Date) UnmarshalText(text []byte) error {
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// clip shortens what a stranger sent before it is put into an error's text.
func clip(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
