package web_test

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nengban/tickets"
	tt "nengban/tickets/ticketstest"
	"nengban/web"
	"nengban/web/webtest"
)

func TestATicketTellsItsStory(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.Completed)
	p := s.As(s.Supervisor).Get("/tickets/" + x.Number).Is(http.StatusOK)
	p.Want(".ticket-line", x.Number).Want(".ticket-line", "已办结").Want("#s-story + .story, .story", "受理登记")
	p.Want(".story", "住房和城乡建设局").Want(".answer", "已当面出具一次性告知书").Want(".rating", "满意").Want(".rating", "已解决")
	if got := len(p.All(".story > li")); got != 7 {
		t.Errorf("the story has %d lines; want one for each of the seven acts", got)
	}
	p.Want(".clock summary", "答复诉求人").Want(".clock .steps", "工作日")
	s.As(s.Supervisor).English().Get("/tickets/"+x.Number).Want(".story", "Register").Want(".clock summary", "Answer the citizen")
}

func TestTheButtonsAreTheOnesTheStateTableAllows(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand)
	for _, m := range s.Everyone() {
		if m.ID == 0 || m.Is("administrator") || m.Is("knowledge_editor") {
			continue
		}
		fresh, err := s.Desk.Ticket(context.Background(), m, x.Number)
		page := s.As(m).Get("/tickets/" + x.Number)
		if err != nil {
			page.Is(http.StatusNotFound)
			continue
		}
		var want []string
		for _, r := range s.Desk.Allowed(m, fresh) {
			want = append(want, r.Path)
		}
		for _, r := range tickets.Table {
			allowed := strings.Contains(" "+strings.Join(want, " ")+" ", " "+r.Path+" ")
			if got := page.Has("#act-" + r.Path); got != allowed {
				t.Errorf("%s: the button %s is there: %v; the table says %v", m.Name, r.Path, got, allowed)
			}
		}
	}
}

func TestAnActIsDoneAndWhatIsWrongWithItKeepsTheText(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand)
	c := s.As(s.Caseworker)
	form := c.Get("/tickets/" + x.Number).Form("#act-replies form")
	p := form.With("facts", "true").With("demand", "unreasonable").With("result", "explained").With("text", "查无此事，理由如下……").Press().Is(http.StatusUnprocessableEntity)
	p.Want("#act-replies .invalid-feedback", "否定答复必须写明依据").Want("#act-replies .invalid-feedback", "没有联系")
	if !p.Has("#act-replies[open]") {
		t.Error("the form with the errors is folded away")
	}
	again := p.Form("#act-replies form")
	if again.Get("text") != "查无此事，理由如下……" || again.Get("demand") != "unreasonable" {
		t.Errorf("the form holds %v; what was typed is lost", again.Values)
	}
	again.With("basis", "条例第六条").With("no_contact", "诉求人要求不联系").Press().Is(http.StatusOK).Want("[role=status]", "已办理").Want(".ticket-line", "待审核")
}

func TestTwoOnOneTicketLoseNothing(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.ToDispatch)
	c := s.As(s.Dispatcher)
	form := c.Get("/tickets/"+x.Number).Form("#act-dispatches form").With("lead", tt.Traffic).With("assisting", tt.Housing).With("basis", "目录第3条").With("text", "请先联系诉求人")
	s.Act(s.Supervisor, x.Number, &tickets.AddNote{Text: "同一路段还有两件"})
	p := form.Press().Is(http.StatusConflict)
	p.Want("h1", "已被别人更新").Want("#c-now ~ .story", "同一路段还有两件").Want("#c-now ~ .story", "钱督办")
	again := p.Form("form[action$='/dispatches']")
	if again.Get("lead") != tt.Traffic || again.Get("text") != "请先联系诉求人" || again.Get("assisting") != tt.Housing {
		t.Errorf("the form holds %v; what was typed is lost", again.Values)
	}
	again.Press().Is(http.StatusOK).Want(".ticket-line", "待签收").Want(".ticket-due", "交通运输局")
}

func TestWhatIsNotPossibleAnyMoreIsExplainedAndTheTextCanBeCopied(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.ToDispatch)
	c := s.As(s.Dispatcher)
	form := c.Get("/tickets/"+x.Number).Form("#act-dispatches form").With("lead", tt.Traffic).With("basis", "目录第3条").With("text", "三段很长的说明")
	s.Act(s.Dispatcher, x.Number, &tickets.AnswerAtOnce{Text: "已当场答复"})
	p := form.Press().Is(http.StatusConflict)
	p.Want(".facts", "三段很长的说明").Want(".facts", "交通运输局").WantNo("form[action$='/dispatches']")
	p.Want("#c-now ~ .story", "直接答复")

	form.Set("version", fmt.Sprint(x.Version+1)) // seen, and pressed all the same
	form.Press().Is(http.StatusConflict).Want("[role=alert]", "工单现在是“待回访”")
}

func TestWhoMissesAButtonReadsWhy(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.ToDispatch)
	s.Act(s.Dispatcher, x.Number, tt.Dispatch(tt.Housing, tt.Planning))
	s.Act(s.Caseworker, x.Number, &tickets.SignFor{})
	p := s.As(s.Caseworker).Get("/tickets/" + x.Number)
	p.WantNo("#act-replies").Want(".blocked", "自然资源和规划局的协办意见还没有提交")
}

func TestACallerIsMaskedUntilSomebodySaysWhy(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand, func(in *tickets.Intake) { in.Content += "请打13800138000找王秀兰。" })
	c := s.As(s.Caseworker)
	clear := []string{"13800138000", "王秀兰"}
	p := c.Get("/tickets/"+x.Number).Want("#s-caller ~ .facts", "王**").Want("#s-caller ~ .facts", "138****8000")
	wantNone(t, p, clear...)
	p.Form("#unmask form").Press().Is(http.StatusUnprocessableEntity).Want("#unmask .invalid-feedback", "请填写")
	shown := p.Form("#unmask form").With("reason", "核实材料，电话联系").Press().Is(http.StatusOK)
	shown.Want("#s-caller ~ .facts", "王秀兰").Want("#s-caller ~ .facts", "13800138000").Want(".content-text", "请打13800138000找王秀兰")
	shown.Want("[role=timer]", "还可查看10分钟").Want(".in-clear", "到09:40为止").WantNo("#unmask")
	if shown.Header.Get("Cache-Control") != "no-store" {
		t.Error("the page in clear may be kept by the browser")
	}
	for _, elsewhere := range []string{"/tickets?status=all", "/tickets/" + x.Number + "/work-order", "/api/v1/tickets/" + x.Number} {
		wantNone(t, c.Get(elsewhere).Is(http.StatusOK), clear...)
	}
	log := s.As(s.Supervisor).Get("/tickets/" + x.Number + "/readers").Is(http.StatusOK)
	log.Want("table", "王承办").Want("table", "核实材料，电话联系").Want("table", "127.0.0.1")
	c.Get("/tickets/" + x.Number + "/readers").Is(http.StatusForbidden)
}

// While it lasts a reload asks for nothing and shows him again, each time with
// a line in the read log; a second login of the same member has none of it.
func TestAnUnmaskingLastsMinutesInItsSession(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand)
	at, why := "/tickets/"+x.Number, url.Values{"reason": {"电话联系"}}
	c, second := s.As(s.Caseworker), s.As(s.Caseworker)
	if p := c.Still().Post(at+"/unmask", why).Is(http.StatusSeeOther); p.Header.Get("Location") != at+"#s-caller" {
		t.Errorf("unmasking leads to %q", p.Header.Get("Location"))
	}
	s.Clock.Advance(4 * time.Minute)
	c.Get(at).Want("#s-caller ~ .facts", "13800138000").Want("[role=timer]", "还可查看6分钟")
	c.English().Get(at).Want("[role=timer]", "6 min left")
	wantNone(t, second.Get(at), "13800138000", "王秀兰")
	wantNone(t, s.As(s.Leader).Get(at), "13800138000", "王秀兰")
	typed := c.Post(at+"/notes", url.Values{"version": {fmt.Sprint(x.Version)}}).Is(http.StatusUnprocessableEntity)
	typed.Want("#s-caller ~ .facts", "13800138000") // what was typed wrong does not end it

	c.Get(at).Form(".in-clear form").Press().Is(http.StatusOK).WantNo(".in-clear").Want("#s-caller ~ .facts", "138****8000").Want("#unmask", "")
	c.Post(at+"/unmask", why).Want("[role=timer]", "还可查看10分钟")
	s.Clock.Advance(10 * time.Minute)
	wantNone(t, c.Get(at), "13800138000", "王秀兰")

	log := s.As(s.Supervisor).Get(at + "/readers").All("tbody tr td:nth-child(3)")
	slices.Reverse(log)
	want := []string{"申请查看完整信息", "查看完整信息", "查看完整信息", "打开", "打开", "查看完整信息", "查看完整信息", "不再显示", "打开", "申请查看完整信息", "查看完整信息", "打开"}
	if diff := cmp.Diff(want, log); diff != "" {
		t.Errorf("who has seen him (-want +got):\n%s", diff)
	}
}

// With the session goes what was bound to it, however it ends.
func TestAnUnmaskingEndsWithItsSession(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand)
	at, why := "/tickets/"+x.Number, url.Values{"reason": {"电话联系"}}
	for name, end := range map[string]func(c *webtest.Client){
		"logout":  func(c *webtest.Client) { c.Post("/logout", nil) },
		"revoked": func(*webtest.Client) { s.As(s.Caseworker).Post("/account/sessions/end", nil) },
	} {
		c := s.As(s.Caseworker)
		c.Post(at+"/unmask", why).Want("#s-caller ~ .facts", "13800138000")
		stolen := s.Stranger()
		stolen.Take(c.Cookies())
		end(c)
		for who, client := range map[string]*webtest.Client{"the browser": c, "who kept its cookie": stolen, "the next login": s.As(s.Caseworker)} {
			if p := client.Get(at); strings.Contains(p.Body, "13800138000") || strings.Contains(p.Body, "王秀兰") {
				t.Errorf("after %s %s goes on seeing the caller", name, who)
			}
		}
	}
}

func TestADepartmentLearnsNothingOfAConfidentialCaller(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand, func(in *tickets.Intake) {
		in.Confidential = true
		in.Content += "我是王秀兰，电话13800138000。"
	})
	c := s.As(s.Caseworker)
	p := c.Get("/tickets/" + x.Number).Is(http.StatusOK).WantNo("#unmask")
	wantNone(t, p, "王秀兰", "王**", "138****8000", "13800138000")
	denied := c.Post("/tickets/"+x.Number+"/unmask", url.Values{"reason": {"想知道是谁"}}).Is(http.StatusForbidden)
	wantNone(t, denied, "王秀兰", "13800138000")
	s.As(s.Dispatcher).Get("/tickets/"+x.Number).Want("#s-caller ~ .facts", "王**")
}

func TestNobodyTellsAStrangersNumberFromOneThatDoesNotExist(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand)
	c := s.As(s.TrafficCaseworker)
	theirs, none := c.Get("/tickets/"+x.Number), c.Get("/tickets/20260921999999")
	if theirs.Status != http.StatusNotFound || none.Status != http.StatusNotFound || theirs.Text("h1") != none.Text("h1") {
		t.Errorf("another department's ticket: %d %q; no ticket: %d %q", theirs.Status, theirs.Text("h1"), none.Status, none.Text("h1"))
	}
	for _, path := range []string{"/work-order", "/events", "/attachments/1", "/orders/1", "/decline-notice"} {
		if got := c.Get("/tickets/" + x.Number + path).Status; got != http.StatusNotFound {
			t.Errorf("another department at %s gets %d; want not found", path, got)
		}
	}
}

func TestFilesComeInCheckedAndGoOutToBeSaved(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand)
	c := s.As(s.Caseworker)
	version := url.Values{"version": {fmt.Sprint(x.Version)}}
	page := "<svg onload=alert(1)>"
	c.Upload("/tickets/"+x.Number+"/attachments", version, "file", "照片.svg", []byte(`<?xml version="1.0"?>`+page+`</svg>`)).Is(http.StatusUnprocessableEntity).Want("#act-attachments", "不接收这种文件")
	c.Upload("/tickets/"+x.Number+"/attachments", version, "file", "空.pdf", nil).Is(http.StatusUnprocessableEntity).Want("#act-attachments", "文件是空的")
	p := c.Upload("/tickets/"+x.Number+"/attachments", version, "file", `..\..\现场 "照片".png`, png()).Is(http.StatusOK)
	p.Want(".files a", `现场 "照片".png`).Want("[role=status]", "附件已上传")
	file := p.Click(".files a").Is(http.StatusOK)
	h := file.Header
	if d := h.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment;") || strings.Contains(d, "\n") {
		t.Errorf("the file goes out as %q", d)
	}
	if h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") || !strings.HasPrefix(file.Body, "\x89PNG\r\n") {
		t.Errorf("the file goes out with %v", h)
	}
	s.As(s.TrafficCaseworker).Get(p.Attr(".files a", "href")).Is(http.StatusNotFound)
	other := s.Ticket(tickets.InHand)
	c.Get(strings.Replace(p.Attr(".files a", "href"), x.Number, other.Number, 1)).Is(http.StatusNotFound)
}

func TestADirectoryRowFillsTheDispatch(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.ToDispatch, func(in *tickets.Intake) { in.Matter, in.Category = "不动产登记", "0101" })
	c := s.As(s.Dispatcher)
	p := c.Get("/tickets/"+x.Number).Want("#act-dispatches .helper", "自然资源和规划局").Want("#act-dispatches .helper", "不动产登记暂行条例")
	form := p.Click("#act-dispatches .helper").Form("#act-dispatches form")
	if form.Get("lead") != tt.Planning || form.Get("assisting") != tt.Housing || !strings.Contains(form.Get("basis"), "第六条") {
		t.Errorf("the dispatch form holds %v; want what the row says", form.Values)
	}
	form.Press().Is(http.StatusOK).Want(".ticket-due", "自然资源和规划局")
}

func TestAnAddressPutsNoWordsIntoAColleaguesForm(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.ToTriage)
	form := s.As(s.Dispatcher).Get("/tickets/" + x.Number + "?act=answers&text=请到某公司交费&basis=x&article=none").Form("#act-answers form")
	if form.Get("text") != "" || form.Get("basis") != "" {
		t.Errorf("the form holds %v", form.Values)
	}
}

func TestALongReplyIsKeptWhileItIsTyped(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand)
	c := s.As(s.Caseworker)
	c.Fragment("/drafts/"+x.Number+".replies", url.Values{"text": {"写到一半的答复"}, "facts": {"true"}}).Is(http.StatusNoContent)
	p := s.As(s.Caseworker).Get("/tickets/"+x.Number).Want("#act-replies[open] .alert-info", "已恢复未提交的内容")
	form := p.Form("#act-replies form")
	if form.Get("text") != "写到一半的答复" || form.Get("facts") != "true" {
		t.Errorf("the form holds %v", form.Values)
	}
	form.With("demand", "reasonable").With("result", "solved").With("no_contact", "已在窗口当面答复").Press().Is(http.StatusOK)
	var left int
	if err := s.DB.NewSelect().Table("drafts").ColumnExpr("count(*)").Scan(context.Background(), &left); err != nil || left != 0 {
		t.Errorf("%d drafts are left after the reply was sent, %v", left, err)
	}
}

func TestPapersArePrintedMasked(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand)
	s.Act(s.Supervisor, x.Number, &tickets.Supervise{Colour: tickets.Yellow, Reason: "临近时限仍未联系诉求人"})
	c := s.As(s.Supervisor)
	wantNone(t, c.Get("/tickets/"+x.Number+"/work-order").Is(http.StatusOK).Want("h2", "工单").Want("table", "住房和城乡建设局"), "王秀兰", "13800138000")
	c.Get("/tickets/"+x.Number+"/orders/1").Is(http.StatusOK).Want("h2", "督办单（黄色）").Want("table", "临近时限")
	c.Get("/tickets/" + x.Number + "/orders/2").Is(http.StatusNotFound)
	c.Get("/tickets/" + x.Number + "/orders/x").Is(http.StatusNotFound)
	c.Get("/tickets/" + x.Number + "/decline-notice").Is(http.StatusNotFound)
	d := s.Ticket(tickets.ToTriage)
	s.Act(s.Dispatcher, d.Number, &tickets.Decline{Code: tickets.StatutoryPath, Text: "已进入诉讼", Advice: "请向区法院咨询12368"})
	c.Get("/tickets/"+d.Number+"/decline-notice").Is(http.StatusOK).Want("main", "诉讼、仲裁").Want("main", "请向区法院咨询12368")
}

func TestAnOpenPageHearsOfAChange(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand)
	events := listen(t, s, s.As(s.Caseworker), "/tickets/"+x.Number+"/events")
	if got := <-events; got != fmt.Sprintf("open %d", x.Version) {
		t.Fatalf("the stream begins with %q", got)
	}
	s.Act(s.Dispatcher, x.Number, &tickets.Remind{Text: "群众又来电"})
	select {
	case got := <-events:
		if !strings.HasPrefix(got, "changed ") || !strings.Contains(got, "赵分派刚刚更新了这张工单（催办）") {
			t.Errorf("the stream says %q", got)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("nothing is heard of the change")
	}
}

func TestAChangeByAnotherInstanceIsHeardAtTheNextTick(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand)
	events := listen(t, s, s.As(s.Caseworker), "/tickets/"+x.Number+"/events")
	<-events
	other := tickets.NewDesk(tickets.Parts{DB: s.DB, Clock: s.Clock, Vault: s.Vault, Places: s.Places, Limits: s.Desk.Limits()})
	if _, err := other.Act(context.Background(), s.Dispatcher, tickets.Ref{Number: x.Number}, &tickets.Remind{Text: "催办"}); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Server.Live(context.Background()); err != nil || n != 1 {
		t.Fatalf("a look at the open tickets finds %d changed, %v; want 1", n, err)
	}
	if got := <-events; !strings.HasPrefix(got, "changed ") {
		t.Errorf("the stream says %q", got)
	}
	if n, err := s.Server.Live(context.Background()); err != nil || n != 0 {
		t.Errorf("a second look finds %d changed, %v; want none", n, err)
	}
}

func TestStreamsEndWhenTheServerStops(t *testing.T) {
	t.Parallel()
	var events <-chan string
	t.Run("running", func(t *testing.T) {
		s := webtest.New(t, func(*web.Parts) {})
		x := s.Ticket(tickets.InHand)
		events = listen(t, s, s.As(s.Caseworker), "/tickets/"+x.Number+"/events")
		<-events
	}) // the site has stopped, and would have complained had it taken long
	for range events { // the channel closes with the stream
	}
}

// listen opens a stream and hands out "event data" lines; it closes with the stream.
func listen(t *testing.T, s *webtest.Site, c *webtest.Client, path string) <-chan string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range c.Cookies() {
		r.AddCookie(k)
	}
	res, err := http.DefaultClient.Do(r) //nolint:bodyclose // the reading goroutine closes it
	if err != nil {
		t.Fatal(err)
	}
	if got := res.Header.Get("Content-Type"); res.StatusCode != http.StatusOK || got != "text/event-stream" {
		t.Fatalf("the stream answers %d %s", res.StatusCode, got)
	}
	out := make(chan string, 10)
	go func() {
		defer close(out)
		defer func() { _ = res.Body.Close() }()
		event := ""
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			if e, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				event = e
			}
			if d, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
				out <- event + " " + d
			}
		}
	}()
	return out
}

func wantNone(t *testing.T, p *webtest.Page, secrets ...string) {
	t.Helper()
	for _, x := range secrets {
		if strings.Contains(p.Body, x) {
			t.Errorf("%s shows %s in clear", p.Path, x)
		}
	}
}

// png is the smallest picture that any program takes for one.
func png() []byte {
	return []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82")
}
