package web

import (
	"fmt"
	"net/http"
	"net/url"

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
		{Method: "GET", Path: "/dispatch", Who: with(staff.Dispatch), Handle: p.Board},
		{Method: "GET", Path: "/next", Who: with(staff.ReadTicket), Handle: p.Next},
		{Method: "GET", Path: "/proposals", Who: with(staff.ReadProposals), Handle: p.Learned},
		{Method: "GET", Path: "/supervision", Who: with(staff.ReadSupervision), Handle: p.Supervision},

		{Method: "GET", Path: "/intake/hotline", Who: with(staff.Register), Handle: p.HotlineForm},
		{Method: "POST", Path: "/intake/hotline", Who: with(staff.Register), Handle: p.Hotline},
		{Method: "GET", Path: "/intake/window", Who: with(staff.Register), Handle: p.WindowForm},
		{Method: "POST", Path: "/intake/window", Who: with(staff.Register), Handle: p.Window},
		{Method: "POST", Path: "/intake/caller", Who: with(staff.Register), Handle: p.Caller},
		{Method: "POST", Path: "/intake/help", Who: with(staff.Register), Handle: p.Help, MaxBody: pages.MaxTyped},
		{Method: "POST", Path: "/drafts/{form}", Who: with(staff.ReadTicket), Handle: p.SaveDraft},
		{Method: "POST", Path: "/drafts/{form}/drop", Who: with(staff.ReadTicket), Handle: p.DropDraft},

		{Method: "GET", Path: "/tickets", Who: with(staff.ReadTicket), Handle: p.Tickets},
		{Method: "GET", Path: "/tickets/find", Who: with(staff.ReadTicket), Handle: p.Find},
		{Method: "GET", Path: "/tickets/{number}", Who: with(staff.ReadTicket), Handle: p.Ticket},
		{Method: "GET", Path: "/tickets/{number}/events", Who: with(staff.ReadTicket), Handle: p.Events},
		{Method: "POST", Path: "/tickets/{number}/unmask", Who: with(staff.UnmaskCaller), Handle: p.UnmaskCaller},
		{Method: "POST", Path: "/tickets/{number}/mask", Who: with(staff.ReadTicket), Handle: p.MaskCaller},
		{Method: "GET", Path: "/tickets/{number}/readers", Who: with(staff.ReadSupervision), Handle: p.Readers},
		{Method: "GET", Path: "/tickets/{number}/attachments/{id}", Who: with(staff.ReadTicket), Handle: p.Download},
		{Method: "GET", Path: "/tickets/{number}/receipt", Who: with(staff.Register), Handle: p.Receipt},
		{Method: "GET", Path: "/tickets/{number}/work-order", Who: with(staff.ReadTicket), Handle: p.WorkOrder},
		{Method: "GET", Path: "/tickets/{number}/orders/{n}", Who: with(staff.ReadTicket), Handle: p.OrderPaper},
		{Method: "GET", Path: "/tickets/{number}/decline-notice", Who: with(staff.ReadTicket), Handle: p.DeclineNotice},

		{Method: "GET", Path: "/directory", Who: with(staff.ReadDirectory), Handle: p.Directory},
		{Method: "POST", Path: "/directory/{tab}", Who: with(staff.EditDirectory), Handle: p.SaveDirectory},
		{Method: "POST", Path: "/directory/{tab}/upload", Who: with(staff.EditDirectory), Handle: p.UploadDirectory, MaxBody: pages.MaxUpload},

		{Method: "GET", Path: "/staff", Who: with(staff.ManageStaff), Handle: p.People},
		{Method: "POST", Path: "/staff", Who: with(staff.ManageStaff), Handle: p.AddMember},
		{Method: "POST", Path: "/staff/{id}", Who: with(staff.ManageStaff), Handle: p.ChangeMember},
		{Method: "POST", Path: "/staff/{id}/switch", Who: with(staff.ManageStaff), Handle: p.SwitchMember},
		{Method: "POST", Path: "/staff/{id}/password", Who: with(staff.ManageStaff), Handle: p.ResetPassword},
		{Method: "GET", Path: "/system", Who: with(staff.ReadSystem), Handle: p.System},
		{Method: "POST", Path: "/system/wake", Who: with(staff.ManageStaff), Handle: p.WakeMessages},
	}
	for _, rule := range tickets.Table {
		rt := page.Route{Method: "POST", Path: "/tickets/{number}/" + rule.Path, Who: with(rule.Act), Handle: p.Do(rule)}
		if rule.Act == staff.Attach { // its files come with the form
			rt.Handle, rt.MaxBody = p.Attach, pages.MaxUpload
		}
		rs = append(rs, rt)
	}
	rs = append(rs, s.deadlineRoutes()...)
	rs = append(rs, s.securityRoutes()...)
	rs = append(rs, s.callbackRoutes()...)
	rs = append(rs, s.hotRoutes()...)
	rs = append(rs, s.webhookRoutes()...)
	rs = append(rs, s.knowledgeRoutes()...)
	rs = append(rs, s.publicRoutes()...)
	rs = append(rs, s.api.Routes()...)
	rs = append(rs, s.more...)
	return rs
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
