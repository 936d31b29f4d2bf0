package evidence

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"
)

// Why a row has a link that is not the link of a new row.
const (
	Adopted = "adopted" // it was there before there was a chain
	Erased  = "erased"  // its personal data was taken out, as the law asks
)

// batch is how many rows of a kind are linked in one transaction.
const batch = 500

// behind is how far below the newest linked id a new row may still turn up: on
// PostgreSQL ids do not appear in the order of commits.
const behind = 5_000

// chainLock is the advisory lock of whoever adds links on PostgreSQL.
const chainLock = 8345_0008

// Chain links rows and checks the links.
type Chain struct {
	db    bun.IDB
	clock clockwork.Clock
	by    Stamper
}

// NewChain returns the chain kept in db.
func NewChain(db bun.IDB, clock clockwork.Clock, by Stamper) *Chain { return &Chain{db, clock, by} }

// Link adds a link for every row that has none, and returns how many it
// added. It is a job of the timetable: safe to run twice, to stop half way,
// and on several instances at once.
func (c *Chain) Link(ctx context.Context) (int, error) {
	done := 0
	for more := true; more && ctx.Err() == nil; {
		n := 0
		err := c.alone(ctx, func(ctx context.Context, tx bun.Tx) error {
			last, err := newest(ctx, tx)
			if err != nil {
				return err
			}
			why := ""
			if last.Position == 0 {
				why = Adopted
			}
			n, more, err = c.linkNew(ctx, tx, &last, why)
			return err
		})
		if err != nil {
			return done, err
		}
		done += n
	}
	return done, ctx.Err()
}

// Erase links the row anew within the transaction that took personal data out
// of it, so that the check knows the change for a lawful one. Only the holder
// of the key can do so.
func (c *Chain) Erase(ctx context.Context, tx bun.Tx, kind string, id int64) error {
	if err := lock(ctx, tx); err != nil {
		return err
	}
	last, err := newest(ctx, tx)
	if err != nil {
		return err
	}
	rows, err := load(ctx, tx, kind, "x.id = ?", id)
	if err != nil || len(rows) == 0 {
		return err
	}
	return c.append(ctx, tx, &last, kind, rows, Erased)
}

// alone runs do in a transaction while no other instance adds links. SQLite's
// transactions are alone by themselves.
func (c *Chain) alone(ctx context.Context, do func(context.Context, bun.Tx) error) error {
	return c.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := lock(ctx, tx); err != nil {
			return err
		}
		return do(ctx, tx)
	})
}

func lock(ctx context.Context, tx bun.Tx) error {
	if tx.Dialect().Name() != dialect.PG {
		return nil
	}
	if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(?)", chainLock); err != nil {
		return fmt.Errorf("waiting for the chain: %w", err)
	}
	return nil
}

// linkNew links a batch of every kind and says whether there may be more.
// Whatever was there before the first link is adopted in one transaction,
// however much it is.
func (c *Chain) linkNew(ctx context.Context, tx bun.Tx, last *link, why string) (done int, more bool, err error) {
	for _, kind := range kinds {
		for full := true; full; {
			rows, err := unlinked(ctx, tx, kind)
			if err != nil {
				return done, false, err
			}
			if err := c.append(ctx, tx, last, kind, rows, why); err != nil {
				return done, false, err
			}
			done += len(rows)
			full = len(rows) == batch
			if why != Adopted {
				more = more || full
				break
			}
		}
	}
	return done, more, nil
}

func unlinked(ctx context.Context, tx bun.IDB, kind string) ([]record, error) {
	var top int64
	if err := tx.NewRaw("SELECT coalesce(max(row_id), 0) FROM chain WHERE kind = ?", kind).Scan(ctx, &top); err != nil {
		return nil, fmt.Errorf("finding the end of the chain: %w", err)
	}
	return load(ctx, tx, kind, "x.id > ? AND NOT EXISTS (SELECT 1 FROM chain AS c WHERE c.kind = ? AND c.row_id = x.id) ORDER BY x.id LIMIT ?",
		top-behind, kind, batch)
}

// append adds a link for each row after last, and moves last to the end.
func (c *Chain) append(ctx context.Context, tx bun.IDB, last *link, kind string, rows []record, why string) error {
	if len(rows) == 0 {
		return nil
	}
	now := c.clock.Now().UTC().Truncate(time.Microsecond)
	links := make([]link, 0, len(rows))
	for _, r := range rows {
		l := link{Position: last.Position + 1, Kind: kind, RowID: r.id, Ticket: r.ticket, Seq: r.seq, Why: why, Digest: r.digest(), SealedAt: now}
		if why != "" {
			l.Stamp = l.stampBy(c.by)
		}
		l.Head = l.headAfter(last.Head)
		links = append(links, l)
		*last = l
	}
	if _, err := tx.NewInsert().Model(&links).Exec(ctx); err != nil {
		return fmt.Errorf("adding to the chain: %w", err)
	}
	return nil
}

type link struct {
	bun.BaseModel `bun:"table:chain"`

	Position int64 `bun:",pk"`
	Kind     string
	RowID    int64
	Ticket   string
	Seq      int
	Why      string
	Digest   []byte
	Head     []byte
	Stamp    string
	SealedAt time.Time
}

// headAfter is the digest of this link and, through the head before it, of
// all links before it.
func (l link) headAfter(before []byte) []byte {
	sum := sha256.Sum256(append(facts(nil).text(string(before)), l.facts().text(l.Stamp)...))
	return sum[:]
}

func (l link) facts() facts {
	return facts(nil).int(l.Position).text(l.Kind).int(l.RowID).text(l.Ticket).int(int64(l.Seq)).text(l.Why).text(string(l.Digest)).time(l.SealedAt)
}

// stampBy is what makes an adoption or an erasure believable.
func (l link) stampBy(by Stamper) string { return by.Index("chain", hex.EncodeToString(l.facts())) }

func newest(ctx context.Context, db bun.IDB) (link, error) {
	var l link
	err := db.NewSelect().Model(&l).Order("position DESC").Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return link{}, nil
	}
	if err != nil {
		return link{}, fmt.Errorf("reading the end of the chain: %w", err)
	}
	return l, nil
}
