package simulator

import (
	"errors"
	"strconv"
	"time"

	"nengban/callbacks"
)

// Faults are what goes wrong. Likelihoods are from 0 to 1.
type Faults struct {
	// Outage refuses everything and holds back everything until it is over.
	Outage bool `json:"outage,omitempty"`

	Refuse      float64 `json:"refuse,omitempty"`       // not accepted, and said so: try again
	LoseRequest float64 `json:"lose_request,omitempty"` // not accepted, and nobody knows
	LoseReceipt float64 `json:"lose_receipt,omitempty"` // accepted, and nobody knows

	LoseReport   float64 `json:"lose_report,omitempty"`
	RepeatReport float64 `json:"repeat_report,omitempty"` // also repeats texts and turns of calls
	LateReport   float64 `json:"late_report,omitempty"`   // by Late: behind the ones after it

	// Delay is how long reports and texts travel; Late how much longer late ones do.
	Delay time.Duration `json:"delay,omitempty"`
	Late  time.Duration `json:"late,omitempty"`
}

// Outcome is what happens to one text or call that is handed over.
type Outcome string

// The outcomes. The last three look as in Faults.
const (
	Passes       Outcome = ""
	IsRefused    Outcome = "refuse"
	LosesRequest Outcome = "lose_request"
	LosesReceipt Outcome = "lose_receipt"
)

// Next decides what happens to the next that are handed over, one after another,
// before Faults are asked again.
func (n *Network) Next(outcomes ...Outcome) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.next = append(n.next, outcomes...)
}

// outcome decides about one handing over; mu is held.
func (n *Network) outcome(ref string, try int) Outcome {
	if len(n.next) > 0 {
		out := n.next[0]
		n.next = n.next[1:]
		return out
	}
	what := []string{ref, strconv.Itoa(try)}
	switch {
	case n.happens(n.faults.Refuse, append([]string{"refuse"}, what...)...):
		return IsRefused
	case n.happens(n.faults.LoseRequest, append([]string{"lose_request"}, what...)...):
		return LosesRequest
	case n.happens(n.faults.LoseReceipt, append([]string{"lose_receipt"}, what...)...):
		return LosesReceipt
	default:
		return Passes
	}
}

// room counts what is taken in one second and says how long to wait when it is
// full; mu is held.
func (n *Network) room(now time.Time) time.Duration {
	second := now.Truncate(time.Second)
	if !second.Equal(n.second) {
		n.second, n.taken = second, 0
	}
	if n.set.Limit > 0 && n.taken >= n.set.Limit {
		return second.Add(time.Second).Sub(now)
	}
	n.taken++
	return 0
}

func trouble(kind callbacks.Kind, code, why string) *callbacks.Trouble {
	return &callbacks.Trouble{Kind: kind, Code: code, Cause: errors.New(why)}
}
