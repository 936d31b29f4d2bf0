package worktime_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"nengban/tickets/worktime"
)

// zones the odd calendars keep: none, an hour, half an hour of summer time, a
// change at midnight, a day skipped, an offset with 45 minutes.
var zones = []string{
	worktime.Shanghai, "Europe/Berlin", "America/New_York", "Australia/Lord_Howe",
	"America/Sao_Paulo", "Pacific/Apia", "Asia/Kathmandu", "UTC",
}

// drawHours draws up to three stretches of a day. They keep out of the hours in
// which clocks change, where what the wall shows is ambiguous.
func drawHours(t *rapid.T, label string) []worktime.Hours {
	if rapid.IntRange(0, 9).Draw(t, label+" all day") == 0 {
		return []worktime.Hours{{From: 0, To: worktime.EndOfDay}}
	}
	marks := rapid.SliceOfNDistinct(rapid.IntRange(4*60, 22*60), 0, 6, rapid.ID[int]).Draw(t, label)
	slices.Sort(marks)
	var hours []worktime.Hours
	for i := 0; i+1 < len(marks); i += 2 {
		hours = append(hours, worktime.Hours{From: worktime.At(0, marks[i]), To: worktime.At(0, marks[i+1])})
	}
	return hours
}

// drawSpec draws a calendar of any shape that can open.
func drawSpec(t *rapid.T) worktime.Spec {
	spec := worktime.Spec{
		Name: "odd", Version: 1,
		Zone:     rapid.SampledFrom(zones).Draw(t, "zone"),
		Holidays: rapid.Bool().Draw(t, "holidays"),
	}
	for day := range spec.Week {
		spec.Week[day] = drawHours(t, time.Weekday(day).String())
		if len(spec.Week[day]) == 0 && rapid.Bool().Draw(t, "extra") {
			spec.Extra[day] = drawHours(t, "extra "+time.Weekday(day).String())
		}
	}
	if rapid.Bool().Draw(t, "summer") {
		spec.Seasons = []worktime.Season{{
			Name: "summer", From: worktime.MonthDay{Month: 6, Day: 1}, To: worktime.MonthDay{Month: 9, Day: 30},
			Week: worktime.MondayToFriday(drawHours(t, "summer hours")...),
		}}
	}
	first := worktime.DateOf(2025, 1, 1)
	for _, d := range rapid.SliceOfNDistinct(rapid.Int32Range(0, 700), 0, 8, rapid.ID[int32]).Draw(t, "exceptions") {
		o := worktime.Override{Date: first + worktime.Date(d), Name: "exception", Kind: worktime.Off}
		if hours := drawHours(t, "exception"); len(hours) > 0 {
			o.Kind, o.Hours = rapid.SampledFrom([]worktime.OverrideKind{worktime.SpecialHours, worktime.MakeUpDay}).Draw(t, "kind"), hours
		}
		spec.Days = append(spec.Days, o)
	}
	return spec
}

func drawCalendar(t *rapid.T) (*worktime.Calendar, worktime.Spec) {
	spec := drawSpec(t)
	c, err := worktime.New(spec, worktime.Embedded())
	if errors.Is(err, worktime.ErrNeverOpens) {
		t.Skip("never opens")
	}
	if err != nil {
		t.Fatal(err)
	}
	return c, spec
}

// drawMoment draws a moment of 2011 (Samoa's skipped day) or of 2025 and 2026.
func drawMoment(t *rapid.T, label string) time.Time {
	base := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	if rapid.IntRange(0, 3).Draw(t, label+" early") == 0 {
		base = time.Date(2011, 9, 1, 0, 0, 0, 0, time.UTC)
	}
	seconds := rapid.Int64Range(0, 700*24*3600).Draw(t, label)
	return base.Add(time.Duration(seconds)*time.Second + time.Duration(rapid.IntRange(0, 999).Draw(t, "ms"))*time.Millisecond)
}

// openByTheWall answers whether a calendar is open by looking at the clock on
// the wall and the specification alone: no index, no sums.
func openByTheWall(spec worktime.Spec, loc *time.Location, holidays map[worktime.Date]worktime.Holiday, t time.Time) bool {
	wall := t.In(loc)
	year, month, day := wall.Date()
	d := worktime.DateOf(year, month, day)
	clock := worktime.TimeOfDay(wall.Hour()*3600 + wall.Minute()*60 + wall.Second())
	return slices.ContainsFunc(hoursByTheBook(spec, holidays, d), func(h worktime.Hours) bool {
		return clock >= h.From && clock < h.To
	})
}

func hoursByTheBook(spec worktime.Spec, holidays map[worktime.Date]worktime.Holiday, d worktime.Date) []worktime.Hours {
	week := spec.Week
	_, month, _ := d.Civil()
	if len(spec.Seasons) > 0 && month >= time.June && month <= time.September {
		week = spec.Seasons[0].Week
	}
	ordinary := week[d.Weekday()]
	makeUp := func() []worktime.Hours {
		for _, w := range []worktime.Week{week, spec.Week} {
			for _, day := range []int{1, 2, 3, 4, 5, 6, 0} {
				if len(w[day]) > 0 {
					return w[day]
				}
			}
		}
		return nil
	}
	hours := ordinary
	if len(ordinary) == 0 {
		hours = spec.Extra[d.Weekday()]
	}
	if h, ok := holidays[d]; ok && spec.Holidays {
		if h.Off {
			hours = nil
		} else if len(ordinary) == 0 {
			hours = makeUp()
		}
	}
	for _, o := range spec.Days {
		if o.Date == d {
			hours = o.Hours
		}
	}
	return hours
}

// noticed holds what the embedded notices say of each day.
var noticed = func() map[worktime.Date]worktime.Holiday {
	days := make(map[worktime.Date]worktime.Holiday)
	table := worktime.Embedded()
	for _, year := range table.Known() {
		list, _ := table.Year(year)
		for _, day := range list.Days {
			days[day.Date] = day
		}
	}
	return days
}()

func TestWorkingTimeIsTheOpenMinutesOnTheWall(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, spec := drawCalendar(t)
		from := drawMoment(t, "from").Truncate(time.Minute)
		to := from.Add(time.Duration(rapid.IntRange(0, 6*24*60).Draw(t, "minutes")) * time.Minute)
		want := time.Duration(0)
		for m := from; m.Before(to); m = m.Add(time.Minute) {
			open := openByTheWall(spec, c.Location(), noticed, m)
			if open {
				want += time.Minute
			}
			if got, err := c.Open(m); err != nil || got != open {
				t.Fatalf("open at %s: %t, %v; the wall says %t", m.In(c.Location()), got, err, open)
			}
		}
		if got, err := c.Between(from, to); err != nil || got != want {
			t.Fatalf("between %s and %s: %s, %v; counted %s", from, to, got, err, want)
		}
	})
}

func TestAddingAndSubtractingUndoEachOther(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, _ := drawCalendar(t)
		from := drawMoment(t, "from")
		d := time.Duration(rapid.Int64Range(1, int64(90*time.Hour)).Draw(t, "time"))
		after := must(c.Add(from, d))(t)
		if got := must(c.Between(from, after))(t); got != d {
			t.Fatalf("%s + %s = %s, but %s lies between", from, d, after, got)
		}
		if got := must(c.Between(from, after.Add(-1)))(t); got >= d {
			t.Fatalf("%s + %s = %s is not the earliest moment", from, d, after)
		}
		before := must(c.Sub(from, d))(t)
		if got := must(c.Between(before, from))(t); got != d {
			t.Fatalf("%s − %s = %s, but %s lies between", from, d, before, got)
		}
		if got := must(c.Between(before.Add(1), from))(t); got >= d {
			t.Fatalf("%s − %s = %s is not the latest moment", from, d, before)
		}
		if again := must(c.Add(from.UTC(), d))(t); !again.Equal(after) {
			t.Fatalf("the zone of the question changed the answer: %s and %s", after, again)
		}
	})
}

func TestAddingIsMonotoneAndAdditive(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, _ := drawCalendar(t)
		from := drawMoment(t, "from")
		later := from.Add(time.Duration(rapid.Int64Range(0, int64(200*time.Hour)).Draw(t, "later")))
		a := time.Duration(rapid.Int64Range(0, int64(60*time.Hour)).Draw(t, "a"))
		b := time.Duration(rapid.Int64Range(0, int64(60*time.Hour)).Draw(t, "b"))
		whole := must(c.Add(from, a+b))(t)
		if parts := must(c.Add(must(c.Add(from, a))(t), b))(t); !parts.Equal(whole) {
			t.Fatalf("%s + %s + %s = %s, at once %s", from, a, b, parts, whole)
		}
		if second := must(c.Add(later, a))(t); second.Before(must(c.Add(from, a))(t)) {
			t.Fatalf("starting later, at %s, ends sooner, at %s", later, second)
		}
	})
}

func TestAnAnswerNeverLiesOutsideOpenHours(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, spec := drawCalendar(t)
		from := drawMoment(t, "from")
		d := time.Duration(rapid.Int64Range(1, int64(60*time.Hour)).Draw(t, "time"))
		end := must(c.Add(from, d))(t)
		if !openByTheWall(spec, c.Location(), noticed, end.Add(-1)) {
			t.Fatalf("%s + %s = %s, before which the calendar is closed", from, d, end)
		}
		next := must(c.NextOpen(from))(t)
		if !openByTheWall(spec, c.Location(), noticed, next) || must(c.Between(from, next))(t) != 0 || next.Before(from) {
			t.Fatalf("after %s the calendar next opens at %s", from, next)
		}
		last := must(c.LastOpen(from))(t)
		if last.After(from) || must(c.Between(last, from))(t) != 0 || !openByTheWall(spec, c.Location(), noticed, last) && !openByTheWall(spec, c.Location(), noticed, last.Add(-1)) {
			t.Fatalf("before %s the calendar was last open at %s", from, last)
		}
	})
}

func TestNthWorkingDayCountsTheDays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, _ := drawCalendar(t)
		from := c.Date(drawMoment(t, "from"))
		n := rapid.IntRange(-60, 60).Draw(t, "n")
		step, left := worktime.Date(1), n
		if n < 0 {
			step, left = -1, -n
		}
		want := from
		for left > 0 {
			want += step
			if must(c.Working(want))(t) {
				left--
			}
		}
		for n == 0 && !must(c.Working(want))(t) {
			want++
		}
		if got := must(c.NthWorkingDay(from, n))(t); got != want {
			t.Fatalf("working day %d from %s is %s, walked to %s", n, from, got, want)
		}
		if n > 0 {
			if got := must(c.WorkingDays(from+1, want+1))(t); got != n {
				t.Fatalf("%d working days from %s to %s, want %d", got, from+1, want, n)
			}
		}
	})
}

// must unwraps an answer that cannot be refused.
func must[T any](v T, err error) func(*rapid.T) T {
	return func(t *rapid.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}
