package simulator

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"nengban/callbacks"
)

// Phone is a phone as the demo page lists it.
type Phone struct {
	Number  string
	Habit   string
	Items   int       // lines of its thread
	Last    time.Time // of its last line
	Ringing bool
	Talking bool
	Says    string // what the desk says in the call, when Talking
	Waits   bool   // whether keys are awaited
}

// Turn is one turn of a call: what was said, what was asked, what was pressed.
type Turn struct {
	Say      string `json:"say,omitempty"`
	Question string `json:"question,omitempty"`
	Try      int    `json:"try,omitempty"`
	Keys     string `json:"keys,omitempty"`
}

// Item is a line of a phone's thread.
type Item struct {
	At     time.Time
	Way    callbacks.Way
	Out    bool   // sent by the phone's owner
	Words  string // of a text
	Ref    string // of what the desk sent
	Status callbacks.Delivery
	Turns  []Turn // of a call
}

// Phones lists all phones, the one with the latest news first.
func (n *Network) Phones() []Phone {
	n.mu.Lock()
	defer n.mu.Unlock()
	var all []Phone
	for _, number := range slices.Sorted(maps.Keys(n.phones)) {
		all = append(all, n.view(n.phones[number]))
	}
	slices.SortStableFunc(all, func(a, b Phone) int { return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.Number, b.Number)) })
	return all
}

func (n *Network) view(p *phone) Phone {
	v := Phone{Number: p.Number, Habit: p.Habit.Name, Items: len(p.Items)}
	if len(p.Items) > 0 {
		v.Last = p.Items[len(p.Items)-1].At
	}
	v.Ringing = n.current(p.Number, callbacks.Ringing) != nil
	if e := n.current(p.Number, callbacks.InCall); e != nil {
		v.Talking, v.Waits = true, e.Talk.Question != ""
		if turns := e.Talk.Turns; len(turns) > 0 {
			v.Says = turns[len(turns)-1].Say
		}
	}
	return v
}

// Thread is everything on one phone, oldest first.
func (n *Network) Thread(number string) []Item {
	n.mu.Lock()
	defer n.mu.Unlock()
	p, ok := n.phones[number]
	if !ok {
		return nil
	}
	var all []Item
	for _, i := range p.Items {
		if e, ok := n.byID[i.CarrierID]; ok {
			got := Item{At: i.At, Way: e.Way, Words: e.Words, Ref: e.Ref, Status: e.Status}
			if e.Talk != nil {
				got.Turns = slices.Clone(e.Talk.Turns)
			}
			all = append(all, got)
			continue
		}
		all = append(all, Item{At: i.At, Way: callbacks.BySMS, Out: true, Words: i.Words})
	}
	return all
}

// Ledger is everything that was accepted, in that order.
func (n *Network) Ledger() []Sent {
	n.mu.Lock()
	defer n.mu.Unlock()
	var all []Sent
	for _, e := range n.ledger {
		s := e.Sent
		s.Params = maps.Clone(s.Params)
		all = append(all, s)
	}
	return all
}

// Twice lists references that were accepted more than once: what must never happen.
func (n *Network) Twice() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	times := map[string]int{}
	for _, e := range n.ledger {
		times[e.Ref]++
	}
	var twice []string
	for _, ref := range slices.Sorted(maps.Keys(times)) {
		if times[ref] > 1 {
			twice = append(twice, ref)
		}
	}
	return twice
}
