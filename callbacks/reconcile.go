package callbacks

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// The kinds of difference between a carrier's list and our ledger.
const (
	NotOurs   = "not_ours"   // the carrier lists what our ledger does not hold
	NotTheirs = "not_theirs" // our ledger holds what the carrier knows nothing of
)

// Reconciliation is one day compared with one carrier's list.
type Reconciliation struct {
	bun.BaseModel `bun:"table:reconciliations"`

	Day      string `bun:"day,pk"` // 2026-09-24, in Shanghai
	Carrier  string `bun:"carrier,pk"`
	At       time.Time
	Theirs   int // handed over according to the carrier
	Ours     int // according to our ledger
	Mended   int // attempts whose state the list moved forward
	Differed int
}

// Difference is one thing that the two do not agree on; a person looks at it.
type Difference struct {
	bun.BaseModel `bun:"table:differences"`

	Day       string `bun:"day,pk"`
	Carrier   string `bun:"carrier,pk"`
	CarrierID string `bun:"carrier_id,pk"`
	AttemptID int64
	Kind      string // not_ours, not_theirs
	Ours      string
	Theirs    string
	NotedAt   time.Time
}

// Reconcile compares yesterday's ledger with each carrier's own list, once,
// and writes down what differs. A report that got lost is made good by it.
func (e *Engine) Reconcile(ctx context.Context) (int, error) {
	h := e.hours.Load()
	day := h.days.Date(e.now()) - 1
	from, to := h.days.Midnight(day).UTC(), h.days.Midnight(day+1).UTC()
	done := 0
	for _, line := range e.carriers() {
		n, err := e.db.NewSelect().Model((*Reconciliation)(nil)).Where("day = ? AND carrier = ?", day.String(), line.Name).Count(ctx)
		if err != nil {
			return done, fmt.Errorf("reading reconciliations: %w", err)
		}
		if n > 0 {
			continue
		}
		if err := e.reconcile(ctx, line, day.String(), from, to); err != nil {
			return done, unlessStopped(ctx, fmt.Errorf("reconciling %s with %s: %w", day, line.Name, err))
		}
		done++
	}
	return done, nil
}

// reconcile goes hour by hour, so that a day of any size fits into memory.
func (e *Engine) reconcile(ctx context.Context, line Line, day string, from, to time.Time) error {
	total := Reconciliation{Day: day, Carrier: line.Name, At: e.now()}
	if _, err := e.db.NewDelete().Model((*Difference)(nil)).Where("day = ? AND carrier = ?", day, line.Name).Exec(ctx); err != nil {
		return fmt.Errorf("clearing an unfinished comparison: %w", err)
	}
	for at := from; at.Before(to); at = at.Add(time.Hour) {
		if err := e.reconcileHour(ctx, line, &total, at, at.Add(time.Hour)); err != nil {
			return err
		}
	}
	if _, err := e.db.NewInsert().Model(&total).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("writing down a reconciliation: %w", err)
	}
	return nil
}

func (e *Engine) reconcileHour(ctx context.Context, line Line, total *Reconciliation, from, to time.Time) error {
	theirs, err := line.Sent(ctx, from, to)
	if err != nil {
		return err
	}
	listed := map[string]bool{}
	for _, r := range theirs {
		if listed[r.CarrierID] {
			continue
		}
		listed[r.CarrierID] = true
		total.Theirs++
		if err := e.compare(ctx, line, total, r); err != nil {
			return err
		}
	}
	return e.missed(ctx, line, total, listed, from, to)
}

// compare looks one of the carrier's up in our ledger.
func (e *Engine) compare(ctx context.Context, line Line, total *Reconciliation, r Report) error {
	a, err := e.reported(ctx, Report{CarrierID: r.CarrierID})
	if err == nil && a == nil && r.Ref != "" {
		a, err = e.reported(ctx, r)
	}
	if err != nil {
		return err
	}
	if a == nil {
		total.Differed++
		return e.differs(ctx, Difference{Day: total.Day, Carrier: line.Name, CarrierID: r.CarrierID, Kind: NotOurs, Theirs: string(r.Status)})
	}
	if r.Status.Follows(a.Delivery) {
		total.Mended++
	}
	r.Ref = a.Ref
	return e.Report(ctx, r)
}

// missed asks after what is ours and was not listed: carriers list by the
// moment of sending, and the hour's edge is no difference.
func (e *Engine) missed(ctx context.Context, line Line, total *Reconciliation, listed map[string]bool, from, to time.Time) error {
	last := int64(0)
	for {
		var ours []attemptRow
		err := e.db.NewSelect().Model(&ours).Where("handed_at >= ? AND handed_at < ? AND carrier = ? AND id > ?", from, to, line.Name, last).
			Order("id").Limit(batch).Scan(ctx)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("reading our ledger: %w", err)
		}
		for i := range ours {
			a := &ours[i]
			total.Ours, last = total.Ours+1, a.ID
			if listed[a.CarrierID] {
				continue
			}
			if err := e.askAfter(ctx, line, total, a); err != nil {
				return err
			}
		}
		if len(ours) < batch {
			return nil
		}
	}
}

func (e *Engine) askAfter(ctx context.Context, line Line, total *Reconciliation, a *attemptRow) error {
	r, err := line.State(ctx, a.Way, a.CarrierID)
	switch {
	case err == nil && r.Status.Rank() > 0:
		if r.Status.Follows(a.Delivery) {
			total.Mended++
		}
		r.Ref, r.CarrierID, r.Way = a.Ref, a.CarrierID, a.Way
		return e.Report(ctx, r)
	case err != nil && (KindOf(err) == TryAgain || KindOf(err) == OurFault || KindOf(err) == Unclear):
		return err // the carrier is ill; another day's run will tell
	}
	total.Differed++
	return e.differs(ctx, Difference{Day: total.Day, Carrier: line.Name, CarrierID: a.CarrierID, AttemptID: a.ID, Kind: NotTheirs, Ours: string(a.Delivery)})
}

func (e *Engine) differs(ctx context.Context, d Difference) error {
	d.NotedAt = e.now()
	if _, err := e.db.NewInsert().Model(&d).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("writing down a difference: %w", err)
	}
	return nil
}
