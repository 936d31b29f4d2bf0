package web_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/triage"
	"nengban/web"
	"nengban/web/webtest"
)

// oddTexts are what nobody would call a question.
var oddTexts = map[string]string{
	"one character": "公", "one letter": "x", "only punctuation": "？！……——《》（）%_", "emoji": "🏠💰👨‍👩‍👧🇨🇳", "broken UTF-8": "公积金\xff\xfe\xc3(", "a NUL": "公积金\x00提取",
	"SQL": "'; DROP TABLE tickets; --%_\\ OR 1=1", "query syntax": `+title:"公积金" -(x OR *)~2^5 AND /.*/ [a TO z] {`, "a template": "{{.Me}} ${7*7} <script>",
	"one word without end": strings.Repeat("公积金提取", 800), "blanks": " \t\n　",
}

// Whatever is typed where texts are looked for gets an ordinary answer or an
// empty one: beside the intake form, on the staff's and the public search, on a
// ticket that is triaged.
func TestOddTextsGetAnOrdinaryAnswerOrAnEmptyOneOnEveryScreen(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		s := webtest.On(t, db, comparing, webtest.WithKnowledge(t), func(p *web.Parts) {
			p.Hooks.Propose = func(_ context.Context, x *tickets.Ticket) (triage.Proposal, error) {
				return triage.NewAdvisor(p.Places.Directory(), nil).Propose(triage.Asked{Title: x.Title, Text: x.Content, Area: x.Area}, nil), nil
			}
		})
		operator, dispatcher, stranger := s.As(s.Operator), s.As(s.Dispatcher), s.Stranger()
		for name, text := range oddTexts {
			if got := operator.Fragment("/intake/help", url.Values{"content": {text}, "area": {text}}); got.Status != http.StatusOK {
				t.Errorf("%s beside the form is answered %d: %s", name, got.Status, got.Text("body"))
			}
			if got := operator.Fragment("/intake/caller", url.Values{"phone": {text}}); got.Status != http.StatusOK {
				t.Errorf("%s as a telephone number is answered %d", name, got.Status)
			}
			for _, c := range []struct {
				client *webtest.Client
				path   string
			}{{operator, "/knowledge?q="}, {stranger, "/answers?q="}, {operator, "/tickets/find?number="}} {
				got := c.client.Get(c.path + url.QueryEscape(text))
				if well := got.Status == http.StatusOK || c.path == "/tickets/find?number=" && got.Status == http.StatusNotFound; !well {
					t.Errorf("%s on %s is answered %d", name, c.path, got.Status)
				}
				got.WantNo("main script:not([src]):not([type='application/ld+json'])")
			}
			r, err := s.Desk.Register(context.Background(), s.Operator, tickets.Intake{Channel: tickets.Hotline, Kind: tickets.Complaint, Content: text, Caller: tickets.Caller{Phone: "13800138000"}})
			if err != nil {
				continue // refused where it is no text at all: that is another test's
			}
			dispatcher.Get("/tickets/" + r.Ticket.Number + "?act=triages").Is(http.StatusOK)
		}
	})
}

// Somebody pastes a whole book beside the form, or into an address: the first
// gets an ordinary answer, the second more than any address holds.
func TestAMegabyteOfTextIsAnsweredAndLeavesTheDeskWell(t *testing.T) {
	t.Parallel()
	s := webtest.New(t, comparing, webtest.WithKnowledge(t))
	operator := s.As(s.Operator)
	operator.Fragment("/intake/help", url.Values{"content": {strings.Repeat("公积金提取", 70_000)}}).Is(http.StatusOK).Want("a.title", "住房公积金提取办理指南")
	operator.Fragment("/intake/help", url.Values{"content": {strings.Repeat("\xff", 1<<20)}}).Is(http.StatusOK)
	if got := s.Stranger().Get("/answers?q=" + strings.Repeat("a", 1<<20)); got.Status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a megabyte in an address is answered %d", got.Status)
	}
	s.Stranger().Get("/answers?q=公积金").Is(http.StatusOK)
}
