package simulator_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nengban/callbacks"
	"nengban/callbacks/simulator"
)

func TestWhatHappensToTheNext(t *testing.T) {
	t.Parallel()
	w := newTown(simulator.Options{})
	w.Next(simulator.IsRefused, simulator.LosesRequest, simulator.LosesReceipt, simulator.Passes)
	for i, want := range []callbacks.Kind{callbacks.TryAgain, callbacks.Unclear, callbacks.Unclear, ""} {
		_, err := w.SendText(t.Context(), callbacks.Text{Ref: fmt.Sprintf("a%d", i), To: wang, Words: ask})
		if (want == "") != (err == nil) || err != nil && callbacks.KindOf(err) != want {
			t.Errorf("text %d: got %v, want %q", i, err, want)
		}
	}
	var refs []string
	for _, s := range w.Ledger() {
		refs = append(refs, s.Ref)
	}
	if diff := cmp.Diff([]string{"a2", "a3"}, refs); diff != "" {
		t.Errorf("the ledger holds what was accepted (-want +got):\n%s", diff)
	}
	for ref, want := range map[string]bool{"a0": false, "a1": false, "a2": true, "a3": true} {
		_, found, err := w.Find(t.Context(), callbacks.Sought{Way: callbacks.BySMS, Ref: ref, To: wang, Since: morning})
		if err != nil || found != want {
			t.Errorf("looking for %s: got %t, %v", ref, found, err)
		}
	}
}

func TestTheLedgerShowsWhatWasSentTwice(t *testing.T) {
	t.Parallel()
	w := newTown(simulator.Options{})
	first, second := w.text(t, "a1", wang, ask), w.text(t, "a1", wang, ask)
	w.text(t, "a2", wang, ask)
	if first.CarrierID == second.CarrierID {
		t.Error("two texts have one id")
	}
	if diff := cmp.Diff([]string{"a1"}, w.Twice()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got, found, err := w.Find(t.Context(), callbacks.Sought{Ref: "a1", To: wang, Known: func(id string) bool { return id == first.CarrierID }})
	if err != nil || !found || got.CarrierID != second.CarrierID {
		t.Errorf("the first is known: got %+v, %t, %v", got, found, err)
	}
}

func TestOutage(t *testing.T) {
	t.Parallel()
	w := newTown(simulator.Options{})
	if err := w.SetHabit(wang, simulator.Replies("1", time.Minute)); err != nil {
		t.Fatal(err)
	}
	h := w.text(t, "a1", wang, ask)
	w.SetFaults(simulator.Faults{Outage: true})
	_, sendErr := w.SendText(t.Context(), callbacks.Text{Ref: "a2", To: wang, Words: ask})
	_, callErr := w.PlaceCall(t.Context(), callbacks.Call{Ref: "c1", To: wang})
	_, _, findErr := w.Find(t.Context(), callbacks.Sought{Ref: "a1", To: wang})
	_, stateErr := w.State(t.Context(), callbacks.BySMS, h.CarrierID)
	_, listErr := w.Sent(t.Context(), morning, morning.Add(time.Hour))
	for i, err := range []error{sendErr, callErr, findErr, stateErr, listErr} {
		if err == nil || callbacks.KindOf(err) != callbacks.TryAgain {
			t.Errorf("question %d: got %v", i, err)
		}
	}
	w.until(t, time.Hour)
	if len(w.desk.lines) != 0 {
		t.Errorf("reports came during the outage: %v", w.desk.lines)
	}
	w.SetFaults(simulator.Faults{})
	w.until(t, 2*time.Hour)
	if w.desk.now["a1"] != callbacks.Delivered || len(w.desk.texts) != 1 {
		t.Errorf("after the outage: %s, %v", w.desk.now["a1"], w.desk.texts)
	}
}

func TestALimitPerSecond(t *testing.T) {
	t.Parallel()
	w := newTown(simulator.Options{Limit: 3})
	w.clock.Advance(400 * time.Millisecond)
	full := 0
	for i := range 5 {
		_, err := w.SendText(t.Context(), callbacks.Text{Ref: fmt.Sprintf("a%d", i), To: wang, Words: ask})
		var trouble *callbacks.Trouble
		if errors.As(err, &trouble) {
			full++
			if trouble.Kind != callbacks.TryAgain || trouble.Wait != 600*time.Millisecond {
				t.Errorf("got %v, wait %s", err, trouble.Wait)
			}
		}
	}
	w.clock.Advance(600 * time.Millisecond)
	w.text(t, "a9", wang, ask)
	if full != 2 || len(w.Ledger()) != 4 {
		t.Errorf("%d refused, %d accepted", full, len(w.Ledger()))
	}
}

func TestStopAtTheNetwork(t *testing.T) {
	t.Parallel()
	for _, keeps := range []bool{true, false} {
		w := newTown(simulator.Options{KeepsStop: keeps})
		w.Reply(wang, " td ")
		_, err := w.SendText(t.Context(), callbacks.Text{Ref: "a1", To: wang, Words: ask})
		if keeps != (callbacks.KindOf(err) == callbacks.OptedOut && err != nil) {
			t.Errorf("keeps %t: got %v", keeps, err)
		}
		w.Reply(wang, "恢复")
		w.text(t, "a2", wang, ask)
	}
}

func TestWhatIsNotAccepted(t *testing.T) {
	t.Parallel()
	w := newTown(simulator.Options{})
	for name, c := range map[string]struct {
		text callbacks.Text
		want callbacks.Kind
	}{
		"too late":        {callbacks.Text{Ref: "a1", To: wang, NotAfter: morning}, callbacks.TooLate},
		"a bad reference": {callbacks.Text{Ref: "a 1", To: wang}, callbacks.OurFault},
	} {
		if _, err := w.SendText(t.Context(), c.text); err == nil || callbacks.KindOf(err) != c.want {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := w.State(t.Context(), callbacks.BySMS, "none"); callbacks.KindOf(err) != callbacks.Refused {
		t.Errorf("an id that there is not: got %v", err)
	}
}

// TestReportsGoAstray: each fault of reports does what it says and nothing else.
func TestReportsGoAstray(t *testing.T) {
	t.Parallel()
	const texts = 200
	for _, c := range []struct {
		name   string
		faults simulator.Faults
		check  func(lines []string, w town) string
	}{
		{"nothing", simulator.Faults{}, func(lines []string, _ town) string {
			if len(lines) != 3*texts {
				return fmt.Sprintf("%d lines, want %d", len(lines), 3*texts)
			}
			return ""
		}},
		{"some are lost", simulator.Faults{LoseReport: 0.3}, func(lines []string, _ town) string {
			if n := len(lines) - texts; n < texts || n > 2*texts*9/10 {
				return fmt.Sprintf("%d of %d reports came", n, 2*texts)
			}
			return ""
		}},
		{"all are lost, and asking still helps", simulator.Faults{LoseReport: 1}, func(_ []string, w town) string {
			for _, s := range w.Ledger() {
				if r, err := w.State(t.Context(), s.Way, s.CarrierID); err != nil || r.Status != callbacks.Delivered {
					return fmt.Sprintf("asking: got %+v, %v", r, err)
				}
			}
			if len(w.desk.now) != 0 {
				return "reports came"
			}
			return ""
		}},
		{"all come twice", simulator.Faults{RepeatReport: 1}, func(lines []string, w town) string {
			if len(lines) != 6*texts || len(w.desk.texts) != texts {
				return fmt.Sprintf("%d lines, %d texts by id", len(lines), len(w.desk.texts))
			}
			return ""
		}},
		{"some come late, behind others", simulator.Faults{LateReport: 0.4, Late: 2 * time.Minute}, func(lines []string, _ town) string {
			behind := 0
			for i := range texts {
				sent := slices.Index(lines, fmt.Sprintf("1s a%d sent", i))
				delivered := slices.Index(lines, fmt.Sprintf("3s a%d delivered", i))
				if sent < 0 || delivered < 0 {
					return "a report is missing"
				}
				if delivered < sent {
					behind++
				}
			}
			if behind < texts/10 {
				return fmt.Sprintf("only %d came out of order", behind)
			}
			return ""
		}},
		{"everything travels a while", simulator.Faults{Delay: time.Minute}, func(lines []string, _ town) string {
			if len(lines) != 3*texts || !strings.HasPrefix(lines[0], "1s ") {
				return fmt.Sprintf("%d lines, the first is %s", len(lines), lines[0])
			}
			return ""
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newTown(simulator.Options{Faults: c.faults, Town: []simulator.Share{{Habit: simulator.Replies("1", time.Minute), Of: 1}}})
			for i := range texts {
				w.text(t, fmt.Sprintf("a%d", i), fmt.Sprintf("+86138%08d", i), ask)
			}
			w.until(t, 24*time.Hour)
			if wrong := c.check(w.desk.lines, w); wrong != "" {
				t.Error(wrong)
			}
			if c.faults.LoseReport == 0 {
				for ref, now := range w.desk.now {
					if now != callbacks.Delivered {
						t.Errorf("%s ends as %s", ref, now)
					}
				}
			}
		})
	}
}

// TestTurnsOfACallComeTwice: the desk sees every turn twice and the talk goes on once.
func TestTurnsOfACallComeTwice(t *testing.T) {
	t.Parallel()
	w := newTown(simulator.Options{Faults: simulator.Faults{RepeatReport: 1}})
	if err := w.SetHabit(wang, simulator.Presses("1", "5")); err != nil {
		t.Fatal(err)
	}
	w.call(t, "c1", wang)
	w.until(t, time.Hour)
	got := map[string]int{}
	for _, line := range w.desk.lines {
		if strings.HasPrefix(line, "c1 ") {
			got[line]++
		}
	}
	want := map[string]int{"c1 answered, machine false": 2, `c1 solved 1: "1"`: 2, `c1 rating 1: "5"`: 2}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if turns := w.Thread(wang)[0].Turns; len(turns) != 3 {
		t.Errorf("turns: %+v", turns)
	}
}

// TestWhatTheDeskDoesNotTakeComesAgain, a few times.
func TestWhatTheDeskDoesNotTakeComesAgain(t *testing.T) {
	t.Parallel()
	w := newTown(simulator.Options{})
	if err := w.SetHabit(wang, simulator.Presses("1", "5")); err != nil {
		t.Fatal(err)
	}
	w.text(t, "a1", wang, ask)
	w.call(t, "c1", wang)
	w.desk.fails = 4
	failed := 0
	for w.clock.Now().Before(morning.Add(time.Hour)) {
		if _, err := w.Step(t.Context()); err != nil {
			failed++
			if !errors.Is(err, errAway) {
				t.Errorf("got %v", err)
			}
		}
		w.clock.Advance(time.Second)
	}
	if failed == 0 || w.desk.now["a1"] != callbacks.Delivered || w.desk.now["c1"] != callbacks.HungUp {
		t.Errorf("%d errors, text %s, call %s", failed, w.desk.now["a1"], w.desk.now["c1"])
	}
}

// TestACallToADeskThatIsAwayEnds: nobody is kept on the line for ever.
func TestACallToADeskThatIsAwayEnds(t *testing.T) {
	t.Parallel()
	w := newTown(simulator.Options{})
	if err := w.SetHabit(wang, simulator.Presses("1", "5")); err != nil {
		t.Fatal(err)
	}
	h := w.call(t, "c1", wang)
	w.desk.fails = 1 << 30
	for w.clock.Now().Before(morning.Add(10 * time.Minute)) {
		_, _ = w.Step(t.Context())
		w.clock.Advance(time.Second)
	}
	if r, err := w.State(t.Context(), callbacks.ByVoice, h.CarrierID); err != nil || r.Status != callbacks.HungUp {
		t.Errorf("got %+v, %v", r, err)
	}
	if _, due := w.Due(); due {
		t.Error("something is still to happen")
	}
}

func TestWithoutAnInboxNothingHappens(t *testing.T) {
	t.Parallel()
	w := newTown(simulator.Options{})
	w.text(t, "a1", wang, ask)
	w.Connect(nil)
	w.clock.Advance(time.Minute)
	if _, err := w.Step(t.Context()); !errors.Is(err, simulator.ErrNoInbox) {
		t.Errorf("got %v", err)
	}
	w.Connect(w.desk)
	w.until(t, 2*time.Minute)
	if w.desk.now["a1"] != callbacks.Delivered {
		t.Errorf("got %s", w.desk.now["a1"])
	}
}
