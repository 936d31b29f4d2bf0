package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"nengban/callbacks"
	"nengban/tickets"
	"nengban/tickets/staff"
	tt "nengban/tickets/ticketstest"
	"nengban/web/webtest"
)

// Mobiles of two citizens.
const (
	wang = "+8613800138000"
	li   = "+8613900139001"
)

// onTheList returns a ticket whose citizen waits for a person's call: what he
// wrote could not be read twice.
func onTheList(c *webtest.Calling, phone string) *tickets.Ticket {
	x := c.Ticket(tickets.ToCallBack, func(in *tickets.Intake) { in.Phone = phone })
	c.Pass(25 * time.Hour)
	c.Says(phone, "你们到底管不管？")
	c.Says(phone, "什么时候来人？")
	c.Pass(5 * time.Minute)
	return x
}

func TestACallIsOneScreenAndTheNextComesByItself(t *testing.T) {
	t.Parallel()
	s := webtest.NewCalling(t)
	first, second := onTheList(s, wang), onTheList(s, li)
	c := s.As(s.CallbackCaller)
	p := c.Get("/callbacks").Is(http.StatusOK).Want(".start-call", "2 件待人工回访")
	p = p.Form("form[action='/callbacks/next']").Press().Is(http.StatusOK)
	p.Want(".script", "请问您反映的问题是否已经解决？").Want("#k-about", first.Number).Want(".tries", "你们到底管不管？").Want(".dial-who", "王**")
	if got := p.Attr(".dial-number", "href"); got != "tel:"+wang {
		t.Errorf("the number dials %q", got)
	}
	if got := strings.Join(p.Attrs(".acts [data-key]", "data-key"), ""); got != "1234567" {
		t.Errorf("the keys of the outcomes are %q", got)
	}
	c.Post(p.Path, url.Values{"code": {"answered"}}).Is(http.StatusUnprocessableEntity).Want(".alert-danger", "请填写")
	c.Post(p.Path, url.Values{"code": {"appointment"}, "at": {"2020-01-01T10:00"}}).Is(http.StatusUnprocessableEntity).Want(".invalid-feedback", "晚于现在")
	p = p.Form("#out-answered form").With("solved", "yes").With("rating", "4").With("comment", "态度差").Press()
	p.Is(http.StatusOK).Want("[role=status]", "已保存").Want("#k-about", second.Number)
	if x, err := s.Desk.Ticket(t.Context(), s.Supervisor, first.Number); err != nil || x.Rating != 4 || x.Solved != tickets.SolvedYes || x.Status != tickets.ToJudge {
		t.Errorf("the ticket holds %+v, %v", x, err)
	}
	p = c.Post(p.Path, url.Values{"code": {"busy"}}).Is(http.StatusOK)
	if p.Path != "/callbacks" {
		t.Errorf("after the last call the caller stands at %s", p.Path)
	}
	p.Want("[role=status]", "没有等待回访的了")
}

func TestACallGoesBackToTheListAndToNobodyElse(t *testing.T) {
	t.Parallel()
	s := webtest.NewCalling(t)
	x := onTheList(s, wang)
	c, other := s.As(s.CallbackCaller), s.As(s.Supervisor)
	p := c.Post("/callbacks/next", nil).Is(http.StatusOK)
	other.Get(p.Path).Want("[role=status]", "已不归您处理").WantNo(".dial-number")
	c.Post(p.Path+"/back", nil).Is(http.StatusOK).Want("[role=status]", "已放回名单").Want("table", x.Number)
	p = other.Post("/callbacks/next", nil).Is(http.StatusOK).Want("#k-about", x.Number)
	s.Says(wang, "2") // he answers by text while the caller dials
	other.Get(p.Path).Want("[role=status]", "已通过其他方式评价")
	s.Clock.Advance(12 * time.Hour)
	s.As(s.Supervisor).Post("/callbacks/next", nil).Is(http.StatusOK).Want("[role=status]", "现在不是回访时间")
}

// Whoever handled the matter gets neither the list nor a call, whatever he asks for.
func TestTheDepartmentNeverSeesTheWorklist(t *testing.T) {
	t.Parallel()
	s := webtest.NewCalling(t)
	onTheList(s, wang)
	c := s.As(s.Caseworker)
	for _, path := range []string{"/callbacks", "/callbacks/calls/1", "/callbacks/judging", "/callbacks/figures"} {
		c.Get(path).Is(http.StatusForbidden)
	}
	c.Post("/callbacks/next", nil).Is(http.StatusForbidden)
	c.Get("/desk").WantNo("nav a[href='/callbacks']")
}

// Nobody calls his own complainant about what he is going to say.
func TestTheDepartmentDoesNotSeeTheCallerWhileHeIsAsked(t *testing.T) {
	t.Parallel()
	s := webtest.NewCalling(t)
	x := s.Ticket(tickets.InHand, func(in *tickets.Intake) { in.Phone = wang })
	c, why := s.As(s.Caseworker), url.Values{"reason": {"联系诉求人"}}
	c.Post("/tickets/"+x.Number+"/unmask", why).Is(http.StatusOK).Want("main", wang)
	s.Act(s.Caseworker, x.Number, tt.Reply(s.Clock.Now()))
	s.Act(s.Dispatcher, x.Number, &tickets.Complete{})
	s.Pass(time.Minute) // the ten minutes are not over
	c.Get("/tickets/"+x.Number).WantNo("#unmask").WantNo(".in-clear").Want("main", "测评期间不向承办单位显示诉求人")
	c.Post("/tickets/"+x.Number+"/unmask", why).Is(http.StatusForbidden)
	s.As(s.CallbackCaller).Get("/tickets/"+x.Number).Want("#unmask", "")
	s.Pass(25 * time.Hour)
	s.Says(wang, "3 没解决")
	s.Pass(time.Hour)
	c = s.As(s.Caseworker)
	c.Post("/tickets/"+x.Number+"/unmask", why).Is(http.StatusOK).Want("main", wang)
}

func TestATextThatFitsNoSurveyIsPutOnItsTicketOrClosed(t *testing.T) {
	t.Parallel()
	s := webtest.NewCalling(t)
	x := s.Ticket(tickets.InHand)
	for _, words := range []string{"路灯又坏了，还是上次那盏", "谢谢"} {
		s.Says(li, words)
	}
	c := s.As(s.CallbackCaller)
	p := c.Get("/callbacks/texts").Is(http.StatusOK).Want("blockquote", "路灯又坏了").Want("main", "+86****9001")
	p.Form("form.settle").With("ticket", "999").With("note", "x").Press().Is(http.StatusUnprocessableEntity).Want(".invalid-feedback", "999")
	p.Form("form.settle").Press().Is(http.StatusUnprocessableEntity).Want(".invalid-feedback", "请填写")
	p = p.Form("form.settle").With("ticket", x.Number).With("note", "同一件事").Press().Is(http.StatusOK).Want("[role=status]", "已处理")
	c.Get("/tickets/"+x.Number).Want(".story", "路灯又坏了，还是上次那盏")
	p.Form("form.settle").With("note", "致谢").Press().Is(http.StatusOK).Want("main", "没有需要人工阅读的短信")
	c.Post("/callbacks/texts/1", url.Values{"note": {"又一次"}}).Is(http.StatusOK).Want("[role=status]", "同事已处理")
}

func TestWhatCouldNotBeSentIsTriedAgain(t *testing.T) {
	t.Parallel()
	s := webtest.NewCalling(t)
	s.Ticket(tickets.ToCallBack)
	s.Pass(25 * time.Hour)
	exec(t, s.Site, `UPDATE attempts SET state = 'dead', tries = 8, trouble = 'try_again', code = '20429'`)
	exec(t, s.Site, `INSERT INTO carriers (name, state, failures, opened, opened_at, probe_at, trouble, code) VALUES ('simulator', 'open', 5, 1, ?, ?, 'our_fault', '20003')`,
		s.Clock.Now().UTC(), s.Clock.Now().Add(time.Hour).UTC())
	admin, auditor := s.As(s.Admin), s.As(s.Auditor)
	auditor.Get("/callbacks").Want(".alert-warning", "通道 simulator 拒绝我方账号").Want(".alert-warning", "1 条多次未能发出")
	auditor.Get("/callbacks/letters").Is(http.StatusOK).Want("table", "20429").WantNo("form[action^='/callbacks/letters/']")
	auditor.Post("/callbacks/letters/1", nil).Is(http.StatusForbidden)
	p := admin.Get("/callbacks/letters").Want(".tag-red", "已暂停").Want("main", "我方账号或配置有误")
	p = p.Form("form[action='/callbacks/carriers/simulator']").Press().Is(http.StatusOK).Want(".tag-green", "正常")
	p = p.Form("form[action^='/callbacks/letters/']").Press().Is(http.StatusOK).Want("main", "1 条待发").Want("main", "没有需要处理的")
	p.WantNo(".tag-red")
	admin.Post("/callbacks/letters/1", nil).Is(http.StatusOK)
	admin.Post("/callbacks/carriers/nobody", nil).Is(http.StatusNotFound)
}

// badlyRated returns a ticket that was solved, and whose citizen is not content.
func badlyRated(s *webtest.Calling) *tickets.Ticket {
	x := s.Ticket(tickets.ToCallBack)
	s.Pass(25 * time.Hour)
	s.Act(s.CallbackCaller, x.Number, &tickets.RecordRating{Rating: 5, Solved: tickets.SolvedYes, Way: "person", Text: "态度生硬"})
	s.Pass(time.Minute)
	return x
}

func TestABadRatingIsJudgedWithAReason(t *testing.T) {
	t.Parallel()
	s := webtest.NewCalling(t)
	x := badlyRated(s)
	c := s.As(s.Supervisor)
	p := c.Get("/callbacks/judging").Is(http.StatusOK).Want(".judge", x.Number).Want(".judge", "态度生硬").Want(".judge", "前决定")
	p.Form("form.ruling").With("decision", "yes").Press().Is(http.StatusUnprocessableEntity).Want(".invalid-feedback", "请填写")
	p.Form("form.ruling").With("decision", "no").With("reason", "群众说按错了").Press().Is(http.StatusOK).Want("main", "没有待审定的评价")
	if got, err := s.Desk.Ticket(t.Context(), s.Supervisor, x.Number); err != nil || got.Status == tickets.ToJudge {
		t.Errorf("the ticket is %s, %v", got.Status, err)
	}
	s.As(s.CallbackCaller).Get("/callbacks/judging").Is(http.StatusOK).WantNo("form.ruling")
	s.As(s.CallbackCaller).Post("/callbacks/judging/"+x.Number, nil).Is(http.StatusForbidden)
}

func TestADepartmentAppealsWithEvidenceAndIsTold(t *testing.T) {
	t.Parallel()
	s := webtest.NewCalling(t)
	x := badlyRated(s)
	unit := s.As(s.Caseworker)
	p := unit.Get("/tickets/" + x.Number).Is(http.StatusOK)
	p.Form("#appeal form").Press().Is(http.StatusUnprocessableEntity).Want("#appeal .invalid-feedback", "请填写")
	p.Form("#appeal form").With("reason", "当日录音证明态度良好").Press().Is(http.StatusOK).Want("[role=status]", "申诉已提交")
	unit.Post("/tickets/"+x.Number+"/appeals", url.Values{"reason": {"再来"}}).Is(http.StatusConflict).Want("main", "已申诉过")
	unit.Get("/appeals").Want("article", "当日录音证明态度良好").Want("article", "待裁定")
	sup := s.As(s.Supervisor)
	p = sup.Get("/callbacks/judging").Want(".judge", "住房和城乡建设局已申诉").WantNo("form[action='/callbacks/judging/" + x.Number + "']")
	p.Form("form[action^='/callbacks/appeals/']").With("decision", "yes").With("reason", "录音属实").Press().Is(http.StatusOK).Want(".ruled", "录音属实")
	unit.Get("/appeals").Want("article", "成立").Want("article", "录音属实")
	figures := sup.Get("/callbacks/figures").Is(http.StatusOK)
	if got := figures.All("tr.total td"); len(got) < 6 || got[0] != "0.0 % / 1" || got[1] != "— / 0" || got[5] != "1" {
		t.Errorf("raw and adjusted are %v; an excluded rating stays in the raw rate alone", got)
	}
	s.As(s.Leader).Get("/appeals").Is(http.StatusOK)
	s.As(s.Operator).Get("/appeals").Is(http.StatusForbidden)
}

func TestALateCorrectionIsDecidedByAPerson(t *testing.T) {
	t.Parallel()
	s := webtest.NewCalling(t)
	x := s.Ticket(tickets.ToCallBack, func(in *tickets.Intake) { in.Phone = wang })
	s.Pass(25 * time.Hour)
	s.Says(wang, "1")
	s.Pass(time.Hour)
	s.Says(wang, "刚才按错了，5")
	s.Pass(time.Minute)
	c := s.As(s.Supervisor)
	p := c.Get("/callbacks/judging").Is(http.StatusOK).Want(".judge", "非常满意").Want(".judge", "非常不满意")
	p.Form("form[action^='/callbacks/corrections/']").With("decision", "no").With("reason", "电话核实，问题已解决").Press().Is(http.StatusOK).Want("main", "没有待定的更正")
	c.Get("/tickets/"+x.Number).Want(".story", "电话核实")
}

func TestASampleIsDrawnAndCanBeDrawnAgain(t *testing.T) {
	t.Parallel()
	s := webtest.NewCalling(t)
	for range 3 {
		x := s.Ticket(tickets.ToCallBack, func(in *tickets.Intake) { in.Phone, in.Anonymous = "", true })
		s.Act(s.CallbackCaller, x.Number, &tickets.CloseUnrated{Code: tickets.NotAsked})
	}
	s.Clock.Advance(time.Hour)
	c := s.As(s.CallbackCaller)
	p := c.Get("/callbacks/samples").Is(http.StatusOK)
	p.Form("form[action='/callbacks/samples']").With("to", "2020-01-01T00:00").Press().Is(http.StatusUnprocessableEntity).Want(".invalid-feedback", "结束不能早于开始")
	p.Form("form[action='/callbacks/samples']").With("size", "0").Press().Is(http.StatusUnprocessableEntity)
	p = p.Form("form[action='/callbacks/samples']").With("size", "2").Press().Is(http.StatusOK).Want("dl", "2 / 3")
	if len(p.All(".numbers li")) != 2 {
		t.Errorf("drawn are %v", p.All(".numbers li"))
	}
	c.Get(p.Path+"?again=yes").Is(http.StatusOK).Want("[role=status]", "重抽")
	c.Get("/callbacks/samples").Want("table", "2 / 3")
	s.As(s.Auditor).Get("/callbacks/samples").Is(http.StatusOK).WantNo("form[action='/callbacks/samples']")
	s.As(s.Auditor).Get("/callbacks/samples/99").Is(http.StatusNotFound)
}

func TestTheTicketTellsItsSurveysStory(t *testing.T) {
	t.Parallel()
	s := webtest.NewCalling(t)
	x := onTheList(s, wang)
	c := s.As(s.CallbackCaller)
	c.Get("/tickets/"+x.Number).Want(".survey", "待人工回访").Want(".tries", "短信 · 测评").Want(".tries", "你们到底管不管？").Want(".tries", "请再回复")
	s.As(s.Caseworker).Get("/tickets/" + x.Number).WantNo(".survey").WantNo(".tries")
	fresh := s.Ticket(tickets.ToCallBack, func(in *tickets.Intake) { in.Phone = li })
	p := c.Get("/tickets/" + fresh.Number)
	p.Form("form[action$='/surveys']").Press().Is(http.StatusOK).Want(".survey", "人工发起")
	p.WantNo("form.settle")
	c.Get("/tickets/" + fresh.Number).WantNo("form[action$='/surveys']")
}

// A desk that asks nobody has none of these pages.
func TestADeskThatAsksNobodyHasNoCallbackPages(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.As(s.CallbackCaller).Get("/callbacks").Is(http.StatusNotFound).WantNo("nav a[href='/callbacks']")
}

// The screens of callbacks, with something on each of them.
func callbackScreens(t *testing.T) (s *webtest.Calling, screens map[string]staff.Member) {
	t.Helper()
	s = webtest.NewCalling(t)
	x := badlyRated(s)
	if _, err := s.Engine.Appeal(t.Context(), s.Caseworker, x.Number, "录音为证", nil); err != nil {
		t.Fatal(err)
	}
	y := onTheList(s, li)
	s.Says("+8613700137000", "路灯又坏了")
	sample, err := s.Engine.Draw(t.Context(), s.CallbackCaller, callbacks.Population{From: s.Clock.Now().AddDate(0, -1, 0), To: s.Clock.Now()}, 5)
	if err != nil || sample.ID != 1 {
		t.Fatal(sample, err)
	}
	call, err := s.Engine.NextCall(t.Context(), s.CallbackCaller)
	if err != nil || call.Survey.Number != y.Number {
		t.Fatal(call, err)
	}
	screens = map[string]staff.Member{"/callbacks": s.Supervisor, "/callbacks/judging": s.Supervisor, "/callbacks/texts": s.CallbackCaller, "/callbacks/letters": s.Admin,
		"/callbacks/samples": s.CallbackCaller, "/callbacks/samples/1": s.Auditor, "/callbacks/figures": s.Auditor, "/appeals": s.Leader,
		fmt.Sprintf("/callbacks/calls/%d", call.Survey.ID): s.CallbackCaller, "/tickets/" + y.Number: s.CallbackCaller}
	return s, screens
}

func TestCallbackScreensSpeakBothLanguages(t *testing.T) {
	t.Parallel()
	s, screens := callbackScreens(t)
	for path, m := range screens {
		zh, en := s.As(m).Get(path).Is(http.StatusOK), s.As(m).English().Get(path).Is(http.StatusOK)
		if zh.Text("h1") == "" || zh.Path != path || strings.HasPrefix(path, "/callbacks") && zh.Text("h1") == en.Text("h1") {
			t.Errorf("%s ends at %s with the headings %q and %q", path, zh.Path, zh.Text("h1"), en.Text("h1"))
		}
		wellFormed(t, zh)
	}
}

func exec(t *testing.T, s *webtest.Site, query string, args ...any) {
	t.Helper()
	if _, err := s.DB.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
}
