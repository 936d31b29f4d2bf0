package session

import (
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// Window counts what happens again and again within some time, by whatever
// key: tries of a password from an address, guesses at a ticket's number. A
// key's time begins with the first of a row; when it is over the next one
// begins at one again. It counts in memory, so that several instances each
// count for themselves. It may be used by many at once.
type Window struct {
	clock   clockwork.Clock
	longest time.Duration // no key counts for longer
	most    int           // keys kept before old ones are looked for

	mu   sync.Mutex
	seen map[string]run
}

type run struct {
	since time.Time
	n     int
}

// NewWindow returns one that forgets keys older than longest when it holds
// more than most of them.
func NewWindow(clock clockwork.Clock, longest time.Duration, most int) *Window {
	return &Window{clock: clock, longest: longest, most: most, seen: map[string]run{}}
}

// Count counts one more under the key, whose time is within, and returns how
// many that makes. To count before one looks is what keeps many at once from
// slipping through.
func (w *Window) Count(key string, within time.Duration) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.clock.Now()
	if len(w.seen) > w.most {
		w.forgetOld(now)
	}
	x := w.seen[key]
	if now.Sub(x.since) > within {
		x = run{since: now}
	}
	x.n++
	w.seen[key] = x
	return x.n
}

// TakeBack takes one back under each key, for what turned out not to count.
func (w *Window) TakeBack(keys ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, k := range keys {
		if x := w.seen[k]; x.n > 1 {
			x.n--
			w.seen[k] = x
		} else {
			delete(w.seen, k)
		}
	}
}

// Forget takes back all under each key.
func (w *Window) Forget(keys ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, k := range keys {
		delete(w.seen, k)
	}
}

func (w *Window) forgetOld(now time.Time) {
	for k, x := range w.seen {
		if now.Sub(x.since) > w.longest {
			delete(w.seen, k)
		}
	}
}
