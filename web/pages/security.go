package pages

import (
	"net/http"
	"slices"
	"strconv"

	chain "nengban/tickets/evidence"
	"nengban/web/page"
)

// securityEvents are what the security log tells, by the word of its act.
var securityEvents = []string{"login", "login_refused", "login_slowed", "code_refused", "unmask_slowed", "sign_on_refused", "password_changed", "password_reset", "factor_set", "factor_dropped",
	"sessions_ended", "key_made", "key_dropped", "member_added", "member_changed", "member_switched", "person_exported", "person_erased", "keys_rotated",
	"webhook_added", "webhook_paused", "webhook_resumed", "webhook_secret", "webhook_removed"}

// securityPage is the security log.
type securityPage struct {
	page.Base
	Events []chain.Happened
	Acts   []string
	Act    string
	More   int64 // id to go on from; 0: that was all
}

// perSecurityPage is how many events a page shows.
const perSecurityPage = 100

// Security shows who logged in or tried to, and whose account was changed.
func (p *Pages) Security(w http.ResponseWriter, r *http.Request) error {
	v := securityPage{Base: p.Base(r), Acts: securityEvents}
	if act := r.URL.Query().Get("act"); slices.Contains(securityEvents, act) {
		v.Act = act
	}
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	if p.SecurityLog == nil {
		return p.show(w, "security", v)
	}
	var err error
	if v.Events, err = p.SecurityLog.Recent(r.Context(), v.Act, before, perSecurityPage); err != nil {
		return err
	}
	if len(v.Events) == perSecurityPage {
		v.More = v.Events[perSecurityPage-1].ID
	}
	return p.show(w, "security", v)
}
