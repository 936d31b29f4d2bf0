package web_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"nengban/callbacks"
	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web"
	"nengban/web/page"
	"nengban/web/pages"
	"nengban/web/webtest"
)

func TestHealthzSaysWhatIsWellAndNothingMore(t *testing.T) {
	t.Parallel()
	well := webtest.New(t, func(p *web.Parts) {
		p.Checks = []pages.Check{{Name: "database", Do: func(context.Context) error { return nil }}}
	})
	if p := well.Stranger().Get("/healthz").Is(http.StatusOK); !strings.Contains(p.Body, `{"ok":true,"checks":[{"name":"database","ok":true}]}`) {
		t.Errorf("healthz says %s", p.Body)
	}
	ill := webtest.New(t, func(p *web.Parts) {
		p.Checks = []pages.Check{{Name: "index", Do: func(context.Context) error { return errors.New("open /var/lib/nengban: no such file") }}}
	})
	p := ill.Stranger().Get("/healthz").Is(http.StatusServiceUnavailable)
	if !strings.Contains(p.Body, `"name":"index","ok":false`) || strings.Contains(p.Body, "/var/lib") {
		t.Errorf("healthz says %s; want the check's name and not its cause", p.Body)
	}
}

// The real checks: from November on the next year's holidays are missed, which
// is told and takes nobody out of service.
func TestHealthzTellsTheCalendarsHorizonAndTheOutbox(t *testing.T) {
	t.Parallel()
	s := webtest.NewCalling(t, func(p *web.Parts) {
		p.Checks = []pages.Check{pages.CalendarCheck(p.Desk.Limits()), pages.OutboxCheck(p.Desk, []string{callbacks.PlanListener}), pages.CallbackCheck(p.Hooks.Callbacks),
			pages.ClockCheck(func() (int, time.Time) { return 2, p.Clock.Now() })}
	})
	s.Ticket(tickets.ToCallBack)
	s.Stranger().Get("/healthz").Is(http.StatusOK).WantBody(`"holidays_known_until":2026`).WantBody(`{"name":"calendar","ok":true`).WantBody(`"waiting":1`).WantBody(`"name":"clocks","ok":false`)
	s.As(s.Admin).Get("/system").Want("main", "工作日历 正常").Want("main", "2 件工单存储的时限与流转记录不符")
	s.Clock.Advance(50 * 24 * time.Hour) // into November
	s.Stranger().Get("/healthz").Is(http.StatusOK).WantBody(`"ok":true`).WantBody(`{"name":"calendar","ok":false`)
	s.As(s.Admin).Get("/system").Want("main", "2027 年节假日安排尚未导入")
}

func TestAStrangerIsSentToTheLoginAndBack(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := s.Stranger()
	p := c.Get("/account").Is(http.StatusOK)
	if p.Path != "/login" {
		t.Fatalf("a stranger at /account ends at %s; want the login page", p.Path)
	}
	p = p.Form("form[action='/login']").With("login", webtest.Login(s.Operator)).With("password", "wrong").Press().Is(http.StatusUnauthorized)
	p.Want("[role=alert]", "登录名或密码不正确")
	p = p.Form("form[action='/login']").With("password", webtest.Password).Press().Is(http.StatusOK)
	if p.Path != "/account" {
		t.Errorf("after the login one is at %s; want /account", p.Path)
	}
	p.Want("h1", "陈话务")
	if p = p.Form("form[action='/logout']").Press(); p.Path != "/login" {
		t.Errorf("after leaving one is at %s", p.Path)
	}
	if p = c.Get("/account"); p.Path != "/login" {
		t.Errorf("after leaving, /account leads to %s; want the login page", p.Path)
	}
}

func TestTheLoginSendsNobodyToAnotherSite(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	for _, back := range []string{"https://evil.example/", "//evil.example/", `/\evil.example`, "javascript:alert(1)", "/\tevil", "/a\r\nSet-Cookie: x=1"} {
		p := s.Stranger().Still().Post("/login", url.Values{"login": {webtest.Login(s.Operator)}, "password": {webtest.Password}, "back": {back}})
		if got := p.Header.Get("Location"); got != "/desk" {
			t.Errorf("back=%q leads to %q; want /desk", back, got)
		}
	}
}

func TestWhatWasTypedOutlivesALostSession(t *testing.T) {
	t.Parallel()
	s := webtest.New(t, func(p *web.Parts) {
		p.More = []page.Route{{Method: "POST", Path: "/long-letter", Who: page.AnyStaff, Handle: func(w http.ResponseWriter, r *http.Request) error {
			_, err := w.Write([]byte("<main>received: " + r.PostForm.Get("text") + "</main>"))
			return err
		}}}
	})
	p := s.Stranger().Post("/long-letter", url.Values{"text": {"写了两个小时的答复"}, "password": {"secret"}}).Is(http.StatusUnauthorized)
	p.Want("[role=alert]", "登录已过期")
	if strings.Contains(p.Body, "secret") {
		t.Error("a password stands in the page that asks to log in again")
	}
	p = p.Form("form[action='/login']").With("login", webtest.Login(s.Operator)).With("password", webtest.Password).Press().Is(http.StatusOK)
	p.Want("dd", "写了两个小时的答复")
	p.Form("form[action='/long-letter']").Press().Is(http.StatusOK).Want("main", "received: 写了两个小时的答复")
}

func TestGuessingAPasswordGetsSlowForTheGuesserAlone(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	guess := func(login, password string) *webtest.Page {
		return s.Stranger().Post("/login", url.Values{"login": {login}, "password": {password}})
	}
	for range 8 {
		guess("operator", "guess").Is(http.StatusUnauthorized)
	}
	guess("operator", webtest.Password).Is(http.StatusTooManyRequests).Want("[role=alert]", "尝试次数太多")
	guess("dispatcher", webtest.Password).Is(http.StatusOK)
}

func TestEveryAnswerCarriesTheHeadersThatKeepAPageSafe(t *testing.T) {
	t.Parallel()
	c := webtest.New(t).Stranger()
	for _, path := range []string{"/login", "/healthz", "/nothing-here", "/assets/none"} {
		h := c.Get(path).Header
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"} {
			if got := h.Get(name); got != want {
				t.Errorf("%s: %s is %q; want %q", path, name, got, want)
			}
		}
		csp := h.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: the policy is %q", path, csp)
		}
		if h.Get("X-Request-Id") == "" {
			t.Errorf("%s: the request has no name", path)
		}
	}
}

func TestAnotherSitesPageCannotPostHere(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := s.As(s.Admin)
	form := strings.NewReader("old=x&new=y")
	c.Do("POST", "/account/password", "application/x-www-form-urlencoded", form, "Sec-Fetch-Site", "cross-site").Is(http.StatusForbidden).Want("h1", "别的网站")
	c.Do("POST", "/logout", "", nil, "Origin", "https://evil.example").Is(http.StatusForbidden)
	c.Get("/account").Is(http.StatusOK).Want("h1", "郑管理")
}

func TestBadRequestsGetAClearRefusalInBothLanguages(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := s.As(s.Operator)
	c.Get("/no/such/page").Is(http.StatusNotFound).Want("h1", "没有这个页面").Want(".problem code", "")
	c.English().Get("/no/such/page").Is(http.StatusNotFound).Want("h1", "No such page")
	c.Do("DELETE", "/desk", "", nil).Is(http.StatusMethodNotAllowed).Want("h1", "不接受")
	c.Post("/account/password", url.Values{"old": {strings.Repeat("长", 200_000)}}).Is(http.StatusRequestEntityTooLarge).Want("h1", "太大")
	c.Do("POST", "/account/password", "application/x-www-form-urlencoded", strings.NewReader("old=%zz")).Is(http.StatusBadRequest).Want("h1", "无法识别")
	c.Do("POST", "/account/password", "multipart/form-data; boundary=x", strings.NewReader("--x\r\nnot a part")).Is(http.StatusBadRequest)
	p := c.Do("GET", "/no/such/page", "", nil, "Accept", "application/json").Is(http.StatusNotFound)
	if got := p.Header.Get("Content-Type"); !strings.HasPrefix(got, "application/problem+json") || !strings.Contains(p.Body, `"code":"no_page"`) {
		t.Errorf("a program is told %s: %s", got, p.Body)
	}
}

func TestALanguageIsChosenAndKept(t *testing.T) {
	t.Parallel()
	c := webtest.New(t).Stranger()
	p := c.Get("/login").Want("h1", "工作人员登录")
	p = p.Form(".language").Press("lang", "en")
	p.Want("h1", "Staff login")
	if got := p.Attr("html", "lang"); got != "en" {
		t.Errorf("the page says it is in %q", got)
	}
	c.Get("/login").Want("h1", "Staff login")
}

func TestAPasswordIsChangedByWhoKnowsTheOldOne(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := s.As(s.Clerk)
	change := func(old, fresh string) *webtest.Page {
		return c.Get("/account").Form("form[action='/account/password']").With("old", old).With("new", fresh).Press()
	}
	change("wrong", "quite another 7").Is(http.StatusUnprocessableEntity).Want("[role=alert]", "当前密码不正确")
	change(webtest.Password, "short").Is(http.StatusUnprocessableEntity).Want("[role=alert]", "至少10个字符")
	change(webtest.Password, "quite another 7").Is(http.StatusOK).Want("[role=status]", "密码已修改")
	c.Get("/account").WantNo("[role=status]")
	m, err := s.Staff.Authenticate(context.Background(), webtest.Login(s.Clerk), "quite another 7")
	if err != nil || m.ID != s.Clerk.ID {
		t.Errorf("logging in with the new password: %v, %v", m, err)
	}
}

func TestASwitchedOffMemberIsOutAtOnce(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := s.As(s.Operator)
	if err := s.Staff.SetActive(context.Background(), s.Operator.ID, false); err != nil {
		t.Fatal(err)
	}
	if p := c.Get("/account"); p.Path != "/login" {
		t.Errorf("a switched-off member is at %s; want the login page", p.Path)
	}
}

func TestAnAddressThatNobodyDecidedAboutStopsTheServerFromStarting(t *testing.T) {
	t.Parallel()
	if err := (page.Who("")).Admit(staff.Member{Roles: []staff.Role{staff.Administrator}}, true); !errors.Is(err, page.ErrForbidden) {
		t.Errorf("nobody's address lets an administrator in: %v", err)
	}
}
