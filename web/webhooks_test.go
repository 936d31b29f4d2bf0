package web_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web"
	"nengban/web/hooks"
	"nengban/web/i18n"
	"nengban/web/page"
	"nengban/web/webtest"
)

// telling gives a site a sender that may reach receivers on this machine.
func telling(p *web.Parts) {
	allowed, err := hooks.ParseAllowed("127.0.0.1")
	if err != nil {
		panic(err)
	}
	p.Hooks.Webhooks = hooks.New(hooks.Parts{DB: p.DB, Clock: p.Clock, Vault: p.Vault, Guard: hooks.NewGuard(allowed)})
}

// receiving is such a site, and a receiver that answers with a status.
func receiving(t *testing.T) (*webtest.Site, *hooks.Sender, *httptest.Server, *atomic.Int32) {
	t.Helper()
	var sender *hooks.Sender
	s := webtest.New(t, telling, func(p *web.Parts) { sender = p.Hooks.Webhooks })
	var status atomic.Int32
	status.Store(http.StatusOK)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(int(status.Load()))
		_, _ = io.WriteString(w, "<script>alert('answer')</script>")
	}))
	t.Cleanup(srv.Close)
	return s, sender, srv, &status
}

// happens tells the sender of everything that happened to a ticket.
func happens(t *testing.T, s *webtest.Site, sender *hooks.Sender, x *tickets.Ticket) {
	t.Helper()
	entries, err := s.Desk.Timeline(context.Background(), x.ID)
	if err != nil {
		t.Fatal(err)
	}
	var ms []tickets.Message
	for _, e := range entries {
		ms = append(ms, tickets.Message{TicketID: x.ID, EntryID: e.ID, Act: e.Act})
	}
	if err := sender.Take(context.Background(), ms); err != nil {
		t.Fatal(err)
	}
	if _, err := sender.Work(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestAnAdministratorSubscribesASystemAndSeesWhatItIsTold(t *testing.T) {
	t.Parallel()
	s, sender, srv, status := receiving(t)
	c := s.As(s.Admin)
	form := c.Get("/desk").Click("nav a[href='/webhooks']").Want("main", "还没有系统接收通知").Form("form[action='/webhooks']")
	form.With("name", "市数据局").With("url", "http://10.1.2.3/in").Press().Is(http.StatusUnprocessableEntity).
		Want(".invalid-feedback", "NENGBAN_WEBHOOKS_ALLOW").Want(".field .is-wrong, .is-wrong", "请填写")
	p := form.With("url", srv.URL+"/in?token=t0ken").With("events", "ticket_registered", "ticket_triaged").Press().Is(http.StatusOK)
	secret := p.Text(".key-secret")
	if !strings.HasPrefix(secret, "whsec_") || len(secret) < 40 {
		t.Fatalf("the page shows the secret %q", secret)
	}
	wellFormed(t, p)
	list := c.Get("/webhooks").Want("table", "市数据局").Want("table", "登记、研判").Want(".tag-green", "正常")
	if strings.Contains(list.Body, "t0ken") || strings.Contains(list.Body, secret) {
		t.Error("the list shows what stands behind the host, or the secret")
	}
	p = list.Click("td a[href^='/webhooks/']").WantNo(".key-secret")
	p = p.Form("form[action$='/trials']").Press().Is(http.StatusOK).Want("[role=status]", "试验消息已送达").Want("table", "已送达").Want("table", "200")
	if strings.Contains(p.Body, "<script>alert") {
		t.Error("what the receiver said is taken for a part of the page")
	}

	status.Store(http.StatusInternalServerError)
	x := s.Ticket(tickets.ToDispatch)
	happens(t, s, sender, x)
	p = c.Get(p.Path).Want("dd", "2 条待发").Want("table", x.Number+"-1").Want(".tag-amber", "待发").Want("table", "对方没有接收")
	for range 300 {
		s.Clock.Advance(5 * time.Minute)
		if _, err := sender.Work(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	c = s.As(s.Admin) // a day later
	p = c.Get(p.Path).Want("dd", "2 条未送达").Want(".tag-red", "接收异常").Want(".tag-red", "未送达")
	status.Store(http.StatusNoContent)
	p = p.Form("form:has(input[name=id])").Press().Is(http.StatusOK).Want("[role=status]", "重新排队").Want("dd", "1 条待发，1 条未送达")
	p = p.Form("form[action$='/retries']:not(:has(input))").Press().Is(http.StatusOK).Want("dd", "2 条待发，0 条未送达")
	for range 3 {
		if _, err := sender.Work(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	p = c.Get(p.Path).Want("dd", "0 条待发，0 条未送达").Want(".tag-green", "正常")

	p = p.Form("form[action$='/pauses']").Press().Is(http.StatusOK).Want(".tag", "已暂停")
	p = p.Form("form[action$='/resumptions']").Press().Is(http.StatusOK).Want(".tag-green", "正常")
	p = p.Form("form[action$='/secrets']").Press().Is(http.StatusOK).Want("dd", "前仍同时签名")
	if fresh := p.Text(".key-secret"); fresh == secret || !strings.HasPrefix(fresh, "whsec_") {
		t.Errorf("the fresh secret is %q", fresh)
	}
	gone := c.Get(p.Path[:strings.LastIndex(p.Path, "/secrets")]).Form("form[action$='/removals']").Press().Is(http.StatusOK).Want("[role=status]", "已删除").WantNo("td a[href^='/webhooks/']")
	c.Get(gone.Path + "/nobody").Is(http.StatusNotFound)
	log := s.As(s.Auditor).Get("/security").Want("table", "新增事件通知").Want("table", "更换事件通知密钥").Want("table", "删除事件通知").Want("table", "市数据局 · 127.0.0.1")
	if strings.Contains(log.Body, "t0ken") {
		t.Error("the security log shows what stands behind the host")
	}
}

func TestARefusedReceiverIsSaidWithWhatToSet(t *testing.T) {
	t.Parallel()
	s := webtest.New(t, func(p *web.Parts) {
		p.Hooks.Webhooks = hooks.New(hooks.Parts{DB: p.DB, Clock: p.Clock, Vault: p.Vault, Guard: hooks.NewGuard(hooks.Allowed{})})
	})
	c := s.As(s.Admin)
	p := c.Post("/webhooks", url.Values{"name": {"内网系统"}, "url": {"https://localhost:9/in"}, "events": {"ticket_closed"}}).Is(http.StatusOK)
	p = p.Form("form[action$='/trials']").Press().Is(http.StatusOK).Want("[role=status]", "没有送达").Want("table", "属于内部网络").Want("table", "NENGBAN_WEBHOOKS_ALLOW")
	c.English().Get(p.Path).Want("table", "belongs to an inner network").Want("table", "NENGBAN_WEBHOOKS_ALLOW")
}

func TestWebhookScreensSpeakBothLanguages(t *testing.T) {
	t.Parallel()
	s, sender, srv, _ := receiving(t)
	sub, _, err := sender.Add(context.Background(), s.Admin, hooks.Wanted{Name: "OA", URL: srv.URL, Events: []string{"ticket_registered", "ticket_archived"}})
	if err != nil {
		t.Fatal(err)
	}
	happens(t, s, sender, s.Ticket(tickets.ToTriage))
	for path, want := range map[string]string{"/webhooks": "registered, archived", "/webhooks/" + sub.Code: "Delivered"} {
		c := s.As(s.Admin)
		zh, en := c.Get(path).Is(http.StatusOK), c.English().Get(path).Is(http.StatusOK)
		if zh.Attr("html", "lang") != "zh-CN" || zh.Text("title") == en.Text("title") {
			t.Errorf("%s has the titles %q and %q", path, zh.Text("title"), en.Text("title"))
		}
		en.Want("main", want)
		wellFormed(t, zh)
	}
	en := s.As(s.Admin).English().Get("/webhooks")
	for _, e := range hooks.EventTypes {
		en.Want("main", string(e))
	}
	c, err := i18n.Load(tickets.Shanghai)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range []string{"zh-CN", "en"} {
		for _, word := range hooks.Troubles {
			if !c.Locale(lang, "").Has("webhooks.trouble." + string(word)) {
				t.Errorf("%s has no sentence for %s", lang, word)
			}
		}
	}
}

func TestWebhookPagesHaveNoBarrier(t *testing.T) {
	t.Parallel()
	s, sender, srv, status := receiving(t)
	sub, _, err := sender.Add(context.Background(), s.Admin, hooks.Wanted{Name: "市数据资源管理局事件总线", URL: srv.URL + "/" + strings.Repeat("long", 40), Events: []string{"ticket_registered", "ticket_triaged"}})
	if err != nil {
		t.Fatal(err)
	}
	happens(t, s, sender, s.Ticket(tickets.ToTriage))
	status.Store(http.StatusBadGateway)
	happens(t, s, sender, s.Ticket(tickets.ToDispatch))
	tab := s.Browser(s.Admin)
	for _, path := range []string{"/webhooks", "/webhooks/" + sub.Code} {
		var wide bool
		do(t, tab, path, chromedp.EmulateViewport(390, 800), chromedp.Navigate(s.URL+path), chromedp.WaitReady("#main"),
			chromedp.Evaluate("document.documentElement.scrollWidth > innerWidth", &wide))
		if wide {
			t.Errorf("%s is wider than a telephone", path)
		}
		for _, v := range webtest.Axe(t, tab) {
			t.Errorf("%s: %s", path, v)
		}
	}
}

// Nobody but those who decide over people decides where data leaves the desk.
func TestWebhooksAreForAdministrators(t *testing.T) {
	t.Parallel()
	s, sender, srv, _ := receiving(t)
	sub, _, err := sender.Add(context.Background(), s.Admin, hooks.Wanted{Name: "OA", URL: srv.URL, Events: []string{"ticket_closed"}})
	if err != nil {
		t.Fatal(err)
	}
	acts := []string{"trials", "pauses", "resumptions", "secrets", "retries", "removals"}
	for _, m := range s.Everyone() {
		if m.ID == 0 || page.Holders(staff.ManageStaff).Admit(m, true) == nil {
			continue
		}
		c := s.As(m)
		c.Get("/webhooks").Is(http.StatusForbidden)
		for _, act := range acts {
			c.Post("/webhooks/"+sub.Code+"/"+act, nil).Is(http.StatusForbidden)
		}
	}
	for _, act := range acts {
		s.Stranger().Post("/webhooks/"+sub.Code+"/"+act, nil).Is(http.StatusUnauthorized)
	}
	if all, err := sender.Subscriptions(context.Background()); err != nil || len(all) != 1 || all[0].Paused() || !all[0].OldUntil.IsZero() {
		t.Errorf("somebody changed it: %+v, %v", all, err)
	}
	s.As(s.Admin).Post("/webhooks/"+sub.Code+"/retries", url.Values{"id": {"x"}}).Is(http.StatusNotFound)
}
