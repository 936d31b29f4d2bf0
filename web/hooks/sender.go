package hooks

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net/http"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"nengban/tickets/vault"
)

// How long receivers are waited for and how much they may say.
const (
	answerFor  = 10 * time.Second // from connecting to the last byte
	mostHeader = 32 << 10
	mostBody   = 64 << 10
)

// Parts are what a sender is put together from.
type Parts struct {
	DB    *bun.DB
	Clock clockwork.Clock
	Vault *vault.Vault // seals the secrets
	Guard *Guard
	Log   *slog.Logger
}

// Sender keeps the subscriptions and the ledger, and sends what is due. Several
// instances may work on one database.
type Sender struct {
	db     *bun.DB
	clock  clockwork.Clock
	vault  *vault.Vault
	guard  *Guard
	log    *slog.Logger
	client *http.Client
	wait   time.Duration
	poke   chan struct{}

	// step is called between every two steps of a delivery. A test kills the
	// sender there: from the moment it returns an error on, nothing more is
	// done, as when the process is gone.
	step func(string) error
}

// New puts a sender together.
func New(p Parts) *Sender {
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	return &Sender{db: p.DB, clock: p.Clock, vault: p.Vault, guard: p.Guard, log: p.Log, client: client(p.Guard), wait: answerFor,
		poke: make(chan struct{}, 1), step: func(string) error { return nil }}
}

// client connects through the guard only: no proxy of the environment, which
// would connect in its place, no redirect, which would lead elsewhere, and no
// decompression, which would make much of little.
func client(g *Guard) *http.Client {
	return &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DialContext: g.Dial, TLSHandshakeTimeout: connectFor, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12},
			DisableCompression: true, MaxResponseHeaderBytes: mostHeader, MaxIdleConnsPerHost: senders, IdleConnTimeout: 30 * time.Second},
	}
}

// Wake returns a channel that gets a value when this process has written
// something that is due at once.
func (s *Sender) Wake() <-chan struct{} { return s.poke }

func (s *Sender) wake() {
	select {
	case s.poke <- struct{}{}:
	default: // it is awake already
	}
}

// now is the hour in UTC, to the microsecond that both databases keep.
func (s *Sender) now() time.Time { return s.clock.Now().UTC().Truncate(time.Microsecond) }

// skipLocked lets instances on PostgreSQL step over each other's rows; SQLite
// has one writer at a time anyway.
func (s *Sender) skipLocked(q *bun.SelectQuery) *bun.SelectQuery {
	if s.db.Dialect().Name() == dialect.PG {
		return q.For("UPDATE SKIP LOCKED")
	}
	return q
}

// Forget drops what was delivered or given up more than a month ago, and what
// has waited as long for somebody to end a pause; it returns how many.
func (s *Sender) Forget(ctx context.Context) (int, error) {
	before := s.now().AddDate(0, 0, -keepDays)
	res, err := s.db.NewDelete().Model((*deliveryRow)(nil)).Where("ended_at < ? OR state = ? AND created_at < ?", before, Waiting, before).Exec(ctx)
	return affected(res, err, "forgetting old deliveries")
}

// keepDays is how long the ledger is kept.
const keepDays = 30
