package web_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web"
	"nengban/web/page"
	"nengban/web/webtest"
)

// TestEveryRouteAsEveryRole walks the whole table of addresses as a stranger
// and as each role. What must come out is decided by the table of rights
// alone: the login page for a stranger, "not allowed" for whoever has no part
// in it, and anything but those for the others.
func TestEveryRouteAsEveryRole(t *testing.T) {
	t.Parallel()
	s := webtest.NewCalling(t, comparing, telling, func(p *web.Parts) { p.More = append(p.More, carrierHook) })
	x := s.Ticket(tickets.InHand)
	s.Act(s.Supervisor, x.Number, &tickets.Supervise{Colour: tickets.Blue, Reason: "临近时限"})
	fill := strings.NewReplacer("{number}", x.Number, "{id}", "1", "{n}", "1", "{form}", "hotline", "{tab}", "areas", "{name}", "simulator")
	// These would end the walk: one logs out, one never ends, two change the walkers themselves.
	left := map[string]bool{"POST /logout": true, "GET /tickets/{number}/events": true, "POST /staff/{id}/switch": true, "POST /staff/{id}/password": true, "POST /staff/{id}": true, "POST /staff/{id}/second-factor": true}

	walkers := map[string]*webtest.Client{"stranger": s.Stranger()}
	who := map[string]staff.Member{}
	for _, m := range s.Everyone() {
		if m.ID != 0 {
			walkers[m.Name], who[m.Name] = s.As(m), m
		}
	}
	for _, rt := range s.Server.Routes() {
		if left[rt.Method+" "+rt.Path] {
			continue
		}
		for name, c := range walkers {
			m, known := who[name]
			got := c.Still().Do(rt.Method, fill.Replace(rt.Path), kindOf(rt), body(rt))
			verdict(t, rt, name, rt.Who.Admit(m, known), got)
		}
	}
}

// carrierHook is an address as carriers get theirs: other programs come to it
// without login and sign what they bring.
var carrierHook = page.Route{Method: "POST", Path: "/hooks/carrier/*", Who: page.Anyone, Foreign: true, Raw: true,
	Handle: func(w http.ResponseWriter, r *http.Request) error {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		}
		return nil
	}}

// A carrier comes from elsewhere, without a cookie, and its body has a limit.
func TestACarrierComesWithoutLoginAndNotWithAnything(t *testing.T) {
	t.Parallel()
	s := webtest.New(t, func(p *web.Parts) { p.More = append(p.More, carrierHook) })
	post := func(size int) int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/hooks/carrier/texts", strings.NewReader(strings.Repeat("x", size)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Origin", "https://api.carrier.example")
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		if len(res.Cookies()) > 0 {
			t.Errorf("it is given cookies: %v", res.Cookies())
		}
		return res.StatusCode
	}
	if got := post(1000); got != http.StatusOK {
		t.Errorf("a text is answered with %d", got)
	}
	if got := post(page.MaxBody + 1); got != http.StatusRequestEntityTooLarge {
		t.Errorf("more than the limit is answered with %d", got)
	}
}

// The routes that the walk leaves out are asked by those who may not.
func TestTheRoutesThatTheWalkLeavesOut(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand)
	s.Stranger().Still().Get("/tickets/" + x.Number + "/events").Is(http.StatusSeeOther)
	s.As(s.Admin).Get("/tickets/" + x.Number + "/events").Is(http.StatusForbidden)
	for _, path := range []string{"/staff/1", "/staff/1/switch", "/staff/1/password", "/staff/1/second-factor"} {
		s.Stranger().Post(path, nil).Is(http.StatusUnauthorized)
		s.As(s.Supervisor).Post(path, nil).Is(http.StatusForbidden)
		s.As(s.Auditor).Post(path, nil).Is(http.StatusForbidden)
	}
}

// A program that posts nothing at all, or not a form, gets a refusal.
func TestAPostThatIsNoFormBreaksNothing(t *testing.T) {
	t.Parallel()
	s := webtest.NewCalling(t)
	x := s.Ticket(tickets.InHand)
	fill := strings.NewReplacer("{number}", x.Number, "{id}", "2", "{n}", "1", "{form}", "hotline", "{tab}", "areas", "{name}", "simulator")
	clients := map[int64]*webtest.Client{}
	for _, rt := range s.Server.Routes() {
		if rt.Method != http.MethodPost || rt.Path == "/logout" {
			continue
		}
		for _, m := range s.Everyone() {
			if m.ID == 0 || rt.Who.Admit(m, true) != nil {
				continue
			}
			if clients[m.ID] == nil {
				clients[m.ID] = s.As(m)
			}
			for _, kind := range []string{"", "application/json", "text/plain"} {
				if got := clients[m.ID].Do("POST", fill.Replace(rt.Path), kind, strings.NewReader("[1,2")); got.Status >= http.StatusInternalServerError {
					t.Errorf("POST %s as %s with %q: %d", rt.Path, m.Name, kind, got.Status)
				}
			}
			break
		}
	}
}

func verdict(t *testing.T, rt page.Route, name string, want error, got *webtest.Page) {
	t.Helper()
	at := rt.Method + " " + rt.Path + " as " + name
	toLogin := got.Status == http.StatusSeeOther && strings.HasPrefix(got.Header.Get("Location"), "/login") || got.Status == http.StatusUnauthorized
	switch {
	case errors.Is(want, page.ErrLogin):
		if !toLogin {
			t.Errorf("%s: %d; want the login page", at, got.Status)
		}
	case errors.Is(want, page.ErrForbidden):
		if got.Status != http.StatusForbidden {
			t.Errorf("%s: %d; want not allowed", at, got.Status)
		}
	default:
		// A password that is wrong, or a ticket out of reach, is answered by the use-case.
		if toLogin && !strings.HasPrefix(rt.Path, "/login") || got.Status == http.StatusForbidden && !scoped(rt, name) || got.Status >= http.StatusInternalServerError {
			t.Errorf("%s: %d; want it to get in", at, got.Status)
		}
	}
}

// scoped are rights that reach one's own tickets only; whether this ticket is
// one of them is the use-case's answer.
func scoped(rt page.Route, _ string) bool {
	for _, scope := range staff.Table[staff.Right(rt.Who)] {
		if scope != staff.All && scope != staff.None {
			return true
		}
	}
	return false
}

func kindOf(rt page.Route) string {
	if rt.Method == http.MethodPost {
		return "application/x-www-form-urlencoded"
	}
	return ""
}

// body is a form without anything in it: what is allowed is then refused for
// what it lacks, and changes nothing.
func body(rt page.Route) io.Reader {
	if rt.Method == http.MethodPost {
		return strings.NewReader("")
	}
	return nil
}
