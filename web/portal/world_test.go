package portal_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"nengban/tickets"
	"nengban/tickets/staff"
	tt "nengban/tickets/ticketstest"
	"nengban/web/webtest"
)

// matter is what a citizen writes; tests change what they are about.
func matter(change ...string) url.Values {
	f := url.Values{"kind": {"assistance"}, "content": {"母亲去世后办理房屋继承，材料交了三次，窗口不给书面清单。"}, "phone": {"13800138000"}, "name": {"王秀兰"}, "identity": {"open"}}
	for i := 0; i+1 < len(change); i += 2 {
		f.Set(change[i], change[i+1])
	}
	return f
}

// upload is a file as a browser sends it, under whatever name.
type upload struct {
	name string
	body []byte
}

// multi writes a form with files.
func multi(t testing.TB, form url.Values, files ...upload) (kind string, body []byte) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, vs := range form {
		for _, v := range vs {
			if err := w.WriteField(k, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, f := range files {
		h := textproto.MIMEHeader{}
		h.Set("Content-Disposition", fmt.Sprintf(`form-data; name="file"; filename="%s"`, f.name))
		h.Set("Content-Type", "application/octet-stream")
		p, err := w.CreatePart(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write(f.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w.FormDataContentType(), b.Bytes()
}

// send posts a form with files.
func send(t testing.TB, c *webtest.Client, path string, form url.Values, files ...upload) *webtest.Page {
	t.Helper()
	kind, body := multi(t, form, files...)
	return c.Do("POST", path, kind, bytes.NewReader(body))
}

// receipt reads number and code off the page after filing.
func receipt(t testing.TB, p *webtest.Page) (number, code string) {
	t.Helper()
	number, code = p.Text(".p-slip .p-number"), p.Text(".p-slip .p-code")
	if !regexp.MustCompile(`^2026\d{10}$`).MatchString(number) || !regexp.MustCompile(`^\d{4} \d{4}$`).MatchString(code) {
		t.Fatalf("%s shows number %q and code %q\n%s", p.Path, number, code, p.Text("main"))
	}
	return number, code
}

// looking is a browser that has looked a ticket up.
func looking(s *webtest.Site, r tickets.Receipt) *webtest.Client {
	c := s.Stranger()
	c.Post("/look", url.Values{"number": {r.Ticket.Number}, "code": {r.Code}}).Is(http.StatusOK)
	return c
}

// filed returns the ticket of a number as the desk has it.
func filed(t testing.TB, s *webtest.Site, number string) *tickets.Ticket {
	t.Helper()
	x, err := s.Desk.Ticket(t.Context(), s.Dispatcher, number)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func count(t testing.TB, s *webtest.Site) int {
	t.Helper()
	n, err := s.Desk.Count(t.Context(), s.Dispatcher, tickets.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// brought returns a receipt whose ticket was led to a status by its ordinary way.
func brought(s *webtest.Site, to tickets.Status) tickets.Receipt {
	r := s.Register()
	now := s.Clock.Now()
	steps := []struct {
		at tickets.Status
		by staff.Member
		m  tickets.Move
	}{
		{tickets.ToDispatch, s.Dispatcher, tt.Triage(tickets.Ordinary)},
		{tickets.ToSignFor, s.Dispatcher, tt.Dispatch(tt.Housing)},
		{tickets.InHand, s.Caseworker, &tickets.SignFor{}},
		{tickets.ToReview, s.Caseworker, tt.Reply(now)},
		{tickets.ToCallBack, s.Dispatcher, &tickets.Complete{}},
		{tickets.Completed, s.CallbackCaller, &tickets.RecordRating{Rating: 1, Solved: tickets.SolvedYes, Way: "person"}},
	}
	for _, x := range steps {
		if r.Ticket.Status == to {
			break
		}
		r.Ticket = s.Act(x.by, r.Ticket.Number, x.m)
	}
	return r
}

func notIn(t testing.TB, p *webtest.Page, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(p.Body, w) {
			t.Errorf("%s shows %q, which is not the citizen's to read", p.Path, w)
		}
	}
}
