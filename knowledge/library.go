package knowledge

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"nengban/knowledge/search"
	"nengban/tickets/files"
	"nengban/tickets/staff"
	"nengban/tickets/vault"
)

// Parts are what a library is put together from.
type Parts struct {
	DB    *bun.DB
	Clock clockwork.Clock
	Log   *slog.Logger
	Index string       // the folder of the index, which belongs to this process alone
	Files string       // the folder of the attachments
	Vault *vault.Vault // seals them

	// Above returns the codes of a department and of all above it, for rights
	// that reach one's own department; nil: nothing lies above anything.
	Above func(department string) []string
	// Names are wordings that a search takes whole, and the area that each area
	// lies in, both by name; nil: there are none.
	Names func() (names []string, areas map[string]string)
	// Redact takes out of a text what points to a person; nil: nothing is kept of
	// what people ask.
	Redact func(text string) string
}

// Library is where everything that happens to an article goes through. Several
// may run on one database, each with its own index.
type Library struct {
	db     *bun.DB
	clock  clockwork.Clock
	log    *slog.Logger
	index  *search.Index
	files  *files.Folder
	above  func(string) []string
	names  func() ([]string, map[string]string)
	redact func(string) string

	poke     chan struct{}
	ticking  sync.Mutex
	broken   atomic.Pointer[error] // why the index could not answer last
	checkup  checkup
	opinions opinions
	wording  wording
	seen     views
}

// Open puts a library together and opens its index. An index that is missing
// or broken is no error: the database answers until Tick has laid it out anew.
func Open(ctx context.Context, p Parts) (*Library, error) {
	l := &Library{db: p.DB, clock: p.Clock, log: p.Log, above: p.Above, names: p.Names, redact: p.Redact, poke: make(chan struct{}, 1)}
	l.defaults()
	if _, err := p.DB.NewInsert().Model(&stateRow{ID: 1, Opinions: true}).On("CONFLICT (id) DO NOTHING").Exec(ctx); err != nil {
		return nil, fmt.Errorf("opening the knowledge base: %w", err)
	}
	var err error
	if l.files, err = files.Open(p.Files, p.Vault, accepted); err != nil {
		return nil, err
	}
	words, err := l.vocabulary(ctx)
	if err != nil {
		return nil, err
	}
	var unusable *search.UnusableError
	l.index, err = search.Open(p.Index, words)
	switch {
	case errors.As(err, &unusable):
		if err := l.begin(ctx, unusable); err != nil {
			return nil, err
		}
	case err != nil:
		return nil, fmt.Errorf("opening the knowledge index: %w", err)
	}
	l.wake()
	return l, l.opinions.load(ctx, l)
}

// begin lays out the index of a library that has nothing to hold yet; any
// other is Tick's to mend.
func (l *Library) begin(ctx context.Context, because *search.UnusableError) error {
	s, err := l.state(ctx, l.db)
	if err != nil {
		return err
	}
	if because.Reason != search.Missing || s.Changes > 0 {
		l.trouble(because)
		return nil
	}
	_, err = l.rebuild(ctx)
	return err
}

func (l *Library) defaults() {
	if l.log == nil {
		l.log = slog.New(slog.DiscardHandler)
	}
	if l.above == nil {
		l.above = func(code string) []string { return []string{code} }
	}
	if l.names == nil {
		l.names = func() ([]string, map[string]string) { return nil, nil }
	}
	if l.redact == nil {
		l.redact = func(string) string { return "" }
	}
}

// Close writes down what was counted and closes the index.
func (l *Library) Close() error {
	return errors.Join(l.index.Close(), l.files.Close())
}

// Wake gets a value when there is something for Tick to do.
func (l *Library) Wake() <-chan struct{} { return l.poke }

func (l *Library) wake() {
	select {
	case l.poke <- struct{}{}:
	default:
	}
}

func (l *Library) now() time.Time { return l.clock.Now().UTC().Truncate(time.Microsecond) }

type stateRow struct {
	bun.BaseModel `bun:"table:knowledge_state"`

	ID       int64 `bun:"id,pk"`
	Changes  int64
	Opinions bool
}

func (l *Library) state(ctx context.Context, db bun.IDB) (stateRow, error) {
	var s stateRow
	if err := db.NewSelect().Model(&s).Where("id = 1").Scan(ctx); err != nil {
		return s, fmt.Errorf("reading the state of the knowledge base: %w", err)
	}
	return s, nil
}

// write runs do in a transaction, one at a time: on PostgreSQL by the state's
// row lock, on SQLite by the file's. So a title that was free stays free, and
// the numbers of changes appear in the order of their commits.
func (l *Library) write(ctx context.Context, do func(ctx context.Context, tx bun.Tx) error) error {
	err := l.quietly(ctx, do)
	if err == nil {
		l.wake()
	}
	return err
}

// quietly is write for Tick itself, which need not be sent for.
func (l *Library) quietly(ctx context.Context, do func(ctx context.Context, tx bun.Tx) error) error {
	return l.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if l.db.Dialect().Name() == dialect.PG {
			if _, err := tx.ExecContext(ctx, "SELECT id FROM knowledge_state WHERE id = 1 FOR UPDATE"); err != nil {
				return fmt.Errorf("waiting to write articles: %w", err)
			}
		}
		return do(ctx, tx)
	})
}

// nextChange numbers a change that the index has to follow.
func nextChange(ctx context.Context, tx bun.Tx) (int64, error) {
	var n int64
	if err := tx.NewRaw("UPDATE knowledge_state SET changes = changes + 1 WHERE id = 1 RETURNING changes").Scan(ctx, &n); err != nil {
		return 0, fmt.Errorf("numbering a change: %w", err)
	}
	return n, nil
}

// may says whether the member has the right over an article of a department.
func (l *Library) may(by staff.Member, r staff.Right, department string) bool {
	var units []string
	if department != "" {
		units = l.above(department)
	}
	return by.May(r, staff.Subject{Departments: units})
}
