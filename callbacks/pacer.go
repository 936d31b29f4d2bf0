package callbacks

import (
	"context"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
)

// pacer spaces what is handed to a carrier, so that no second holds more than
// the carrier allows.
type pacer struct {
	clock clockwork.Clock
	every time.Duration

	mu   sync.Mutex
	next time.Time
}

func newPacer(clock clockwork.Clock, rate float64) *pacer {
	p := &pacer{clock: clock}
	if rate > 0 {
		p.every = time.Duration(float64(time.Second) / rate)
	}
	return p
}

// wait returns when it is the caller's turn, or with ctx's error.
func (p *pacer) wait(ctx context.Context) error {
	pause := p.turn()
	if pause <= 0 {
		return ctx.Err()
	}
	timer := p.clock.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.Chan():
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// turn takes the next place in the line and says how long it is until then.
func (p *pacer) turn() time.Duration {
	if p.every == 0 {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.clock.Now()
	if p.next.Before(now) {
		p.next = now
	}
	at := p.next
	p.next = at.Add(p.every)
	return at.Sub(now)
}
