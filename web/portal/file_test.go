package portal_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/staff"
	tt "nengban/tickets/ticketstest"
	"nengban/web/webtest"
)

func TestAMatterIsFiledWithoutLoginAndLookedUp(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		s := webtest.On(t, db)
		c := s.Stranger()
		p := c.Get("/").Is(http.StatusOK).Want("h1", "没办成").Want(".p-promises", "10个工作日内").Want(".p-promises", "当天答复").Click(".p-btn-go")
		p = p.Is(http.StatusOK).Form("form[action='/file']").With("content", "材料交了三次还是不受理。\n窗口不给清单。").With("matter", "不动产登记").With("about", tt.Planning).
			With("visit_count", "3").With("application_no", "BJ2026090012").With("area", "511402").With("address", "政务大厅2楼").With("name", "王秀兰").With("phone", "138 0013 8000").Press()
		if p.Is(http.StatusOK); p.Path != "/file/done" {
			t.Fatalf("filing leads to %s\n%s", p.Path, p.Text("main"))
		}
		number, code := receipt(t, p)
		p.Want(".p-date", "2026年9月29日 周二").Want(".p-more", "工作日").Want(".p-list", "短信")
		x := filed(t, s, number)
		got := []any{x.Channel, x.Kind, x.Matter, x.Intake.About, x.Intake.VisitCount, x.Intake.ApplicationNo, x.Area, x.Address, x.Status, x.Urgency}
		want := []any{tickets.Online, tickets.Assistance, "不动产登记", tt.Planning, 3, "BJ2026090012", "511402", "政务大厅2楼", tickets.ToTriage, tickets.Routine}
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("the ticket holds %v; want %v", got[i], want[i])
			}
		}
		other := s.Stranger()
		r := other.Get("/look").Is(http.StatusOK).Form("form[action='/look']").With("number", number).With("code", code).Press().Is(http.StatusOK)
		if r.Path != "/look/result" {
			t.Fatalf("looking it up leads to %s\n%s", r.Path, r.Text("main"))
		}
		r.Want("h1", "已经收到").Want(".p-said", "窗口不给清单").Want(".p-steps .is-now", "弄清该谁办").Want(".p-date", "2026年9月29日")
		other.Get("/look/result").Is(http.StatusOK).Want("h1", "已经收到") // reload
		c.Get("/file/done").Want(".p-code", code)
		slip := c.Get("/file/slip").Is(http.StatusOK)
		if !strings.Contains(slip.Body, code) || !strings.HasPrefix(slip.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("the slip is %q", slip.Body)
		}
		if q := other.Get("/file/done"); q.Path != "/look" {
			t.Errorf("another browser sees the receipt at %s", q.Path)
		}
	})
}

func TestTheSameFormSentTwiceIsOneMatter(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := s.Stranger()
	form := c.Get("/file").Form("form[action='/file']").With("content", "楼下噪音扰民").With("phone", "13900001111").Values
	photo := upload{"a.png", png}
	first := send(t, c, "/file", form, photo).Is(http.StatusOK)
	number, code := receipt(t, first)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() { send(t, c, "/file", form, photo) })
	}
	wait.Wait()
	again := send(t, c, "/file", form, photo).Is(http.StatusOK).Want(".p-note", "只登记了一件")
	if n, k := receipt(t, again); n != number || k != code || count(t, s) != 1 {
		t.Errorf("the second sending has number %s and code %s; want %s and %s; there are %d tickets", n, k, number, code, count(t, s))
	}
	if f, err := s.Desk.Open(t.Context(), s.Dispatcher, number); err != nil || len(f.Attachments) != 1 {
		t.Errorf("the photo is there %d times, %v", len(f.Attachments), err)
	}
	form.Set("content", "另外，路灯也不亮")
	if n, _ := receipt(t, send(t, c, "/file", form)); n == number {
		t.Error("another matter written into the same form was lost")
	}
}

func TestWhatIsWrongIsSaidAndNothingTypedIsLost(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := s.Stranger()
	p := c.Post("/file", matter("content", "  ", "phone", "", "visit_count", "三", "address", "文忠街<b>12号", "identity", "confidential")).Is(http.StatusUnprocessableEntity)
	p.Want("[role=alert]", "请写下发生了什么事").Want("[role=alert]", "跑了几趟，请只填数字").Want("#f-visit_count-e", "只填数字")
	if href := p.Attr("[role=alert] a", "href"); !strings.HasPrefix(href, "#f-") || !p.Has(href) {
		t.Errorf("the summary leads to %q", href)
	}
	form := p.Form("form[action='/file']")
	for name, want := range map[string]string{"name": "王秀兰", "address": "文忠街<b>12号", "visit_count": "三", "identity": "confidential", "kind": "assistance"} {
		if got := form.Get(name); got != want {
			t.Errorf("%s holds %q; want what was typed, %q", name, got, want)
		}
	}
	c.Post("/file", matter("phone", "")).Is(http.StatusUnprocessableEntity).Want("#f-phone-e", "请留下电话")
	c.Post("/file", matter("phone", "12345")).Is(http.StatusUnprocessableEntity).Want("#f-phone-e", "不完整")
	c.English().Post("/file", matter("phone", "")).Is(http.StatusUnprocessableEntity).Want("#f-phone-e", "Please leave a phone number").Want("title", "Please correct")
	send(t, c, "/file", matter("content", ""), upload{"a.png", png}).Is(http.StatusUnprocessableEntity).Want(".p-note", "重新选一次")
	c.Post("/file", matter("content", "a\x00b")).Is(http.StatusUnprocessableEntity).Want("#f-content-e", "无法识别")
	c.Post("/file", matter("content", "a\xc4\xfab")).Is(http.StatusUnprocessableEntity).Want("#f-content-e", "无法识别")
	c.Post("/file", matter("content", strings.Repeat("长", 10_001))).Is(http.StatusUnprocessableEntity).Want("#f-content-e", "10000")
	c.Post("/file", matter("content", strings.Repeat("长", 200_000))).Is(http.StatusRequestEntityTooLarge).Want("h1", "太大")
	if n := count(t, s); n != 0 {
		t.Errorf("%d tickets came of it", n)
	}
}

func TestABrokenLineKeepsWhatArrived(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	kind, body := multi(t, matter(), upload{"video.mp4", bytes.Repeat([]byte("x"), 4096)})
	p := s.Stranger().Do("POST", "/file", kind, bytes.NewReader(body[:len(body)-2000])).Is(http.StatusUnprocessableEntity).Want("[role=alert]", "传送中断")
	if got := p.Form("form[action='/file']").Get("content"); !strings.Contains(got, "窗口不给书面清单") {
		t.Errorf("the text is %q", got)
	}
	if n := count(t, s); n != 0 {
		t.Errorf("%d tickets came of half a form", n)
	}
}

func TestAProgramThatFillsInEverythingHasToTryAgain(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := s.Stranger()
	p := c.Post("/file", matter("website", "https://spam.example")).Is(http.StatusUnprocessableEntity).Want("[role=alert]", "再按一次")
	if n := count(t, s); n != 0 {
		t.Fatalf("%d tickets came of it", n)
	}
	receipt(t, p.Form("form[action='/file']").Press()) // a person presses the button once more
}

func TestHowMuchTheDepartmentsLearnIsTheCitizensChoice(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	number, _ := receipt(t, s.Stranger().Post("/file", matter("identity", "confidential")))
	if x := filed(t, s, number); !x.Confidential || x.Anonymous {
		t.Errorf("confidential is stored as %v, %v", x.Confidential, x.Anonymous)
	}
	p := s.Stranger().Post("/file", matter("identity", "anonymous", "phone", "", "name", "王秀兰")).Is(http.StatusOK).Want(".p-list", "匿名")
	number, _ = receipt(t, p)
	x := filed(t, s, number)
	c, err := s.Desk.CallerForContact(x)
	if err != nil || !x.Anonymous || !x.Confidential || c.Name != "" {
		t.Errorf("anonymous is stored as %v, %v with the caller %v, %v", x.Anonymous, x.Confidential, c, err)
	}
	receipt(t, s.Stranger().Post("/file", matter("no_texts", "yes")).Want(".p-list", "不会发短信"))
}

func TestAStrangerDecidesNothingThatIsTheDesks(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	number, _ := receipt(t, s.Stranger().Post("/file", matter("urgency", "critical", "category", "02", "title", "别的标题", "tags", "vip", "channel", "hotline", "received_at", "2020-01-01T00:00",
		"call_id", "9", "hall", "市政务大厅", "id_number", "51140219800101123X")))
	x := filed(t, s, number)
	if x.Urgency != tickets.Routine || x.Category != "" || x.Title == "别的标题" || x.Intake.Tags != nil || x.Channel != tickets.Online || x.Hall != "" || x.Intake.CallID != "" || !x.ReceivedAt.Equal(tt.Morning) {
		t.Errorf("a stranger set %+v", x)
	}
}

// Formulas, markup, scripts, template and terminal codes: all of it is text.
var evil = `<script>alert(1)</script><img src=x onerror=alert(1)>"'><svg/onload=alert(1)>{{.Now}}=HYPERLINK("http://x")</textarea>`

func TestWhatIsTypedIsShownAsTextEverywhere(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := s.Stranger()
	form := matter("content", "正文"+evil, "matter", "事项"+evil, "address", "地点"+evil, "name", "<b>"+"王", "application_no", `"><img src=x>`)
	done := send(t, c, "/file", form, upload{`<img src=x onerror=alert(1)>.png`, png}).Is(http.StatusOK)
	number, _ := receipt(t, done)
	s.Act(s.Dispatcher, number, &tickets.AskCitizen{Text: "请补充" + evil})
	c.Post("/look/supplements", url.Values{"text": {"补充" + evil}}).Is(http.StatusOK)
	s.Act(s.Dispatcher, number, tt.Triage(tickets.Ordinary))
	c.Post("/look/reminders", url.Values{"text": {"催办" + evil}}).Is(http.StatusOK)
	c.Post("/look/withdrawals", url.Values{"reason": {"撤回" + evil}}).Is(http.StatusOK)
	bad := s.Stranger().Post("/file", matter("content", "", "address", evil, "name", evil)).Is(http.StatusUnprocessableEntity)
	if got := bad.Form("form[action='/file']").Get("address"); got != evil {
		t.Errorf("the form shows %q", got)
	}
	pages := []*webtest.Page{done, bad, c.Get("/look/result"), c.Get("/look/attachments"), s.Stranger().Get("/look?number=" + url.QueryEscape(evil))}
	d := s.As(s.Dispatcher)
	for _, path := range []string{"/tickets/" + number, "/tickets?status=all", "/tickets/" + number + "/work-order", "/desk"} {
		pages = append(pages, d.Get(path).Is(http.StatusOK))
	}
	for _, p := range pages {
		p.WantNo("img[src=x], svg[onload], [onerror], [onload], main script, .p-page b + script")
		for _, text := range p.All("script") {
			if text != "" {
				t.Errorf("%s holds a script: %s", p.Path, text)
			}
		}
	}
	if p := c.Get("/look/result"); !strings.Contains(p.Text(".p-said"), "<script>alert(1)</script>") {
		t.Errorf("the text is shown as %q", p.Text(".p-said"))
	}
	api := d.Do("GET", "/api/v1/tickets/"+number, "", nil)
	if !strings.HasPrefix(api.Header.Get("Content-Type"), "application/json") || strings.Contains(api.Body, "<script>") {
		t.Error("the API writes markup as it is, or does not say that it is JSON")
	}
}

// The smallest PNG, and files that say they are one thing and are another.
var (
	png      = []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82")
	polyglot = append([]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"), []byte(`/*<script>alert(1)</script>*/`)...)
	svg      = []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)
	html     = []byte(`<!doctype html><html><script>alert(document.cookie)</script></html>`)
)

func TestEvilFilesHoldUpNoMatterAndDoNoHarm(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := s.Stranger()
	p := send(t, c, "/file", matter(), upload{"图.svg", svg}, upload{"照片.jpg", html}, upload{"空.png", nil}).Is(http.StatusOK)
	number, _ := receipt(t, p)
	p.Want(".p-note-bad", "图.svg").Want(".p-note-bad", "不收这种文件").Want(".p-note-bad", "文件是空的").Want(".p-note-bad", "已经登记好了")
	send(t, c, "/look/attachments", url.Values{}, upload{"太大.mp4", bytes.Repeat([]byte("x"), 21<<20)}).Is(http.StatusUnprocessableEntity).Want(".p-note-bad", "太大")
	send(t, c, "/look/attachments", url.Values{}, upload{"1.png", png}, upload{"2.png", png}, upload{"3.png", png}, upload{"4.png", png}).Is(http.StatusUnprocessableEntity).Want(".p-note-bad", "一次最多3个")
	send(t, c, "/look/attachments", url.Values{}, upload{`..\..\..\windows\system32\cmd.exe%00.png`, png}, upload{"../../../../etc/passwd", polyglot}, upload{"x.png\\\"; filename=evil.html", png}).Is(http.StatusOK)
	send(t, c, "/look/attachments", url.Values{}).Is(http.StatusUnprocessableEntity).Want("#f-file-e", "请先选")
	f, err := s.Desk.Open(t.Context(), s.Dispatcher, number)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Attachments) != 6 {
		t.Fatalf("%d files were taken; want 6", len(f.Attachments))
	}
	d := s.As(s.Dispatcher)
	for _, a := range f.Attachments {
		if strings.ContainsAny(a.Name, "/\\\r\n\x00") {
			t.Errorf("a file is called %q", a.Name)
		}
		got := d.Get(d.Get("/tickets/"+number).Attr(`a[href$="/attachments/`+itoa(a.ID)+`"]`, "href")).Is(http.StatusOK)
		h := got.Header
		if !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") || h.Get("X-Content-Type-Options") != "nosniff" || strings.Contains(h.Get("Content-Type"), "html") || h.Get("Set-Cookie") != "" || strings.Contains(got.Body, "<script>") {
			t.Errorf("%s is sent with %v", a.Name, h)
		}
	}
}

func TestNothingSecretStandsInAnAddressAndPagesAreNotKept(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := s.Stranger()
	p := c.Still().Post("/file", matter()).Is(http.StatusSeeOther)
	if got := p.Header.Get("Location"); got != "/file/done" {
		t.Errorf("filing leads to %s", got)
	}
	for _, set := range p.Header.Values("Set-Cookie") {
		if !strings.Contains(set, "HttpOnly") || !strings.Contains(set, "SameSite=Lax") || strings.Contains(set, "2026092100") {
			t.Errorf("a cookie is set as %s", set)
		}
	}
	for _, path := range []string{"/", "/file", "/file/done", "/file/slip", "/look", "/look/result", "/privacy", "/robots.txt"} {
		h := c.Get(path).Is(http.StatusOK).Header
		if h.Get("Cache-Control") != "no-store" || h.Get("X-Frame-Options") != "DENY" || h.Get("Referrer-Policy") != "no-referrer" || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") {
			t.Errorf("%s is sent with %v", path, h)
		}
	}
	if robots := s.Stranger().Get("/robots.txt").Body; !strings.Contains(robots, "Disallow: /\n") {
		t.Errorf("robots are told %q", robots)
	}
	s.Stranger().Get("/privacy").Is(http.StatusOK).Want("main", "个人信息保护法")
	s.Stranger().English().Get("/privacy").Want("main", "Personal Information Protection Law")
}

func TestAnotherSitesPageCannotFile(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	kind, body := multi(t, matter())
	s.Stranger().Do("POST", "/file", kind, bytes.NewReader(body), "Sec-Fetch-Site", "cross-site").Is(http.StatusForbidden)
	if n := count(t, s); n != 0 {
		t.Errorf("%d tickets came of it", n)
	}
}

func TestOneAddressFilesOnlySoOften(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := s.Stranger()
	for range 20 {
		c.Post("/file", matter("content", "")).Is(http.StatusUnprocessableEntity)
	}
	c.Post("/file", matter()).Is(http.StatusTooManyRequests).Want("h1", "太频繁")
}

// A member of staff who is logged in files as a citizen does.
func TestWhoFilesOnlineIsACitizen(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	number, _ := receipt(t, s.As(s.Operator).Post("/file", matter()))
	entries, err := s.Desk.Timeline(t.Context(), filed(t, s, number).ID)
	if err != nil || entries[0].Role != staff.Citizen || entries[0].ByID != 0 {
		t.Errorf("it was registered by %+v, %v", entries[0], err)
	}
}
