package worktime_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"nengban/tickets/worktime"
)

func TestDatesAreTheCalendarsOwn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := worktime.Date(rapid.Int32Range(-200_000, 200_000).Draw(t, "date"))
		want := time.Unix(int64(d)*86400, 0).UTC()
		if d.Weekday() != want.Weekday() || d.Year() != want.Year() {
			t.Fatalf("%d is a %s of %d, want %s", d, d.Weekday(), d.Year(), want)
		}
		year, month, day := d.Civil()
		if worktime.DateOf(year, month, day) != d {
			t.Fatalf("%s does not come back", d)
		}
		if text := d.String(); year > 0 && year < 10_000 {
			if back, err := worktime.ParseDate(text); err != nil || back != d {
				t.Fatalf("%s read back as %s, %v", text, back, err)
			}
		}
	})
}

func TestHoursAreWrittenAndReadAlike(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"00:00-24:00", "09:00-12:00", "13:30-17:30:30"} {
		h, err := worktime.ParseHours(text)
		if err != nil || h.String() != text {
			t.Errorf("%s read as %s, %v", text, h, err)
		}
	}
	for _, bad := range []string{"", "09:00", "9-12", "09:00-25:00", "24:01-24:02", "09:60-10:00", "-1:00-02:00", "09:00:00:00-10:00", "009:00-10:00"} {
		if h, err := worktime.ParseHours(bad); err == nil {
			t.Errorf("%q read as %s", bad, h)
		}
	}
}
