package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"nengban/callbacks"
	"nengban/callbacks/gateway"
	"nengban/callbacks/simulator"
	"nengban/callbacks/twilio"
	"nengban/tickets"
	"nengban/web/page"
)

// callingBack has the desk that is being opened ask citizens by another policy
// than the settings', and on pretend telephones.
func callingBack(by callbacks.Policy) func(*desk) {
	return func(d *desk) { d.asks, d.pretends = &by, true }
}

// callBack joins the callbacks to the desk. Without a carrier citizens are
// called by people, and answer on the page.
func (d *desk) callBack() error {
	if d.asks == nil {
		p, err := d.conf.policy()
		if err != nil {
			return err
		}
		d.asks = &p
	}
	lines, err := d.carriers()
	if err != nil {
		return err
	}
	d.engine, err = callbacks.New(callbacks.Parts{DB: d.db, Clock: d.clock, Desk: d.tickets, Vault: d.vault, Policy: *d.asks,
		Carriers: lines, Holidays: d.tickets.Limits().Holidays(), Log: d.log})
	if err != nil {
		return err
	}
	if d.phones != nil {
		d.phones.Connect(d.engine)
	}
	d.called = hooksOf(lines, d.engine)
	return nil
}

// carriers opens the one carrier that the settings name, or none. The engine
// could use several, one for each way; nobody has asked for a setting yet.
func (d *desk) carriers() ([]callbacks.Line, error) {
	name := d.conf.str("carrier")
	if d.pretends {
		name = "simulator"
	}
	var c callbacks.Carrier
	var err error
	switch name {
	case "simulator":
		if !d.pretends && !d.conf.alone() {
			return nil, errors.New("setting carrier is simulator: whoever reaches the desk can take every pretend telephone in hand, so it must listen on 127.0.0.1 and have no public_url")
		}
		d.phones, err = openPhones(simulator.New(d.clock, simulator.Options{Seed: 1}), d.folder.in("phones.json"))
		c = d.phones
	case "twilio":
		c, err = twilio.New(d.conf.twilio(), d.clock, d.log)
	case "gateway":
		c, err = gateway.New(d.conf.gateway(), d.clock, d.log)
	default:
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []callbacks.Line{{Name: name, Carrier: c}}, nil
}

// The addresses that carriers call begin with this and the carrier's name.
const hooksPrefix = "/hooks/"

// hooksOf are the addresses that carriers call. Anyone may come to them:
// whoever cannot sign is turned away by the carrier's own handler.
func hooksOf(lines []callbacks.Line, inbox callbacks.Inbox) []page.Route {
	var out []page.Route
	for _, line := range lines {
		c, calls := line.Carrier.(interface {
			Handler(callbacks.Inbox) http.Handler
		})
		if !calls {
			continue
		}
		prefix := hooksPrefix + line.Name
		h := http.StripPrefix(prefix, c.Handler(inbox))
		handle := func(w http.ResponseWriter, r *http.Request) error {
			h.ServeHTTP(w, r)
			return nil
		}
		for _, path := range []string{prefix, prefix + "/*"} {
			out = append(out, page.Route{Method: http.MethodPost, Path: path, Who: page.Anyone, Handle: handle, Foreign: true, Raw: true})
		}
	}
	return out
}

// callBackJobs are the lines of the timetable that belong to callbacks.
func (d *desk) callBackJobs() []job {
	every, collect, back := time.Minute, time.Hour, 48*time.Hour
	if d.phones != nil {
		every = 2 * time.Second // somebody is watching
	}
	if d.conf.str("public_url") == "" {
		collect, back = time.Minute, time.Hour // nobody tells us of texts
	}
	tell := func(listener string, handle func(context.Context, []tickets.Message) error) func(context.Context) (int, error) {
		return func(ctx context.Context) (int, error) { return d.tickets.Deliver(ctx, listener, 100, handle) }
	}
	all := []job{
		{name: "callbacks_plan", every: every, wake: d.tickets.Wake(callbacks.PlanListener), run: tell(callbacks.PlanListener, d.engine.Handle)},
		{name: "callbacks_notices", every: every, wake: d.tickets.Wake(callbacks.NoticeListener), run: tell(callbacks.NoticeListener, d.engine.Notify)},
		{name: "callbacks", every: every, wake: d.engine.Wake(), run: d.engine.Work},
		{name: "callbacks_poll", every: 10 * time.Minute, run: d.engine.Poll},
		{name: "callbacks_collect", every: collect, run: func(ctx context.Context) (int, error) { return d.engine.Collect(ctx, back) }},
		{name: "callbacks_sweep", every: time.Hour, run: d.engine.SweepMonth},
		{name: "callbacks_put_away", every: time.Hour, run: d.engine.PutAway},
		{name: "callbacks_reconcile", every: time.Hour, run: d.engine.Reconcile}, // yesterday, once
	}
	if d.phones != nil {
		all = append(all, job{name: "phones", every: time.Second, run: d.phones.step})
	}
	return all
}

// alone says that only this machine reaches the desk.
func (c *config) alone() bool {
	host, _, err := net.SplitHostPort(c.str("addr"))
	return err == nil && c.str("public_url") == "" && (host == "localhost" || net.ParseIP(host).IsLoopback())
}

// policy is how citizens are asked and told, as the settings have it.
func (c *config) policy() (callbacks.Policy, error) {
	p := callbacks.Defaults()
	var err error
	if p.Hours, err = callbacks.ParseHours(c.str("callback_windows")); err != nil {
		return p, err
	}
	p.Routine.Delay = c.duration("callback_delay")
	p.Urgent.Delay = min(p.Urgent.Delay, p.Routine.Delay)
	p.Share, p.MonthlyCap, p.Rate = c.number("callback_share"), int(c.number("callback_cap")), c.number("carrier_rate")
	p.Senders = max(p.Senders, int(p.Rate/2)) // enough for a carrier that takes half a second
	if p.DeskName = c.str("sender"); p.DeskName == "" {
		p.DeskName = c.str("name")
	}
	if public := c.str("public_url"); public != "" {
		p.LinkBase = public + "/s/"
	}
	p.Notices = map[callbacks.Notice]bool{}
	for _, word := range c.list("notices") {
		p.Notices[notices[word]] = true
	}
	if err := p.Validate(); err != nil {
		return p, fmt.Errorf("settings sender, name, public_url and callback_…: %w", err)
	}
	return p, nil
}

func (c *config) twilio() twilio.Settings {
	set := twilio.Settings{AccountSID: c.str("twilio_account_sid"), AuthToken: c.str("twilio_auth_token"), From: c.str("twilio_from"),
		MessagingServiceSID: c.str("twilio_messaging_service_sid"), BaseURL: c.str("twilio_base_url"), Voices: map[string]string{}}
	if public := c.str("public_url"); public != "" {
		set.PublicURL = public + hooksPrefix + "twilio"
	}
	for _, pair := range c.list("twilio_voices") {
		lang, voice, _ := strings.Cut(pair, "=")
		set.Voices[lang] = voice
	}
	return set
}

func (c *config) gateway() gateway.Settings {
	return gateway.Settings{URL: c.str("gateway_url"), Secrets: c.list("gateway_secret"), Calls: c.str("gateway_calls") == "true"}
}

// notices are the words of the setting.
var notices = map[string]callbacks.Notice{
	"accepted": callbacks.Accepted, "dispatched": callbacks.Dispatched, "extended": callbacks.Extended, "completed": callbacks.Completed,
}

func isNotices(s string) error {
	if s == "none" {
		return nil
	}
	for word := range strings.SplitSeq(s, ",") {
		if _, ok := notices[strings.TrimSpace(word)]; !ok {
			return fmt.Errorf("%q is none of accepted, dispatched, extended, completed; none of them is none", word)
		}
	}
	return nil
}

func isHours(s string) error {
	_, err := callbacks.ParseHours(s)
	return err
}

func isVoices(s string) error {
	for pair := range strings.SplitSeq(s, ",") {
		if lang, voice, ok := strings.Cut(strings.TrimSpace(pair), "="); !ok || voice == "" || lang != "zh-CN" && lang != "en" {
			return fmt.Errorf("%q is not zh-CN= or en= and a voice's name", pair)
		}
	}
	return nil
}
