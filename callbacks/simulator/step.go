package simulator

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"nengban/callbacks"
)

// A carrier tries again when the desk does not take something.
const (
	retries = 5
	pause   = 30 * time.Second
)

// Step lets happen what is due by now and says how much that was. Errors are the
// inbox's, joined; what it did not take comes again later, a few times.
func (n *Network) Step(ctx context.Context) (int, error) {
	n.pump.Lock()
	defer n.pump.Unlock()
	var errs []error
	done := 0
	for {
		if err := ctx.Err(); err != nil {
			return done, errors.Join(append(errs, err)...)
		}
		e, inbox, ok := n.take()
		switch {
		case !ok:
			return done, errors.Join(errs...)
		case inbox == nil:
			return done, ErrNoInbox
		}
		done++
		if err := n.happen(ctx, inbox, e); err != nil {
			errs = append(errs, fmt.Errorf("handing over what %s: %w", e.Kind, err))
			n.again(e)
		}
	}
}

// Due is when the next thing happens; false when nothing will.
func (n *Network) Due() (time.Time, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.queue) == 0 {
		return time.Time{}, false
	}
	return n.queue[0].At, true
}

// Drive moves a fake clock from one event to the next, up to a moment.
func (n *Network) Drive(ctx context.Context, clock interface{ Advance(d time.Duration) }, until time.Time) error {
	for {
		if _, err := n.Step(ctx); err != nil {
			return err
		}
		now := n.clock.Now()
		if !now.Before(until) {
			return nil
		}
		to := until
		if due, ok := n.Due(); ok && due.Before(until) {
			to = due
		}
		clock.Advance(max(to.Sub(now), 0))
	}
}

// take is the next event. During an outage what is due is held back.
func (n *Network) take() (event, callbacks.Inbox, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	now := n.clock.Now()
	for {
		e, ok := n.queue.take(now)
		if !ok {
			return event{}, nil, false
		}
		if n.inbox == nil {
			n.queue.put(e)
			return e, nil, true
		}
		if !n.faults.Outage {
			return e, n.inbox, true
		}
		e.At = now.Add(pause)
		n.queue.put(e)
	}
}

// again puts an event off that the inbox did not take, a few times.
func (n *Network) again(e event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	e.Tries++
	wait := pause
	if e.Kind == answered || e.Kind == presses {
		wait = 2 * time.Second // somebody is on the line
	}
	if e.Tries < retries {
		e.At = n.clock.Now().Add(wait)
		n.queue.put(e)
		return
	}
	if call, ok := n.byID[e.Of]; ok && call.Talk != nil {
		n.become(call, n.clock.Now(), callbacks.HungUp, callbacks.InCall)
	}
}

// happen lets one thing happen. The inbox is spoken to without mu, so that it
// may send.
func (n *Network) happen(ctx context.Context, inbox callbacks.Inbox, e event) error {
	switch e.Kind {
	case becomes:
		n.came(e)
		return nil
	case reports:
		return inbox.Report(ctx, n.news(e))
	case answered:
		_, err := n.begin(ctx, inbox, e)
		return err
	case presses:
		_, err := n.press(ctx, inbox, e)
		return err
	case says:
		n.said(e)
		return nil
	case comes:
		return inbox.Text(ctx, callbacks.Incoming{CarrierID: e.ID, From: e.Of, To: deskNumber, Words: e.Words, At: e.Since})
	}
	return nil
}

// deskNumber is the number that texts come from and go to.
const deskNumber = "+8612345"

// came brings an entry one step further and has it reported.
func (n *Network) came(ev event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	e := n.byID[ev.Of]
	if !ev.Step.Follows(e.Status) || ev.While != "" && e.Status != ev.While {
		return
	}
	e.Status = ev.Step
	n.tell(e, ev.At)
	if ev.Step == callbacks.Delivered {
		n.arrived(e, ev.At)
	}
	if ev.Step == callbacks.Ringing {
		n.rings(e, ev.At)
	}
}

// tell has a step reported: perhaps late, perhaps twice, perhaps never; mu is held.
func (n *Network) tell(e *entry, at time.Time) {
	what := []string{e.CarrierID, string(e.Status)}
	of := func(name string) []string { return append([]string{name}, what...) }
	if n.happens(n.faults.LoseReport, of("lose")...) {
		return
	}
	due := at.Add(n.faults.Delay)
	if n.happens(n.faults.LateReport, of("late")...) {
		due = due.Add(n.faults.Late)
	}
	n.soon(e, event{At: due, Kind: reports, Step: e.Status, Since: at})
	if n.happens(n.faults.RepeatReport, of("repeat")...) {
		n.soon(e, event{At: due.Add(time.Second + n.upTo(time.Minute, of("when")...)), Kind: reports, Step: e.Status, Since: at})
	}
}

func (n *Network) news(e event) callbacks.Report {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.byID[e.Of].report(e.Step, e.Since)
}

// arrived shows a text to the owner of a phone, who may answer; mu is held.
func (n *Network) arrived(e *entry, at time.Time) {
	p := n.phone(e.To)
	p.Items = append(p.Items, item{At: at, CarrierID: e.CarrierID})
	if len(p.texts) > 0 || p.expects() {
		n.expected(p, e, at)
		return
	}
	for i, r := range p.Habit.Texts {
		if r.Times > 0 && p.Used[i] >= r.Times {
			continue
		}
		all, ok := r.answer(e.Words)
		if !ok {
			continue
		}
		p.Used[i]++
		at = at.Add(r.After + n.upTo(p.Habit.Spread, "spread", e.CarrierID))
		for _, words := range all {
			n.byOwner(p, event{At: at, Kind: says, Words: words})
			at = at.Add(r.Apart)
		}
		return
	}
}

// said writes a text of an owner's into the thread and sends it on its way.
func (n *Network) said(ev event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.utter(n.phone(ev.Of), ev.Words, ev.At)
}

// utter is said with mu held.
func (n *Network) utter(p *phone, words string, at time.Time) {
	p.Items = append(p.Items, item{At: at, Words: words})
	if n.set.KeepsStop {
		switch strings.ToUpper(strings.TrimSpace(words)) {
		case "STOP", "T", "TD", "退订":
			p.Stopped = true
		case "START", "恢复":
			p.Stopped = false
		}
	}
	id := n.id("in", p.Number, strconv.Itoa(len(p.Items)))
	due := at.Add(n.faults.Delay)
	n.byOwner(p, event{At: due, Kind: comes, Words: words, ID: id, Since: at})
	if n.happens(n.faults.RepeatReport, "repeat", id) {
		n.byOwner(p, event{At: due.Add(time.Second), Kind: comes, Words: words, ID: id, Since: at})
	}
}
