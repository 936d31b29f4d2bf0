package web_test

import (
	"context"
	"net/http"
	"net/url"
	"testing"

	"nengban/tickets"
	"nengban/tickets/triage"
	"nengban/web"
	"nengban/web/webtest"
)

// advised is a fresh desk: its advisor knows the directory and one earlier ticket.
func advised(t *testing.T, earlier ...triage.Earlier) *webtest.Site {
	t.Helper()
	return webtest.New(t, func(p *web.Parts) {
		p.Hooks.Propose = func(_ context.Context, x *tickets.Ticket) (triage.Proposal, error) {
			asked := triage.Asked{Title: x.Title, Text: x.Content, Area: x.Area, Matter: x.Matter, Category: x.Category}
			return triage.NewAdvisor(p.Places.Directory(), nil).Propose(asked, earlier), nil
		}
	})
}

func TestWordsOfDangerReachAPersonWhileTheCallGoesOn(t *testing.T) {
	t.Parallel()
	s := advised(t)
	c := s.As(s.Operator)
	c.Fragment("/intake/help", url.Values{"content": {"我家厨房闻到很重的煤气味，好像漏气了"}}).Want("[role=alert]", "特急").Want("[role=alert]", "漏气")
	c.Fragment("/intake/help", url.Values{"content": {"想问一下公积金怎么提取"}}).WantNo("[role=alert]")
	x := s.Ticket(tickets.ToTriage, func(in *tickets.Intake) { in.Content = "邻居扬言今晚要自杀，请马上派人。" })
	s.As(s.Dispatcher).Get("/tickets/"+x.Number+"?act=triages").Want("#act-triages [role=alert]", "自杀")
}

func TestADepartmentIsProposedWithItsGroundsAndTakenOver(t *testing.T) {
	t.Parallel()
	s := advised(t)
	x := s.Ticket(tickets.ToDispatch, func(in *tickets.Intake) {
		in.Matter, in.Content = "不动产登记", "办理不动产登记继承转移，材料交了三次。"
	})
	c := s.As(s.Dispatcher)
	p := c.Get("/tickets/" + x.Number + "?act=dispatches").Is(http.StatusOK)
	p.Want("#act-dispatches .helpers", "自然资源和规划局").Want("#act-dispatches .helpers", "《不动产登记暂行条例》第六条").Want("#act-dispatches .helpers", "目前只依据派单目录")
	chosen := c.Get("/tickets/" + x.Number + "?act=dispatches&lead=planning").Form("#act-dispatches form")
	if chosen.Get("lead") != "planning" {
		t.Errorf("without script the choice leaves %q in the form", chosen.Get("lead"))
	}
	c.English().Get("/tickets/"+x.Number+"?act=dispatches").Want("#act-dispatches .helpers", "so far only the directory speaks")
}

func TestAnEarlierTicketIsNamedAndWhatNobodyKnowsIsSaid(t *testing.T) {
	t.Parallel()
	s := advised(t)
	x := s.Ticket(tickets.ToDispatch, func(in *tickets.Intake) {
		in.Area, in.Content = "", "天上掉下来一个东西，不知道归谁管。"
	})
	s.As(s.Dispatcher).Get("/tickets/"+x.Number+"?act=dispatches").Want("#act-dispatches .helpers", "没有把握")

	first := webtest.New(t)
	before := first.Ticket(tickets.InHand)
	known := advised(t, triage.Earlier{Number: before.Number, Title: "同一路段的路灯", Department: "traffic", Likeness: 0.9}, triage.Earlier{Number: "20260921999999", Title: "别处", Department: "traffic", Likeness: 0.9})
	y := known.Ticket(tickets.ToDispatch, func(in *tickets.Intake) { in.Area, in.Content = "", "路灯坏了" })
	page := known.As(known.Dispatcher).Get("/tickets/" + y.Number + "?act=dispatches")
	page.Want("#act-dispatches .helpers", "交通运输局").WantNo("a[href='/tickets/20260921999999']").Want("a[href='/tickets/"+before.Number+"']", before.Number)
}

func TestHowGoodProposalsAreIsSaidAndWhenNothingWasLearnedToo(t *testing.T) {
	t.Parallel()
	s := webtest.New(t, func(p *web.Parts) {
		p.Hooks.Unseen = func(context.Context) (triage.Step, error) {
			return triage.Step{Tested: 40, First: 0.62, Three: 0.8}, nil
		}
	})
	s.As(s.Supervisor).Get("/proposals").Is(http.StatusOK).Want(".empty-note", "还没有学习").Want("#unseen", "仅凭派单目录").Want("tbody", "62%")
	s.As(s.Admin).Get("/desk").Want("nav a[href='/proposals']", "派单建议")
	s.As(s.Admin).Get("/proposals").Is(http.StatusOK)
	s.As(s.Operator).Get("/proposals").Is(http.StatusForbidden)
	learned := webtest.New(t, func(p *web.Parts) {
		p.Hooks.Unseen = func(context.Context) (triage.Step, error) {
			return triage.Step{Learned: 150, Tested: 7, First: 0.86}, nil
		}
		p.Hooks.Learned = func() (*triage.Models, int) {
			return &triage.Models{TrainedAt: p.Clock.Now(), Decisions: 150, Progress: triage.Progress{Steps: []triage.Step{{Tested: 50, First: 0.62, Three: 0.8, Known: 0.5, FirstOfKnown: 0.9}, {Learned: 50, Tested: 100, First: 0.81, Three: 0.93}}}}, 3
		}
	})
	p := learned.As(learned.Supervisor).Get("/proposals")
	p.Want("#learned", "第3版").Want("#learned", "150次派单").Want("tbody", "仅派单目录").Want("tbody", "81%").Want("#unseen", "尚未学习").Want("tbody", "86%")
	wellFormed(t, p)
	learned.As(learned.Supervisor).English().Get("/proposals").Want("h1", "Proposals").Want("tbody", "only the directory")
}
