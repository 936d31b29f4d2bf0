package simulator_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nengban/callbacks"
	"nengban/callbacks/simulator"
)

// play sends to 300 phones of a town, texts and calls, and returns all that can
// be seen afterwards. Sending is done by many goroutines, stepping in strides.
func play(t testing.TB, seed uint64, senders int, stride time.Duration) (ledger []simulator.Sent, threads []string) {
	t.Helper()
	w := newTown(simulator.Options{Seed: seed, Town: simulator.Town(), Faults: simulator.Faults{
		Refuse: 0.05, LoseRequest: 0.05, LoseReceipt: 0.05, LoseReport: 0.1, RepeatReport: 0.1, LateReport: 0.1, Late: time.Hour, Delay: time.Second,
	}})
	var wg sync.WaitGroup
	for s := range senders {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := s; i < 300; i += senders {
				to := fmt.Sprintf("+86138%08d", i)
				_, _ = w.SendText(context.Background(), callbacks.Text{Ref: fmt.Sprintf("a%d", i), To: to, Words: ask})
				_, _ = w.PlaceCall(context.Background(), callbacks.Call{Ref: fmt.Sprintf("c%d", i), To: to})
			}
		}()
	}
	wg.Wait()
	for w.clock.Now().Before(morning.Add(30 * time.Hour)) {
		w.clock.Advance(stride)
		if _, err := w.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	ledger = w.Ledger()
	slices.SortFunc(ledger, func(a, b simulator.Sent) int { return strings.Compare(a.CarrierID, b.CarrierID) })
	for i := range 300 {
		threads = append(threads, fmt.Sprintf("%+v", w.Thread(fmt.Sprintf("+86138%08d", i))))
	}
	return ledger, threads
}

// TestTheSameSeedIsTheSameTown, whoever sends first and however the clock is moved.
func TestTheSameSeedIsTheSameTown(t *testing.T) {
	t.Parallel()
	ledger, threads := play(t, 7, 1, time.Minute)
	for _, other := range []struct {
		senders int
		stride  time.Duration
	}{{1, time.Minute}, {8, time.Minute}, {3, 10 * time.Second}, {5, 30 * time.Hour}} {
		l, th := play(t, 7, other.senders, other.stride)
		if diff := cmp.Diff(ledger, l); diff != "" {
			t.Errorf("%+v, ledger (-first +other):\n%.2000s", other, diff)
		}
		if diff := cmp.Diff(threads, th); diff != "" {
			t.Errorf("%+v, threads (-first +other):\n%.2000s", other, diff)
		}
	}
	_, elsewhere := play(t, 8, 1, time.Minute)
	if cmp.Equal(threads, elsewhere) {
		t.Error("another seed is the same town")
	}
}

func TestATownIsAsItsShares(t *testing.T) {
	t.Parallel()
	w := newTown(simulator.Options{Seed: 1, Town: simulator.Town()})
	for i := range 5000 {
		w.Reply(fmt.Sprintf("+86139%08d", i), "1")
	}
	got := map[string]int{}
	for _, p := range w.Phones() {
		got[p.Habit]++
	}
	for _, s := range simulator.Town() {
		if n := float64(got[s.Habit.Name]) / 50; n < 0.7*float64(s.Of)-0.5 || n > 1.3*float64(s.Of)+0.5 {
			t.Errorf("%s: %.1f %%, want about %d", s.Habit.Name, n, s.Of)
		}
	}
}

// TestLedgersAgree: whoever resends only after Find has said no, sends nothing
// twice and loses nothing, whatever the network does.
func TestLedgersAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		likely := rapid.Float64Range(0, 0.4)
		clockwork := newTown(simulator.Options{
			Seed: rapid.Uint64().Draw(t, "seed"), Limit: rapid.IntRange(0, 5).Draw(t, "limit"),
			Faults: simulator.Faults{
				Refuse: likely.Draw(t, "refuse"), LoseRequest: likely.Draw(t, "lose request"), LoseReceipt: likely.Draw(t, "lose receipt"),
				LoseReport: likely.Draw(t, "lose report"), RepeatReport: likely.Draw(t, "repeat"), LateReport: likely.Draw(t, "late"), Late: time.Minute,
			},
		})
		w := clockwork
		ours := map[string]string{}
		for i := range rapid.IntRange(1, 40).Draw(t, "texts") {
			ref := fmt.Sprintf("a%d", i)
			for try := 0; ours[ref] == "" && try < 100; try++ {
				h, err := w.SendText(context.Background(), callbacks.Text{Ref: ref, To: wang, Words: ask})
				if callbacks.KindOf(err) == callbacks.Unclear {
					h, _, err = w.Find(context.Background(), callbacks.Sought{Ref: ref, To: wang, Since: morning})
				}
				if err == nil {
					ours[ref] = h.CarrierID
				}
				w.clock.Advance(300 * time.Millisecond)
			}
		}
		theirs := map[string]string{}
		for _, s := range w.Ledger() {
			theirs[s.Ref] = s.CarrierID
		}
		if diff := cmp.Diff(ours, theirs); diff != "" || len(w.Twice()) > 0 {
			t.Errorf("twice: %v, ledgers (-ours +theirs):\n%s", w.Twice(), diff)
		}
		listed, err := w.Sent(context.Background(), morning, w.clock.Now().Add(time.Second))
		if err != nil || len(listed) != len(theirs) {
			t.Errorf("listed %d of %d, %v", len(listed), len(theirs), err)
		}
	})
}

func TestASpanOfTheLedger(t *testing.T) {
	t.Parallel()
	w := newTown(simulator.Options{})
	for i := range 3 {
		w.text(t, fmt.Sprintf("a%d", i), wang, ask)
		w.clock.Advance(time.Hour)
	}
	got, err := w.Sent(t.Context(), morning, morning.Add(time.Hour))
	if err != nil || len(got) != 1 || got[0].Ref != "a0" {
		t.Errorf("got %+v, %v", got, err)
	}
}

// TestADemoGoesOnAfterARestart saves in the middle of everything, loads into
// another network, and compares the end with a network that was not stopped.
func TestADemoGoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	begin := func() town {
		w := newTown(simulator.Options{Seed: 3, Town: simulator.Town()})
		for i := range 100 {
			to := fmt.Sprintf("+86138%08d", i)
			_, _ = w.SendText(t.Context(), callbacks.Text{Ref: fmt.Sprintf("a%d", i), To: to, Words: ask, Params: map[string]string{"tail": "4821"}})
			_, _ = w.PlaceCall(t.Context(), callbacks.Call{Ref: fmt.Sprintf("c%d", i), To: to})
		}
		w.until(t, 9*time.Second) // in the middle of calls
		return w
	}
	whole, stopped := begin(), begin()
	var file bytes.Buffer
	if err := stopped.Save(&file); err != nil {
		t.Fatal(err)
	}
	saved := file.String()
	again := newTown(simulator.Options{Seed: 99})
	again.clock.Advance(9 * time.Second)
	if err := again.Load(&file); err != nil {
		t.Fatal(err)
	}
	var twice bytes.Buffer
	if err := again.Save(&twice); err != nil || twice.String() != saved {
		t.Errorf("what was loaded is not what was saved (%v)", err)
	}
	whole.until(t, 48*time.Hour)
	again.until(t, 48*time.Hour)
	if diff := cmp.Diff(whole.Ledger(), again.Ledger()); diff != "" {
		t.Errorf("ledger (-whole +restarted):\n%.2000s", diff)
	}
	if diff := cmp.Diff(whole.Phones(), again.Phones()); diff != "" {
		t.Errorf("phones (-whole +restarted):\n%.2000s", diff)
	}
	for _, p := range whole.Phones() {
		if diff := cmp.Diff(whole.Thread(p.Number), again.Thread(p.Number)); diff != "" {
			t.Errorf("%s (-whole +restarted):\n%s", p.Number, diff)
		}
	}
}

func TestWhatCannotBeLoaded(t *testing.T) {
	t.Parallel()
	for name, file := range map[string]string{
		"nothing":           ``,
		"no JSON":           `<html>`,
		"another version":   `{"version":2}`,
		"a line without id": `{"version":1,"ledger":[{}]}`,
		"a call not begun":  `{"version":1,"ledger":[{"carrier_id":"x","way":"voice"}]}`,
		"a nameless phone":  `{"version":1,"phones":[{}]}`,
		"a bad habit":       `{"version":1,"phones":[{"number":"1","habit":{"texts":[{"hears":"("}]}}]}`,
		"an orphan":         `{"version":1,"queue":[{"kind":"becomes","of":"x"}]}`,
		"keys of no call":   `{"version":1,"ledger":[{"carrier_id":"x","way":"sms"}],"queue":[{"kind":"presses","of":"x"}]}`,
		"an odd event":      `{"version":1,"queue":[{"kind":"explodes"}]}`,
	} {
		w := newTown(simulator.Options{})
		w.text(t, "a1", wang, ask)
		if err := w.Load(strings.NewReader(file)); err == nil {
			t.Errorf("%s: loaded", name)
		}
		if len(w.Ledger()) != 1 {
			t.Errorf("%s: the network did not stay as it was", name)
		}
	}
}

// FuzzLoad loads what may be left of a damaged file and goes on: never a panic.
func FuzzLoad(f *testing.F) {
	w := newTown(simulator.Options{})
	w.text(f, "a1", wang, ask)
	w.call(f, "c1", wang)
	if err := w.Drive(f.Context(), w.clock, morning.Add(3*time.Second)); err != nil {
		f.Fatal(err)
	}
	var file bytes.Buffer
	if err := w.Save(&file); err != nil {
		f.Fatal(err)
	}
	f.Add(file.String())
	f.Fuzz(func(t *testing.T, file string) {
		w := newTown(simulator.Options{})
		if w.Load(strings.NewReader(file)) != nil {
			return
		}
		for range 50 {
			_, _ = w.Step(t.Context())
			w.clock.Advance(time.Minute)
		}
		w.Phones()
		w.Ledger()
	})
}

// TestManyAtOnce is for the race detector: senders, the pump, hands and pages.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	w := newTown(simulator.Options{Town: simulator.Town(), Limit: 0})
	var wg sync.WaitGroup
	work := func(f func(i int)) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range 100 {
				f(i)
			}
		}()
	}
	to := func(i int) string { return fmt.Sprintf("+86138%08d", i%10) }
	work(func(i int) {
		_, _ = w.SendText(t.Context(), callbacks.Text{Ref: fmt.Sprintf("a%d", i), To: to(i), Words: ask})
	})
	work(func(i int) { _, _ = w.PlaceCall(t.Context(), callbacks.Call{Ref: fmt.Sprintf("c%d", i), To: to(i)}) })
	work(func(int) { w.clock.Advance(time.Second); _, _ = w.Step(t.Context()) })
	work(func(i int) {
		_, _ = w.PickUp(t.Context(), to(i))
		_, _ = w.Press(t.Context(), to(i), "1")
		_ = w.HangUp(to(i))
	})
	work(func(i int) { w.Reply(to(i), "2"); w.Phones(); w.Thread(to(i)); w.Ledger() })
	work(func(i int) {
		w.SetFaults(simulator.Faults{RepeatReport: 0.1})
		_ = w.SetHabit(to(i), simulator.ByHand())
	})
	work(func(int) { _ = w.Save(&bytes.Buffer{}) })
	wg.Wait()
	w.until(t, 24*time.Hour)
	if len(w.Ledger()) != 200 || len(w.Twice()) != 0 {
		t.Errorf("%d accepted, twice %v", len(w.Ledger()), w.Twice())
	}
}

func TestWhatAPhoneExpects(t *testing.T) {
	t.Parallel()
	w := newTown(simulator.Options{})
	w.Expect(wang, "办结", "4821").Reply("5").ReplyAfter(time.Minute, "刚才按错了，是1")
	w.ExpectCall(wang).Hear("解决").Press("1").Hear("满意").Press("5").Hear("谢谢")
	if got := w.Unmet(); len(got) != 2 {
		t.Errorf("before anything came: %q", got)
	}
	w.text(t, "a1", wang, ask)
	w.call(t, "c1", wang)
	w.until(t, time.Hour)
	if got := w.Unmet(); got != nil {
		t.Errorf("all came and this is left: %q", got)
	}
	var said []string
	for _, i := range w.Thread(wang) {
		if i.Out {
			said = append(said, i.Words)
		}
	}
	if diff := cmp.Diff([]string{"5", "刚才按错了，是1"}, said); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhatAPhoneDoesNotExpect(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		play func(w town)
		want string
	}{
		{"other words", func(w town) { w.Expect(wang, "延期"); w.text(t, "a1", wang, ask) }, "not expected"},
		{"a second text", func(w town) { w.Expect(wang, "办结"); w.text(t, "a1", wang, ask); w.text(t, "a2", wang, ask) }, "not expected"},
		{"nothing", func(w town) { w.Expect(wang, "办结") }, "no text"},
		{"no call", func(w town) { w.ExpectCall(wang) }, "no call"},
		{"a call", func(w town) { w.Expect(wang, "办结"); w.call(t, "c1", wang) }, "a call to"},
		{"other words in a call", func(w town) { w.ExpectCall(wang).Hear("天气"); w.call(t, "c1", wang) }, "lacks"},
		{"a call that ends too early", func(w town) {
			w.ExpectCall(wang).Hear("解决").Press(simulator.PutsDown).Hear("满意")
			w.call(t, "c1", wang)
		}, "ended after 1 of 2"},
		{"a call that goes on", func(w town) { w.ExpectCall(wang).Hear("解决").Press("1"); w.call(t, "c1", wang) }, "turn 2 was not expected"},
		{"keys before anything is heard", func(w town) { w.ExpectCall(wang).Press("1").Hear("满意").Press("1"); w.call(t, "c1", wang) }, "turn 3 was not expected"},
	} {
		w := newTown(simulator.Options{})
		c.play(w)
		w.until(t, time.Hour)
		if got := strings.Join(w.Unmet(), "\n"); !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// BenchmarkTown is one survey text with everything that follows it.
func BenchmarkTown(b *testing.B) {
	w := newTown(simulator.Options{Town: simulator.Town()})
	ctx := context.Background()
	for i := 0; b.Loop(); i++ {
		_, _ = w.SendText(ctx, callbacks.Text{Ref: fmt.Sprintf("a%d", i), To: fmt.Sprintf("+86138%08d", i%100000), Words: ask})
		w.clock.Advance(10 * time.Millisecond)
		if _, err := w.Step(ctx); err != nil {
			b.Fatal(err)
		}
	}
}
