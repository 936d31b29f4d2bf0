package web_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"nengban/migrations"
	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/staff"
	tt "nengban/tickets/ticketstest"
	"nengban/web"
	"nengban/web/webtest"
)

// planted is a caller whose data is looked for everywhere. The same marks
// stand in his text and in his file.
var planted = tickets.Caller{Name: "欧阳秋白", Phone: "13971112222", AltPhone: "13871113333", IDNumber: "110101199003077774", HomeAddress: "荷花路88号3栋2单元901"}

// marks are what must be nowhere in clear.
var marks = []string{"欧阳秋白", "13971112222", "139 7111 2222", "13871113333", "110101199003077774", "荷花路88号3栋2单元901", "鄂A7M77Q", "qiubai@example.com"}

// saidAboutHim is his text; the marks in it are taken out before it is stored.
const saidAboutHim = "我叫欧阳秋白，住荷花路88号3栋2单元901，电话139 7111 2222，身份证110101199003077774，车牌鄂A7M77Q，邮箱qiubai@example.com。窗口三次拒收材料。"

// journal is a log that many write.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

// TestNothingLeaks plants a person and then reads every page as everybody, the
// log to its last detail, every file on the disk and the database byte by
// byte. Nothing of him stands anywhere but where somebody has asked to see him,
// and there neither on a list nor on paper nor for a colleague.
func TestNothingLeaks(t *testing.T) {
	t.Parallel()
	path, dir, log := dbtest.SQLitePath(t), t.TempDir(), &journal{}
	db, err := migrations.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	var files *tickets.Files
	s := webtest.On(t, db, func(p *web.Parts) {
		if files, err = tickets.OpenFiles(dir, p.Vault); err != nil {
			t.Fatal(err)
		}
		p.Files, p.Log = files, slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	secret := plant(t, s, files)
	readEverything(t, s)
	provoke(t, s)

	clean(t, "the log", log.String(), secret)
	for _, name := range onDisk(t, path, dir) {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		clean(t, filepath.Base(name), string(body), secret)
	}
	// The one page that shows him, so that the test could have found him.
	p := s.As(s.Operator).Post("/tickets/"+number(s)+"/unmask", url.Values{"reason": {"核对身份"}}).Is(http.StatusOK)
	if !strings.Contains(p.Body, planted.Name) || !strings.Contains(p.Body, planted.Phone) {
		t.Error("even unmasked he does not show: this test looks for nothing")
	}
	readEverything(t, s)
}

// plant registers him, moves his ticket along, attaches his file and leaves a
// draft with his data. It returns his query code, which is a secret too.
func plant(t *testing.T, s *webtest.Site, files *tickets.Files) string {
	t.Helper()
	r := s.Register(func(in *tickets.Intake) {
		in.Caller, in.Content, in.Title, in.Address = planted, saidAboutHim, "", planted.HomeAddress
	})
	for _, step := range []struct {
		by staff.Member
		m  tickets.Move
	}{{s.Dispatcher, tt.Triage(tickets.Refused)}, {s.Dispatcher, tt.Dispatch(tt.Housing)}, {s.Caseworker, &tickets.SignFor{}},
		{s.Supervisor, &tickets.Supervise{Colour: tickets.Red, Reason: "拒收材料"}}} {
		s.Act(step.by, r.Ticket.Number, step.m)
	}
	_, err := s.Desk.AddAttachment(t.Context(), s.Operator, tickets.Ref{Number: r.Ticket.Number}, files, tickets.Upload{Name: "说明.txt", Body: strings.NewReader(saidAboutHim)})
	if err != nil {
		t.Fatal(err)
	}
	c := s.As(s.Operator)
	c.Post("/drafts/hotline", url.Values{"name": {planted.Name}, "phone": {planted.Phone}, "content": {saidAboutHim}})
	c.Post("/intake/caller", url.Values{"phone": {planted.Phone}})
	return r.Code
}

func number(s *webtest.Site) string {
	p, err := s.Desk.List(context.Background(), s.Supervisor, tickets.Filter{}, "")
	if err != nil || len(p.Tickets) == 0 {
		return ""
	}
	return p.Tickets[len(p.Tickets)-1].Number
}

// readEverything opens every address that answers GET, as everybody.
func readEverything(t *testing.T, s *webtest.Site) {
	t.Helper()
	fill := strings.NewReplacer("{number}", number(s), "{id}", "1", "{n}", "1", "{form}", "hotline", "{tab}", "areas", "{year}", "2026", "{code}", "x")
	for _, m := range s.Everyone() {
		if m.ID == 0 {
			continue
		}
		c := s.As(m)
		for _, rt := range s.Server.Routes() {
			path := fill.Replace(rt.Path)
			// The file itself is the citizen's own evidence; the operator who typed the draft gets it back.
			if rt.Method != http.MethodGet || strings.HasSuffix(path, "/events") || strings.Contains(path, "/attachments/1") || m.ID == s.Operator.ID && strings.HasPrefix(path, "/intake/") {
				continue
			}
			p := c.Get(path)
			clean(t, path+" as "+m.Name, p.Body+fmt.Sprint(p.Header), "")
		}
	}
}

// provoke makes every kind of refusal with his data in what was sent.
func provoke(t *testing.T, s *webtest.Site) {
	t.Helper()
	c := s.As(s.Dispatcher)
	form := url.Values{"name": {planted.Name}, "phone": {planted.Phone}, "id_number": {"110101199003077770"}, "content": {saidAboutHim}, "kind": {"nothing"}}
	c.Post("/intake/hotline", form).Is(http.StatusUnprocessableEntity)
	body := `{"name":"` + planted.Name + `","phone":"` + planted.Phone + `","id_number":"110101199003077770","content":"` + saidAboutHim + `","kind":"nothing"}`
	p := c.Do("POST", "/api/v1/tickets", "application/json", strings.NewReader(body))
	clean(t, "the API's refusal", p.Body, "")
	clean(t, "a page that is not there", c.Get("/tickets/find?number="+planted.Phone).Header.Get("Location"), "")
	s.Stranger().Get("/nothing?phone=" + planted.Phone)
	s.Stranger().Post("/look", url.Values{"number": {planted.Phone}, "code": {"12345678"}})
	s.Stranger().Post("/login", url.Values{"login": {"nobody"}, "password": {planted.Name + planted.Phone}})
}

func onDisk(t *testing.T, path, dir string) []string {
	t.Helper()
	out, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	attachments, err := filepath.Glob(dir + "/*/*")
	if err != nil || len(attachments) == 0 || len(out) < 2 {
		t.Fatalf("on the disk are %q and %q, %v; want the database with its log, and a file", out, attachments, err)
	}
	return append(out, attachments...)
}

func clean(t *testing.T, where, text, secret string) {
	t.Helper()
	for _, m := range append([]string{secret}, marks...) {
		if at := strings.Index(text, m); m != "" && at >= 0 {
			t.Errorf("%s holds %s: …%q…", where, m, text[max(0, at-60):min(len(text), at+len(m)+20)])
		}
	}
}
