package sla

import (
	"fmt"
	"time"

	"nengban/tickets/worktime"
)

// HolderKind says who had a ticket.
type HolderKind string

// The holders.
const (
	HeldByDesk    HolderKind = "desk"
	HeldByUnit    HolderKind = "unit"
	HeldByCitizen HolderKind = "citizen"   // who owes something
	HeldSuspended HolderKind = "suspended" // nobody can go on, with approval
	HeldByNobody  HolderKind = "closed"    // between an end and a reopening
)

// Holder is who had a ticket; Unit is set for units only. While several units
// work on it, it is the lead's.
type Holder struct {
	Kind HolderKind `json:"kind"`
	Unit string     `json:"unit,omitempty"`
}

// String returns "desk" or "unit housing".
func (h Holder) String() string {
	if h.Unit == "" {
		return string(h.Kind)
	}
	return fmt.Sprintf("%s %s", h.Kind, h.Unit)
}

// Charge is a stretch of a ticket's life, charged to one holder.
type Charge struct {
	Holder Holder    `json:"holder"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	// Working is the working time in the stretch, by the policy's calendar.
	Working time.Duration `json:"working"`
}

// Elapsed is the time the stretch lasted.
func (c Charge) Elapsed() time.Duration { return c.To.Sub(c.From) }

// Sum is what one holder is charged with.
type Sum struct {
	Holder  Holder        `json:"holder"`
	Elapsed time.Duration `json:"elapsed"`
	Working time.Duration `json:"working"`
}

// ByHolder adds charges up by holder, in the order they first had the ticket.
func ByHolder(charges []Charge) []Sum {
	var sums []Sum
	at := make(map[Holder]int)
	for _, c := range charges {
		i, ok := at[c.Holder]
		if !ok {
			i = len(sums)
			at[c.Holder] = i
			sums = append(sums, Sum{Holder: c.Holder})
		}
		sums[i].Elapsed += c.Elapsed()
		sums[i].Working += c.Working
	}
	return sums
}

// charging lays stretches end to end.
type charging struct {
	calendar *worktime.Calendar
	charges  []Charge
	since    time.Time
}

// charge gives the time since the last charge to a holder.
func (c *charging) charge(h Holder, to time.Time) error {
	if !to.After(c.since) {
		return nil
	}
	working, err := c.calendar.Between(c.since, to)
	if err != nil {
		return fmt.Errorf("charging %s: %w", h, err)
	}
	if n := len(c.charges); n > 0 && c.charges[n-1].Holder == h {
		c.charges[n-1].To = to
		c.charges[n-1].Working += working
	} else {
		c.charges = append(c.charges, Charge{Holder: h, From: c.since, To: to, Working: working})
	}
	c.since = to
	return nil
}
