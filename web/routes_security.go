package web

import (
	"net/http"
	"strings"

	"nengban/tickets/staff"
	"nengban/web/page"
	"nengban/web/session"
)

// securityRoutes are how people come in and what they see of their accounts.
func (s *Server) securityRoutes() []page.Route {
	p := s.pages
	return []page.Route{
		{Method: "GET", Path: "/login/code", Who: page.Anyone, Handle: p.LoginCodeForm},
		{Method: "POST", Path: "/login/code", Who: page.Anyone, Handle: p.LoginCode, PerMinute: 30},
		{Method: "GET", Path: "/login/sign-on", Who: page.Anyone, Handle: p.SignOn, PerMinute: 60},
		{Method: "GET", Path: "/login/sign-on/back", Who: page.Anyone, Handle: p.SignedOn, PerMinute: 60},
		{Method: "GET", Path: "/account/second-factor", Who: page.AnyStaff, Handle: p.Factor},
		{Method: "POST", Path: "/account/second-factor", Who: page.AnyStaff, Handle: p.BeginFactor, PerMinute: 20},
		{Method: "POST", Path: "/account/second-factor/confirm", Who: page.AnyStaff, Handle: p.ConfirmFactor, PerMinute: 20},
		{Method: "POST", Path: "/account/second-factor/drop", Who: page.AnyStaff, Handle: p.DropFactor, PerMinute: 20},
		{Method: "POST", Path: "/account/sessions/end", Who: page.AnyStaff, Handle: p.EndSessions},
		{Method: "POST", Path: "/account/keys", Who: page.AnyStaff, Handle: p.AddKey, PerMinute: 20},
		{Method: "POST", Path: "/account/keys/{id}/drop", Who: page.AnyStaff, Handle: p.DropKey},
		{Method: "POST", Path: "/staff/{id}/second-factor", Who: page.Holders(staff.ManageStaff), Handle: p.DropMembersFactor},
		{Method: "GET", Path: "/security", Who: page.Holders(staff.ReadSecurity), Handle: p.Security},
		{Method: "GET", Path: "/tickets/{number}/readers/list", Who: page.Holders(staff.ReadSupervision), Handle: p.ReadersList},
	}
}

// enrolFirst sends a member who has no second factor, where everybody must
// have one, to the page that sets it up. It returns true when it has answered.
func (s *Server) enrolFirst(rt page.Route, w http.ResponseWriter, r *http.Request, known bool) (bool, error) {
	if !known || rt.Who == page.Anyone || strings.HasPrefix(rt.Path, "/account/second-factor") || !s.sessions.Enrolling(r.Context()) {
		return false, nil
	}
	if rt.Auth != nil || page.IsFragment(r) {
		return true, page.ErrForbidden
	}
	http.Redirect(w, r, "/account/second-factor", http.StatusSeeOther)
	return true, nil
}

// keys lets programs in by a key in the Authorization header, and browsers by
// their session.
type keys struct{ staff *staff.Store }

// Member returns who asks. A key that is wrong in any way is a stranger.
func (k keys) Member(r *http.Request) (staff.Member, bool, error) {
	header := r.Header.Get("Authorization")
	if header == "" {
		m, known := session.Member(r.Context())
		return m, known, nil
	}
	secret, ok := strings.CutPrefix(header, "Bearer ")
	if !ok {
		return staff.Member{}, false, page.ErrLogin
	}
	m, err := k.staff.ByKey(r.Context(), strings.TrimSpace(secret))
	if err != nil {
		return staff.Member{}, false, err
	}
	return m, true, nil
}
