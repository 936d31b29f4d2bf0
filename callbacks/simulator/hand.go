package simulator

import (
	"context"
	"fmt"

	"nengban/callbacks"
)

// byHand marks an event that a person at the demo page caused.
const byHand = "by_hand"

// Reply sends a text as the owner of a phone. It reaches the desk at a Step.
func (n *Network) Reply(number, words string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.utter(n.phone(number), words, n.clock.Now())
}

// PickUp answers the call that a phone is ringing with and returns what is said.
// From then on its keys are pressed by hand, whatever its habit. Returns
// ErrNotRinging when there is no call.
func (n *Network) PickUp(ctx context.Context, number string) (*callbacks.Prompt, error) {
	n.pump.Lock()
	defer n.pump.Unlock()
	e, inbox, err := n.call(number, callbacks.Ringing, ErrNotRinging)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	e.Talk.ByHand = true
	ev := event{At: n.clock.Now().UTC(), Of: e.CarrierID, Kind: answered, Step: callbacks.InCall, Words: byHand}
	n.mu.Unlock()
	p, err := n.begin(ctx, inbox, ev)
	if err != nil {
		n.again(ev)
		return nil, fmt.Errorf("picking up: %w", err)
	}
	return p, nil
}

// Press presses keys in the call that a phone is in and returns what is said
// next; nil or a prompt without a question ends it. Returns ErrNotTalking when
// no keys are awaited.
func (n *Network) Press(ctx context.Context, number, digits string) (*callbacks.Prompt, error) {
	n.pump.Lock()
	defer n.pump.Unlock()
	e, inbox, err := n.call(number, callbacks.InCall, ErrNotTalking)
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	ev := event{At: n.clock.Now().UTC(), Of: e.CarrierID, Kind: presses, Words: digits, Turn: e.Talk.N}
	waiting := e.Talk.Question != ""
	n.mu.Unlock()
	if !waiting {
		return nil, ErrNotTalking
	}
	p, err := n.press(ctx, inbox, ev)
	if err != nil {
		n.again(ev)
		return nil, fmt.Errorf("pressing keys: %w", err)
	}
	return p, nil
}

// HangUp ends the call that a phone is in, or turns away the one it rings with.
func (n *Network) HangUp(number string) error {
	n.pump.Lock()
	defer n.pump.Unlock()
	if e, _, err := n.call(number, callbacks.InCall, ErrNotTalking); err == nil {
		n.end(e, callbacks.HungUp)
		return nil
	}
	e, _, err := n.call(number, callbacks.Ringing, ErrNotTalking)
	if err != nil {
		return err
	}
	n.end(e, callbacks.Busy)
	return nil
}

func (n *Network) end(e *entry, as callbacks.Delivery) {
	n.mu.Lock()
	defer n.mu.Unlock()
	e.Status = as
	n.tell(e, n.clock.Now())
}

// call is the last call of a phone that stands at a step.
func (n *Network) call(number string, at callbacks.Delivery, otherwise error) (*entry, callbacks.Inbox, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.inbox == nil {
		return nil, nil, ErrNoInbox
	}
	if e := n.current(number, at); e != nil {
		return e, n.inbox, nil
	}
	return nil, nil, otherwise
}

// current is call with mu held; nil when there is none.
func (n *Network) current(number string, at callbacks.Delivery) *entry {
	p, ok := n.phones[number]
	if !ok {
		return nil
	}
	for i := len(p.Items) - 1; i >= 0; i-- {
		if e, ok := n.byID[p.Items[i].CarrierID]; ok && e.Way == callbacks.ByVoice && e.Status == at {
			return e
		}
	}
	return nil
}
