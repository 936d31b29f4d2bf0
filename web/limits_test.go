package web_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"testing"
	"time"

	"nengban/tickets"
	"nengban/web"
	"nengban/web/page"
	"nengban/web/webtest"
)

// Whatever a stranger can send is counted by his address at that endpoint; the
// few that are not change nothing but his own browser, or are signed.
func TestEveryAddressThatStrangersSendToHasALimit(t *testing.T) {
	t.Parallel()
	s := webtest.NewCalling(t, func(p *web.Parts) { p.More = append(p.More, carrierHook) })
	free := []string{"/logout", "/language", "/look/leave"}
	n := 0
	for _, rt := range s.Server.Routes() {
		if rt.Method == http.MethodGet || rt.Who != page.Anyone || rt.Foreign || slices.Contains(free, rt.Path) {
			continue
		}
		if n++; rt.PerMinute == 0 || rt.PerMinute > 120 {
			t.Errorf("%s %s takes %d requests a minute from one address", rt.Method, rt.Path, rt.PerMinute)
		}
	}
	if n < 6 {
		t.Errorf("only %d addresses were looked at", n)
	}
}

// One address is slowed at one endpoint, others are not.
func TestOneAddressIsSlowedAtOneEndpoint(t *testing.T) {
	t.Parallel()
	s := webtest.New(t, func(p *web.Parts) { p.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	ask := func(path, from string) *webtest.Page {
		return s.Stranger().Do(http.MethodGet, path, "", nil, "X-Forwarded-For", from)
	}
	for range 60 {
		ask("/login/sign-on", "192.0.2.1").Is(http.StatusNotFound)
	}
	if p := ask("/login/sign-on", "192.0.2.1").Is(http.StatusTooManyRequests); p.Header.Get("Retry-After") == "" {
		t.Error("nobody is told when to come again")
	}
	ask("/login/sign-on/back", "192.0.2.1").Is(http.StatusNotFound)
	ask("/login/sign-on", "192.0.2.2").Is(http.StatusNotFound)
}

// One member is slowed wherever he comes from and whatever he asks for, on
// pages and as a program; colleagues go on, and so does he a minute later.
func TestOneMemberIsSlowedWhateverHisAddressAndSession(t *testing.T) {
	t.Parallel()
	s := webtest.New(t, func(p *web.Parts) { p.PerMember = 20 })
	c, second, colleague := s.As(s.Caseworker), s.As(s.Caseworker), s.As(s.Dispatcher)
	last := 0
	for i := range 24 {
		last = []*webtest.Client{c, second}[i%2].Get([]string{"/tickets", "/api/v1/tickets", "/account"}[i%3]).Status
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the twenty-fourth request is answered %d", last)
	}
	if p := c.Get("/api/v1/me").Is(http.StatusTooManyRequests); p.Header.Get("Retry-After") != "60" {
		t.Errorf("a program is told to come again after %q", p.Header.Get("Retry-After"))
	}
	colleague.Get("/tickets").Is(http.StatusOK)
	s.Clock.Advance(61 * time.Second)
	c.Get("/tickets").Is(http.StatusOK)
}

// Whoever uncovers one caller after the other carries them out of the house.
func TestNobodyUncoversAWholeTown(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand)
	c, why := s.As(s.Dispatcher).Still(), url.Values{"reason": {"核实"}}
	for range 60 {
		c.Post("/tickets/"+x.Number+"/unmask", why).Is(http.StatusSeeOther)
	}
	other := s.Ticket(tickets.InHand)
	wantNone(t, c.Post("/tickets/"+other.Number+"/unmask", why).Is(http.StatusTooManyRequests), "13800138000")
	s.As(s.Dispatcher).Post("/tickets/"+other.Number+"/unmask", why).Is(http.StatusTooManyRequests)
	s.As(s.Supervisor).Post("/tickets/"+other.Number+"/unmask", why).Is(http.StatusOK).Want("main", "13800138000")
	s.As(s.Auditor).Get("/security").Want("table", "查看诉求人过于频繁").Want("table", fmt.Sprint(other.Number))
	s.Clock.Advance(time.Hour + time.Minute)
	c.Post("/tickets/"+other.Number+"/unmask", why).Is(http.StatusSeeOther)
}
