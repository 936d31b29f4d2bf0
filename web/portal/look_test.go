package portal_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/staff"
	tt "nengban/tickets/ticketstest"
	"nengban/web/webtest"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// secret marks what colleagues say among themselves; none of it may reach the
// citizen, at any step of a long life.
const secret = "内部话"

func TestTheCitizenReadsPlainWordsAndNothingInternal(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		s := webtest.On(t, db)
		r := s.Register()
		n := r.Ticket.Number
		c := looking(s, r)
		now := s.Clock.Now()
		in5 := now.Add(5 * 24 * time.Hour)
		var names []string
		for _, m := range s.Everyone() {
			if m.ID != 0 {
				names = append(names, m.Name)
			}
		}
		for _, step := range []struct {
			by   staff.Member
			m    tickets.Move
			says string
			also string
		}{
			{s.Dispatcher, &tickets.Triage{Class: tickets.Refused, Reason: secret}, "正在确定由哪个单位办", ""},
			{s.Dispatcher, &tickets.AddNote{Text: secret}, "正在确定由哪个单位办", ""},
			{s.Dispatcher, &tickets.OpenConsultation{Departments: []string{tt.Housing, tt.Planning}, Text: secret}, "几个部门正在一起商量", ""},
			{s.Caseworker, &tickets.GiveOpinion{Text: secret}, "几个部门正在一起商量", ""},
			{s.Dispatcher, &tickets.ConcludeConsultation{Text: secret, Lead: tt.Housing}, "正在确定", "商量有了结果"},
			{s.Dispatcher, &tickets.Dispatch{Lead: tt.Housing, Assisting: []string{tt.Planning}, Basis: secret, Text: secret}, "已经交给承办单位", "自然资源和规划局配合"},
			{s.Caseworker, &tickets.Return{Code: tickets.NotOurDuty, Reason: secret, Basis: secret}, "正在核实该由谁办", ""},
			{s.Dispatcher, &tickets.RuleOnReturn{Decision: tickets.ForceDispatch, Reason: secret}, "已经交给承办单位", ""},
			{s.Caseworker, &tickets.SignFor{}, "承办单位正在办", "住房和城乡建设局已经接手"},
			{s.PlanningCaseworker, &tickets.SignFor{}, "承办单位正在办", ""},
			{s.PlanningCaseworker, &tickets.Assist{Text: secret}, "承办单位正在办", ""},
			{s.Supervisor, &tickets.Supervise{Colour: tickets.Red, Reason: secret, Account: true}, "承办单位正在办", ""},
			{s.Caseworker, &tickets.RecordContact{ContactAt: &now, ContactWay: tickets.ByPhone, Text: secret}, "承办单位正在办", "联系过您（电话）"},
			{s.Caseworker, &tickets.ReportProgress{Text: secret}, "承办单位正在办", ""},
			{s.Caseworker, &tickets.ReportProgress{Text: secret, PublicText: "档案已调到"}, "承办单位正在办", "档案已调到"},
			{s.Caseworker, &tickets.AskExtension{Days: 3, Reason: "要到省馆调档，联系13911112222"}, "承办单位正在办", ""},
			{s.Dispatcher, &tickets.RuleOnExtension{Decision: tickets.Yes, Reason: secret}, "承办单位正在办", "延长3个工作日"},
			{s.Caseworker, &tickets.AskSuspension{Until: &in5, Reason: "等法院判决"}, "承办单位正在办", ""},
			{s.Supervisor, &tickets.RuleOnSuspension{Decision: tickets.Yes, Reason: secret}, "暂时停下来等", "等法院判决"},
			{s.Supervisor, &tickets.Resume{Reason: secret}, "承办单位正在办", "恢复办理"},
			{s.Caseworker, &tickets.Reply{ContactAt: &now, ContactWay: tickets.ByPhone, Facts: tickets.FactsTrue, Demand: tickets.Reasonable, Result: tickets.ReallySolved, Text: secret, PublicText: "已受理，五日内领证", ProcessFix: secret}, "办理有了结果，正在核对", ""},
			{s.Dispatcher, &tickets.SendBack{Reason: secret}, "承办单位正在办", ""},
			{s.Caseworker, &tickets.Reply{NoContact: secret, Facts: tickets.FactsTrue, Demand: tickets.Reasonable, Result: tickets.ReallySolved, Text: secret, PublicText: "证书已经做好"}, "正在核对", ""},
			{s.Dispatcher, &tickets.Complete{Text: secret}, "办好了，想听听您的意见", "证书已经做好"},
			{s.CallbackCaller, &tickets.RecordRating{Rating: 5, Solved: tickets.SolvedNo, Way: "person", Text: "没人来"}, "没有解决，准备重新办", "没人来"},
			{s.Dispatcher, &tickets.Rework{Reason: secret}, "承办单位正在办", "重新办理（第2轮）"},
		} {
			s.Act(step.by, n, step.m)
			p := c.Get("/look/result").Is(http.StatusOK).Want("h1", step.says)
			if step.also != "" && !strings.Contains(p.Text("main"), step.also) {
				t.Errorf("after %s the page does not say %q\n%s", step.m.Act(), step.also, p.Text("main"))
			}
			notIn(t, p, append(names, secret, "13911112222", "督办", "问责", "不给办")...)
		}
		if strings.Contains(c.Get("/look/result").Text("main"), "五日内领证") {
			t.Error("a reply that was sent back is shown")
		}
		c.English().Get("/look/result").Want("h1", "The department is working on it").Want(".p-story", "Done again (round 2)").Want(".p-lead-unit", "Housing Bureau")
	})
}

func TestOnTheOrdinaryWayThereAreWordsAtEveryStep(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	for _, status := range []tickets.Status{tickets.ToTriage, tickets.ToDispatch, tickets.ToSignFor, tickets.InHand, tickets.ToReview, tickets.ToCallBack, tickets.Completed} {
		c := looking(s, brought(s, status))
		for _, p := range []*webtest.Page{c.Get("/look/result").Is(http.StatusOK), c.English().Get("/look/result").Is(http.StatusOK)} {
			if p.Text("h1") == "" || p.Text(".p-stand p") == "" {
				t.Errorf("%s has no words", status)
			}
		}
	}
}

func TestHowAMatterEndedIsSaid(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	for _, test := range []struct {
		m    tickets.Move
		says string
		also []string
	}{
		{&tickets.AnswerAtOnce{Text: "内部", PublicText: "请带身份证到三楼。", Basis: "《条例》第三条"}, "办好了", []string{"请带身份证到三楼。"}},
		{&tickets.AnswerAtOnce{Text: "内部", Basis: "《条例》第三条"}, "办好了", []string{"结果已经由工作人员告诉您"}},
		{&tickets.Decline{Code: tickets.StatutoryPath, Text: "已进入诉讼。", Advice: "请拨打12368。"}, "不能受理", []string{"已进入诉讼。", "您可以这样做：请拨打12368。", "须走诉讼"}},
		{&tickets.HandOver{To: tickets.Police, Text: "内部"}, "转给专门的部门", []string{"110报警"}},
	} {
		r := s.Register()
		s.Act(s.Dispatcher, r.Ticket.Number, test.m)
		p := looking(s, r).Get("/look/result").Is(http.StatusOK).Want("h1", test.says)
		for _, also := range test.also {
			p.Want("main", also)
		}
		notIn(t, p, "内部")
		if _, ended := test.m.(*tickets.Decline); ended {
			p.WantNo(".p-steps")
		}
	}
	main, twin := s.Register(), s.Register()
	s.Act(s.Dispatcher, main.Ticket.Number, &tickets.AskCitizen{Text: "别人的问题"})
	s.Act(s.Dispatcher, twin.Ticket.Number, &tickets.Merge{Into: main.Ticket.Number, Reason: "同一事项"})
	p := looking(s, twin).Get("/look/result").Is(http.StatusOK).Want(".p-story", "合并办理")
	notIn(t, p, main.Ticket.Number, "别人的问题")

	last := s.Register() // into which the main one is merged in its turn
	s.Act(s.Dispatcher, main.Ticket.Number, &tickets.Merge{Into: last.Ticket.Number, Reason: "同一事项"})
	s.Act(s.Dispatcher, last.Ticket.Number, &tickets.AnswerAtOnce{Text: "别人的答复", Basis: "《条例》第三条"})
	p = looking(s, twin).Get("/look/result").Is(http.StatusOK).Want("h1", "办好了")
	notIn(t, p, last.Ticket.Number, "别人的答复")
}

func TestAMissedPromiseIsAdmitted(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	r := brought(s, tickets.InHand)
	s.Clock.Advance(30 * 24 * time.Hour)
	looking(s, r).Get("/look/result").Is(http.StatusOK).Want(".p-due.is-late", "对不起").Want(".p-acts", "催一催")
}

func TestAWrongCodeAndAnUnknownNumberAreTheSame(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Register() // its number stands on the page as the example
	r := s.Register()
	c := s.Stranger()
	guess := func(number, code string) *webtest.Page {
		return c.Post("/look", url.Values{"number": {number}, "code": {code}})
	}
	start := time.Now()
	a := guess(r.Ticket.Number, "00000000").Is(http.StatusNotFound).Want("[role=alert]", "编号或提取码不对")
	known := time.Since(start)
	start = time.Now()
	b := guess("20260921999999", "00000000").Is(http.StatusNotFound)
	unknown := time.Since(start)
	if strings.ReplaceAll(a.Body, r.Ticket.Number, "20260921999999") != b.Body {
		t.Error("the two answers differ by more than the number that was typed")
	}
	if known < 100*time.Millisecond || unknown < 100*time.Millisecond {
		t.Errorf("wrong guesses took %s and %s; both should take as long as the longest", known, unknown)
	}
	for _, odd := range []string{"", "abc", "' or 1=1 --", strings.Repeat("9", 5000), "2026\x00", "２０２６"} {
		guess(odd, odd).Is(http.StatusNotFound)
	}
	guess(" "+r.Ticket.Number[:8]+" "+r.Ticket.Number[8:], r.Code[:4]+"-"+r.Code[4:]).Is(http.StatusOK).Want("h1", "已经收到")
}

func TestGuessingIsStoppedByNumberAndByAddress(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	r, other := s.Register(), s.Register()
	c := s.Stranger()
	guess := func(number, code string) *webtest.Page {
		return c.Post("/look", url.Values{"number": {number}, "code": {code}})
	}
	for range 20 {
		guess(r.Ticket.Number, "00000000").Is(http.StatusNotFound)
	}
	guess(r.Ticket.Number, r.Code).Is(http.StatusTooManyRequests).Want("[role=alert]", "12345")
	guess(other.Ticket.Number, other.Code).Is(http.StatusOK)
	s.Clock.Advance(61 * time.Minute)
	for range 8 { // httprate lets one address ask thirty times a minute of real time
		guess(other.Ticket.Number, "00000000").Is(http.StatusNotFound)
	}
	guess(other.Ticket.Number, "00000000").Is(http.StatusTooManyRequests)
}

func TestATicketStaysOpenInABrowserForAWhileOnly(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	r := s.Register()
	c := looking(s, r)
	s.Clock.Advance(29 * time.Minute)
	c.Get("/look/result").Is(http.StatusOK).Want("h1", "已经收到")
	s.Clock.Advance(29 * time.Minute)
	c.Get("/look/result").Is(http.StatusOK).Want("h1", "已经收到")
	s.Clock.Advance(31 * time.Minute)
	if p := c.Get("/look/result").Want("[role=alert]", "重新输入"); p.Path != "/look" {
		t.Errorf("after an hour the page is %s", p.Path)
	}
	c.Post("/look/reminders", url.Values{"text": {"写了很久"}}) // what was typed for long is still taken
	s.Act(s.Dispatcher, r.Ticket.Number, tt.Triage(tickets.Ordinary))

	c = looking(s, r)
	if p := c.Get("/look/result").Form("form[action='/look/leave']").Press().Want("[role=status]", "已关闭"); p.Path != "/" {
		t.Errorf("leaving leads to %s", p.Path)
	}
	if p := c.Get("/look/result"); p.Path != "/look" {
		t.Errorf("after leaving the page is %s", p.Path)
	}
	if p := s.Stranger().Get("/look/result"); p.Path != "/look" {
		t.Errorf("a stranger is at %s", p.Path)
	}
	if p := s.Stranger().Post("/look/withdrawals", url.Values{"reason": {"x"}}); p.Path != "/look" || filed(t, s, r.Ticket.Number).Status == tickets.Completed {
		t.Errorf("a stranger withdraws a ticket at %s", p.Path)
	}
}

func TestAForgedCookieOpensNothing(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := looking(s, s.Register())
	real := c.CookiesAt("/look/result")
	for _, k := range real {
		if k.Name != "nengban_look" {
			continue
		}
		for i := 0; i < len(k.Value); i += 7 {
			forged := k.Value[:i] + string("AB"[btoi(k.Value[i] == 'A')]) + k.Value[i+1:]
			p := s.Stranger().Still().Do("GET", "/look/result", "", nil, "Cookie", "nengban_look="+forged)
			if p.Status != http.StatusSeeOther {
				t.Fatalf("a cookie changed at %d opens the ticket", i)
			}
		}
		s.Stranger().Still().Do("GET", "/file/done", "", nil, "Cookie", "nengban_receipt="+k.Value).Is(http.StatusSeeOther)
		return
	}
	t.Fatal("there is no cookie")
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestWhatIsAskedIsAnsweredWithAFile(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	r := s.Register()
	s.Act(s.Dispatcher, r.Ticket.Number, &tickets.AskCitizen{Text: "请告诉我们房产证编号。"})
	c := looking(s, r)
	p := c.Get("/look/result").Want("h1", "需要您补充").Want(".p-note-ask", "请告诉我们房产证编号。").Want(".p-due", "时间不往下走").Click(".p-note-ask a")
	p.Is(http.StatusOK).Want(".p-asked", "请告诉我们房产证编号。")
	c.Post("/look/supplements", url.Values{"text": {" "}}).Is(http.StatusUnprocessableEntity).Want("#f-text-e", "请先写几句话")
	send(t, c, "/look/supplements", url.Values{"text": {"编号是川2026"}}, upload{"证.png", png}).Is(http.StatusOK).Want("[role=status]", "补充的内容收到了").Want("h1", "已经收到").Want(".p-story", "编号是川2026")
	if x := filed(t, s, r.Ticket.Number); x.Status != tickets.ToTriage {
		t.Errorf("the ticket is %s", x.Status)
	}
	c.Post("/look/supplements", url.Values{"text": {"再补充一点"}}).Is(http.StatusConflict).Want("[role=alert]", "不能这样做").Want("textarea", "再补充一点")
}

func TestAReminderIsPassedOnOnceAWorkingDay(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	r := brought(s, tickets.InHand)
	c := looking(s, r)
	remind := func(text string) *webtest.Page { return c.Post("/look/reminders", url.Values{"text": {text}}) }
	c.Get("/look/result").Click(".p-acts a[href='/look/reminders']").Is(http.StatusOK).Form("form[action='/look/reminders']").Press().Is(http.StatusOK).Want("[role=status]", "已经转告").Want(".p-hint", "今天已经催办过").WantNo(".p-acts a[href='/look/reminders']")
	remind("还没人来").Is(http.StatusConflict).Want("[role=alert]", "每个工作日可以催一次").Want("textarea", "还没人来")
	if x := filed(t, s, r.Ticket.Number); x.Reminders != 1 {
		t.Errorf("%d reminders were passed on", x.Reminders)
	}
	s.Clock.Advance(24 * time.Hour) // Tuesday 22
	looked := looking(s, r)
	looked.Post("/look/reminders", url.Values{"text": {"还没人来"}}).Is(http.StatusOK).Want(".p-story", "还没人来")
	s.Clock.Advance(4 * 24 * time.Hour) // Saturday 26, in the holidays: it counts for Monday 28
	looking(s, r).Post("/look/reminders", url.Values{}).Is(http.StatusOK)
	s.Clock.Advance(24 * time.Hour)
	looking(s, r).Post("/look/reminders", url.Values{}).Is(http.StatusConflict)
	s.Clock.Advance(2 * 24 * time.Hour)
	looking(s, r).Post("/look/reminders", url.Values{}).Is(http.StatusOK)
	// An operator's reminder is not the citizen's.
	next := brought(s, tickets.InHand)
	s.Act(s.Operator, next.Ticket.Number, &tickets.Remind{Text: "来电催办"})
	looking(s, next).Get("/look/result").Want(".p-acts", "催一催")
}

func TestAMatterIsWithdrawnByWhomItBelongsTo(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	r := brought(s, tickets.InHand)
	c := looking(s, r)
	c.Post("/look/withdrawals", url.Values{"reason": {""}}).Is(http.StatusUnprocessableEntity).Want("#f-reason-e", "为什么")
	c.Post("/look/withdrawals", url.Values{"reason": {"窗口已经办好了"}}).Is(http.StatusOK).Want("h1", "您已经撤回").Want(".p-story", "窗口已经办好了")
	x := filed(t, s, r.Ticket.Number)
	if x.Status != tickets.Completed || x.Outcome != tickets.Withdrawn {
		t.Errorf("the ticket is %s, %s", x.Status, x.Outcome)
	}
	c.Get("/look/result").WantNo(".p-acts a[href='/look/withdrawals']")
	c.Get("/look/withdrawals").Is(http.StatusOK).Want("[role=alert]", "不能这样做")
	c.Get("/look/archivings").Is(http.StatusNotFound)
	c.Post("/look/completions", url.Values{}).Is(http.StatusNotFound)
}

func TestTheReceiptsPictureFillsInTheNumber(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	p := s.Stranger().Get("/look?number=20260921000001").Is(http.StatusOK)
	if got := p.Form("form[action='/look']").Get("number"); got != "20260921000001" {
		t.Errorf("the number is %q", got)
	}
}
