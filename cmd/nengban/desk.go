package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/uptrace/bun"

	"nengban/callbacks"
	"nengban/knowledge"
	"nengban/migrations"
	"nengban/tickets"
	"nengban/tickets/departments"
	"nengban/tickets/duplicates"
	"nengban/tickets/evidence"
	"nengban/tickets/staff"
	"nengban/tickets/vault"
	"nengban/web"
	"nengban/web/hooks"
	"nengban/web/page"
)

// desk is the whole program put together. This file is the only one that
// knows everyone.
type desk struct {
	conf   *config
	log    *slog.Logger
	clock  clockwork.Clock
	folder *folder
	db     *bun.DB
	vault  *vault.Vault
	places *departments.Store
	staff  *staff.Store
	files  *tickets.Files

	chain     *evidence.Chain
	journal   *evidence.Journal
	tickets   *tickets.Desk
	asks      *callbacks.Policy // how citizens are asked how it went
	pretends  bool              // by pretend telephones, whatever the settings say
	engine    *callbacks.Engine
	knowledge *knowledge.Library
	like      *duplicates.Book
	webhooks  *hooks.Sender // tells other systems of the city
	learned   *learning
	phones    *phones      // of a demo
	called    []page.Route // addresses that carriers call
	runs      runs
	clocks    clocks
}

// withDesk opens the desk that the settings describe, runs do and closes it.
func withDesk(ctx context.Context, t *terminal, c common, do func(*desk) error) error {
	conf, err := readConfig(c, "", t.Env)
	if err != nil {
		return err
	}
	d, err := openDesk(ctx, conf, t)
	if err != nil {
		return err
	}
	return errors.Join(do(d), d.close())
}

// openDesk opens folder, keys and database, brings the schema up to date, and
// puts the parts together from the bottom to the top. What a subcommand wants
// otherwise is said by with.
func openDesk(ctx context.Context, conf *config, t *terminal, with ...func(*desk)) (_ *desk, err error) {
	d := &desk{conf: conf, clock: t.Clock, log: newLog(conf, t)}
	for _, f := range with {
		f(d)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close())
		}
	}()
	if d.folder, err = openFolder(conf.str("data")); err != nil {
		return nil, err
	}
	if d.vault, err = d.folder.openVault(conf.str("master_key")); err != nil {
		return nil, err
	}
	if d.db, err = migrations.Open(ctx, conf.dsn(d.folder)); err != nil {
		return nil, err
	}
	if _, err = migrations.Up(ctx, d.db); err != nil {
		return nil, err
	}
	if d.files, err = tickets.OpenFiles(d.folder.in("attachments"), d.vault); err != nil {
		return nil, err
	}
	return d, d.assemble(ctx)
}

func (d *desk) assemble(ctx context.Context) error {
	var err error
	if d.places, err = departments.Open(ctx, d.db); err != nil {
		return err
	}
	limits, err := tickets.OpenLimits(ctx, d.db, d.clock)
	if err != nil {
		return err
	}
	d.staff = staff.NewStore(d.db, d.clock)
	if d.conf.str("separate_administrators") == "yes" {
		d.staff.Separate()
	}
	d.chain, d.journal = evidence.NewChain(d.db, d.clock, d.vault), evidence.NewJournal(d.folder.journal(), d.remoteLog())
	d.tickets = tickets.NewDesk(tickets.Parts{DB: d.db, Clock: d.clock, Vault: d.vault, Places: d.places, Limits: limits, Listeners: d.listeners(),
		Unmasking: time.Duration(d.conf.number("unmask_minutes")) * time.Minute})
	d.tickets.AlsoErase(callbacks.Forget)
	d.like = duplicates.New(duplicates.Parts{DB: d.db, Desk: d.tickets, Clock: d.clock, Log: d.log})
	if err := d.openWebhooks(); err != nil {
		return err
	}
	if err := d.openAdvice(); err != nil {
		return err
	}
	if err := d.openKnowledge(ctx); err != nil {
		return err
	}
	return d.callBack()
}

// listeners are the rooms that are told of acts.
func (d *desk) listeners() []tickets.Listener {
	return slices.Concat(knowledgeListeners(), callbacks.Listeners(), hooks.Listeners())
}

// server puts the outside together.
func (d *desk) server(demo bool) (*web.Server, error) {
	p := web.Parts{DB: d.db, Desk: d.tickets, Staff: d.staff, Places: d.places, Files: d.files, Vault: d.vault, Clock: d.clock, Log: d.log,
		Name: d.conf.str("name"), PublicURL: d.conf.str("public_url"), TrustedProxies: d.proxies(), Demo: demo,
		Checks: d.checks(), Knowledge: d.knowledge, Hooks: d.hooks(), Surveys: d.engine, More: d.called}
	if d.phones != nil {
		p.Phones = d.phones
	}
	p.SignOn, p.FactorRequired = d.signOn(), d.conf.str("second_factor") == "required"
	p.PerMember = int(d.conf.number("account_rate"))
	return web.New(p)
}

// proxies of a setting that was checked to be networks.
func (d *desk) proxies() []netip.Prefix {
	var out []netip.Prefix
	for part := range strings.SplitSeq(d.conf.str("trusted_proxies"), ",") {
		if p, err := netip.ParsePrefix(strings.TrimSpace(part)); err == nil {
			out = append(out, p)
		}
	}
	return out
}

// close ends what was opened, the last first. It may be called on a desk that
// is only half open.
func (d *desk) close() error {
	var errs []error
	if d.knowledge != nil {
		errs = append(errs, d.knowledge.Close())
	}
	if d.db != nil {
		errs = append(errs, d.db.Close())
	}
	if d.folder != nil {
		errs = append(errs, d.folder.close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("closing the desk: %w", err)
	}
	return nil
}

func newLog(conf *config, t *terminal) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(conf.str("log_level"))) // one of four words, checked
	opts := &slog.HandlerOptions{Level: level}
	if conf.str("log_format") == "json" {
		return slog.New(slog.NewJSONHandler(t.Err, opts))
	}
	return slog.New(slog.NewTextHandler(t.Err, opts))
}
