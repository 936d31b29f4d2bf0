package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/webtest"
)

// What no database takes, a byte of zero or half a character, is refused by
// name wherever it is typed, and does no harm in an address.
func TestWhatIsNoTextIsRefusedEverywhere(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		s := webtest.On(t, db, webtest.WithKnowledge(t))
		x := s.Ticket(tickets.InHand)
		for _, odd := range []string{"a\x00", "b\xff"} {
			s.Stranger().Post("/login", url.Values{"login": {odd}, "password": {"x"}}).Is(http.StatusUnprocessableEntity)
			s.As(s.Editor).Post("/account/keys", url.Values{"name": {odd}, "days": {"90"}, "scope": {"read"}}).Is(http.StatusUnprocessableEntity)
		}
		walkers := map[int64]*webtest.Client{0: s.Stranger()}
		fill := strings.NewReplacer("{number}", x.Number, "{id}", "1", "{n}", "1", "{form}", "hotline", "{tab}", "areas", "{year}", "2026", "{name}", "x", "{code}", "x", "{act}", "x")
		for _, rt := range s.Server.Routes() {
			if strings.HasSuffix(rt.Path, "/events") || rt.Path == "/logout" {
				continue
			}
			m, ok := first(s, func(m staff.Member) bool { return rt.Who.Admit(m, m.ID != 0) == nil })
			if !ok {
				continue
			}
			c := walkers[m.ID]
			if c == nil {
				c = s.As(m)
				walkers[m.ID] = c
			}
			for _, odd := range []string{"\x00", "\xff"} {
				form := url.Values{}
				for _, name := range []string{"q", "number", "cursor", "status", "tab", "area", "category", "department", "from", "to", "back", "act", "article", "duty", "after", "state", "code", "login", "name", "text", "version", "id", "kind", "path", "lang", "page", "title", "year"} {
					form.Set(name, "1"+odd)
				}
				p := c.Still().Do(rt.Method, fill.Replace(rt.Path)+"?"+form.Encode(), "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
				if p.Status >= http.StatusInternalServerError {
					t.Errorf("%s %s as %q with %q is answered %d", rt.Method, rt.Path, m.Name, odd, p.Status)
				}
			}
		}
	})
}

// first is a stranger or else the first of the town who fits.
func first(s *webtest.Site, fits func(staff.Member) bool) (staff.Member, bool) {
	for _, m := range append([]staff.Member{{}}, s.Everyone()...) {
		if (m.ID != 0 || m.Name == "") && fits(m) {
			return m, true
		}
	}
	return staff.Member{}, false
}

// An editor's program that posts nothing gets a refusal, not a panic.
func TestAnArticleThatIsNoFormIsRefused(t *testing.T) {
	t.Parallel()
	s := webtest.New(t, webtest.WithKnowledge(t))
	for _, kind := range []string{"", "text/plain", "application/json"} {
		for _, path := range []string{"/knowledge", "/knowledge/K000001"} {
			if p := s.As(s.Editor).Still().Do(http.MethodPost, path, kind, strings.NewReader("x")); p.Status >= http.StatusInternalServerError {
				t.Errorf("%s at %s is answered %d", kind, path, p.Status)
			}
		}
	}
}
