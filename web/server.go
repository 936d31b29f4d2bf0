// Package web is the outside of the desk: every address it answers, who may
// come to it, and what is said when something is refused.
//
// The rules it keeps: no address without a decision about who may come to it
// (routes.go), one table from errors to answers (problem.go), strangers learn
// nothing from an error, and nothing that was typed is lost over one. What
// happens to tickets is decided elsewhere; handlers parse, call one use-case
// and render.
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/uptrace/bun"

	"nengban/knowledge"
	"nengban/tickets"
	"nengban/tickets/departments"
	"nengban/tickets/evidence"
	"nengban/tickets/staff"
	"nengban/tickets/vault"
	"nengban/web/api"
	"nengban/web/i18n"
	"nengban/web/page"
	"nengban/web/pages"
	"nengban/web/portal"
	"nengban/web/session"
)

// Parts are what a server is put together from.
type Parts struct {
	DB     *bun.DB // for sessions and drafts
	Desk   *tickets.Desk
	Staff  *staff.Store
	Places *departments.Store
	Files  *tickets.Files
	Vault  *vault.Vault // seals drafts and receipts
	Clock  clockwork.Clock
	Log    *slog.Logger

	Name           string         // of the desk
	PublicURL      string         // https://… where citizens reach it; empty: wherever they came from
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	Demo           bool           // pages say so, and show where the pretend phones are

	Checks    []pages.Check      // what /healthz asks
	Hooks     pages.Hooks        // what other rooms add to the staff's pages; every one may be nil
	Knowledge *knowledge.Library // nil: there is no knowledge base
	Surveys   portal.Surveys     // nil: citizens answer no survey on a page
	Phones    portal.Phones      // the pretend phones of a demo; nil: there are none
	Auth      page.Authenticator // who asks the API; nil: whoever is logged in

	SignOn         *session.SignOn // the city's own sign-on; nil: there is none
	FactorRequired bool            // nobody works without a second factor
	PerMember      int             // requests taken from one member in a minute, from wherever; 0: any number

	More []page.Route // addresses of rooms that this package does not know: carriers, the pretend phones
}

// Server answers the desk's addresses.
type Server struct {
	log       *slog.Logger
	clock     clockwork.Clock
	checks    []pages.Check
	set       page.Setting
	render    *page.Renderer
	sessions  *session.Sessions
	asked     *session.Window // what each member has asked for in the last minute
	perMember int
	pages     *pages.Pages
	portal    *portal.Portal
	api       *api.API
	more      []page.Route
	proxies   []netip.Prefix
	public    string
	secure    bool            // cookies and headers for https only
	gets      map[string]bool // addresses that answer GET
	handler   http.Handler
	closing   context.Context // over when the server stops: streams end with it
	nowClosed context.CancelFunc
}

// New puts a server together. It returns an error when a template or a
// catalogue cannot be read, or when an address is open to nobody.
func New(p Parts) (*Server, error) {
	catalogue, err := i18n.Load(tickets.Shanghai)
	if err != nil {
		return nil, err
	}
	render, err := page.NewRenderer()
	if err != nil {
		return nil, err
	}
	s := &Server{log: p.Log, clock: p.Clock, checks: p.Checks, render: render, more: p.More, proxies: p.TrustedProxies,
		public: p.PublicURL, secure: strings.HasPrefix(p.PublicURL, "https:")}
	s.closing, s.nowClosed = context.WithCancel(context.Background())
	events := evidence.NewLog(p.DB, p.Clock, p.Vault)
	p.Staff.SealWith(p.Vault)
	if p.Auth == nil {
		p.Auth = keys{p.Staff}
	}
	s.sessions = session.New(session.Parts{DB: p.DB, Staff: p.Staff, Clock: p.Clock, Vault: p.Vault, Secure: s.secure, Needed: p.FactorRequired, Note: noting(events, p.Log)})
	s.asked, s.perMember = session.NewWindow(p.Clock, time.Minute, 10_000), p.PerMember
	s.set = page.Setting{Catalogue: catalogue, Sessions: s.sessions, Now: p.Desk.Now, Places: p.Places.Directory, Demo: p.Demo, Name: p.Name,
		Has: func(path string) bool { return s.gets[path] }}
	s.pages = pages.New(pages.Parts{Setting: s.set, Render: render, Knowledge: p.Knowledge, Desk: p.Desk, Staff: p.Staff, Places: p.Places, Files: p.Files, Vault: p.Vault,
		DB: p.DB, Clock: p.Clock, Log: p.Log, PublicURL: p.PublicURL, Secure: s.secure, Address: clientAddress, Checks: p.Checks, Hooks: p.Hooks, Closing: s.closing,
		CitySignOn: p.SignOn, SecurityLog: events})
	looks := page.NewLooks(p.Desk, p.Clock)
	s.portal = portal.New(portal.Parts{Setting: s.set, Render: render, Desk: p.Desk, Files: p.Files, Vault: p.Vault, Looks: looks, Log: p.Log, Secure: s.secure,
		Address: clientAddress, Knowledge: p.Knowledge, Surveys: p.Surveys, Phones: p.Phones, Closing: s.closing})
	s.api = api.New(api.Parts{Setting: s.set, Desk: p.Desk, Files: p.Files, Looks: looks, Auth: p.Auth, Address: clientAddress})
	return s, s.mount()
}

// noting writes what happens to accounts into the security log. A login does
// not fail because its line could not be written; the program's log says so.
func noting(events *evidence.Log, log *slog.Logger) func(context.Context, staff.Member, string, string, string) {
	return func(ctx context.Context, by staff.Member, act, subject, address string) {
		err := events.Note(context.WithoutCancel(ctx), evidence.Event{ByID: by.ID, ByName: by.Name, Act: act, Subject: subject, From: address})
		if err != nil {
			log.Error("security log", "act", act, "error", err)
		}
	}
}

// Handler returns what answers requests, for tests and for Serve.
func (s *Server) Handler() http.Handler { return s.handler }

// Sessions returns the sessions, whose cleaning belongs to the timetable.
func (s *Server) Sessions() *session.Sessions { return s.sessions }

// Live looks whether tickets that somebody has open were changed, by this
// instance or another, and tells the open pages; it returns how many had. The
// timetable calls it; acts of this process are told at once.
func (s *Server) Live(ctx context.Context) (int, error) { return s.pages.Live(ctx) }

// CleanDrafts deletes drafts that nobody touched for a month; a job of the timetable.
func (s *Server) CleanDrafts(ctx context.Context) (int, error) { return s.pages.CleanDrafts(ctx) }

// How long the server waits: for a slow sender, for a slow reader, for the
// next request on a connection, and for what is under way when it stops. An
// upload of the largest size has to pass over a slow line in time.
const (
	readHeader = 10 * time.Second
	readAll    = 5 * time.Minute
	writeAll   = 5 * time.Minute
	keepIdle   = 2 * time.Minute
	lastWords  = 10 * time.Second
)

// Serve answers requests on l until ctx ends, then stops taking new ones,
// ends the streams, lets what is under way finish, and returns.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	srv := &http.Server{Handler: s.handler, ReadHeaderTimeout: readHeader, ReadTimeout: readAll, WriteTimeout: writeAll, IdleTimeout: keepIdle,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug)}
	srv.RegisterOnShutdown(s.nowClosed)
	watching := make(chan struct{})
	go func() { defer close(watching); s.pages.Watch(s.closing) }()
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWords)
		defer cancel()
		stopped <- srv.Shutdown(last)
	}()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		s.nowClosed()
		return fmt.Errorf("serving: %w", err)
	}
	err := <-stopped
	s.nowClosed()
	<-watching
	if err != nil {
		return fmt.Errorf("stopping the server: %w", err)
	}
	return nil
}
