package session

import (
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// tries slows down whoever guesses. It counts by address and by the pair of
// address and login, never by login alone: locking an account for everybody
// would let a stranger lock out its owner.
type tries struct {
	clock clockwork.Clock
	mu    sync.Mutex
	seen  map[string]tally
}

type tally struct {
	since time.Time
	n     int
}

const (
	triesWindow  = 15 * time.Minute
	perPair      = 8   // tries for one login from one address in a window
	perAddress   = 100 // a whole hall may sit behind one address
	mostRemember = 100_000
)

func newTries(clock clockwork.Clock) *tries { return &tries{clock: clock, seen: map[string]tally{}} }

func (t *tries) allow(login, address string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.seen) > mostRemember {
		t.forgetOld()
	}
	return t.count(pairKey(login, address)) <= perPair && t.count(address) <= perAddress
}

func (t *tries) forget(login, address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.seen, pairKey(login, address))
}

func (t *tries) count(key string) int {
	now := t.clock.Now()
	x := t.seen[key]
	if now.Sub(x.since) > triesWindow {
		x = tally{since: now}
	}
	x.n++
	t.seen[key] = x
	return x.n
}

func (t *tries) forgetOld() {
	now := t.clock.Now()
	for k, x := range t.seen {
		if now.Sub(x.since) > triesWindow {
			delete(t.seen, k)
		}
	}
}

func pairKey(login, address string) string {
	return address + " " + strings.ToLower(strings.TrimSpace(login))
}
