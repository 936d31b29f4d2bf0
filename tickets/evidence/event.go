package evidence

import (
	"context"
	"fmt"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/uptrace/bun"
)

// Event is something that happened to an account, a key or a person's data: a
// line of the security log, which the auditor reads.
type Event struct {
	ByID    int64  // member of staff; 0: nobody who is known
	ByName  string // or the login that was tried
	Act     string // login, login_refused, roles_changed …; the words are the pages'
	Subject string // whom or what it was done to
	Details string
	From    string // network address
}

// Happened is an event and when it was.
type Happened struct {
	Event
	ID int64
	At time.Time
}

// Log is the security log.
type Log struct {
	db    *bun.DB
	clock clockwork.Clock
	by    Stamper
}

// NewLog returns the security log kept in db, stamped by by.
func NewLog(db *bun.DB, clock clockwork.Clock, by Stamper) *Log { return &Log{db, clock, by} }

// Note writes an event down.
func (l *Log) Note(ctx context.Context, e Event) error {
	at := l.clock.Now().UTC().Truncate(time.Microsecond)
	r := eventRow{At: at, ByID: e.ByID, ByName: cut(e.ByName, 64), Act: e.Act, Subject: cut(e.Subject, 200), Details: cut(e.Details, 1000), FromAddress: cut(e.From, 64)}
	r.Stamp = l.by.Index(Security, string(r.event().facts(at)))
	if _, err := l.db.NewInsert().Model(&r).Exec(ctx); err != nil {
		return fmt.Errorf("writing the security log: %w", err)
	}
	return nil
}

// Recent returns the newest events before an id (0: the newest of all), of one
// act or, with "", of all.
func (l *Log) Recent(ctx context.Context, act string, before int64, n int) ([]Happened, error) {
	var rows []eventRow
	q := l.db.NewSelect().Model(&rows).Order("id DESC").Limit(int64(n))
	if act != "" {
		q = q.Where("act = ?", act)
	}
	if before > 0 {
		q = q.Where("id < ?", before)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the security log: %w", err)
	}
	out := make([]Happened, 0, len(rows))
	for _, r := range rows {
		out = append(out, Happened{r.event(), r.ID, r.At.UTC()})
	}
	return out, nil
}

type eventRow struct {
	bun.BaseModel `bun:"table:security_events"`

	ID          int64 `bun:"id,pk,autoincrement"`
	At          time.Time
	ByID        int64
	ByName      string
	Act         string
	Subject     string
	Details     string
	FromAddress string
	Stamp       string
}

const eventColumns = "x.id, x.at, x.by_id, x.by_name, x.act, x.subject, x.details, x.from_address, x.stamp"

func (r eventRow) event() Event {
	return Event{ByID: r.ByID, ByName: r.ByName, Act: r.Act, Subject: r.Subject, Details: r.Details, From: r.FromAddress}
}

func (e Event) facts(at time.Time) facts {
	return facts(nil).time(at).int(e.ByID).text(e.ByName).text(e.Act).text(e.Subject).text(e.Details).text(e.From)
}

// cut keeps a stranger from filling the log with one line.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
