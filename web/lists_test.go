package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	tt "nengban/tickets/ticketstest"
	"nengban/web/webtest"
)

func TestTheListShowsWhatTheFilterChooses(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		s := webtest.On(t, db)
		asked := s.Ticket(tickets.InHand, func(in *tickets.Intake) { in.Kind = tickets.Inquiry; in.Title = "公积金怎么提取" })
		urgent := s.Ticket(tickets.ToTriage, func(in *tickets.Intake) { in.Urgency = tickets.Critical; in.Area = "511403"; in.Title = "路面塌陷" })
		done := s.Ticket(tickets.Completed, func(in *tickets.Intake) { in.Title = "已经办完的" })
		s.Act(s.Supervisor, asked.Number, &tickets.Supervise{Colour: tickets.Blue, Reason: "临近时限"})
		c := s.As(s.Dispatcher)
		for query, want := range map[string][]string{
			"":                                  {asked.Number, urgent.Number},
			"?status=all":                       {asked.Number, urgent.Number, done.Number},
			"?status=completed":                 {done.Number},
			"?kind=inquiry":                     {asked.Number},
			"?urgency=critical":                 {urgent.Number},
			"?area=511403":                      {urgent.Number},
			"?department=" + tt.Housing:         {asked.Number},
			"?colour=blue":                      {asked.Number},
			"?supervised=yes":                   {asked.Number},
			"?status=all&from=2026-09-21":       {asked.Number, urgent.Number, done.Number},
			"?status=all&to=2026-09-20":         {},
			"?kind=nonsense&area=%00&class=%ff": {asked.Number, urgent.Number},
			"?overdue=yes":                      {},
		} {
			p := c.Get("/tickets" + query).Is(http.StatusOK)
			got := strings.Join(p.All(".rows .number"), " ")
			if len(p.All(".rows .number")) != len(want) {
				t.Errorf("%q lists %q; want %v", query, got, want)
			}
			for _, n := range want {
				if !strings.Contains(got, n) {
					t.Errorf("%q does not list %s", query, n)
				}
			}
		}
		s.Clock.Advance(60 * 24 * time.Hour)
		late := s.As(s.Dispatcher).Get("/tickets?overdue=yes").Is(http.StatusOK)
		late.Want(".is-over", asked.Number).Want(".due-over", "超期")
	})
}

func TestPagesFollowEachOtherWithoutALossOrARepeat(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	want := map[string]bool{}
	for i := range tickets.PageSize + 7 {
		want[s.Register(func(in *tickets.Intake) { in.Title = fmt.Sprintf("第%d件", i) }).Ticket.Number] = true
	}
	c := s.As(s.Dispatcher)
	p := c.Get("/tickets?sort=newest")
	seen := map[string]bool{}
	for pages := 1; ; pages++ {
		for _, n := range p.All(".rows .number") {
			if seen[n] {
				t.Errorf("%s stands on two pages", n)
			}
			seen[n] = true
		}
		if !p.Has(".pager a[rel=next]") {
			if pages != 2 {
				t.Errorf("%d tickets take %d pages; want 2", len(want), pages)
			}
			break
		}
		p = p.Click(".pager a[rel=next]")
	}
	if len(seen) != len(want) {
		t.Errorf("the pages hold %d tickets; want %d", len(seen), len(want))
	}
	p.Click(".pager a").Want(".rows .number", "")
	c.Get("/tickets?after=nonsense").Is(http.StatusUnprocessableEntity).Want("main", "翻页位置已失效")
}

func TestANumberLeadsToItsTicket(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand)
	c := s.As(s.Operator)
	short := strings.TrimLeft(strings.TrimPrefix(x.Number, "20260921"), "0")
	for _, typed := range []string{x.Number, "2026 0921 " + x.Number[8:], short, "２０２６０９２１" + x.Number[8:]} {
		if p := c.Get("/desk").Form(".find").With("number", typed).Press(); p.Path != "/tickets/"+x.Number {
			t.Errorf("%q leads to %s; want the ticket", typed, p.Path)
		}
	}
	for _, typed := range []string{"20260921999999", "abc", "", "<script>", strings.Repeat("9", 400), "%00"} {
		p := c.Get("/tickets/find?number="+typed).Is(http.StatusNotFound).Want("[role=alert]", "没有找到工单")
		if strings.Contains(p.Body, "<script>") && !strings.Contains(p.Text("[role=alert]"), "<script>") {
			t.Error("what was typed stands in the page as it was")
		}
	}
	if p := s.As(s.TrafficCaseworker).Get("/tickets/find?number=" + x.Number); p.Status != http.StatusNotFound {
		t.Errorf("a stranger to the ticket gets %d", p.Status)
	}
}

func TestEverybodySeesWhatWaitsForHim(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	triage, sign, mine := s.Ticket(tickets.ToTriage), s.Ticket(tickets.ToSignFor), s.Ticket(tickets.InHand)
	consult := s.Ticket(tickets.InConsultation)
	home := s.As(s.Dispatcher).Get("/desk").Is(http.StatusOK)
	home.Want("#q-to_triage", "1").Want(".queue", triage.Number)
	unit := s.As(s.Caseworker).Get("/desk").Is(http.StatusOK)
	unit.Want(".tiles", "1 待签收").Want(".tiles", "1 在办").Want(".tiles", "1 待提会商意见")
	unit.Want(".queue", sign.Number).Want(".queue", mine.Number).Want(".queue", consult.Number).WantNo("#q-to_triage")
	s.As(s.TrafficCaseworker).Get("/desk").Is(http.StatusOK).WantNo(".queue")
	s.As(s.Operator).Get("/desk").Want("#q-mine", "4")
	s.As(s.Editor).Get("/desk").Is(http.StatusOK).Want(".tiles", "派单目录").WantNo(".queue")
}

func TestTheNextTicketIsOneThatWaits(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	a, b := s.Ticket(tickets.ToTriage), s.Ticket(tickets.ToTriage)
	c := s.As(s.Dispatcher)
	first := c.Get("/next").Path
	if first != "/tickets/"+a.Number && first != "/tickets/"+b.Number {
		t.Fatalf("the next ticket is at %s", first)
	}
	if second := c.Get("/next?after=" + strings.TrimPrefix(first, "/tickets/")).Path; second == first || !strings.HasPrefix(second, "/tickets/") {
		t.Errorf("after %s comes %s", first, second)
	}
	s.As(s.TrafficCaseworker).Get("/next").Want("[role=status]", "待办都处理完了")
}

func TestTheDispatchersBoardHoldsHisWork(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	for _, st := range []tickets.Status{tickets.ToTriage, tickets.ToDispatch, tickets.ToRuleReturn, tickets.ToRuleExtension, tickets.ToReview, tickets.ToRework} {
		s.Ticket(st)
	}
	p := s.As(s.Dispatcher).Get("/dispatch").Is(http.StatusOK)
	for queue, n := range map[string]string{"to_triage": "1", "to_dispatch": "1", "to_rule": "2", "to_review": "1", "to_rework": "1"} {
		p.Want("#q-"+queue+" .count", n)
	}
}

func TestTheSupervisorsBoardShowsOrdersByColourAndOpenRecords(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.ToTriage, func(in *tickets.Intake) { in.About = tt.Planning })
	s.Act(s.Dispatcher, x.Number, tt.Triage(tickets.Refused))
	y := s.Ticket(tickets.InHand)
	s.Act(s.Supervisor, y.Number, &tickets.Supervise{Colour: tickets.Blue, Reason: "临近时限"})
	p := s.As(s.Supervisor).Get("/supervision").Is(http.StatusOK)
	p.Want(".tile-red", "1").Want(".tile-blue", "1").Want(".tile-yellow", "0").Want("#records", x.Number).Want("#records", "自然资源和规划局")
	s.Act(s.Supervisor, x.Number, &tickets.CloseOrder{Order: 1, Text: "已整改"})
	s.As(s.Supervisor).Get("/supervision").Want(".tile-red", "0").Want("#records", x.Number)
	leader := s.As(s.Leader).Get("/supervision").Is(http.StatusOK)
	leader.Want(".tile-blue", "1")
	if strings.Contains(leader.Body, x.Number) {
		t.Error("a leader sees another department's order")
	}
}
