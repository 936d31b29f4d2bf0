package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"

	"nengban/callbacks"
	"nengban/callbacks/simulator"
	"nengban/web/portal"
)

// phones shows the pretend telephones on their page and keeps them in the data
// folder, so that a demo that is started again goes on where it was.
type phones struct {
	*simulator.Network
	path string
}

// openPhones takes up the network that lies in the folder, or begins one.
func openPhones(n *simulator.Network, path string) (*phones, error) {
	p := &phones{n, path}
	body, err := os.Open(path) //nolint:gosec // a fixed name in the data folder
	if errors.Is(err, os.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return nil, fmt.Errorf("opening the pretend telephones: %w", err)
	}
	defer func() { _ = body.Close() }() // it was only read
	return p, n.Load(body)
}

// save writes the network down.
func (p *phones) save() error {
	var body bytes.Buffer
	if err := p.Save(&body); err != nil {
		return err
	}
	return writeWhole(p.path, body.Bytes())
}

// step lets happen on the network what is due, and writes it down. It is a job
// of the demo's timetable.
func (p *phones) step(ctx context.Context) (int, error) {
	n, err := p.Step(ctx)
	if n > 0 {
		err = errors.Join(err, p.save())
	}
	return n, err
}

// Phones lists them for the page.
func (p *phones) Phones() []portal.Phone {
	var out []portal.Phone
	for _, x := range p.Network.Phones() {
		out = append(out, portal.Phone{Number: x.Number, Habit: x.Habit, Lines: x.Items, Last: x.Last, Ringing: x.Ringing, Talking: x.Talking,
			Says: x.Says, Waits: x.Waits})
	}
	return out
}

// Thread is one phone's conversation for the page.
func (p *phones) Thread(number string) []portal.Line {
	var out []portal.Line
	for _, x := range p.Network.Thread(number) {
		line := portal.Line{At: x.At, Call: x.Way == callbacks.ByVoice, Mine: x.Out, Words: x.Words, Status: string(x.Status)}
		for _, t := range x.Turns {
			line.Turns = append(line.Turns, portal.Turn{Say: t.Say, Keys: t.Keys})
		}
		out = append(out, line)
	}
	return out
}

// Reply sends a text as the owner of a phone; it arrives at once.
func (p *phones) Reply(ctx context.Context, number, words string) error {
	p.Network.Reply(number, words)
	_, err := p.step(ctx)
	return err
}

// PickUp answers the call that a phone rings with.
func (p *phones) PickUp(ctx context.Context, number string) error {
	_, err := p.Network.PickUp(ctx, number)
	return err
}

// Press presses keys in the call that a phone is in.
func (p *phones) Press(ctx context.Context, number, keys string) error {
	_, err := p.Network.Press(ctx, number, keys)
	return err
}

// HangUp ends the call of a phone, or refuses it.
func (p *phones) HangUp(_ context.Context, number string) error { return p.Network.HangUp(number) }
