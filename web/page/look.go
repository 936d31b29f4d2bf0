package page

import (
	"context"
	"errors"
	"time"

	"github.com/go-chi/httprate"
	"github.com/jonboulle/clockwork"

	"nengban/tickets"
	"nengban/web/session"
)

// Looks is the citizen's way in with a ticket's number and query code: one for
// the pages and for programs, so that both share the count of wrong guesses.
//
// A code has eight digits, and numbers run on by one, so whoever wants to read
// strangers' tickets must guess. Guesses are counted by network address, and
// by number against those who have many addresses. An unknown number counts
// and answers like a wrong code, and takes as long.
type Looks struct {
	desk  *tickets.Desk
	wrong *session.Window
}

// How many wrong guesses are answered, and how long a wrong one takes. A hall
// full of people may sit behind one address; nobody mistypes his own code
// twenty times within an hour.
const (
	guessesPerAddress = 30
	guessesPerNumber  = 20
	addressWindow     = 15 * time.Minute
	numberWindow      = time.Hour
	leastWait         = 100 * time.Millisecond
	mostGuessers      = 200_000
)

// NewLooks returns the way in to a desk's tickets.
func NewLooks(d *tickets.Desk, clock clockwork.Clock) *Looks {
	return &Looks{desk: d, wrong: session.NewWindow(clock, numberWindow, mostGuessers)}
}

// Look returns the ticket of a number and code as they were typed. It refuses
// with tickets.ErrNotFound, whatever of the two is wrong, and with ErrGuessing.
func (l *Looks) Look(ctx context.Context, number, code, address string) (*tickets.Ticket, []tickets.Entry, error) {
	least := time.NewTimer(leastWait) // patience, not a rule of the trade: no clock to inject
	defer least.Stop()
	byAddress, byNumber := "a "+httprate.CanonicalizeIP(address), "n "
	n, ok := Number(number)
	if byNumber += n; !ok {
		byNumber = byAddress // what is no number at all is nobody's: it counts by address alone
	}
	if !l.allow(byAddress, byNumber) {
		return nil, nil, ErrGuessing
	}
	t, entries, err := l.desk.Look(ctx, n, code)
	if !errors.Is(err, tickets.ErrNotFound) {
		l.wrong.TakeBack(byAddress, byNumber)
		return t, entries, err
	}
	select {
	case <-least.C:
	case <-ctx.Done():
	}
	return nil, nil, err
}

// allow counts a guess before it is looked at, or many at once would slip through.
func (l *Looks) allow(byAddress, byNumber string) bool {
	if l.wrong.Count(byAddress, addressWindow) > guessesPerAddress {
		return false
	}
	return byNumber == byAddress || l.wrong.Count(byNumber, numberWindow) <= guessesPerNumber
}
