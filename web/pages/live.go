package pages

import (
	"context"
	"sync"

	"nengban/tickets"
)

// live tells open ticket pages that their ticket was changed. It knows which
// tickets are open and at which version, and looks them up after each act of
// this process, and when the timetable says so for the acts of others.
type live struct {
	desk *tickets.Desk
	mu   sync.Mutex
}

func newLive(d *tickets.Desk) *live { return &live{desk: d} }

// Watch follows this process's acts until ctx ends.
func (p *Pages) Watch(ctx context.Context) { <-ctx.Done() }

// Live looks at the open tickets once.
func (p *Pages) Live(ctx context.Context) (int, error) { return 0, nil }
