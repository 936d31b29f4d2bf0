package main

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// takeUp takes into use what another instance, or another program, has
// written: the directory, limits, calendars and holidays. Callbacks keep their
// hours by the same holidays.
func (d *desk) takeUp(ctx context.Context) (int, error) {
	if err := d.places.Reload(ctx); err != nil {
		return 0, fmt.Errorf("reading the directory: %w", err)
	}
	if err := d.knowledge.Relearn(ctx); err != nil { // searches take the directory's names whole
		return 0, err
	}
	n, err := d.tickets.Limits().Refresh(ctx)
	if err != nil {
		return n, err
	}
	table := d.tickets.Limits().Holidays()
	if d.engine == nil || d.clocks.keptBy(table.Fingerprint()) {
		return n, nil
	}
	return n, d.engine.UseHolidays(table)
}

// clocks remembers what the last look at all open tickets found, and by which
// holidays callbacks are reckoned.
type clocks struct {
	mu       sync.Mutex
	differ   int
	at       time.Time
	holidays string
}

// keptBy says whether the holidays of this fingerprint are in use already,
// and takes note of them.
func (c *clocks) keptBy(print string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	was := c.holidays
	c.holidays = print
	return was == print
}

func (c *clocks) last() (differ int, at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.differ, c.at
}

// checkClocks replays every open ticket and counts those whose stored
// deadlines are not what their timelines say. It mends nothing: why they
// differ is for a person to find out.
func (d *desk) checkClocks(ctx context.Context) (int, error) {
	differ := 0
	for diff, err := range d.tickets.CheckClocks(ctx, true) {
		if err != nil {
			return differ, err
		}
		d.log.Warn("stored deadlines are not what the timeline says", "ticket", diff.Number)
		differ++
	}
	d.clocks.mu.Lock()
	defer d.clocks.mu.Unlock()
	d.clocks.differ, d.clocks.at = differ, d.clock.Now()
	return differ, nil
}
