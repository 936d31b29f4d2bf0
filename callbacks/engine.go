package callbacks

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"nengban/tickets"
	"nengban/tickets/vault"
	"nengban/tickets/worktime"
)

// Parts are what an engine is put together from.
type Parts struct {
	DB       *bun.DB
	Clock    clockwork.Clock
	Desk     *tickets.Desk
	Vault    *vault.Vault
	Policy   Policy
	Carriers []Line // in the order of preference; the first that carries a way is used for it
	Holidays worktime.Table
	Log      *slog.Logger
}

// Line is a carrier under the name that its breaker and its ledger have.
type Line struct {
	Name string
	Carrier
}

// Engine plans, sends, listens and draws the consequences. It keeps nothing in
// memory that a restart would lose, and may run in several instances on one
// database. It is the Inbox that carriers hand their news to.
type Engine struct {
	db     *bun.DB
	clock  clockwork.Clock
	desk   *tickets.Desk
	vault  *vault.Vault
	policy Policy
	lines  map[Way]Line
	paces  map[string]*pacer // by carrier
	hours  atomic.Pointer[hours]
	log    *slog.Logger
	poke   chan struct{}

	seedMu sync.Mutex
	seeds  map[string]sampleRow // of the months, see drawn

	// step is called between every two steps of what the engine does. A test
	// kills the engine there: from the moment it returns an error on, nothing
	// more is done, as when the process is gone.
	step func(string) error
}

var _ Inbox = (*Engine)(nil)

// New puts an engine together, or says what is wrong with the settings.
func New(p Parts) (*Engine, error) {
	if err := p.Policy.Validate(); err != nil {
		return nil, fmt.Errorf("settings of the callbacks: %w", err)
	}
	e := &Engine{db: p.DB, clock: p.Clock, desk: p.Desk, vault: p.Vault, policy: p.Policy, log: p.Log,
		lines: map[Way]Line{}, paces: map[string]*pacer{}, poke: make(chan struct{}, 1), seeds: map[string]sampleRow{}, step: func(string) error { return nil }}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	for _, line := range p.Carriers {
		for _, way := range line.Ways() {
			if _, taken := e.lines[way]; !taken {
				e.lines[way] = line
			}
		}
		e.paces[line.Name] = newPacer(p.Clock, p.Policy.Rate)
	}
	table := p.Holidays
	if len(table.Known()) == 0 {
		table = worktime.Embedded()
	}
	return e, e.UseHolidays(table)
}

// UseHolidays takes up a new list of holidays; what is planned already is
// judged by it when its time comes.
func (e *Engine) UseHolidays(table worktime.Table) error {
	h, err := newHours(e.policy, table)
	if err != nil {
		return err
	}
	e.hours.Store(h)
	return nil
}

// Policy returns the settings in force.
func (e *Engine) Policy() Policy { return e.policy }

// Wake returns a channel that gets a value when this process has written
// something that is due at once, so that an answer to a text need not wait for
// the timetable.
func (e *Engine) Wake() <-chan struct{} { return e.poke }

// Work does everything that is due now: it steps surveys on, hands over what is
// waiting, reads what came in and writes answers on tickets. It is what the
// timetable calls; the single jobs are there for tests and for odd intervals.
func (e *Engine) Work(ctx context.Context) (int, error) {
	total := 0
	var wrong []error
	for _, job := range []func(context.Context) (int, error){e.Read, e.Record, e.Advance, e.Send} {
		n, err := job(ctx)
		total += n
		if err != nil {
			wrong = append(wrong, err)
		}
	}
	return total, errors.Join(wrong...)
}

// now is the hour in UTC, to the microsecond that both databases keep.
func (e *Engine) now() time.Time { return e.clock.Now().UTC().Truncate(time.Microsecond) }

func (e *Engine) postgres() bool { return e.db.Dialect().Name() == dialect.PG }

// skipLocked lets instances on PostgreSQL step over each other's rows; SQLite
// has one writer at a time anyway.
func (e *Engine) skipLocked(q *bun.SelectQuery) *bun.SelectQuery {
	if e.postgres() {
		return q.For("UPDATE SKIP LOCKED")
	}
	return q
}

func (e *Engine) wake() {
	select {
	case e.poke <- struct{}{}:
	default: // it is awake already
	}
}

// carries says whether there is a carrier for a way.
func (e *Engine) carries(w Way) bool {
	_, ok := e.lines[w]
	return ok
}

// carriers returns the distinct lines, each once.
func (e *Engine) carriers() []Line {
	var out []Line
	for _, way := range []Way{BySMS, ByVoice} {
		line, ok := e.lines[way]
		if ok && !slices.ContainsFunc(out, func(l Line) bool { return l.Name == line.Name }) {
			out = append(out, line)
		}
	}
	return out
}

// newRef makes an attempt's reference: 26 letters and digits that no other has.
func newRef() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // crypto/rand never fails
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b))
}

// unlessStopped returns ctx's own error only; a job that is told to stop has
// done nothing wrong.
func unlessStopped(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil
	}
	return err
}
