package main

import (
	"context"
	"time"

	"nengban/callbacks"
	"nengban/callbacks/simulator"
	"nengban/tickets"
)

// callingBack has the desk that is being opened ask citizens how it went, by
// the pretend telephones.
func callingBack(by callbacks.Policy) func(*desk) {
	return func(d *desk) { d.asks = &by }
}

// callBack joins the callbacks to the desk, where somebody is to be asked.
func (d *desk) callBack() error {
	if d.asks == nil {
		return nil
	}
	var err error
	if d.phones, err = openPhones(simulator.New(d.clock, simulator.Options{Seed: 1}), d.folder.in("phones.json")); err != nil {
		return err
	}
	d.engine, err = callbacks.New(callbacks.Parts{DB: d.db, Clock: d.clock, Desk: d.tickets, Vault: d.vault, Policy: *d.asks,
		Carriers: []callbacks.Line{{Name: "simulator", Carrier: d.phones}}, Holidays: d.tickets.Limits().Holidays(), Log: d.log})
	if err != nil {
		return err
	}
	d.phones.Connect(d.engine)
	return nil
}

// callBackJobs are the lines of the timetable that belong to callbacks; there
// are none on a desk that calls nobody back.
func (d *desk) callBackJobs() []job {
	if d.engine == nil {
		return nil
	}
	every := time.Minute
	if d.phones != nil {
		every = 2 * time.Second // somebody is watching
	}
	tell := func(listener string, handle func(context.Context, []tickets.Message) error) func(context.Context) (int, error) {
		return func(ctx context.Context) (int, error) { return d.tickets.Deliver(ctx, listener, 100, handle) }
	}
	all := []job{
		{name: "callbacks_plan", every: every, wake: d.tickets.Wake(callbacks.PlanListener), run: tell(callbacks.PlanListener, d.engine.Handle)},
		{name: "callbacks_notices", every: every, wake: d.tickets.Wake(callbacks.NoticeListener), run: tell(callbacks.NoticeListener, d.engine.Notify)},
		{name: "callbacks", every: every, wake: d.engine.Wake(), run: d.engine.Work},
		{name: "callbacks_poll", every: 10 * time.Minute, run: d.engine.Poll},
		{name: "callbacks_sweep", every: time.Hour, run: d.engine.SweepMonth},
		{name: "callbacks_put_away", every: time.Hour, run: d.engine.PutAway},
		{name: "callbacks_reconcile", every: time.Hour, run: d.engine.Reconcile},
	}
	if d.phones != nil {
		all = append(all, job{name: "phones", every: time.Second, run: d.phones.step})
	}
	return all
}
