package callbacks

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets/staff"
)

// BreakerState is whether a carrier is spoken to.
type BreakerState string

// The states. While a breaker is open its attempts wait, and lose no try.
const (
	BreakerClosed BreakerState = "closed"
	BreakerOpen   BreakerState = "open"
	HalfOpen      BreakerState = "half_open" // one attempt finds out whether the carrier is well again
)

// carrierRow is the breaker of one carrier; all instances share it.
type carrierRow struct {
	bun.BaseModel `bun:"table:carriers"`

	Name     string `bun:"name,pk"`
	State    BreakerState
	Failures int
	Opened   int
	OpenedAt time.Time `bun:",nullzero"`
	ProbeAt  time.Time `bun:",nullzero"`
	Trouble  Kind
	Code     string
}

// breaker is what one round of sending knows of it.
type breaker struct {
	name    string
	probing bool

	mu       sync.Mutex
	failures int
	open     bool
}

func (b *breaker) isOpen() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.open
}

func (b *breaker) isProbing() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.probing
}

// admit says how many attempts may go to a carrier now: a batch, one to find
// out whether it is well again, or none.
func (e *Engine) admit(ctx context.Context, name string) (*breaker, int, error) {
	var r carrierRow
	err := e.db.NewSelect().Model(&r).Where("name = ?", name).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return &breaker{name: name}, batch, nil
	}
	if err != nil {
		return nil, 0, fmt.Errorf("reading a breaker: %w", err)
	}
	if r.State == BreakerClosed {
		return &breaker{name: name, failures: r.Failures}, batch, nil
	}
	now := e.now()
	res, err := e.db.NewUpdate().Model((*carrierRow)(nil)).Set("state = ?, probe_at = ?", HalfOpen, now.Add(e.policy.BreakFor)).
		Where("name = ? AND state <> ? AND probe_at <= ?", name, BreakerClosed, now).Exec(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("probing a carrier: %w", err)
	}
	n, err := res.RowsAffected()
	return &breaker{name: name, failures: r.Failures, probing: true}, int(n), err
}

// unprobe lets the next attempt that comes along be the probe, where this
// round had none that came to speak to the carrier.
func (e *Engine) unprobe(ctx context.Context, b *breaker) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.probing || b.open {
		return nil
	}
	_, err := e.db.NewUpdate().Model((*carrierRow)(nil)).Set("probe_at = ?", e.now()).Where("name = ? AND state = ?", b.name, HalfOpen).Exec(ctx)
	if err != nil {
		return fmt.Errorf("leaving a probe for later: %w", err)
	}
	return nil
}

// worked closes the breaker, if there was anything to close.
func (e *Engine) worked(ctx context.Context, b *breaker) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures == 0 && !b.probing || b.open {
		return nil
	}
	b.failures, b.probing = 0, false
	return e.closeBreaker(context.WithoutCancel(ctx), b.name)
}

func (e *Engine) closeBreaker(ctx context.Context, name string) error {
	_, err := e.db.NewUpdate().Model((*carrierRow)(nil)).Set("state = ?, failures = 0, opened = 0, opened_at = NULL, probe_at = NULL", BreakerClosed).
		Where("name = ?", name).Exec(ctx)
	if err != nil {
		return fmt.Errorf("closing a breaker: %w", err)
	}
	return nil
}

// failedAt counts a failure of the carrier itself, and opens the breaker when
// there were enough in a row, when the probe failed, or when the fault is ours:
// then everything would fail, and only a person can mend it.
func (e *Engine) failedAt(ctx context.Context, b *breaker, kind Kind, code string, wait time.Duration) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures++
	now := e.now()
	r := carrierRow{Name: b.name, State: BreakerClosed, Failures: b.failures, Trouble: kind, Code: code}
	ctx = context.WithoutCancel(ctx)
	_, err := e.db.NewInsert().Model(&r).On("CONFLICT (name) DO UPDATE").
		Set("failures = EXCLUDED.failures, trouble = EXCLUDED.trouble, code = EXCLUDED.code").Exec(ctx)
	if err != nil {
		return fmt.Errorf("counting a carrier's failure: %w", err)
	}
	if b.open || b.failures < e.policy.BreakAfter && !b.probing && kind != OurFault {
		return nil
	}
	b.open = true
	if err := e.db.NewSelect().Model(&r).WherePK().Scan(ctx); err != nil {
		return fmt.Errorf("reading a breaker: %w", err)
	}
	pause := min(e.policy.BreakFor<<min(r.Opened, 16), e.policy.BreakMost)
	if kind == OurFault {
		pause = e.policy.BreakMost
	}
	_, err = e.db.NewUpdate().Model((*carrierRow)(nil)).Set("state = ?, opened = ?, probe_at = ?", BreakerOpen, r.Opened+1, now.Add(max(pause, wait))).
		Set("opened_at = COALESCE(opened_at, ?)", now).Where("name = ?", b.name).Exec(ctx)
	if err != nil {
		return fmt.Errorf("opening a breaker: %w", err)
	}
	e.log.WarnContext(ctx, "carrier's breaker opened", "carrier", b.name, "trouble", kind, "code", code, "pause", pause)
	return nil
}

// ResumeCarrier closes a breaker at a person's word, after what was wrong has
// been mended.
func (e *Engine) ResumeCarrier(ctx context.Context, by staff.Member, name string) error {
	if !by.May(staff.WorkCallbacks, staff.Subject{}) && !by.Is(staff.Administrator) {
		return ErrNotAllowed
	}
	if err := e.closeBreaker(ctx, name); err != nil {
		return err
	}
	e.wake()
	return nil
}
