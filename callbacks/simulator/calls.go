package simulator

import (
	"context"
	"strconv"
	"time"

	"nengban/callbacks"
)

// How calls go where habits do not say.
const (
	ringsOut  = 45 * time.Second // until the network gives up
	voicemail = 20 * time.Second // until the machine answers
	patience  = 15 * time.Second // of the network, for keys pressed by hand
	goodbye   = 2 * time.Second
)

// rings decides what happens to a call that rings; mu is held.
func (n *Network) rings(e *entry, at time.Time) {
	p := n.phone(e.To)
	p.Items = append(p.Items, item{At: at, CarrierID: e.CarrierID})
	if len(p.calls) > 0 {
		e.Talk.script, p.calls = p.calls[0], p.calls[1:]
		n.pickedUp(e, at.Add(goodbye), callbacks.InCall)
		return
	}
	if p.expects() {
		n.strange = append(n.strange, "a call to "+p.Number+" that was not expected")
	}
	switch p.Habit.Calls.Does {
	case IsBusy:
		n.become(e, at.Add(time.Second), callbacks.Busy, callbacks.Ringing)
	case Voicemail:
		n.pickedUp(e, at.Add(voicemail), callbacks.Machine)
	case Answers:
		n.pickedUp(e, at.Add(p.Habit.Calls.rings()), callbacks.InCall)
	case RingsOut, WaitsHand:
		n.become(e, at.Add(ringsOut), callbacks.NoAnswer, callbacks.Ringing)
	}
}

// pickedUp has a call answered by somebody or by a machine; mu is held.
func (n *Network) pickedUp(e *entry, at time.Time, by callbacks.Delivery) {
	n.soon(e, event{At: at, Kind: answered, Step: by})
}

// begin asks the desk what to say first. A call that was picked up by hand
// meanwhile is left alone.
func (n *Network) begin(ctx context.Context, inbox callbacks.Inbox, ev event) (*callbacks.Prompt, error) {
	machine := ev.Step == callbacks.Machine
	e, ok := n.open(ev, machine)
	if !ok {
		return nil, nil
	}
	p, err := inbox.Answered(ctx, e.CarrierID, e.Ref, machine)
	if err == nil && n.repeats(e, "answered") {
		p, err = inbox.Answered(ctx, e.CarrierID, e.Ref, machine)
	}
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if machine {
		n.hear(e, p)
		n.become(e, ev.At.Add(goodbye), callbacks.Machine, callbacks.InCall)
		return p, nil
	}
	n.turn(e, p, ev.At)
	return p, nil
}

// open turns a ringing call into one that is being held.
func (n *Network) open(ev event, machine bool) (*entry, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	e := n.byID[ev.Of]
	if e.Talk.ByHand != (ev.Words == byHand) {
		return nil, false
	}
	if e.Status == callbacks.Ringing {
		e.Status = callbacks.InCall
		if !machine {
			n.tell(e, ev.At)
		}
	}
	// After an error the call is held already and the desk is asked again.
	return e, e.Status == callbacks.InCall && len(e.Talk.Turns) == 0
}

// turn says something and waits for keys, or ends the call; mu is held.
func (n *Network) turn(e *entry, p *callbacks.Prompt, at time.Time) {
	n.hear(e, p)
	t := e.Talk
	t.N++
	if p == nil || p.Question == "" {
		t.Question = ""
		n.become(e, at.Add(goodbye), callbacks.HungUp, callbacks.InCall)
		return
	}
	t.Question, t.Try = p.Question, p.Try
	if t.ByHand {
		n.soon(e, event{At: at.Add(patience), Kind: presses, Turn: t.N})
		return
	}
	owner := n.phone(e.To).Habit.Calls
	keys := owner.keys(p.Question, p.Try)
	if t.script != nil {
		keys = t.script.keys(len(t.Turns) - 1)
	}
	if keys == PutsDown {
		n.become(e, at.Add(owner.think()), callbacks.HungUp, callbacks.InCall)
		return
	}
	n.soon(e, event{At: at.Add(owner.think()), Kind: presses, Words: keys, Turn: t.N})
}

// hear writes down what was said in a call; mu is held.
func (n *Network) hear(e *entry, p *callbacks.Prompt) {
	said := Turn{}
	if p != nil {
		said = Turn{Say: p.Say, Question: p.Question, Try: p.Try}
	}
	e.Talk.Turns = append(e.Talk.Turns, said)
	if s := e.Talk.script; s != nil {
		if wrong := s.heard(len(e.Talk.Turns)-1, said.Say); wrong != "" {
			n.strange = append(n.strange, "in the call to "+e.To+": "+wrong)
		}
	}
}

// press hands keys to the desk. Keys of a turn that is over are left.
func (n *Network) press(ctx context.Context, inbox callbacks.Inbox, ev event) (*callbacks.Prompt, error) {
	e, k, ok := n.keysOf(ev)
	if !ok {
		return nil, nil
	}
	p, err := inbox.Pressed(ctx, k)
	if err == nil && n.repeats(e, "pressed", strconv.Itoa(ev.Turn)) {
		p, err = inbox.Pressed(ctx, k)
	}
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.turn(e, p, ev.At)
	return p, nil
}

func (n *Network) keysOf(ev event) (*entry, callbacks.Keys, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	e := n.byID[ev.Of]
	t := e.Talk
	if e.Status != callbacks.InCall || ev.Turn != t.N || len(t.Turns) == 0 {
		return nil, callbacks.Keys{}, false
	}
	t.Turns[len(t.Turns)-1].Keys = ev.Words
	return e, callbacks.Keys{CarrierID: e.CarrierID, Ref: e.Ref, Question: t.Question, Try: t.Try, Digits: ev.Words, At: ev.At}, true
}

// repeats says whether a turn of a call is asked for twice.
func (n *Network) repeats(e *entry, what ...string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.happens(n.faults.RepeatReport, append([]string{e.CarrierID}, what...)...)
}
