package hooks

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/uptrace/bun"
)

// The names of the steps between which a test kills the sender.
const (
	stepClaimed = "claimed"
	stepSent    = "sent"
)

const (
	senders    = 4                // messages to one receiver at a time
	breakAfter = 5                // failures in a row after which a receiver is only probed
	breakMost  = 30 * time.Minute // the longest time between two probes
	holdFor    = 2 * time.Minute  // how long a claim is good for: much longer than answerFor
	turnFor    = 20 * time.Second // after which a receiver with a long queue lets others begin
)

// The pauses between the tries of one delivery: 30 seconds, then three times
// as long each time, up to four hours. After a day it is given up.
const (
	firstPause = 30 * time.Second
	mostPause  = 4 * time.Hour
	tryFor     = 24 * time.Hour
)

// Work sends everything that is due, to all receivers beside each other; it
// returns how many were delivered. The timetable calls it.
func (s *Sender) Work(ctx context.Context) (int, error) {
	now := s.now()
	var subs []subscriptionRow
	err := s.db.NewSelect().Model(&subs).Where("w.paused_at IS NULL AND w.open_until <= ?", now).
		Where("EXISTS (SELECT 1 FROM webhook_deliveries AS d WHERE d.webhook_id = w.id AND d.state = ? AND d.due_at <= ? AND d.claimed_until <= ?)", Waiting, now, now).
		Order("w.id").Scan(ctx)
	if err != nil {
		return 0, fmt.Errorf("reading who is to be told: %w", err)
	}
	return side(subs, func(sub subscriptionRow) (int, error) { return s.drain(ctx, sub) })
}

// side does the same with all of them at once.
func side[T any](all []T, do func(T) (int, error)) (int, error) {
	var group sync.WaitGroup
	done, wrong := make([]int, len(all)), make([]error, len(all))
	for i, x := range all {
		group.Go(func() { done[i], wrong[i] = do(x) })
	}
	group.Wait()
	total := 0
	for _, n := range done {
		total += n
	}
	return total, errors.Join(wrong...)
}

// drain sends one receiver what is due, until nothing is, he fails too often,
// or others have waited long enough.
func (s *Sender) drain(ctx context.Context, sub subscriptionRow) (int, error) {
	total, start := 0, s.now()
	for ctx.Err() == nil {
		if s.now().Sub(start) > turnFor {
			s.wake()
			break
		}
		b, err := s.claim(ctx, sub.Code)
		if err != nil || len(b.rows) == 0 {
			return total, err
		}
		n, err := side(b.rows, func(r deliveryRow) (int, error) { return s.deliver(ctx, b, r) })
		total += n
		if err != nil {
			return total, err
		}
	}
	return total, nil
}

// batch is what was claimed for one receiver.
type batch struct {
	sub  subscriptionRow
	keys [][]byte
	rows []deliveryRow
}

// claim takes the oldest deliveries that are due, each ticket's earliest only:
// what happened later to a ticket waits until the earlier was taken or given
// up. A receiver that has just failed is tried with one.
func (s *Sender) claim(ctx context.Context, code string) (batch, error) {
	sub, err := s.row(ctx, code)
	if errors.Is(err, ErrNotFound) {
		return batch{}, nil // removed meanwhile
	}
	now := s.now()
	if err != nil || !sub.PausedAt.IsZero() || sub.OpenUntil.After(now) {
		return batch{}, err
	}
	b := batch{sub: sub}
	if b.keys, err = s.keys(sub); err != nil {
		return batch{}, err
	}
	most := senders
	if sub.Failures > 0 {
		most = 1
	}
	due := s.skipLocked(s.db.NewSelect().TableExpr("webhook_deliveries AS d").Column("d.id").
		Where("d.webhook_id = ? AND d.state = 'waiting' AND d.due_at <= ? AND d.claimed_until <= ?", sub.ID, now, now).
		Where("d.seq = (SELECT min(e.seq) FROM webhook_deliveries AS e WHERE e.webhook_id = d.webhook_id AND e.ticket_id = d.ticket_id AND e.state = 'waiting')").
		Order("d.id").Limit(int64(most)))
	err = s.db.NewUpdate().Model(&b.rows).Set("claimed_until = ?", now.Add(holdFor)).Where("id IN (?)", due).Returning("*").Scan(ctx)
	if err != nil {
		return batch{}, fmt.Errorf("claiming deliveries: %w", err)
	}
	return b, nil
}

// keys are the secrets to sign with: the newest, and the one before it for a
// while.
func (s *Sender) keys(r subscriptionRow) ([][]byte, error) {
	key, err := s.vault.Open(r.Secret, secretPlace(r.Code))
	if err != nil {
		return nil, err
	}
	if !r.OldUntil.After(s.now()) {
		return [][]byte{key}, nil
	}
	old, err := s.vault.Open(r.OldSecret, oldSecretPlace(r.Code))
	return [][]byte{key, old}, err
}

// deliver sends one message and writes down what came of it.
func (s *Sender) deliver(ctx context.Context, b batch, r deliveryRow) (int, error) {
	if err := s.step(stepClaimed); err != nil {
		return 0, err
	}
	a := s.post(ctx, b.sub.URL, b.keys, r)
	if err := s.step(stepSent); err != nil {
		return 0, err
	}
	if a.ok() {
		return 1, s.delivered(context.WithoutCancel(ctx), b.sub, r, a)
	}
	if ctx.Err() != nil { // the program is stopping; that is no fault of the receiver
		_, err := s.settle(context.WithoutCancel(ctx), s.db, r, func(q *bun.UpdateQuery) *bun.UpdateQuery { return q })
		return 0, err
	}
	return 0, s.failed(ctx, b.sub, r, a)
}

// settle writes what became of a delivery that this instance holds, and lets
// go of it. An instance that lost its claim meanwhile changes nothing.
func (s *Sender) settle(ctx context.Context, db bun.IDB, r deliveryRow, set func(*bun.UpdateQuery) *bun.UpdateQuery) (bool, error) {
	q := db.NewUpdate().Model((*deliveryRow)(nil)).Set("claimed_until = ?", s.now())
	res, err := set(q).Where("id = ? AND state = ? AND claimed_until = ?", r.ID, Waiting, r.ClaimedUntil.UTC()).Exec(ctx)
	n, err := affected(res, err, "writing down a delivery")
	return n == 1, err
}

// delivered writes the receipt. When the receiver had been ill, all that waits
// for him is due at once.
func (s *Sender) delivered(ctx context.Context, sub subscriptionRow, r deliveryRow, a answer) error {
	now := s.now()
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		ok, err := s.settle(ctx, tx, r, func(q *bun.UpdateQuery) *bun.UpdateQuery {
			return a.write(q, now).Set("state = ?, ended_at = ?", Delivered, now)
		})
		if err != nil || !ok || sub.Failures == 0 {
			return err
		}
		if _, err := tx.NewUpdate().Model((*subscriptionRow)(nil)).Set("failures = 0, open_until = ?", now).Where("id = ?", sub.ID).Exec(ctx); err != nil {
			return fmt.Errorf("noting that a receiver is well: %w", err)
		}
		if sub.Failures < breakAfter {
			return nil
		}
		if _, err := tx.NewUpdate().Model((*deliveryRow)(nil)).Set("due_at = ?", now).Where("webhook_id = ? AND state = ?", sub.ID, Waiting).Exec(ctx); err != nil {
			return fmt.Errorf("making due what has waited: %w", err)
		}
		return nil
	})
}

// failed puts a delivery off, or gives it up when its day is over, and counts
// the receiver's failures in a row.
func (s *Sender) failed(ctx context.Context, sub subscriptionRow, r deliveryRow, a answer) error {
	now := s.now()
	next := now.Add(max(pause(r.Tries+1), a.retryAfter))
	dead := next.After(r.GiveUpAt)
	err := s.db.RunInTx(context.WithoutCancel(ctx), nil, func(ctx context.Context, tx bun.Tx) error {
		ok, err := s.settle(ctx, tx, r, func(q *bun.UpdateQuery) *bun.UpdateQuery {
			if dead {
				return a.write(q, now).Set("state = ?, ended_at = ?", Dead, now)
			}
			return a.write(q, now).Set("due_at = ?", next)
		})
		if err != nil || !ok {
			return err
		}
		return s.failedAgain(ctx, tx, sub)
	})
	if err == nil && dead {
		s.log.ErrorContext(ctx, "webhook given up", "to", sub.Name, "event", r.Event, "tries", r.Tries+1, "trouble", a.trouble, "status", a.status)
	}
	return err
}

// failedAgain counts, and from breakAfter failures on has the receiver probed
// only now and then. What has waited for such a one for a day is given up too.
func (s *Sender) failedAgain(ctx context.Context, tx bun.Tx, sub subscriptionRow) error {
	now := s.now()
	var failures int
	err := tx.NewUpdate().Model((*subscriptionRow)(nil)).Set("failures = failures + 1").Where("id = ?", sub.ID).Returning("failures").Scan(ctx, &failures)
	if err != nil {
		return fmt.Errorf("counting a receiver's failures: %w", err)
	}
	if failures < breakAfter {
		return nil
	}
	pause := min(time.Minute<<min(failures-breakAfter, 10), breakMost)
	if _, err := tx.NewUpdate().Model((*subscriptionRow)(nil)).Set("open_until = ?", now.Add(pause)).Where("id = ?", sub.ID).Exec(ctx); err != nil {
		return fmt.Errorf("leaving a receiver alone: %w", err)
	}
	if failures == breakAfter {
		s.log.WarnContext(ctx, "webhook receiver is ill", "to", sub.Name, "failures", failures)
	}
	_, err = tx.NewUpdate().Model((*deliveryRow)(nil)).Set("state = ?, ended_at = ?", Dead, now).
		Where("webhook_id = ? AND state = ? AND give_up_at <= ? AND claimed_until <= ?", sub.ID, Waiting, now, now).Exec(ctx)
	if err != nil {
		return fmt.Errorf("giving up what has waited too long: %w", err)
	}
	return nil
}

// pause is how long a delivery waits after so many tries, a fifth more or less,
// so that what failed together does not come back together.
func pause(tries int) time.Duration {
	p := firstPause
	for range tries - 1 {
		p = min(3*p, mostPause)
	}
	return time.Duration(float64(p) * (0.8 + 0.4*rand.Float64())) //nolint:gosec // it spreads load; nobody gains by guessing it
}
