package web_test

import (
	"encoding/json"
	"encoding/pem"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	node "os/exec"
	"path/filepath"
	"strings"
	"testing"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web"
	"nengban/web/assets"
	"nengban/web/webtest"
)

// observatory is Mozilla's grader of headers; only tests use it.
const observatory = "@mdn/mdn-http-observatory@1.4.8"

// grade is what it says of one address.
type grade struct {
	Path   string   `json:"path"`
	Status int      `json:"status"`
	Score  int      `json:"score"`
	Grade  string   `json:"grade"`
	Lost   []string `json:"lost"`
	Won    []string `json:"won"`
}

// TestTheObservatoryGivesEveryAddressItsTopGrade has Mozilla's own scanner
// grade the site as a city runs it, behind https: every address that answers
// GET, as whoever may come to it, with files, downloads and refusals.
func TestTheObservatoryGivesEveryAddressItsTopGrade(t *testing.T) {
	t.Parallel()
	folder := webtest.Npm(t, "observatory", observatory)
	site := secured(t)
	for _, g := range site.grades(t, folder) {
		if g.Path == bare {
			if g.Grade == "A+" {
				t.Error("a page without any header gets the top grade too: this test proves nothing")
			}
			continue
		}
		if g.Grade != "A+" || g.Score < 100 || len(g.Lost) > 0 {
			t.Errorf("%s (%d) gets %s with %d points for %q; it loses by %q", g.Path, g.Status, g.Grade, g.Score, g.Won, g.Lost)
		}
	}
}

// bare is a page as it would be without the program's headers.
const bare = "/without-headers"

// httpsSite is a site behind https, with the door of http that only leads there.
type httpsSite struct {
	*webtest.Calling
	secure *httptest.Server
	plain  *httptest.Server
	number string
}

func secured(t *testing.T) *httpsSite {
	t.Helper()
	s := &httpsSite{secure: httptest.NewUnstartedServer(nil)}
	var files *tickets.Files
	public := "https://" + s.secure.Listener.Addr().String()
	s.Calling = webtest.NewCalling(t, func(p *web.Parts) { p.PublicURL, files = public, p.Files })
	mux := http.NewServeMux()
	mux.Handle("/", s.Server.Handler())
	mux.HandleFunc(bare, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("<!doctype html><title>hello</title>"))
	})
	s.secure.Config.Handler = mux
	s.secure.StartTLS()
	t.Cleanup(s.secure.Close)
	s.plain = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, public+r.URL.RequestURI(), http.StatusMovedPermanently)
	}))
	t.Cleanup(s.plain.Close)
	x := s.Ticket(tickets.InHand)
	s.Act(s.Supervisor, x.Number, &tickets.Supervise{Colour: tickets.Blue, Reason: "临近时限"})
	s.number = x.Number
	if _, err := s.Desk.AddAttachment(t.Context(), s.Caseworker, tickets.Ref{Number: x.Number}, files, tickets.Upload{Name: "说明.txt", Body: strings.NewReader("材料清单")}); err != nil {
		t.Fatal(err)
	}
	return s
}

type address struct {
	Path   string `json:"path"`
	Cookie string `json:"cookie,omitempty"`
}

// addresses are all that answer GET, each as the first who may come to it.
func (s *httpsSite) addresses(t *testing.T) []address {
	t.Helper()
	fill := strings.NewReplacer("{number}", s.number, "{id}", "1", "{n}", "1", "{form}", "hotline", "{tab}", "areas", "{year}", "2026", "{name}", "simulator", "{code}", "x", "{act}", "ratings")
	cookies := map[int64]string{}
	out := []address{{Path: bare}, {Path: "/nothing"}, {Path: "/tickets"}, {Path: "/api/v1/tickets"}, {Path: assets.URL("css/nengban.css")}, {Path: assets.URL("js/nengban.js")}, {Path: assets.Prefix + "nothing.js"}}
	for _, rt := range s.Server.Routes() {
		if rt.Method != http.MethodGet || strings.HasSuffix(rt.Path, "/events") { // a stream never ends
			continue
		}
		if rt.Who.Admit(staff.Member{}, false) == nil {
			out = append(out, address{Path: fill.Replace(rt.Path)})
			continue
		}
		for _, m := range []staff.Member{s.Supervisor, s.Caseworker, s.Dispatcher, s.Operator, s.Editor, s.Auditor, s.Admin, s.CallbackCaller} {
			if rt.Who.Admit(m, true) == nil {
				if cookies[m.ID] == "" {
					cookies[m.ID] = s.login(t, m)
				}
				out = append(out, address{fill.Replace(rt.Path), cookies[m.ID]})
				break
			}
		}
	}
	return out
}

// login returns the cookie of a session begun over https.
func (s *httpsSite) login(t *testing.T, m staff.Member) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := s.secure.Client()
	c.Jar = jar
	res, err := c.PostForm(s.secure.URL+"/login", url.Values{"login": {webtest.Login(m)}, "password": {webtest.Password}})
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	at, err := url.Parse(s.secure.URL)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range jar.Cookies(at) {
		if x.Name == "__Host-nengban" {
			return x.Name + "=" + x.Value
		}
	}
	t.Fatalf("%s has no session over https: %d", m.Name, res.StatusCode)
	return ""
}

func (s *httpsSite) grades(t *testing.T, folder string) []grade {
	t.Helper()
	trust := filepath.Join(t.TempDir(), "site.pem")
	if err := os.WriteFile(trust, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.secure.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := json.Marshal(s.addresses(t))
	if err != nil {
		t.Fatal(err)
	}
	host, secure, err := net.SplitHostPort(s.secure.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	_, plain, err := net.SplitHostPort(s.plain.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	cmd := node.CommandContext(t.Context(), "node", "testdata/observatory.mjs", filepath.Join(folder, "node_modules", "@mdn", "mdn-http-observatory"), host, plain, secure)
	cmd.Env = append(os.Environ(), "NODE_EXTRA_CA_CERTS="+trust)
	cmd.Stdin = strings.NewReader(string(list))
	var trouble strings.Builder
	cmd.Stderr = &trouble
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the observatory: %v\n%s", err, trouble.String())
	}
	var got []grade
	if err := json.Unmarshal(out, &got); err != nil || len(got) < 60 {
		t.Fatalf("the observatory graded %d addresses, %v\n%s", len(got), err, trouble.String())
	}
	return got
}
