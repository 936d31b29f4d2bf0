package simulator_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"nengban/callbacks"
	"nengban/callbacks/simulator"
)

const (
	wang = "+8613800000001"
	ask  = "【云岭12345】您反映的“路灯不亮”（尾号4821）已办结，请您评价：1非常满意 2满意 3基本满意 4不满意 5非常不满意；未解决请回0，可附文字。回T退订"
)

var morning = time.Date(2026, 3, 2, 1, 30, 0, 0, time.UTC)

// desk is an inbox that writes down what it is handed, as lines, and leads a
// talk of two questions.
type desk struct {
	mu    sync.Mutex
	lines []string
	now   map[string]callbacks.Delivery // of each reference, as far as reports tell
	texts map[string]string             // by carrier's id: the same twice is one
	fails int                           // how often it still refuses everything
}

func newDesk() *desk {
	return &desk{now: map[string]callbacks.Delivery{}, texts: map[string]string{}}
}

var errAway = errors.New("the database is away")

func (d *desk) take(format string, args ...any) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fails > 0 {
		d.fails--
		return errAway
	}
	d.lines = append(d.lines, fmt.Sprintf(format, args...))
	return nil
}

func (d *desk) Report(_ context.Context, r callbacks.Report) error {
	if err := d.take("%s %s %s%s", r.At.Sub(morning), r.Ref, r.Status, r.Trouble); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if r.Status.Follows(d.now[r.Ref]) {
		d.now[r.Ref] = r.Status
	}
	return nil
}

func (d *desk) Text(_ context.Context, in callbacks.Incoming) error {
	if err := d.take("%s text %q", in.At.Sub(morning), in.Words); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.texts[in.CarrierID] = in.Words
	return nil
}

func (d *desk) Answered(_ context.Context, _, ref string, machine bool) (*callbacks.Prompt, error) {
	if err := d.take("%s answered, machine %t", ref, machine); err != nil || machine {
		return nil, err
	}
	return &callbacks.Prompt{Say: "请问解决了吗？解决请按1", Lang: "zh-CN", Question: "solved", Try: 1, Digits: 1}, nil
}

func (d *desk) Pressed(_ context.Context, k callbacks.Keys) (*callbacks.Prompt, error) {
	if err := d.take("%s %s %d: %q", k.Ref, k.Question, k.Try, k.Digits); err != nil {
		return nil, err
	}
	switch {
	case k.Question == "solved" && (k.Digits == "1" || k.Digits == "2"):
		return &callbacks.Prompt{Say: "满意请按1", Question: "rating", Try: 1, Digits: 1}, nil
	case k.Question == "rating" && k.Digits >= "1" && k.Digits <= "5":
		return &callbacks.Prompt{Say: "谢谢"}, nil
	case k.Try < 3:
		return &callbacks.Prompt{Say: "请再按一次", Question: k.Question, Try: k.Try + 1, Digits: 1}, nil
	default:
		return &callbacks.Prompt{Say: "再见"}, nil
	}
}

// town is a network, its clock and its desk.
type town struct {
	*simulator.Network
	clock *clockwork.FakeClock
	desk  *desk
}

func newTown(set simulator.Options) town {
	clock := clockwork.NewFakeClockAt(morning)
	w := town{simulator.New(clock, set), clock, newDesk()}
	w.Connect(w.desk)
	return w
}

func (w town) until(t testing.TB, d time.Duration) {
	t.Helper()
	if err := w.Drive(t.Context(), w.clock, morning.Add(d)); err != nil {
		t.Fatal(err)
	}
}

func (w town) text(t testing.TB, ref, to, words string) callbacks.Handed {
	t.Helper()
	h, err := w.SendText(t.Context(), callbacks.Text{Ref: ref, To: to, Words: words})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func (w town) call(t testing.TB, ref, to string) callbacks.Handed {
	t.Helper()
	h, err := w.PlaceCall(t.Context(), callbacks.Call{Ref: ref, To: to, Script: "survey_voice"})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func habit(t testing.TB, name string) simulator.Habit {
	t.Helper()
	h, ok := simulator.HabitNamed(name)
	if !ok {
		t.Fatalf("there is no habit %q", name)
	}
	h.Spread = 0
	return h
}

// TestHabitsWithTexts sends each phone one survey and waits two days.
func TestHabitsWithTexts(t *testing.T) {
	t.Parallel()
	arrives := []string{"1s a1 sent", "3s a1 delivered"}
	for _, c := range []struct {
		habit simulator.Habit
		want  []string
	}{
		{habit(t, "by_hand"), arrives},
		{habit(t, "silent"), arrives},
		{habit(t, "satisfied"), append(arrives[:2:2], `43s text "1"`)},
		{habit(t, "answers_in_words"), append(arrives[:2:2], `2m3s text "挺满意的，谢谢你们"`)},
		{habit(t, "unsolved"), append(arrives[:2:2], `1m3s text "0 没人来修"`)},
		{habit(t, "dissatisfied"), append(arrives[:2:2], `3m3s text "4 态度差"`)},
		{habit(t, "answers_next_day"), append(arrives[:2:2], `24h0m3s text "满意"`)},
		{habit(t, "answers_by_tail"), append(arrives[:2:2], `5m3s text "4821 2"`)},
		{habit(t, "corrects_himself"), append(arrives[:2:2], `23s text "5"`, `1m23s text "刚才按错了，是1"`)},
		{habit(t, "asks_back"), append(arrives[:2:2], `1m3s text "你们是谁？"`)},
		{habit(t, "ironic"), append(arrives[:2:2], `2m3s text "满意？你自己信吗"`)},
		{habit(t, "stops"), append(arrives[:2:2], `33s text "T"`)},
		{habit(t, "out_of_office"), append(arrives[:2:2], `4s text "【自动回复】我正在开车，稍后与您联系。"`)},
		{habit(t, "switched_off"), []string{"1s a1 sent", "3s a1 undeliveredtry_again"}},
		{habit(t, "no_such_number"), []string{"1s a1 sent", "3s a1 undeliverednever"}},
		{simulator.Replies("5", 10*time.Minute), append(arrives[:2:2], `10m3s text "5"`)},
		{simulator.Presses("1", "2"), arrives},
	} {
		w := newTown(simulator.Options{})
		if err := w.SetHabit(wang, c.habit); err != nil {
			t.Fatal(err)
		}
		w.text(t, "a1", wang, ask)
		w.until(t, 48*time.Hour)
		if diff := cmp.Diff(c.want, w.desk.lines); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.habit.Name, diff)
		}
	}
}

func TestWhoAsksBackAnswersWhenAskedAgain(t *testing.T) {
	t.Parallel()
	w := newTown(simulator.Options{})
	if err := w.SetHabit(wang, habit(t, "asks_back")); err != nil {
		t.Fatal(err)
	}
	w.text(t, "a1", wang, ask)
	w.until(t, 10*time.Minute)
	w.text(t, "a2", wang, "请只回一个数字：1非常满意 2满意")
	w.text(t, "n1", wang, "【云岭12345】您反映的“路灯不亮”已受理，工单尾号4821。")
	w.until(t, time.Hour)
	var said []string
	for _, i := range w.Thread(wang) {
		if i.Out {
			said = append(said, i.Words)
		}
	}
	if diff := cmp.Diff([]string{"你们是谁？", "2"}, said); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestHabitsWithCalls calls each phone once.
func TestHabitsWithCalls(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		habit simulator.Habit
		want  []string
	}{
		{habit(t, "silent"), []string{"1s c1 ringing", "46s c1 no_answer"}},
		{habit(t, "by_hand"), []string{"1s c1 ringing", "46s c1 no_answer"}},
		{habit(t, "busy"), []string{"1s c1 ringing", "2s c1 busy"}},
		{habit(t, "voicemail"), []string{"1s c1 ringing", "c1 answered, machine true", "23s c1 machine"}},
		{simulator.Presses("1", "5"), []string{"1s c1 ringing", "c1 answered, machine false", "6s c1 in_call", `c1 solved 1: "1"`, `c1 rating 1: "5"`, "14s c1 hung_up"}},
		{habit(t, "unsolved"), []string{"1s c1 ringing", "c1 answered, machine false", "6s c1 in_call", `c1 solved 1: "2"`, `c1 rating 1: "5"`, "14s c1 hung_up"}},
		{habit(t, "wrong_keys"), []string{"1s c1 ringing", "c1 answered, machine false", "6s c1 in_call", `c1 solved 1: "7"`, `c1 solved 2: "8"`, `c1 solved 3: "#"`, "17s c1 hung_up"}},
		{habit(t, "asks_back"), []string{"1s c1 ringing", "c1 answered, machine false", "6s c1 in_call", `c1 solved 1: "*"`, `c1 solved 2: "0"`, `c1 solved 3: "1"`, `c1 rating 1: "*"`, `c1 rating 2: "0"`, `c1 rating 3: "1"`, "26s c1 hung_up"}},
		{habit(t, "picks_up_and_says_nothing"), []string{"1s c1 ringing", "c1 answered, machine false", "6s c1 in_call", `c1 solved 1: ""`, `c1 solved 2: ""`, `c1 solved 3: ""`, "17s c1 hung_up"}},
		{habit(t, "puts_down"), []string{"1s c1 ringing", "c1 answered, machine false", "6s c1 in_call", "9s c1 hung_up"}},
	} {
		w := newTown(simulator.Options{})
		if err := w.SetHabit(wang, c.habit); err != nil {
			t.Fatal(err)
		}
		w.call(t, "c1", wang)
		w.until(t, time.Hour)
		if diff := cmp.Diff(c.want, w.desk.lines); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.habit.Name, diff)
		}
	}
}

func TestALandlineTakesCallsOnly(t *testing.T) {
	t.Parallel()
	w := newTown(simulator.Options{})
	if err := w.SetHabit(wang, habit(t, "landline")); err != nil {
		t.Fatal(err)
	}
	_, err := w.SendText(t.Context(), callbacks.Text{Ref: "a1", To: wang, Words: ask})
	if callbacks.KindOf(err) != callbacks.Landline {
		t.Errorf("a text: got %v", err)
	}
	w.call(t, "c1", wang)
	w.until(t, time.Minute)
	if w.desk.now["c1"] != callbacks.HungUp || len(w.Ledger()) != 1 {
		t.Errorf("a call: got %s, ledger %+v", w.desk.now["c1"], w.Ledger())
	}
}

// TestEveryHabitHasAName, is offered once, and can be chosen by it.
func TestEveryHabitHasAName(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, h := range simulator.Habits() {
		if h.Name == "" || seen[h.Name] {
			t.Errorf("%q is empty or there twice", h.Name)
		}
		seen[h.Name] = true
	}
	sum := 0
	for _, s := range simulator.Town() {
		if !seen[s.Habit.Name] {
			t.Errorf("the town has %q, which is not offered", s.Habit.Name)
		}
		sum += s.Of
	}
	if sum != 100 {
		t.Errorf("the town's shares make %d, want 100", sum)
	}
	if _, ok := simulator.HabitNamed("none"); ok {
		t.Error("a habit that there is not was found")
	}
	if err := newTown(simulator.Options{}).SetHabit(wang, simulator.Habit{Texts: []simulator.Rule{{Hears: "("}}}); err == nil {
		t.Error("a rule that cannot be read was accepted")
	}
}

func TestByHand(t *testing.T) {
	t.Parallel()
	w := newTown(simulator.Options{})
	if _, err := w.PickUp(t.Context(), wang); !errors.Is(err, simulator.ErrNotRinging) {
		t.Errorf("picking up a quiet phone: got %v", err)
	}
	w.text(t, "a1", wang, ask)
	w.until(t, time.Minute)
	w.Reply(wang, "２")
	w.call(t, "c1", wang)
	w.until(t, time.Minute+5*time.Second)
	if p := w.Phones()[0]; !p.Ringing || p.Talking || p.Number != wang || p.Habit != "by_hand" {
		t.Errorf("while it rings: %+v", p)
	}
	p, err := w.PickUp(t.Context(), wang)
	if err != nil || p == nil || p.Question != "solved" {
		t.Fatalf("picking up: got %+v, %v", p, err)
	}
	if p := w.Phones()[0]; p.Ringing || !p.Talking || !p.Waits || p.Says != "请问解决了吗？解决请按1" {
		t.Errorf("in the call: %+v", p)
	}
	if p, err = w.Press(t.Context(), wang, "1"); err != nil || p.Question != "rating" {
		t.Fatalf("pressing 1: got %+v, %v", p, err)
	}
	w.until(t, time.Minute+22*time.Second) // silence: the question is put again
	if p, err = w.Press(t.Context(), wang, "5"); err != nil || p.Question != "" {
		t.Fatalf("pressing 5: got %+v, %v", p, err)
	}
	if _, err = w.Press(t.Context(), wang, "5"); !errors.Is(err, simulator.ErrNotTalking) {
		t.Errorf("pressing after goodbye: got %v", err)
	}
	w.until(t, time.Hour)
	if _, err = w.Press(t.Context(), wang, "5"); !errors.Is(err, simulator.ErrNotTalking) {
		t.Errorf("pressing after the call: got %v", err)
	}
	thread := w.Thread(wang)
	want := []simulator.Item{
		{At: morning.Add(3 * time.Second), Way: callbacks.BySMS, Words: ask, Ref: "a1", Status: callbacks.Delivered},
		{At: morning.Add(time.Minute), Way: callbacks.BySMS, Out: true, Words: "２"},
		{At: morning.Add(time.Minute + time.Second), Way: callbacks.ByVoice, Ref: "c1", Status: callbacks.HungUp, Turns: []simulator.Turn{
			{Say: "请问解决了吗？解决请按1", Question: "solved", Try: 1, Keys: "1"},
			{Say: "满意请按1", Question: "rating", Try: 1},
			{Say: "请再按一次", Question: "rating", Try: 2, Keys: "5"},
			{Say: "谢谢"},
		}},
	}
	if diff := cmp.Diff(want, thread); diff != "" {
		t.Errorf("thread (-want +got):\n%s", diff)
	}
	if w.Thread("+8613999999999") != nil {
		t.Error("a phone that there is not has a thread")
	}
}

func TestHangingUpByHand(t *testing.T) {
	t.Parallel()
	w := newTown(simulator.Options{})
	if err := w.HangUp(wang); !errors.Is(err, simulator.ErrNotTalking) {
		t.Errorf("a quiet phone: got %v", err)
	}
	w.call(t, "c1", wang)
	w.until(t, 2*time.Second)
	if err := w.HangUp(wang); err != nil {
		t.Fatal(err)
	}
	w.call(t, "c2", wang)
	w.until(t, 4*time.Second)
	if _, err := w.PickUp(t.Context(), wang); err != nil {
		t.Fatal(err)
	}
	if err := w.HangUp(wang); err != nil {
		t.Fatal(err)
	}
	w.until(t, time.Hour)
	if w.desk.now["c1"] != callbacks.Busy || w.desk.now["c2"] != callbacks.HungUp {
		t.Errorf("turned away: %s, put down: %s", w.desk.now["c1"], w.desk.now["c2"])
	}
}

// TestPickingUpBeforeTheHabitDoes: whoever owns the phone at the demo page may
// be quicker than its habit.
func TestPickingUpBeforeTheHabitDoes(t *testing.T) {
	t.Parallel()
	w := newTown(simulator.Options{})
	if err := w.SetHabit(wang, habit(t, "voicemail")); err != nil {
		t.Fatal(err)
	}
	w.call(t, "c1", wang)
	w.until(t, 2*time.Second)
	if _, err := w.PickUp(t.Context(), wang); err != nil {
		t.Fatal(err)
	}
	w.until(t, time.Hour)
	want := []string{"1s c1 ringing", "c1 answered, machine false", "2s c1 in_call", `c1 solved 1: ""`, `c1 solved 2: ""`, `c1 solved 3: ""`, "49s c1 hung_up"}
	if diff := cmp.Diff(want, w.desk.lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
