package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"
)

// runDue runs `nengban due` with input and returns what it printed.
func runDue(t *testing.T, input string, args ...string) (out, errs string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	term := &terminal{
		In: strings.NewReader(input), Out: &stdout, Err: &stderr, Env: []string{"LANG=en_US.UTF-8"},
		Clock: clockwork.NewFakeClockAt(time.Date(2026, 9, 24, 8, 50, 0, 0, time.UTC)),
	}
	code = run(context.Background(), append([]string{"due"}, args...), term)
	return stdout.String(), stderr.String(), code
}

func TestDueExplainsADeadline(t *testing.T) {
	t.Parallel()
	out, errs, code := runDue(t, "", "--at", "2026-09-24T16:50:00+08:00", "--limit", "10 working days")
	if code != 0 || errs != "" {
		t.Fatalf("exit %d: %s", code, errs)
	}
	want := `2026-10-15T17:30:00+08:00
  10 working days from Thursday 24 September 2026 16:50, first day not counted
  Fri 25 to Sun 27 September: holiday (Mid-Autumn Festival), not counted
  Mon 28 to Wed 30 September are days 1 to 3
  Thu 1 to Wed 7 October: holiday (National Day), not counted
  Thu 8 and Fri 9 October are days 4 and 5
  Sat 10 October is a make-up working day (National Day), counted as day 6
  Sun 11 October: weekend, not counted
  Mon 12 to Thu 15 October are days 7 to 10
  ends on Thursday 15 October 2026 17:30, close of business
`
	if diff := cmp.Diff(want, out); diff != "" {
		t.Error(diff)
	}
	// Now is the start when none is given, and Chinese the language when asked for.
	out, _, code = runDue(t, "", "--limit", "10个工作日", "--lang", "zh")
	if code != 0 || !strings.HasPrefix(out, "2026-10-15T17:30:00+08:00\n  自2026年9月24日（星期四）16:50起10个工作日，首日不计入\n") {
		t.Errorf("exit %d: %s", code, out)
	}
}

func TestDueTakesSettings(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		args []string
		due  string
	}{
		{[]string{"--limit", "1 working day"}, "2026-09-28T17:30:00+08:00"},
		{[]string{"--limit", "1 working day", "--count-first-day"}, "2026-09-24T17:30:00+08:00"},
		{[]string{"--limit", "1 working day", "--end", "midnight"}, "2026-09-28T23:59:59+08:00"},
		{[]string{"--limit", "1 working day, until midnight", "--end", "close_of_business"}, "2026-09-28T17:30:00+08:00"},
		{[]string{"--limit", "1 working day", "--calendar", "window"}, "2026-09-28T17:00:00+08:00"},
		{[]string{"--limit", "2 working hours", "--calendar", "hotline"}, "2026-09-24T18:50:00+08:00"},
		{[]string{"--limit", "2 hours"}, "2026-09-24T18:50:00+08:00"},
		{[]string{"--limit", "1 working day", "--at", "2026-09-30"}, "2026-10-08T17:30:00+08:00"},
		{[]string{"--limit", "1 working day", "--at", "2026-09-30 20:00"}, "2026-10-08T17:30:00+08:00"},
		{[]string{"--limit", "1 working day", "--at", "2026-09-29T20:00:00Z"}, "2026-10-08T17:30:00+08:00"},
	} {
		out, errs, code := runDue(t, "", row.args...)
		if first, _, _ := strings.Cut(out, "\n"); code != 0 || first != row.due {
			t.Errorf("%q: exit %d, %s%s; want %s", row.args, code, out, errs, row.due)
		}
	}
}

func TestDueSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{}, 1, "give --limit, or --stdin"},
		{[]string{"--limit", "soon"}, 1, "no number with a unit"},
		{[]string{"--limit", "2 hours", "--at", "yesterday"}, 1, `"yesterday" is no start`},
		{[]string{"--limit", "2 hours", "--at", "2026-02-30"}, 1, "is no start"},
		{[]string{"--limit", "5 working days", "--at", "2006-01-02"}, 1, "2006-01-02 is before 2007-01-01"},
		{[]string{"--limit", "2 hours", "--count-first-day"}, 1, "no first day"},
		{[]string{"--limit", "2 hours", "--calendar", "moon"}, 2, "calendar"},
	} {
		out, errs, code := runDue(t, "", row.args...)
		if code != row.code || !strings.Contains(errs, row.says) || strings.Contains(out, "+08:00") {
			t.Errorf("%q: exit %d, %q, want %d and %q", row.args, code, errs, row.code, row.says)
		}
	}
}

func TestDueAnswersEveryLine(t *testing.T) {
	t.Parallel()
	input := strings.Join([]string{
		"\ufeff2026-09-24T16:50:00+08:00,10 working days",
		"2026-09-24 16:50,2 hours\r",
		"nonsense",
		`2026-09-24,"1 working day, first day counted"`,
		"",
		"2026-09-24 16:50,soon",
		"2006-09-24 16:50,5 working days",
		"2026-12-28 09:00,10个工作日",
		"2026-09-24 16:50,15天",
		"", "", "",
	}, "\n")
	out, errs, code := runDue(t, input, "--stdin", "--json")
	if code != 1 || !strings.Contains(errs, "4 could not be read") {
		t.Errorf("exit %d: %s", code, errs)
	}
	type row struct {
		Due         string
		Provisional bool
		Steps       []struct{ Kind, Text string }
		Line        int
		Error       string
	}
	var got []string
	for _, line := range strings.Split(strings.TrimSuffix(out, "\n"), "\n") {
		var r row
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if r.Error == "" && (len(r.Steps) < 2 || r.Steps[0].Kind != "start" || r.Steps[0].Text == "") {
			t.Errorf("no working: %s", line)
		}
		said := r.Due
		if r.Provisional {
			said += " provisional"
		}
		if r.Error != "" {
			said = r.Error
		}
		got = append(got, said)
	}
	if diff := cmp.Diff([]string{
		"2026-10-15T17:30:00+08:00",
		"2026-09-24T18:50:00+08:00",
		"the line is not START,LIMIT",
		"2026-09-24T17:30:00+08:00",
		"the line is empty",
		`the limit cannot be used: "soon": no number with a unit at its beginning; write it like "10 working days" or 10个工作日`,
		"reckoning 5 working days from 2006-09-24T16:50:00+08:00: 2006-09-24 is before 2007-01-01, the first day calendar department knows",
		"2027-01-11T17:30:00+08:00 provisional",
		"2026-10-09T17:30:00+08:00",
	}, got); diff != "" {
		t.Error(diff)
	}
	if _, errs, code := runDue(t, "2026-09-24 16:50,2 hours\n", "--stdin", "--json"); code != 0 || errs != "" {
		t.Errorf("one good line: exit %d: %s", code, errs)
	}
	out, _, _ = runDue(t, strings.Repeat("x", longestAnswerLine+10)+"\n2026-09-24 16:50,2 hours\n", "--stdin", "--json")
	if lines := strings.Split(out, "\n"); len(lines) != 3 || !strings.Contains(lines[0], "longer than") || !strings.Contains(lines[1], "18:50") {
		t.Errorf("a line without end: %.200s", out)
	}
}
