package sla_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"nengban/tickets/sla"
	"nengban/tickets/worktime"
)

// TestDeadlinesEqualTheOracles holds 10,000 deadlines over 2007 to 2026 against
// those the npm package chinese-days comes to in another language.
func TestDeadlinesEqualTheOracles(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("stepping aside: node is not installed")
	}
	const count = 10_000
	seed := strconv.FormatUint(uint64(rand.Uint32()), 10)
	ask := exec.CommandContext(t.Context(), node, "oracle.mjs", "../../../.cache/chinese-days", seed, strconv.Itoa(count))
	ask.Dir = "../worktime/testdata"
	ask.Env = append(os.Environ(), "TZ=UTC")
	var said, complained bytes.Buffer
	ask.Stdout, ask.Stderr = &said, &complained
	if err := ask.Run(); err != nil {
		t.Skipf("stepping aside: the npm package chinese-days cannot be had: %v %s", err, complained.Bytes())
	}
	lines, wrong := 0, 0
	for in := bufio.NewScanner(&said); in.Scan(); lines++ {
		var row struct{ Start, Limit, Due string }
		if err := json.Unmarshal(in.Bytes(), &row); err != nil {
			t.Fatal(err)
		}
		r, err := sla.Due(calendars(t)["department"], at(t, row.Start), limit(t, row.Limit))
		if err != nil || r.Due.Format(time.DateTime) != row.Due {
			t.Errorf("seed %s: %s from %s is due %s, %v; the oracle says %s", seed, row.Limit, row.Start, r.Due, err, row.Due)
			if wrong++; wrong == 20 {
				t.Fatal("and more")
			}
		}
	}
	if lines != count {
		t.Errorf("the oracle gave %d answers, want %d", lines, count)
	}
}

// TestDeadlinesEqualTheNoticesWalkedByHand is a second oracle: from every day of
// twenty years it walks a calendar on the wall, with the holidays of the second
// source crossed out.
func TestDeadlinesEqualTheNoticesWalkedByHand(t *testing.T) {
	t.Parallel()
	off, on := map[string]bool{}, map[string]bool{}
	for year := 2007; year <= 2026; year++ {
		data, err := os.ReadFile(filepath.Join("../../../shared/data/holiday_cn", fmt.Sprintf("%d.json", year)))
		if errors.Is(err, os.ErrNotExist) {
			t.Skip("stepping aside: no second source of holidays beside the repository")
		}
		if err != nil {
			t.Fatal(err)
		}
		var list struct {
			Days []struct {
				Date     string
				IsOffDay bool
			}
		}
		if err := json.Unmarshal(data, &list); err != nil {
			t.Fatal(err)
		}
		for _, day := range list.Days {
			off[day.Date], on[day.Date] = day.IsOffDay, !day.IsOffDay
		}
	}
	worked := func(d time.Time) bool {
		s := d.Format(time.DateOnly)
		return on[s] || !off[s] && d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
	}
	c := calendars(t)["department"]
	asked := 0
	last := time.Date(2026, 12, 31, 0, 0, 0, 0, shanghai)
	for start := time.Date(2007, 1, 1, 11, 0, 0, 0, shanghai); start.Before(last); start = start.AddDate(0, 0, 1) {
		day, n := start, 0
		for n < 60 {
			if day = day.AddDate(0, 0, 1); !worked(day) {
				continue
			}
			if n++; n > 15 && n%15 != 0 {
				continue
			}
			r, err := sla.Due(c, start, sla.WorkingDays(n))
			want := time.Date(day.Year(), day.Month(), day.Day(), 17, 30, 0, 0, shanghai)
			if err != nil || !r.Due.Equal(want) {
				t.Fatalf("%d working days from %s: due %s, %v; walked to %s", n, start, r.Due, err, want)
			}
			asked++
		}
	}
	if asked != 7304*18 {
		t.Errorf("walked %d deadlines, want %d", asked, 7304*18)
	}
}

// TestEveryMomentOfAYearIsCountedOnce sums all working time of a year in two ways.
func TestEveryMomentOfAYearIsCountedOnce(t *testing.T) {
	t.Parallel()
	c := calendars(t)["department"]
	var byDay time.Duration
	for d := worktime.DateOf(2026, 1, 1); d < worktime.DateOf(2027, 1, 1); d++ {
		spans, err := c.Spans(d)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range spans {
			byDay += s.Duration()
		}
	}
	whole, err := c.Between(c.Midnight(worktime.DateOf(2026, 1, 1)), c.Midnight(worktime.DateOf(2027, 1, 1)))
	if err != nil || whole != byDay || whole != 248*7*time.Hour {
		t.Errorf("2026 has %s of working time by days, %s at once, %v; want 248 days of 7 h", byDay, whole, err)
	}
}
