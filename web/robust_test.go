package web_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"nengban/tickets"
	"nengban/web"
	"nengban/web/page"
	"nengban/web/webtest"
)

func TestAPanicIsOneFailedRequestAndNotAFailedDesk(t *testing.T) {
	t.Parallel()
	logs := new(syncBuffer)
	s := webtest.New(t, func(p *web.Parts) {
		p.Log = slog.New(slog.NewTextHandler(logs, nil))
		p.More = []page.Route{{Method: "GET", Path: "/panic", Who: page.Anyone, Handle: func(http.ResponseWriter, *http.Request) error { panic("a bug with 13800138000 in it") }}}
	})
	p := s.Stranger().Get("/panic").Is(http.StatusInternalServerError)
	if id := p.Header.Get("X-Request-Id"); !strings.Contains(p.Body, id) || !strings.Contains(logs.String(), id) {
		t.Errorf("the answer %q and the log should name the request %s", p.Body, id)
	}
	if strings.Contains(p.Body, "bug") {
		t.Error("the answer tells a stranger about the bug")
	}
	s.Stranger().Get("/login").Is(http.StatusOK)
}

func TestAnErrorOfOursIsLoggedWithItsCauseAndShownWithoutIt(t *testing.T) {
	t.Parallel()
	logs := new(syncBuffer)
	s := webtest.New(t, func(p *web.Parts) {
		p.Log = slog.New(slog.NewTextHandler(logs, nil))
		p.More = []page.Route{{Method: "GET", Path: "/broken", Who: page.Anyone, Handle: func(http.ResponseWriter, *http.Request) error {
			return fmt.Errorf("reading a ticket: %w", io.ErrUnexpectedEOF)
		}}}
	})
	p := s.Stranger().Get("/broken").Is(http.StatusInternalServerError).Want("h1", "系统出错了")
	if strings.Contains(p.Body, "unexpected EOF") || !strings.Contains(logs.String(), "unexpected EOF") || p.Text(".problem code") != p.Header.Get("X-Request-Id") {
		t.Errorf("the page says %q; the log says %q", p.Text("main"), logs.String())
	}
}

// Logs are read by people who may not see callers.
func TestLogsHoldNoNamesNoPhonesNoTextsAndNoQueries(t *testing.T) {
	t.Parallel()
	logs := new(syncBuffer)
	s := webtest.New(t, func(p *web.Parts) {
		p.Log = slog.New(slog.NewTextHandler(logs, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	c := s.As(s.Operator)
	c.Post("/intake/hotline", said("phone", "13912345678", "name", "钱多多", "content", "我是钱多多，请回13912345678"))
	c.Fragment("/intake/caller", url.Values{"phone": {"13912345678"}})
	c.Fragment("/drafts/hotline", said("phone", "13912345678", "name", "钱多多"))
	c.Get("/tickets/find?number=13912345678")
	c.Post("/intake/hotline", said("phone", "13912345678", "name", "钱多多", "content", ""))
	s.Stranger().Post("/login", url.Values{"login": {"operator"}, "password": {"13912345678"}})
	for _, secret := range []string{"13912345678", "钱多多", webtest.Password, "请回"} {
		if strings.Contains(logs.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	if !strings.Contains(logs.String(), "/intake/hotline") {
		t.Errorf("the log holds no requests at all: %q", logs.String())
	}
}

func TestXForwardedForIsBelievedFromTrustedProxiesOnly(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		trusted []netip.Prefix
		want    string
	}{
		"nobody is trusted": {nil, "127.0.0.1"},
		"the proxy is":      {[]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, "198.51.100.7"},
		"another proxy is":  {[]netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, "127.0.0.1"},
	} {
		s := webtest.New(t, func(p *web.Parts) { p.TrustedProxies = test.trusted })
		x := s.Ticket(tickets.InHand)
		s.As(s.Caseworker).Do("GET", "/tickets/"+x.Number, "", nil, "X-Forwarded-For", "203.0.113.9, 198.51.100.7")
		stored, err := s.Desk.Ticket(context.Background(), s.Supervisor, x.Number)
		if err != nil {
			t.Fatal(err)
		}
		readers, err := s.Desk.Readers(context.Background(), stored)
		if err != nil || len(readers) != 1 || readers[0].From != test.want {
			t.Errorf("%s: the read log says %+v, %v; want %s", name, readers, err, test.want)
		}
	}
}

func TestWhatIsUnderWayIsFinishedBeforeTheServerStops(t *testing.T) {
	t.Parallel()
	began, release := make(chan struct{}), make(chan struct{})
	s := webtest.New(t, func(p *web.Parts) {
		p.More = []page.Route{{Method: "GET", Path: "/slow", Who: page.Anyone, Handle: func(w http.ResponseWriter, _ *http.Request) error {
			close(began)
			<-release
			_, err := w.Write([]byte("done after all"))
			return err
		}}}
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- s.Server.Serve(ctx, l) }()
	answer := make(chan string, 1)
	go func() {
		res, err := http.Get("http://" + l.Addr().String() + "/slow")
		if err != nil {
			answer <- err.Error()
			return
		}
		body, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		answer <- string(body)
	}()
	<-began
	stop()
	select {
	case err := <-stopped:
		t.Fatalf("the server stopped with a request under way: %v", err)
	default:
	}
	close(release)
	if got := <-answer; got != "done after all" {
		t.Errorf("the request under way got %q", got)
	}
	if err := <-stopped; err != nil {
		t.Errorf("stopping: %v", err)
	}
}

func TestALoginFromOneAddressIsLimited(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := s.Stranger()
	last := 0
	for range 70 {
		last = c.Post("/login", url.Values{"login": {"nobody"}, "password": {"x"}}).Status
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the seventieth try in a minute is answered %d; want too many", last)
	}
}

func TestASecureDeskSaysSo(t *testing.T) {
	t.Parallel()
	s := webtest.New(t, func(p *web.Parts) { p.PublicURL = "https://12345.example.gov.cn" })
	p := s.Stranger().Still().Post("/login", url.Values{"login": {webtest.Login(s.Operator)}, "password": {webtest.Password}})
	cookies := p.Header.Values("Set-Cookie")
	if !slices.ContainsFunc(cookies, func(c string) bool { return strings.HasPrefix(c, "__Host-nengban=") }) {
		t.Errorf("the cookies are %q", cookies)
	}
	for _, c := range cookies {
		if !strings.Contains(c, "Secure") || !strings.Contains(c, "HttpOnly") {
			t.Errorf("a cookie is %q", c)
		}
	}
	if p.Header.Get("Strict-Transport-Security") == "" {
		t.Error("browsers are not told to stay on https")
	}
	x := s.Ticket(tickets.InHand)
	req := s.Stranger().Do("POST", "/language", "application/x-www-form-urlencoded", strings.NewReader("lang=en&back=/login"), "Origin", "https://12345.example.gov.cn")
	if req.Status != http.StatusOK {
		t.Errorf("a form behind the proxy is answered %d for ticket %s", req.Status, x.Number)
	}
}

// syncBuffer is a log that a test can read while the server writes.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}
