package callbacks_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"nengban/callbacks"
	"nengban/callbacks/simulator"
	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/staff"
	tt "nengban/tickets/ticketstest"
)

func TestAnAnswerByLinkEndsTheAsking(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db, func(p *callbacks.Policy) { p.LinkBase = "https://12345.example.gov.cn/s/" })
		x := w.ended(wang)
		w.until("09-23 10:30")
		got := w.got(wang)
		if len(got) != 2 || !strings.Contains(got[1], "https://12345.example.gov.cn/s/") {
			t.Fatalf("the reminder carries no link: %q", got)
		}
		code, err := w.e.CodeFor(ctx, x.ID, 1)
		must(t, err)
		if !strings.Contains(got[1], code) || len(code) < 12 {
			t.Errorf("code %q is not the one in the text", code)
		}
		for range 3 {
			f, err := w.e.Form(ctx, strings.ToUpper(code))
			must(t, err)
			if !f.Open || f.Answered {
				t.Errorf("looking at the page changed it: %+v", f)
			}
		}
		_, err = w.e.Answer(ctx, code, callbacks.Reply{Rating: 7})
		var es tickets.FieldErrors
		if !errors.As(err, &es) || es.Of("rating") == nil {
			t.Errorf("a rating of 7: %v", err)
		}
		f, err := w.e.Answer(ctx, code, callbacks.Reply{Rating: 4, Solved: tickets.SolvedYes, Reasons: []string{"slow"}, Comment: "等了三周", Key: "k1"})
		must(t, err)
		if !f.Answered || f.Rating != 4 {
			t.Errorf("the page after the answer: %+v", f)
		}
		_, err = w.e.Answer(ctx, code, callbacks.Reply{Rating: 4, Solved: tickets.SolvedYes, Reasons: []string{"slow"}, Comment: "等了三周", Key: "k1"})
		must(t, err)
		w.pass(10 * time.Minute)
		judged := w.wantStatus(x.Number, tickets.ToJudge)
		if judged.RatedBy != "web" || !strings.Contains(judged.Comment, "办理太慢") || strings.Count(judged.Comment, "三周") != 1 {
			t.Errorf("rated by %s, comment %q", judged.RatedBy, judged.Comment)
		}
		if _, err := w.e.Answer(ctx, code, callbacks.Reply{Rating: 1}); !errors.Is(err, callbacks.ErrAnswered) {
			t.Errorf("a second answer by link: %v", err)
		}
		if _, err := w.e.Form(ctx, "0000000000000"); !errors.Is(err, callbacks.ErrNotFound) {
			t.Errorf("a code that was guessed: %v", err)
		}
		w.pass(3 * 24 * time.Hour)
		if n := w.calls(wang); n != 0 {
			t.Errorf("after the answer the phone rang %d times", n)
		}
	})
}

func TestTheSameTextTwiceIsOneAnswer(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		x := w.ended(wang)
		w.pass(25 * time.Hour)
		in := callbacks.Incoming{CarrierID: "SM1", From: "13800138000", Words: "2", At: w.tw.Clock.Now()}
		for range 3 {
			must(t, w.e.Text(ctx, in))
		}
		w.pass(10 * time.Minute)
		must(t, w.e.Text(ctx, in))
		w.wantStatus(x.Number, tickets.Archived)
		if n := len(w.history(x.Number).Texts); n != 1 {
			t.Errorf("%d texts were kept", n)
		}
	})
}

func TestTextsFromStrangersGoToTheListAndMachinesAreLeftAlone(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		w.ended(wang)
		w.pass(25 * time.Hour)
		w.says(li, "你好，我想问一下公积金")
		w.says(wang, "【自动回复】您好，我正在开车，稍后联系")
		if got := w.got(li); len(got) != 0 {
			t.Errorf("a stranger was answered: %q", got)
		}
		if got := w.got(wang); len(got) != 1 {
			t.Errorf("a machine was answered: %q", got[1:])
		}
		list, err := w.e.Orphans(ctx, w.tw.CallbackCaller)
		must(t, err)
		if len(list) != 1 || list[0].State != callbacks.Orphan || !strings.Contains(list[0].Words, "公积金") || strings.Contains(list[0].Phone, "00139001") {
			t.Fatalf("the list holds %+v", list)
		}
		must(t, w.e.SettleText(ctx, w.tw.CallbackCaller, list[0].ID, "已回电"))
		if list, err = w.e.Orphans(ctx, w.tw.CallbackCaller); err != nil || len(list) != 0 {
			t.Errorf("still on the list: %+v, %v", list, err)
		}
	})
}

func TestRepliesToOnePhoneAreCapped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t), func(p *callbacks.Policy) { p.RepliesPerHour, p.Thank, p.Grace = 2, true, time.Hour })
	w.ended(wang)
	w.pass(25 * time.Hour)
	for _, words := range []string{"1", "2", "1", "2", "1", "2"} {
		w.says(wang, words)
	}
	if got := w.got(wang); len(got) != 3 {
		t.Errorf("the phone got %d texts; want the survey and two replies an hour", len(got))
	}
}

func TestAskingWhySolvedAndThankingGoByWhatWasSaid(t *testing.T) {
	t.Parallel()
	talkative := func(p *callbacks.Policy) { p.Thank, p.AskReason, p.AskSolved, p.Confirm = true, true, true, true }
	for _, row := range []struct {
		what string
		says []string
		hear []string // what each is answered with
		want tickets.Status
		text string // in the comment on the ticket
	}{
		{"满意，追问是否解决", []string{"2", "是"}, []string{"是否已解决", "谢谢"}, tickets.Archived, ""},
		{"满意，追问后说没有", []string{"2", "没有"}, []string{"是否已解决", "重新办理"}, tickets.InHand, ""},
		{"不满意且未解决，追问原因", []string{"5，没解决", "拖了三个月没人管"}, []string{"不满意的原因", "重新办理"}, tickets.InHand, "拖了三个月"},
		{"看不懂，再问一次", []string{"你们满意就行", "3，已解决"}, []string{"未能准确理解", "谢谢"}, tickets.Archived, ""},
		{"退订，确认一次", []string{"TD"}, []string{"停止发送"}, tickets.ToCallBack, ""},
	} {
		t.Run(row.what, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, dbtest.SQLite(t), talkative)
			x := w.ended(wang)
			w.pass(25 * time.Hour)
			for i, words := range row.says {
				w.says(wang, words)
				got := w.got(wang)
				if len(got) != i+2 || !strings.Contains(got[len(got)-1], row.hear[i]) {
					t.Fatalf("to %q the answer was %q; want %q", words, got[1:], row.hear[i])
				}
			}
			w.pass(20 * time.Minute)
			done := w.wantStatus(x.Number, row.want)
			entries, err := w.tw.Desk.Timeline(ctx, done.ID)
			must(t, err)
			said := ""
			for _, en := range entries {
				if en.Act == staff.RecordRating || en.Act == staff.AddNote {
					said += en.Text
				}
			}
			if !strings.Contains(said, row.text) {
				t.Errorf("the ticket does not hold %q: %q", row.text, said)
			}
		})
	}
}

func TestKeysAreTakenOnceHoweverOftenTheyAreReported(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		x := w.ended("028-87654321")
		w.until("09-22 09:40")
		a := w.history(x.Number).Attempts[0]
		p, err := w.e.Answered(ctx, a.CarrierID, "", false)
		must(t, err)
		if p == nil || p.Question != "solved" || p.Try != 1 {
			t.Fatalf("the call begins with %+v", p)
		}
		press := func(question string, try int, digits string) *callbacks.Prompt {
			t.Helper()
			p, err := w.e.Pressed(ctx, callbacks.Keys{CarrierID: a.CarrierID, Question: question, Try: try, Digits: digits, At: w.tw.Clock.Now()})
			must(t, err)
			return p
		}
		if p = press("solved", 1, ""); p.Question != "solved" || p.Try != 2 {
			t.Errorf("no key: %+v", p)
		}
		if p = press("solved", 1, "1"); p.Question != "solved" || p.Try != 2 {
			t.Errorf("a turn that is over was taken: %+v", p)
		}
		if p = press("solved", 2, "2"); p.Question != "rating" {
			t.Errorf("after the first answer: %+v", p)
		}
		if p = press("solved", 2, "2"); p.Question != "rating" {
			t.Errorf("the same turn again: %+v", p)
		}
		if p = press("rating", 1, "5"); p.Question != "" {
			t.Errorf("after the last answer: %+v", p)
		}
		if p = press("rating", 1, "5"); p.Question != "" {
			t.Errorf("the last turn again: %+v", p)
		}
		w.pass(10 * time.Minute)
		if got := w.wantStatus(x.Number, tickets.InHand); got.Round != 2 {
			t.Errorf("round %d", got.Round)
		}
	})
}

// rings returns a ticket about which the phone of its owner is ringing.
func (w *world) rings(phone string) *tickets.Ticket {
	w.t.Helper()
	must(w.t, w.net.SetHabit(phone, simulator.ByHand()))
	x := w.ended(phone)
	w.until("09-22 09:30")
	w.pass(10 * time.Second)
	return x
}

const landline = "+862887654321"

func TestHalfAnAnswerByKeysIsOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	x := w.rings(landline)
	_, err := w.net.PickUp(ctx, landline)
	must(t, err)
	_, err = w.net.Press(ctx, landline, "2")
	must(t, err)
	must(t, w.net.HangUp(landline))
	w.pass(10 * time.Minute)
	if got := w.wantStatus(x.Number, tickets.InHand); got.Round != 2 {
		t.Errorf("who pressed 未解决 and hung up was not heard\n%s", w.story(x.Number))
	}
}

func TestWhoAsksForAPersonByKeyGetsOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	x := w.rings(landline)
	_, err := w.net.PickUp(ctx, landline)
	must(t, err)
	for _, key := range []string{"1", "9"} {
		_, err = w.net.Press(ctx, landline, key)
		must(t, err)
	}
	w.pass(10 * time.Minute)
	if s := w.survey(x.Number); s.State != callbacks.WithPerson {
		t.Errorf("the survey is %s\n%s", s.State, w.story(x.Number))
	}
}

func TestABadRatingIsJudgedAppealedAndLeftOutOfTheAdjustedRateOnly(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		x := w.ended(wang)
		w.pass(25 * time.Hour)
		w.says(wang, "5，已解决，就是看你们不顺眼")
		w.pass(10 * time.Minute)
		w.wantStatus(x.Number, tickets.ToJudge)
		list, _, err := w.e.ToJudge(ctx, w.tw.Supervisor, "")
		must(t, err)
		due := time.Date(2026, 9, 23, 17, 30, 0, 0, tickets.Shanghai)
		if len(list) != 1 || list[0].Ticket.Number != x.Number || !list[0].Due.Equal(due) || list[0].Overdue {
			t.Fatalf("to judge: %+v; want one, due at %s", list, due)
		}
		if _, err := w.e.Appeal(ctx, w.tw.TrafficCaseworker, x.Number, "不是我们的事", nil); err == nil {
			t.Error("another department appealed")
		}
		a, err := w.e.Appeal(ctx, w.tw.Leader, x.Number, "已按规定办结，群众恶意差评，附通话录音", []int64{7, 8})
		must(t, err)
		if len(a.Evidence) != 2 || a.State != callbacks.AppealOpen {
			t.Errorf("the appeal: %+v", a)
		}
		if _, err := w.e.Appeal(ctx, w.tw.Leader, x.Number, "再申诉一次", nil); !errors.Is(err, callbacks.ErrAppealed) {
			t.Errorf("a second appeal: %v", err)
		}
		if list, _, err = w.e.ToJudge(ctx, w.tw.Supervisor, ""); err != nil || list[0].Appeal == nil {
			t.Errorf("the reviewer does not see the appeal: %v", err)
		}
		inside := w.tw.Supervisor
		inside.Department = tt.Housing
		if err := w.e.Rule(ctx, inside, a.ID, true, "情况属实"); !errors.Is(err, callbacks.ErrOwnWork) {
			t.Errorf("the department ruled on its own appeal: %v", err)
		}
		must(t, w.e.Rule(ctx, w.tw.Supervisor, a.ID, true, "录音属实，剔除"))
		if err := w.e.Rule(ctx, w.tw.Supervisor, a.ID, false, "改主意了"); !errors.Is(err, callbacks.ErrNotOpen) {
			t.Errorf("a second ruling: %v", err)
		}
		w.work()
		if got := w.wantStatus(x.Number, tickets.Archived); got.Counts != "no" {
			t.Errorf("counts %q", got.Counts)
		}
		results, err := w.e.Results(ctx, w.tw.Supervisor, tt.Morning.Add(-time.Hour), tt.Morning.Add(48*time.Hour))
		must(t, err)
		r := callbacks.RatesOf(results, callbacks.FullWeights)
		if r.Satisfaction.Of != 1 || r.AdjustedSatisfaction.Of != 0 || r.Excluded != 1 {
			t.Errorf("raw of %d, adjusted of %d, excluded %d", r.Satisfaction.Of, r.AdjustedSatisfaction.Of, r.Excluded)
		}
	})
}

func TestAnAppealAgainstUnsolvedIsRuledOnWhileTheWorkGoesOn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		x := w.ended(wang)
		w.pass(25 * time.Hour)
		w.says(wang, "0")
		w.pass(10 * time.Minute)
		a, err := w.e.Appeal(ctx, w.tw.Caseworker, x.Number, "诉求不合理", nil)
		must(t, err)
		must(t, w.e.Rule(ctx, w.tw.Supervisor, a.ID, true, "超出职责"))
		w.wantStatus(x.Number, tickets.InHand)
		results, err := w.e.Results(ctx, w.tw.Supervisor, tt.Morning.Add(-time.Hour), tt.Morning.Add(48*time.Hour))
		must(t, err)
		r := callbacks.RatesOf(results, callbacks.FullWeights)
		if r.Resolution.Of != 1 || r.AdjustedResolution.Of != 0 {
			t.Errorf("resolution of %d, adjusted of %d", r.Resolution.Of, r.AdjustedResolution.Of)
		}
		w.tw.Clock.Advance(30 * 24 * time.Hour)
		y := w.ended(li)
		w.pass(25 * time.Hour)
		w.says(li, "0")
		w.pass(10 * time.Minute)
		w.tw.Clock.Advance(20 * 24 * time.Hour)
		if _, err := w.e.Appeal(ctx, w.tw.Caseworker, y.Number, "太晚了", nil); !errors.Is(err, callbacks.ErrTooLate) {
			t.Errorf("an appeal after three weeks: %v", err)
		}
	})
}

func TestARatingWrittenOnTheTicketItselfHasTheSameConsequences(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		x := w.ended(wang)
		w.pass(25 * time.Hour)
		w.tw.Act(w.tw.CallbackCaller, x.Number, &tickets.RecordRating{Rating: 5, Solved: tickets.SolvedNo, Way: "person"})
		w.work()
		w.wantStatus(x.Number, tickets.InHand)
		if s := w.survey(x.Number); s.State != callbacks.HasAnswer || s.Rating != 5 {
			t.Errorf("the survey is %s with rating %d", s.State, s.Rating)
		}
		w.pass(4 * 24 * time.Hour)
		if n := len(w.got(wang)) + w.calls(wang); n != 1 {
			t.Errorf("he was troubled %d times more", n-1)
		}
	})
}

func TestUnratedTicketsAreArchivedOnlyWhenNobodyCanAnswerAnyMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	x := w.ended(wang)
	w.deliver()
	w.tw.Act(staff.TheSystem, x.Number, &tickets.CloseUnrated{Code: tickets.Unreachable})
	w.deliver()
	w.tw.Clock.Advance(tickets.LateAnswer - time.Hour)
	if _, err := w.e.PutAway(ctx); err != nil {
		t.Fatal(err)
	}
	w.wantStatus(x.Number, tickets.Completed)
	w.tw.Clock.Advance(2 * time.Hour)
	if n, err := w.e.PutAway(ctx); err != nil || n != 1 {
		t.Errorf("archived %d, %v", n, err)
	}
	w.wantStatus(x.Number, tickets.Archived)
}
