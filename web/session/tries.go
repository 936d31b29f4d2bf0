package session

import (
	"strings"
	"time"

	"github.com/jonboulle/clockwork"
)

// tries slows down whoever guesses. It counts by address, by the pair of
// address and login, and by login for browsers that its owner never used: a
// guesser with a thousand addresses is stopped by the last, and the owner at
// his own desk is not, for his browser is known by a cookie (OWASP: slow down
// online guessing with device cookies).
type tries struct{ made *Window }

const (
	triesWindow  = 15 * time.Minute
	perPair      = 8   // tries for one login from one address in a window
	perAddress   = 100 // a whole hall may sit behind one address
	perLogin     = 40  // tries for one login from browsers that are not its owner's
	mostRemember = 100_000
)

func newTries(clock clockwork.Clock) tries {
	return tries{NewWindow(clock, triesWindow, mostRemember)}
}

// allow says whether another try may be made; known is whether the browser is
// one that this login was used in before.
func (t tries) allow(login, address string, known bool) bool {
	pair, all := t.count(pairKey(login, address)) <= perPair, t.count(address) <= perAddress
	strange := known || t.count(pairKey(login, "anywhere")) <= perLogin
	return pair && all && strange
}

func (t tries) forget(login, address string) {
	t.made.Forget(pairKey(login, address), pairKey(login, "anywhere"))
}

func (t tries) count(key string) int { return t.made.Count(key, triesWindow) }

func pairKey(login, address string) string {
	return address + " " + strings.ToLower(strings.TrimSpace(login))
}
