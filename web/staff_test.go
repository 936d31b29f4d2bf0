package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"nengban/tickets"
	"nengban/tickets/staff"
	tt "nengban/tickets/ticketstest"
	"nengban/web"
	"nengban/web/page"
	"nengban/web/pages"
	"nengban/web/webtest"
)

func TestAMemberIsTakenInWithAPasswordShownOnce(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := s.As(s.Admin)
	form := c.Get("/staff").Is(http.StatusOK).Form("form[action='/staff']").With("login", "Lu.Fang").With("name", "鲁方").With("roles", "caseworker")
	p := form.Press().Is(http.StatusUnprocessableEntity).Want(".invalid-feedback", "要填写单位")
	p = p.Form("form[action='/staff']").With("department", tt.Traffic).Press().Is(http.StatusOK)
	password := p.Text(".receipt-card .code")
	if !regexp.MustCompile(`^[a-z2-9]{4}(-[a-z2-9]{4}){3}$`).MatchString(password) {
		t.Fatalf("the page shows the password %q", password)
	}
	c.Get("/staff").WantNo(".receipt-card").Want("table", "鲁方").Want("table", "交通运输局")
	m, err := s.Staff.Authenticate(context.Background(), "lu.fang", password)
	if err != nil || m.Department != tt.Traffic {
		t.Errorf("the new member logs in as %+v, %v", m, err)
	}
	form.Set("department", tt.Traffic)
	form.Press().Is(http.StatusUnprocessableEntity).Want(".invalid-feedback", "已被使用")
}

func TestAMembersRolesChangeAndTakeEffectAtOnce(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c, operator := s.As(s.Admin), s.As(s.Operator)
	operator.Get("/dispatch").Is(http.StatusForbidden)
	edit := fmt.Sprintf("/staff?edit=%d", s.Operator.ID)
	c.Get(edit).Form("form[action='/staff/1']").With("roles", "operator", "dispatcher").Press().Is(http.StatusOK).Want("[role=status]", "已保存")
	operator.Get("/dispatch").Is(http.StatusOK)
	own := fmt.Sprintf("/staff/%d", s.Admin.ID)
	c.Post(own, url.Values{"name": {"郑管理"}, "roles": {"auditor"}}).Is(http.StatusUnprocessableEntity).Want(".invalid-feedback", "不能取消自己的管理员岗位")
	c.Post(own+"/switch", url.Values{"active": {"no"}}).Is(http.StatusForbidden)
	c.Post("/staff/1", url.Values{"name": {"x"}, "roles": {"emperor"}}).Is(http.StatusUnprocessableEntity)
	c.Post("/staff/999", url.Values{"name": {"x"}, "roles": {"operator"}}).Is(http.StatusNotFound)
	c.Post("/staff/abc", url.Values{}).Is(http.StatusNotFound)
}

func TestAnAccountIsSwitchedOffAndGetsANewPassword(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := s.As(s.Admin)
	p := c.Get(fmt.Sprintf("/staff?edit=%d", s.Clerk.ID))
	p.Form("form[action$='/switch']").Press().Is(http.StatusOK).Want("table", "已停用")
	s.Stranger().Post("/login", url.Values{"login": {webtest.Login(s.Clerk)}, "password": {webtest.Password}}).Is(http.StatusForbidden).Want("[role=alert]", "已停用")
	c.Get(fmt.Sprintf("/staff?edit=%d", s.Clerk.ID)).Form("form[action$='/switch']").Press().Is(http.StatusOK)
	fresh := c.Post(fmt.Sprintf("/staff/%d/password", s.Clerk.ID), nil).Is(http.StatusOK).Text(".receipt-card .code")
	if _, err := s.Staff.Authenticate(context.Background(), webtest.Login(s.Clerk), fresh); err != nil {
		t.Errorf("the new password %q: %v", fresh, err)
	}
	if _, err := s.Staff.Authenticate(context.Background(), webtest.Login(s.Clerk), webtest.Password); err == nil {
		t.Error("the old password still opens the account")
	}
}

func TestTheSystemPageTellsHowTheDeskRuns(t *testing.T) {
	t.Parallel()
	s := webtest.New(t, func(p *web.Parts) {
		p.Checks = []pages.Check{{Name: "数据库", Do: func(context.Context) error { return nil }}, {Name: "检索", Do: func(context.Context) error { return fmt.Errorf("索引正在重建") }}}
		p.Hooks.Listeners = []string{"callbacks"}
		p.Hooks.Jobs = func() []pages.Job {
			return []pages.Job{{Name: "archive", Every: "1h", Last: tt.Morning, Took: 3 * time.Millisecond, Count: 2}, {Name: "sweep", Err: "database is locked"}}
		}
	})
	p := s.As(s.Auditor).Get("/system").Is(http.StatusOK)
	p.Want("main", "数据库 正常").Want("main", "索引正在重建").Want("table", "测评").Want("table", "archive").Want("table", "database is locked")
	s.As(s.Admin).Post("/system/wake", url.Values{"listener": {"nobody"}}).Is(http.StatusNotFound)
	s.As(s.Admin).Post("/system/wake", url.Values{"listener": {"callbacks"}}).Is(http.StatusOK)
	s.As(s.Auditor).Post("/system/wake", url.Values{"listener": {"callbacks"}}).Is(http.StatusForbidden)
}

// Every screen is opened in both languages, by somebody who has business there.
func TestEveryScreenSpeaksBothLanguages(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand)
	s.Act(s.Supervisor, x.Number, &tickets.Supervise{Colour: tickets.Red, Reason: "拒不办理", Account: true})
	declined := s.Ticket(tickets.ToTriage)
	s.Act(s.Dispatcher, declined.Number, &tickets.Decline{Code: tickets.Secrets, Text: "涉密", Advice: "向保密部门反映"})
	judged := s.Ticket(tickets.ToJudge)
	for path, m := range map[string]staff.Member{
		"/desk": s.Dispatcher, "/dispatch": s.Dispatcher, "/supervision": s.Supervisor, "/intake/hotline": s.Operator, "/intake/window": s.Clerk,
		"/tickets": s.Auditor, "/tickets?status=all&kind=complaint": s.Dispatcher, "/tickets/find?number=999": s.Dispatcher,
		"/tickets/" + x.Number: s.Dispatcher, "/tickets/" + x.Number + "?": s.Caseworker, "/tickets/" + judged.Number: s.Supervisor,
		"/tickets/" + x.Number + "/readers": s.Supervisor, "/tickets/" + x.Number + "/work-order": s.Caseworker, "/tickets/" + x.Number + "/receipt": s.Operator,
		"/tickets/" + x.Number + "/orders/1": s.Supervisor, "/tickets/" + declined.Number + "/decline-notice": s.Dispatcher,
		"/directory": s.Admin, "/directory?tab=duties": s.Admin, "/directory?tab=areas": s.Admin, "/directory?tab=categories": s.Admin,
		"/staff": s.Admin, "/staff?edit=1": s.Admin, "/system": s.Admin, "/account": s.Leader,
		"/security": s.Auditor, "/account/second-factor": s.Operator, "/tickets/" + x.Number + "/readers/list": s.Supervisor, "/nothing": s.Leader, "/login": {},
	} {
		c := s.Stranger()
		if m.ID != 0 {
			c = s.As(m)
		}
		zh, en := c.Get(path), c.English().Get(path)
		if zh.Attr("html", "lang") != "zh-CN" || en.Attr("html", "lang") != "en" {
			t.Errorf("%s is in %q and %q", path, zh.Attr("html", "lang"), en.Attr("html", "lang"))
		}
		if zh.Text("h1, h2") == "" || zh.Text("title") == en.Text("title") && m.ID != 0 && !strings.Contains(path, x.Number) && !strings.Contains(path, judged.Number) {
			t.Errorf("%s has the heading %q and the titles %q and %q", path, zh.Text("h1, h2"), zh.Text("title"), en.Text("title"))
		}
		wellFormed(t, zh)
	}
}

// wellFormed checks what screen readers and keyboards stand on: ids that are
// there once, controls with a name, pictures with words.
func wellFormed(t *testing.T, p *webtest.Page) {
	t.Helper()
	seen := map[string]bool{}
	for _, id := range p.Attrs("[id]", "id") {
		if seen[id] {
			t.Errorf("%s: the id %s stands twice", p.Path, id)
		}
		seen[id] = true
	}
	for _, id := range p.Attrs("[aria-labelledby]", "aria-labelledby") {
		if !seen[id] {
			t.Errorf("%s: nothing has the id %s, which should name something", p.Path, id)
		}
	}
	for _, ids := range p.Attrs("[aria-describedby]", "aria-describedby") {
		for id := range strings.FieldsSeq(ids) {
			if !seen[id] {
				t.Errorf("%s: nothing has the id %s, which should describe something", p.Path, id)
			}
		}
	}
	p.WantNo("img:not([alt])").WantNo("[style]").WantNo("script:not([src])").WantNo("a:not([href])")
}

// What the tests open; a new screen is opened by a test before it is listed.
var opened = map[string]string{
	"staff/knowledge": "TestKnowledgeScreensSpeakBothLanguages", "staff/article": "TestKnowledgeScreensSpeakBothLanguages",
	"staff/article_edit": "TestKnowledgeScreensSpeakBothLanguages", "staff/keeping": "TestKnowledgeScreensSpeakBothLanguages",
	"staff/account": "TestEveryScreenSpeaksBothLanguages", "staff/board": "TestEveryScreenSpeaksBothLanguages", "staff/changed": "TestTwoOnOneTicketLoseNothing",
	"staff/directory": "TestEveryScreenSpeaksBothLanguages", "staff/home": "TestEveryScreenSpeaksBothLanguages", "staff/intake": "TestEveryScreenSpeaksBothLanguages",
	"staff/problem": "TestEveryScreenSpeaksBothLanguages", "staff/readers": "TestEveryScreenSpeaksBothLanguages", "staff/staff": "TestEveryScreenSpeaksBothLanguages",
	"staff/supervision": "TestEveryScreenSpeaksBothLanguages", "staff/system": "TestEveryScreenSpeaksBothLanguages", "staff/ticket": "TestEveryScreenSpeaksBothLanguages",
	"staff/tickets": "TestEveryScreenSpeaksBothLanguages", "plain/login": "TestEveryScreenSpeaksBothLanguages", "plain/resend": "TestWhatWasTypedOutlivesALostSession",
	"print/work_order": "TestPapersArePrintedMasked", "print/order": "TestPapersArePrintedMasked", "print/decline_notice": "TestPapersArePrintedMasked",
	"staff/calendars": "TestDeadlineScreensSpeakBothLanguages", "staff/calendar": "TestDeadlineScreensSpeakBothLanguages", "staff/limits": "TestDeadlineScreensSpeakBothLanguages",
	"staff/draft": "TestDeadlineScreensSpeakBothLanguages", "staff/news": "TestDeadlineScreensSpeakBothLanguages", "staff/clocks": "TestDeadlineScreensSpeakBothLanguages",
	"staff/callbacks": "TestCallbackScreensSpeakBothLanguages", "staff/call": "TestCallbackScreensSpeakBothLanguages", "staff/letters": "TestCallbackScreensSpeakBothLanguages",
	"staff/texts": "TestCallbackScreensSpeakBothLanguages", "staff/judging": "TestCallbackScreensSpeakBothLanguages", "staff/samples": "TestCallbackScreensSpeakBothLanguages",
	"staff/sample": "TestCallbackScreensSpeakBothLanguages", "staff/figures": "TestCallbackScreensSpeakBothLanguages", "staff/appeals": "TestCallbackScreensSpeakBothLanguages",
	"staff/learned": "TestHowGoodProposalsAreIsSaidAndWhenNothingWasLearnedToo",
	"staff/hot":     "TestAReadyAnswerStandsBesideTheFormAndIsUsed", "staff/hot_matter": "TestTheTicketsOfAHotMatterAreJoinedAndSplitOnOnePage",
	"staff/webhooks": "TestWebhookScreensSpeakBothLanguages", "staff/webhook": "TestWebhookScreensSpeakBothLanguages",
	"print/receipt":  "TestTheWindowAsksMoreAndPrintsAReceipt",
	"staff/security": "TestTheSecurityLogTellsWhoDidWhatToAccounts", "plain/code": "TestWithASecondFactorThePasswordAloneOpensNothing",
	"staff/second_factor": "TestWithASecondFactorThePasswordAloneOpensNothing", "print/readers": "TestEveryScreenSpeaksBothLanguages",
}

func TestEveryStaffTemplateIsOpenedByATest(t *testing.T) {
	t.Parallel()
	r, err := page.NewRenderer()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range r.Names() {
		if !strings.HasPrefix(name, "portal/") && opened[name] == "" {
			t.Errorf("no test opens the template %s", name)
		}
	}
}
