package webtest

import (
	"context"
	"testing"
	"time"

	"nengban/callbacks"
	"nengban/callbacks/simulator"
	"nengban/tickets"
	"nengban/web"
)

// Calling is a site whose citizens are called back over a pretend network.
type Calling struct {
	*Site
	Net    *simulator.Network
	Engine *callbacks.Engine
	desk   *tickets.Desk
}

// NewCalling starts one on a fresh database. Nothing is asked until the test
// lets time pass.
func NewCalling(t testing.TB, change ...func(*web.Parts)) *Calling {
	t.Helper()
	c := &Calling{}
	c.Site = New(t, append([]func(*web.Parts){func(p *web.Parts) { c.connect(t, p) }}, change...)...)
	c.Desk = c.desk
	return c
}

func (c *Calling) connect(t testing.TB, p *web.Parts) {
	c.desk = tickets.NewDesk(tickets.Parts{DB: p.DB, Clock: p.Clock, Vault: p.Vault, Places: p.Places, Limits: p.Desk.Limits(), Listeners: callbacks.Listeners()})
	policy := callbacks.Defaults()
	policy.Rate, policy.LinkBase, policy.AskReason, policy.Notices = 0, "https://12345.example.gov.cn/s/", false, nil
	c.Net = simulator.New(p.Clock, simulator.Options{Seed: 1})
	var err error
	c.Engine, err = callbacks.New(callbacks.Parts{DB: p.DB, Clock: p.Clock, Desk: c.desk, Vault: p.Vault, Policy: policy,
		Carriers: []callbacks.Line{{Name: "simulator", Carrier: c.Net}}})
	must(t, err)
	c.Net.Connect(c.Engine)
	p.Desk, p.Surveys, p.Hooks.Callbacks = c.desk, c.Engine, c.Engine
}

// Pass lets time pass: texts leave, arrive and are read, calls ring.
func (c *Calling) Pass(d time.Duration) {
	c.t.Helper()
	ctx := context.Background()
	end := c.Clock.Now().Add(d)
	for now := c.Clock.Now(); ; now = c.Clock.Now() {
		for name, handle := range map[string]func(context.Context, []tickets.Message) error{callbacks.PlanListener: c.Engine.Handle, callbacks.NoticeListener: c.Engine.Notify} {
			_, err := c.Desk.Deliver(ctx, name, 100, handle)
			must(c.t, err)
		}
		_, err := c.Engine.Work(ctx)
		must(c.t, err)
		if !now.Before(end) {
			return
		}
		must(c.t, c.Net.Drive(ctx, c.Clock, now.Add(min(15*time.Minute, end.Sub(now)))))
	}
}

// Says has a phone send a text, and waits until it was read.
func (c *Calling) Says(phone, words string) {
	c.t.Helper()
	c.Net.Reply(phone, words)
	c.Pass(2 * time.Minute)
}
