package main

import (
	"context"
	"net"
	"net/netip"
	"time"

	"nengban/web/hooks"
)

// openWebhooks joins what other systems are told to the desk.
func (d *desk) openWebhooks() error {
	allowed, err := hooks.ParseAllowed(d.conf.str("webhooks_allow"))
	if err != nil {
		return err
	}
	d.webhooks = hooks.New(hooks.Parts{DB: d.db, Clock: d.clock, Vault: d.vault, Guard: hooks.NewGuard(allowed, d.conf.own()...), Log: d.log})
	return nil
}

// webhookJobs are the lines of the timetable that belong to it.
func (d *desk) webhookJobs() []job {
	return []job{
		{name: "webhooks_take", every: time.Minute, wake: d.tickets.Wake(hooks.Listener), run: func(ctx context.Context) (int, error) {
			return d.tickets.Deliver(ctx, hooks.Listener, 100, d.webhooks.Take)
		}},
		{name: "webhooks", every: 30 * time.Second, wake: d.webhooks.Wake(), run: d.webhooks.Work},
		{name: "webhooks_forget", every: 6 * time.Hour, run: d.webhooks.Forget},
	}
}

// own are the addresses where the desk itself listens; without a host it is
// every address of the machine.
func (c *config) own() []netip.AddrPort {
	host, port, err := net.SplitHostPort(c.str("addr"))
	if err != nil {
		return nil // the settings were checked
	}
	hosts := []string{host}
	switch host {
	case "":
		hosts = []string{"::"}
	case "localhost":
		hosts = []string{"127.0.0.1", "::1"}
	}
	var out []netip.AddrPort
	for _, h := range hosts {
		if at, err := netip.ParseAddrPort(net.JoinHostPort(h, port)); err == nil {
			out = append(out, at)
		}
	}
	return out
}

func isAllowed(s string) error {
	_, err := hooks.ParseAllowed(s)
	return err
}
