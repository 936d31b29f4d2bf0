package session

import (
	"strings"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// tries slows down whoever guesses. It counts by address, by the pair of
// address and login, and by login for browsers that its owner never used: a
// guesser with a thousand addresses is stopped by the last, and the owner at
// his own desk is not, for his browser is known by a cookie (OWASP: slow down
// online guessing with device cookies). It counts in memory, so with several
// instances each lets as many through.
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
	perLogin     = 40  // tries for one login from browsers that are not its owner's
	mostRemember = 100_000
)

func newTries(clock clockwork.Clock) *tries { return &tries{clock: clock, seen: map[string]tally{}} }

// allow says whether another try may be made; known is whether the browser is
// one that this login was used in before.
func (t *tries) allow(login, address string, known bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.seen) > mostRemember {
		t.forgetOld()
	}
	pair, all := t.count(pairKey(login, address)) <= perPair, t.count(address) <= perAddress
	strange := known || t.count(pairKey(login, "anywhere")) <= perLogin
	return pair && all && strange
}

func (t *tries) forget(login, address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.seen, pairKey(login, address))
	delete(t.seen, pairKey(login, "anywhere"))
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
