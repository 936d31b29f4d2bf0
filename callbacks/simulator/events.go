package simulator

import (
	"cmp"
	"container/heap"
	"time"

	"nengban/callbacks"
)

// happening is a kind of event.
type happening string

const (
	becomes  happening = "becomes"  // a text or call comes a step further
	reports  happening = "reports"  // the desk is told
	answered happening = "answered" // a call was picked up: the desk says what to say
	presses  happening = "presses"  // keys in a call
	says     happening = "says"     // the owner of a phone sends a text
	comes    happening = "comes"    // which reaches the desk
)

// event is something that will happen.
type event struct {
	At    time.Time          `json:"at"`
	Of    string             `json:"of"` // carrier's id or phone number
	N     int                `json:"n"`  // of its owner's events
	Kind  happening          `json:"kind"`
	Step  callbacks.Delivery `json:"step,omitempty"`
	While callbacks.Delivery `json:"while,omitempty"` // only if it is still this
	Words string             `json:"words,omitempty"` // a text, or keys
	ID    string             `json:"id,omitempty"`    // of a text that comes in
	Turn  int                `json:"turn,omitempty"`
	Since time.Time          `json:"since,omitzero"` // when what is told happened
	Tries int                `json:"tries,omitempty"`
}

// order is by time and then by whose event it is: never by who came first.
func (e event) order(other event) int {
	return cmp.Or(e.At.Compare(other.At), cmp.Compare(e.Of, other.Of), cmp.Compare(e.N, other.N))
}

// queue is a heap of events, the next one first.
type queue []event

// Len, Less, Swap, Push and Pop are for container/heap.
func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].order(q[j]) < 0 }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push adds an event at the end.
func (q *queue) Push(e any) { *q = append(*q, e.(event)) } // only put pushes

// Pop takes the event at the end.
func (q *queue) Pop() any {
	all := *q
	e := all[len(all)-1]
	*q = all[:len(all)-1]
	return e
}

func (q *queue) put(e event) { heap.Push(q, e) }

// take is the next event that is due.
func (q *queue) take(now time.Time) (event, bool) {
	if len(*q) == 0 || (*q)[0].At.After(now) {
		return event{}, false
	}
	return heap.Pop(q).(event), true // a queue holds nothing else
}

// soon puts an event of an entry into the queue; mu is held.
func (n *Network) soon(e *entry, ev event) {
	e.N++
	ev.Of, ev.N, ev.At = e.CarrierID, e.N, ev.At.UTC()
	n.queue.put(ev)
}

// become puts a step of an entry into the queue; mu is held.
func (n *Network) become(e *entry, at time.Time, step, while callbacks.Delivery) {
	n.soon(e, event{At: at, Kind: becomes, Step: step, While: while})
}

// byOwner puts an event of a phone's owner into the queue; mu is held.
func (n *Network) byOwner(p *phone, ev event) {
	p.N++
	ev.Of, ev.N, ev.At = p.Number, p.N, ev.At.UTC()
	n.queue.put(ev)
}
