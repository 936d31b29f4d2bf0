package session_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"nengban/web/session"
)

func TestAWindowCountsFromTheFirstAndBeginsAgainWhenItIsOver(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	w := session.NewWindow(clock, time.Hour, 2)
	count := func(key string, want int) {
		t.Helper()
		if got := w.Count(key, 15*time.Minute); got != want {
			t.Errorf("%s counts %d; want %d", key, got, want)
		}
	}
	count("hall", 1)
	clock.Advance(10 * time.Minute)
	count("hall", 2)
	count("home", 1)
	w.TakeBack("home", "hall", "nobody")
	count("hall", 2)
	count("home", 1)
	w.Forget("hall")
	count("hall", 1)
	clock.Advance(15 * time.Minute)
	count("hall", 2) // to the minute it is still the same window
	clock.Advance(time.Second)
	count("hall", 1)
	for _, key := range []string{"a", "b", "c"} { // more than it keeps: what is recent stays all the same
		count(key, 1)
	}
	count("hall", 2)
}
