package web_test

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"nengban/tickets"
	tt "nengban/tickets/ticketstest"
	"nengban/web"
	"nengban/web/pages"
	"nengban/web/webtest"
)

// said is what a caller says; tests change what they are about.
func said(change ...string) url.Values {
	f := url.Values{"phone": {"139 0000 1111"}, "name": {"李建国"}, "kind": {"complaint"}, "content": {"营业执照注销跑了三次，每次要求的材料都不一样。"}}
	for i := 0; i+1 < len(change); i += 2 {
		f.Set(change[i], change[i+1])
	}
	return f
}

func TestACallIsTakenInAndTheCodeIsShownOnce(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := s.As(s.Operator)
	form := c.Get("/intake/hotline").Is(http.StatusOK).Form("#intake")
	p := form.With("phone", "13900001111").With("name", "李建国").With("kind", "complaint").With("content", "营业执照注销跑了三次，每次要求的材料都不一样。").Press("then", "").Is(http.StatusOK)
	number, code := p.Text(".receipt-card .number"), p.Text(".receipt-card .code")
	if !regexp.MustCompile(`^20260921\d{6}$`).MatchString(number) || !regexp.MustCompile(`^\d{4} \d{4}$`).MatchString(code) {
		t.Fatalf("the page shows number %q and code %q", number, code)
	}
	p.Want("#s-acts + *, .acts", "研判").Want(".acts", "直接答复")
	if _, _, err := s.Desk.Look(context.Background(), number, code); err != nil {
		t.Errorf("the citizen cannot look it up with what was shown: %v", err)
	}
	c.Get("/tickets/"+number).Want(".receipt-card .code", code)
	s.As(s.OtherOperator).Get("/tickets/" + number).Is(http.StatusOK).WantNo(".receipt-card")
	c.Post("/intake/hotline", said()).Is(http.StatusOK)
	c.Get("/tickets/" + number).WantNo(".receipt-card")
}

func TestAsSoonAsANumberIsTypedTheCallersTicketsAppear(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	open := s.Ticket(tickets.InHand)
	done := s.Ticket(tickets.Archived)
	other := s.Ticket(tickets.InHand, func(in *tickets.Intake) { in.Phone = "13700000000" })
	c := s.As(s.Operator)
	p := c.Fragment("/intake/caller", url.Values{"phone": {"138-0013-8000"}}).Is(http.StatusOK)
	p.Want(".caller-sum", "共2件").Want(".caller-sum", "其中1件未办结").Want(".is-open", open.Number)
	if !strings.Contains(p.Body, done.Number) || strings.Contains(p.Body, other.Number) {
		t.Error("the list should hold the caller's two tickets and nobody else's")
	}
	if strings.Contains(p.Body, "<html") {
		t.Error("a script that asks for a part gets a whole page")
	}
	p.Want(".is-open .btn-row", "催办")
	c.Fragment("/intake/caller", url.Values{"phone": {"138"}}).WantNo(".earlier")
	c.Fragment("/intake/caller", url.Values{"phone": {"13612345678"}}).Want(".empty-note", "第一次")
}

func TestWithoutScriptAButtonLooksUpTheCallerAndKeepsWhatIsTyped(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.ToTriage)
	p := s.As(s.Operator).Post("/intake/hotline", said("phone", "13800138000", "then", "look", "content", "未写完的内")).Is(http.StatusOK)
	p.Want("#caller .number", x.Number)
	if got := p.Form("#intake").Get("content"); got != "未写完的内" {
		t.Errorf("the text is %q after looking up the caller", got)
	}
	p.WantNo("#intake [role=alert]")
}

func TestWhatIsWrongIsSaidBesideTheFieldAndNothingTypedIsLost(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := s.As(s.Operator)
	p := c.Post("/intake/hotline", said("phone", "", "id_number", "51140219800101123X", "content", "", "address", "文忠街<b>12号", "occurred_at", "2030-01-01T08:00")).Is(http.StatusUnprocessableEntity)
	p.Want("#f-phone-e", "请填写联系电话").Want("#f-id_number-e", "证件号码有误").Want("#f-content-e", "请填写")
	p.Want("[role=alert]", "请修改以下内容")
	form := p.Form("#intake")
	for name, want := range map[string]string{"name": "李建国", "address": "文忠街<b>12号", "id_number": "51140219800101123X", "occurred_at": "2030-01-01T08:00", "kind": "complaint"} {
		if got := form.Get(name); got != want {
			t.Errorf("%s holds %q; want what was typed, %q", name, got, want)
		}
	}
	c.English().Post("/intake/hotline", said("phone", "")).Is(http.StatusUnprocessableEntity).Want("#f-phone-e", "Enter a phone number")
}

func TestAMatterIsRegisteredAndAnsweredInOneGo(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	p := s.As(s.Operator).Post("/intake/hotline", said("kind", "inquiry", "then", "answer", "answer_text", "注销需要清税证明，共两份材料。", "answer_basis", "《市场主体登记管理条例》第三十三条"))
	p.Is(http.StatusOK).Want(".receipt-card", "提取码").Want(".answer", "注销需要清税证明").Want(".ticket-line", "待回访")
	bad := s.As(s.Operator).Post("/intake/hotline", said("then", "answer")).Is(http.StatusUnprocessableEntity)
	bad.Want("#answer .invalid-feedback", "请填写")
	if got, err := s.Desk.Count(context.Background(), s.Operator, tickets.Filter{}); err != nil || got != 1 {
		t.Errorf("%d tickets are registered, %v; an answer that is missing must not leave half a matter", got, err)
	}
}

func TestASecondCallAboutTheSameThingIsJoinedToTheFirst(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	first := s.Ticket(tickets.InHand)
	p := s.As(s.Operator).Post("/intake/hotline", said("phone", "13800138000", "join", first.Number)).Is(http.StatusOK)
	p.Want(".ticket-line", "已并案").Want(".ticket-due", first.Number).Want(".receipt-card", "提取码")
}

func TestTheWindowAsksMoreAndPrintsAReceipt(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := s.As(s.Clerk)
	form := c.Get("/intake/window").Is(http.StatusOK).Want(".page-head", "市政务大厅 8").Form("#intake")
	p := form.With("phone", "13900001111").With("name", "李建国").With("kind", "complaint").With("content", "材料交了三次还是不受理。").
		With("matter", "不动产登记").With("matter_code", "000114001000").With("application_no", "BJ2026090012").With("visit_count", "3").With("about", tt.Planning).Press().Is(http.StatusOK)
	p.Want(".facts", "市政务大厅").Want(".facts", "BJ2026090012").Want(".facts", "自然资源和规划局")
	number, code := p.Text(".receipt-card .number"), p.Text(".receipt-card .code")
	paper := c.Get("/tickets/" + number + "/receipt").Is(http.StatusOK)
	paper.Want(".slip-number", number).Want(".slip-code", code).Want(".url", "/look?number="+number).Want(".sheet-table", "答复时间不晚于")
	if !strings.HasPrefix(paper.Attr("figure img", "src"), "data:image/png;base64,") {
		t.Error("the receipt has no picture to scan")
	}
	if strings.Contains(paper.Body, "13900001111") || strings.Contains(paper.Body, "李建国") {
		t.Error("the receipt shows the caller in clear")
	}
	s.As(s.Operator).Get("/tickets/"+number+"/receipt").Is(http.StatusOK).WantNo(".slip-code").Want(".ticket-slip", "提取码只在登记时显示")
}

// Enter presses the first button of a form; without script nothing else keeps
// it from sending half a matter.
func TestEnterDoesNotRegisterHalfAMatter(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	p := s.As(s.Operator).Get("/intake/hotline")
	if first := p.Attr("#intake button", "value"); first != "look" {
		t.Errorf("Enter presses %q; want the harmless look-up", first)
	}
}

func TestADraftOutlivesACrashAndIsSealed(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := s.As(s.Operator)
	c.Fragment("/drafts/hotline", said("content", "说到一半停电了")).Is(http.StatusNoContent)
	var body []byte
	if err := s.DB.NewSelect().Table("drafts").Column("body").Scan(context.Background(), &body); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(body, []byte("停电")) || bytes.Contains(body, []byte("1111")) {
		t.Error("the draft lies in the database in clear")
	}
	p := s.As(s.Operator).Get("/intake/hotline").Want(".alert-info", "已恢复")
	if got := p.Form("#intake").Get("content"); got != "说到一半停电了" {
		t.Errorf("the form holds %q; want the draft", got)
	}
	s.As(s.OtherOperator).Get("/intake/hotline").WantNo(".alert-info")
	p.Form("form[action='/drafts/hotline/drop']").Press().Is(http.StatusOK).WantNo(".alert-info")
	c.Fragment("/drafts/hotline", said("content", "又写了一点"))
	c.Post("/intake/hotline", said()).Is(http.StatusOK)
	c.Get("/intake/hotline").WantNo(".alert-info")
	c.Fragment("/drafts/..%2fetc", said()).Is(http.StatusNotFound)
	c.Fragment("/drafts/other", said()).Is(http.StatusNotFound)
}

func TestWithoutScriptADraftIsKeptByAButton(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := s.As(s.Operator)
	c.Post("/intake/hotline", said("then", "keep", "content", "")).Is(http.StatusOK).Want("[role=status]", "草稿已保存")
	if got := c.Get("/intake/hotline").Form("#intake").Get("name"); got != "李建国" {
		t.Errorf("the form holds %q after keeping the draft", got)
	}
}

func TestArticlesAppearAndOneIsUsedAsTheAnswer(t *testing.T) {
	t.Parallel()
	s := webtest.New(t, func(p *web.Parts) {
		p.Hooks.Match = func(_ context.Context, text string, _ int) ([]pages.Match, error) {
			if !strings.Contains(text, "注销") {
				return nil, nil
			}
			return []pages.Match{{ID: "K7", Title: "营业执照注销须知", Snippet: "先清税", Answer: "先办清税，再到窗口注销。", Basis: "条例第三十三条"}}, nil
		}
	})
	c := s.As(s.Operator)
	p := c.Fragment("/intake/help", url.Values{"content": {"营业执照注销跑了三次"}}).Is(http.StatusOK)
	p.Want(".title", "营业执照注销须知")
	c.Fragment("/intake/help", url.Values{"content": {"路灯不亮已经一周"}}).Want(".empty-note", "没有匹配")
	used := c.Post("/intake/hotline", said("use", "K7")).Is(http.StatusOK).Form("#intake")
	if used.Get("answer_text") != "先办清税，再到窗口注销。" || used.Get("answer_article") != "K7" || used.Get("content") == "" {
		t.Errorf("after choosing the article the form holds %v", used.Values)
	}
	x := s.Ticket(tickets.ToTriage, func(in *tickets.Intake) { in.Content = "怎样办理营业执照注销" })
	act := s.As(s.Dispatcher).Get("/tickets/" + x.Number + "?act=answers&article=K7").Form("#act-answers form")
	if act.Get("text") != "先办清税，再到窗口注销。" || act.Get("basis") != "条例第三十三条" {
		t.Errorf("the answer's form holds %v", act.Values)
	}
}

func TestADeskWithoutKnowledgeLeavesItsCornerOut(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.As(s.Operator).Get("/intake/hotline").WantNo("#help").Want("#caller", "输入电话")
}
