package simulator

import (
	"context"
	"strconv"
	"time"

	"nengban/callbacks"
)

// Sent is a line of the ledger: something that was accepted.
type Sent struct {
	CarrierID string             `json:"carrier_id"`
	Way       callbacks.Way      `json:"way"`
	Ref       string             `json:"ref"`
	To        string             `json:"to"`
	Words     string             `json:"words,omitempty"`
	Template  string             `json:"template,omitempty"`
	Params    map[string]string  `json:"params,omitempty"`
	Script    string             `json:"script,omitempty"`
	Lang      string             `json:"lang,omitempty"`
	At        time.Time          `json:"at"`
	Status    callbacks.Delivery `json:"status"`
	Trouble   callbacks.Kind     `json:"trouble,omitempty"`
	Code      string             `json:"code,omitempty"`
}

// Ways says both.
func (n *Network) Ways() []callbacks.Way {
	return []callbacks.Way{callbacks.BySMS, callbacks.ByVoice}
}

// How long things take where habits and faults do not say.
const (
	leaves  = time.Second
	arrives = 3 * time.Second
)

// SendText accepts a text, unless a fault or the phone's habit is against it.
func (n *Network) SendText(ctx context.Context, t callbacks.Text) (callbacks.Handed, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	lost, err := n.accept(ctx, t.Ref, t.NotAfter)
	if err != nil {
		return callbacks.Handed{}, err
	}
	p := n.phone(t.To)
	switch {
	case p.Habit.Refused != "":
		return callbacks.Handed{}, trouble(p.Habit.Refused, "sim_"+string(p.Habit.Refused), "this phone takes no texts")
	case p.Stopped:
		return callbacks.Handed{}, trouble(callbacks.OptedOut, "sim_stop", "the owner has sent STOP")
	}
	e := n.record(Sent{Way: callbacks.BySMS, Ref: t.Ref, To: t.To, Words: t.Words, Template: t.Template, Params: t.Params, Lang: t.Lang})
	n.become(e, e.At.Add(leaves), callbacks.SentOut, "")
	if p.Habit.Lost != "" {
		e.lose(p.Habit.Lost)
		n.become(e, e.At.Add(arrives), callbacks.Undelivered, "")
	} else {
		n.become(e, e.At.Add(arrives), callbacks.Delivered, "")
	}
	return e.receipt(lost)
}

// PlaceCall accepts a call, unless a fault is against it.
func (n *Network) PlaceCall(ctx context.Context, c callbacks.Call) (callbacks.Handed, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	lost, err := n.accept(ctx, c.Ref, c.NotAfter)
	if err != nil {
		return callbacks.Handed{}, err
	}
	n.phone(c.To)
	e := n.record(Sent{Way: callbacks.ByVoice, Ref: c.Ref, To: c.To, Params: c.Params, Script: c.Script, Lang: c.Lang})
	e.Talk = &talk{}
	n.become(e, e.At.Add(leaves), callbacks.Ringing, "")
	return e.receipt(lost)
}

// accept decides whether something is taken at all, and whether its receipt
// will be lost; mu is held.
func (n *Network) accept(ctx context.Context, ref string, notAfter time.Time) (lost bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, trouble(callbacks.TryAgain, "sim_cancelled", err.Error())
	}
	now := n.clock.Now()
	switch {
	case !callbacks.GoodRef(ref):
		return false, trouble(callbacks.OurFault, "sim_ref", "the reference cannot travel")
	case !notAfter.IsZero() && !now.Before(notAfter):
		return false, trouble(callbacks.TooLate, "sim_late", "its time is over")
	case n.faults.Outage:
		return false, trouble(callbacks.TryAgain, "sim_outage", "the network is out")
	}
	if wait := n.room(now); wait > 0 {
		full := trouble(callbacks.TryAgain, "sim_full", "more than the network takes in a second")
		full.Wait = wait
		return false, full
	}
	n.tries[ref]++
	switch n.outcome(ref, n.tries[ref]) {
	case IsRefused:
		return false, trouble(callbacks.TryAgain, "sim_refused", "the network is busy")
	case LosesRequest:
		return false, trouble(callbacks.Unclear, "sim_no_answer", "no answer came")
	case LosesReceipt:
		return true, nil
	case Passes:
	}
	return false, nil
}

// record writes a line of the ledger; mu is held.
func (n *Network) record(s Sent) *entry {
	s.CarrierID = n.id(string(s.Way), s.Ref, strconv.Itoa(n.tries[s.Ref]))
	s.At, s.Status = n.clock.Now().UTC(), callbacks.Queued
	e := &entry{Sent: s}
	n.ledger = append(n.ledger, e)
	n.byID[s.CarrierID] = e
	return e
}

func (e *entry) lose(why callbacks.Kind) {
	e.Trouble, e.Code = why, "sim_"+string(why)
}

func (e *entry) receipt(lost bool) (callbacks.Handed, error) {
	if lost {
		return callbacks.Handed{}, trouble(callbacks.Unclear, "sim_no_answer", "no answer came")
	}
	return callbacks.Handed{CarrierID: e.CarrierID, Status: e.Status}, nil
}

// Find knows references, as a gateway does. Of several it names one that is not
// Known, as a carrier that goes by words would.
func (n *Network) Find(_ context.Context, s callbacks.Sought) (callbacks.Handed, bool, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.faults.Outage {
		return callbacks.Handed{}, false, trouble(callbacks.TryAgain, "sim_outage", "the network is out")
	}
	for _, e := range n.ledger {
		if e.Ref == s.Ref && e.To == s.To && (s.Known == nil || !s.Known(e.CarrierID)) {
			return callbacks.Handed{CarrierID: e.CarrierID, Status: e.Status}, true, nil
		}
	}
	return callbacks.Handed{}, false, nil
}

// State knows what became of everything, also where the report was lost.
func (n *Network) State(_ context.Context, _ callbacks.Way, carrierID string) (callbacks.Report, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.faults.Outage {
		return callbacks.Report{}, trouble(callbacks.TryAgain, "sim_outage", "the network is out")
	}
	e, ok := n.byID[carrierID]
	if !ok {
		return callbacks.Report{}, trouble(callbacks.Refused, "sim_unknown", "there is no such id")
	}
	return e.report(e.Status, n.clock.Now().UTC()), nil
}

// Sent lists what was accepted in a span.
func (n *Network) Sent(_ context.Context, from, to time.Time) ([]callbacks.Report, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.faults.Outage {
		return nil, trouble(callbacks.TryAgain, "sim_outage", "the network is out")
	}
	var sent []callbacks.Report
	for _, e := range n.ledger {
		if !e.At.Before(from) && e.At.Before(to) {
			sent = append(sent, e.report(e.Status, e.At))
		}
	}
	return sent, nil
}

// report is a step of an entry as news.
func (e *entry) report(status callbacks.Delivery, at time.Time) callbacks.Report {
	r := callbacks.Report{CarrierID: e.CarrierID, Ref: e.Ref, Way: e.Way, To: e.To, Status: status, At: at.UTC()}
	if status == callbacks.Undelivered || status == callbacks.Failed {
		r.Trouble, r.Code = e.Trouble, e.Code
	}
	return r
}
