package worktime_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"nengban/tickets/worktime"
)

// callingHours are the hours in which citizens may be called: every day but
// public holidays, 09:00 to 12:00 and 14:00 to 20:00.
func callingHours(t testing.TB) worktime.Windows {
	t.Helper()
	return worktime.NewWindows(build(t, worktime.Spec{
		Name: "callbacks", Version: 1, Zone: worktime.Shanghai, Holidays: true,
		Week: worktime.EveryDay(
			worktime.Hours{From: worktime.At(9, 0), To: worktime.At(12, 0)},
			worktime.Hours{From: worktime.At(14, 0), To: worktime.At(20, 0)},
		),
	}))
}

func TestNextAllowedMoment(t *testing.T) {
	t.Parallel()
	w := callingHours(t)
	for _, row := range []struct{ what, from, want string }{
		{"正在时段内", "2026-09-24 10:15", "2026-09-24 10:15"},
		{"午间不打扰", "2026-09-24 12:00", "2026-09-24 14:00"},
		{"晚上八点整已经太晚", "2026-09-24 20:00", "2026-09-28 09:00"},
		{"夜里", "2026-09-23 23:30", "2026-09-24 09:00"},
		{"国庆假期里", "2026-10-03 10:00", "2026-10-08 09:00"},
		{"平常的星期六可以打", "2026-09-19 10:00", "2026-09-19 10:00"},
	} {
		got, err := w.NextOpen(at(t, row.from), time.Time{})
		if err != nil || !got.Equal(at(t, row.want)) {
			t.Errorf("%s: after %s comes %s, %v; want %s", row.what, row.from, got, err, row.want)
		}
	}
	_, err := w.NextOpen(at(t, "2026-09-30 20:30"), at(t, "2026-10-08 09:00"))
	if !errors.Is(err, worktime.ErrNoWindow) {
		t.Errorf("nothing is left before the end: %v", err)
	}
}

// Bug 29: retries computed outside the survey's hours; at the end date the
// engine tried 96 times over.
func TestBug29RetriesStayInTheWindowAndEnd(t *testing.T) {
	t.Parallel()
	w := callingHours(t)
	end := at(t, "2026-09-30 20:00")
	tries, err := w.Retries(at(t, "2026-09-29 19:50"), 30*time.Minute, 96, end)
	if err != nil {
		t.Fatal(err)
	}
	if len(tries) == 0 || len(tries) > 20 {
		t.Fatalf("%d tries", len(tries))
	}
	for _, try := range tries {
		if open, err := w.Open(try); err != nil || !open || !try.Before(end) {
			t.Errorf("a try at %s, outside the hours (%v)", try, err)
		}
	}
	if first := tries[0]; !first.Equal(at(t, "2026-09-30 09:00")) {
		t.Errorf("the first try after 19:50 is at %s, want the next morning", first)
	}
	// At the end date nothing is left: no tries, no error, no loop.
	tries, err = w.Retries(at(t, "2026-09-30 19:45"), 30*time.Minute, 96, end)
	if err != nil || len(tries) != 0 {
		t.Errorf("after the last window: %v, %v", tries, err)
	}
	if _, err := w.Retries(end, 0, 96, end); err == nil {
		t.Error("retries without a wait between them were planned")
	}
}

// Bug 30: the time-out counted from queueing and not from the real call.
func TestBug30TheWaitRunsFromTheRealCall(t *testing.T) {
	t.Parallel()
	queued, placed := at(t, "2026-09-24 09:00"), at(t, "2026-09-24 11:40")
	got, err := worktime.AnswerBy(placed, 10*time.Minute)
	if err != nil || !got.Equal(at(t, "2026-09-24 11:50")) || !got.After(queued.Add(10*time.Minute)) {
		t.Errorf("the answer is waited for until %s, %v", got, err)
	}
	if _, err := worktime.AnswerBy(time.Time{}, 10*time.Minute); err == nil {
		t.Error("a call that was never placed timed out")
	}
}

// Bug 31: messages queued inside the window left after hours.
func TestBug31AQueuedMessageAsksAgainWhenItLeaves(t *testing.T) {
	t.Parallel()
	w := callingHours(t)
	notBefore, notAfter := at(t, "2026-09-24 10:00"), at(t, "2026-09-30 18:00")
	for _, row := range []struct {
		what, now string
		verdict   worktime.Verdict
		until     string
	}{
		{"还没到时候", "2026-09-24 09:30", worktime.Wait, "2026-09-24 10:00"},
		{"时段内", "2026-09-24 11:00", worktime.SendNow, "2026-09-24 11:00"},
		{"排队排过了点", "2026-09-24 20:05", worktime.Wait, "2026-09-28 09:00"},
		{"过了有效期", "2026-09-30 18:00", worktime.Expired, ""},
		{"有效期内再无时段", "2026-09-30 12:30", worktime.Wait, "2026-09-30 14:00"},
	} {
		verdict, until, err := w.Judge(at(t, row.now), notBefore, notAfter)
		if err != nil || verdict != row.verdict || row.until != "" && !until.Equal(at(t, row.until)) {
			t.Errorf("%s: at %s %s until %s, %v; want %s %s", row.what, row.now, verdict, until, err, row.verdict, row.until)
		}
	}
	verdict, _, err := w.Judge(at(t, "2026-09-30 20:30"), time.Time{}, at(t, "2026-10-08 09:00"))
	if err != nil || verdict != worktime.Expired {
		t.Errorf("no window before the end: %s, %v", verdict, err)
	}
	if !slices.Contains([]worktime.Verdict{worktime.SendNow, worktime.Wait}, must2(w.Judge(at(t, "2026-09-24 11:00"), time.Time{}, time.Time{}))) {
		t.Error("a message without bounds was not judged")
	}
}

func must2(v worktime.Verdict, _ time.Time, err error) worktime.Verdict {
	if err != nil {
		return ""
	}
	return v
}
