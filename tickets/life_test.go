package tickets_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/staff"
	tt "nengban/tickets/ticketstest"
)

func TestEveryStatusCanBeReachedAndTheTimelineAloneRebuildsIt(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		tw := tt.New(t, db)
		for _, s := range tickets.Statuses {
			x := tw.Ticket(s)
			entries, err := tw.Desk.Timeline(context.Background(), x.ID)
			if err != nil {
				t.Fatal(err)
			}
			stored, err := tw.Desk.ByID(context.Background(), x.ID)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(asJSON(t, stored.State), asJSON(t, tickets.Fold(entries))); diff != "" {
				t.Errorf("%s: stored state and folded timeline differ (-stored +folded):\n%s", s, diff)
			}
		}
	})
}

func TestEveryActOfTheTableIsRefusedFromEveryOtherStatus(t *testing.T) {
	t.Parallel()
	tw := tt.New(t, dbtest.SQLite(t))
	for _, s := range tickets.Statuses {
		x := tw.Ticket(s)
		for _, r := range tickets.Table {
			if contains(r.From, s) {
				continue
			}
			for _, m := range tw.Everyone() {
				_, err := tw.Desk.Act(context.Background(), m, tickets.Ref{Number: x.Number}, filled(r, tw))
				var refusal *tickets.Refusal
				if err == nil || !errors.As(err, &refusal) && !errors.Is(err, tickets.ErrNotAllowed) && !errors.Is(err, tickets.ErrNotFound) {
					t.Errorf("%s by %s on a ticket that is %s: %v; want a refusal", r.Act, m.Name, s, err)
				}
			}
		}
	}
}

func TestARefusalOpensARedOrderAndAnAccountabilityRecordAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		tw := tt.New(t, db)
		x := tw.Ticket(tickets.ToTriage, func(in *tickets.Intake) { in.About = tt.Planning })
		x = tw.Act(tw.Dispatcher, x.Number, tt.Triage(tickets.Refused))
		if len(x.Orders) != 1 || x.Orders[0].Colour != tickets.Red || x.Orders[0].Department != tt.Planning {
			t.Errorf("orders = %+v; want one red order about %s", x.Orders, tt.Planning)
		}
		if len(x.Accountability) != 1 || x.Accountability[0].ClosedAt != nil {
			t.Errorf("accountability = %+v; want one open record", x.Accountability)
		}
		x = tw.Act(tw.Dispatcher, x.Number, tt.Triage(tickets.Refused))
		if len(x.Orders) != 1 {
			t.Errorf("judged refused again, there are %d orders; want still one", len(x.Orders))
		}
	})
}

func TestAChangeOfMindStandsBesideTheFirstJudgement(t *testing.T) {
	t.Parallel()
	tw := tt.New(t, dbtest.SQLite(t))
	x := tw.Ticket(tickets.ToTriage)
	tw.Act(tw.Operator, x.Number, &tickets.Triage{Class: tickets.CannotDo, Reason: "政策不允许"})
	x = tw.Act(tw.Dispatcher, x.Number, &tickets.Triage{Class: tickets.HardToDo, Reason: "涉及两个部门"})
	if len(x.Judgements) != 2 || x.Judgements[0].Class != tickets.CannotDo || x.Judgements[0].By != "陈话务" || x.Judgements[1].Class != tickets.HardToDo {
		t.Errorf("judgements = %+v; want cannot_do by 陈话务, then hard_to_do", x.Judgements)
	}
	if x.Class != tickets.HardToDo {
		t.Errorf("class = %s; want the newest", x.Class)
	}
}

func TestAHardMatterIsConsultedBeforeItIsDispatched(t *testing.T) {
	t.Parallel()
	tw := tt.New(t, dbtest.SQLite(t))
	x := tw.Ticket(tickets.ToTriage)
	tw.Act(tw.Dispatcher, x.Number, tt.Triage(tickets.HardToDo))
	wantRefusal(t, tw.Refuse(tw.Dispatcher, x.Number, tt.Dispatch(tt.Housing)), "consult_first")
	tw.Act(tw.Dispatcher, x.Number, &tickets.OpenConsultation{Departments: []string{tt.Housing, tt.Planning}, Text: "由谁牵头"})
	tw.Act(tw.Caseworker, x.Number, &tickets.GiveOpinion{Text: "登记归规划"})
	tw.Act(tw.PlanningCaseworker, x.Number, &tickets.GiveOpinion{Text: "我局牵头，住建协助"})
	wantRefusal(t, tw.Refuse(tw.TrafficCaseworker, x.Number, &tickets.GiveOpinion{Text: "与我局无关"}), "")
	x = tw.Act(tw.Dispatcher, x.Number, &tickets.ConcludeConsultation{Text: "规划局牵头", Lead: tt.Planning, Assisting: []string{tt.Housing}})
	if got := len(x.Consultation.Opinions); got != 2 {
		t.Errorf("the record holds %d opinions; want 2", got)
	}
	tw.Act(tw.Dispatcher, x.Number, tt.Dispatch(tt.Planning, tt.Housing))
}

func TestTheLeadAnswersOnlyWhenAllWhoAssistHaveSpoken(t *testing.T) {
	t.Parallel()
	tw := tt.New(t, dbtest.SQLite(t))
	x := tw.Ticket(tickets.ToDispatch)
	tw.Act(tw.Dispatcher, x.Number, tt.Dispatch(tt.Housing, tt.Planning))
	tw.Act(tw.Caseworker, x.Number, &tickets.SignFor{})
	wantRefusal(t, tw.Refuse(tw.Caseworker, x.Number, tt.Reply(tw.Clock.Now())), "assistance_outstanding")
	tw.Act(tw.PlanningCaseworker, x.Number, &tickets.SignFor{})
	x = tw.Act(tw.PlanningCaseworker, x.Number, &tickets.Assist{Text: "已核实产权"})
	if x.Status != tickets.InHand {
		t.Errorf("an assisting department's opinion moved the ticket to %s", x.Status)
	}
	x = tw.Act(tw.Caseworker, x.Number, tt.Reply(tw.Clock.Now()))
	if x.Status != tickets.ToReview {
		t.Errorf("status after the reply = %s; want to_review", x.Status)
	}
}

func TestAReturnIsRuledOnAndAForcedDispatchCannotBeReturned(t *testing.T) {
	t.Parallel()
	tw := tt.New(t, dbtest.SQLite(t))
	x := tw.Ticket(tickets.ToRuleReturn)
	x = tw.Act(tw.Dispatcher, x.Number, &tickets.RuleOnReturn{Decision: tickets.ForceDispatch, Reason: "目录明确由住建局承办"})
	if x.Status != tickets.ToSignFor {
		t.Errorf("status = %s; want to_sign_for again", x.Status)
	}
	tw.Act(tw.Caseworker, x.Number, &tickets.SignFor{})
	wantRefusal(t, tw.Refuse(tw.Caseworker, x.Number, tt.Return()), "forced")
}

func TestASecondReturnIsNotSimplyTakenBack(t *testing.T) {
	t.Parallel()
	tw := tt.New(t, dbtest.SQLite(t))
	x := tw.Ticket(tickets.ToRuleReturn)
	tw.Act(tw.Dispatcher, x.Number, &tickets.RuleOnReturn{Decision: tickets.AcceptReturn, Reason: "确非其职责"})
	tw.Act(tw.Dispatcher, x.Number, tt.Dispatch(tt.Planning))
	tw.Act(tw.PlanningCaseworker, x.Number, tt.Return())
	err := tw.Refuse(tw.Dispatcher, x.Number, &tickets.RuleOnReturn{Decision: tickets.AcceptReturn, Reason: "退回"})
	wantField(t, err, "decision", "returned_before")
	x = tw.Act(tw.Dispatcher, x.Number, &tickets.RuleOnReturn{Decision: tickets.ConsultOnIt, Reason: "两次退单", Departments: []string{tt.Housing, tt.Planning}})
	if x.Status != tickets.InConsultation {
		t.Errorf("status = %s; want in_consultation", x.Status)
	}
}

func TestANegativeAnswerNamesItsGroundAndContactIsProved(t *testing.T) {
	t.Parallel()
	tw := tt.New(t, dbtest.SQLite(t))
	x := tw.Ticket(tickets.InHand)
	no := tt.Reply(tw.Clock.Now())
	no.Result, no.Basis = tickets.Explained, ""
	wantField(t, tw.Refuse(tw.Caseworker, x.Number, no), "basis", "ground_missing")
	silent := tt.Reply(tw.Clock.Now())
	silent.ContactAt, silent.ContactWay = nil, ""
	wantField(t, tw.Refuse(tw.Caseworker, x.Number, silent), "contact_at", "contact_missing")
	silent.NoContact = "电话三次无人接听"
	tw.Act(tw.Caseworker, x.Number, silent)
}

func TestUnsolvedOpensTheNextRoundAndTheSecondTimeItIsSupervised(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		tw := tt.New(t, db)
		x := tw.Ticket(tickets.ToRework)
		x = tw.Act(staff.TheSystem, x.Number, &tickets.Rework{Reason: "诉求人反映未解决"})
		if x.Status != tickets.InHand || x.Round != 2 || x.Escalation != 1 || x.Rating != 0 {
			t.Errorf("after the first rework: status %s, round %d, escalation %d, rating %d; want in_hand, 2, 1, none", x.Status, x.Round, x.Escalation, x.Rating)
		}
		tw.Act(tw.Caseworker, x.Number, tt.Reply(tw.Clock.Now()))
		tw.Act(tw.Dispatcher, x.Number, &tickets.Complete{})
		tw.Act(staff.TheCitizen, x.Number, &tickets.RecordRating{Solved: tickets.SolvedNo, Way: "sms"})
		x = tw.Act(staff.TheSystem, x.Number, &tickets.Rework{Reason: "再次反映未解决"})
		if x.Status != tickets.InConsultation || x.Round != 3 || x.Colour() != tickets.Yellow {
			t.Errorf("after the second: status %s, round %d, colour %q; want in_consultation, 3, yellow", x.Status, x.Round, x.Colour())
		}
	})
}

func TestNobodyRatesHisOwnWork(t *testing.T) {
	t.Parallel()
	tw := tt.New(t, dbtest.SQLite(t))
	x := tw.Ticket(tickets.ToCallBack)
	insider := tw.CallbackCaller
	insider.Department = tt.Housing
	wantRefusal(t, tw.Refuse(insider, x.Number, &tickets.RecordRating{Rating: 1, Way: "person"}), "own_work")
}

func TestSilenceIsNoAnswer(t *testing.T) {
	t.Parallel()
	tw := tt.New(t, dbtest.SQLite(t))
	x := tw.Ticket(tickets.ToCallBack)
	wantField(t, tw.Refuse(staff.TheSystem, x.Number, &tickets.RecordRating{Way: "sms"}), "rating", "missing")
	x = tw.Act(staff.TheSystem, x.Number, &tickets.CloseUnrated{Code: tickets.Unreachable})
	if x.Status != tickets.Completed || x.Rating != 0 || x.Solved != tickets.SolvedUnknown {
		t.Errorf("unreachable closed as status %s, rating %d, solved %q; want completed without either", x.Status, x.Rating, x.Solved)
	}
}

func TestALateAnswerStillCountsAndAVeryLateOneDoesNot(t *testing.T) {
	t.Parallel()
	tw := tt.New(t, dbtest.SQLite(t))
	x := tw.Ticket(tickets.ToCallBack)
	tw.Act(staff.TheSystem, x.Number, &tickets.CloseUnrated{Code: tickets.Unreachable})
	tw.Clock.Advance(20 * 24 * time.Hour)
	x = tw.Act(staff.TheCitizen, x.Number, &tickets.RecordRating{Solved: tickets.SolvedNo, Way: "sms"})
	if x.Status != tickets.ToRework {
		t.Errorf("a late 未解决 left the ticket %s; want to_rework", x.Status)
	}
	y := tw.Ticket(tickets.ToCallBack)
	tw.Act(staff.TheSystem, y.Number, &tickets.CloseUnrated{Code: tickets.Unreachable})
	tw.Clock.Advance(46 * 24 * time.Hour)
	wantRefusal(t, tw.Refuse(staff.TheCitizen, y.Number, &tickets.RecordRating{Rating: 1, Way: "sms"}), "too_late")
}

func TestTwoPeopleOnOneTicketLoseNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		tw := tt.New(t, db)
		x := tw.Ticket(tickets.ToTriage)
		tw.Act(tw.Dispatcher, x.Number, tt.Triage(tickets.Ordinary))
		_, err := tw.Desk.Act(context.Background(), tw.Supervisor, tickets.Ref{Number: x.Number, Version: x.Version}, tt.Triage(tickets.CannotDo))
		var conflict *tickets.Conflict
		if !errors.As(err, &conflict) || conflict.Now.Class != tickets.Ordinary || conflict.Seen != x.Version {
			t.Errorf("acting on a ticket seen at version %d = %v; want a conflict that shows it as ordinary", x.Version, err)
		}
	})
}

func TestManyAtOnceOnOneTicketEachGetTheirLine(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		tw := tt.New(t, db)
		x := tw.Ticket(tickets.InHand)
		const n = 8
		errs := make(chan error, n)
		for range n {
			go func() {
				_, err := tw.Desk.Act(context.Background(), tw.Operator, tickets.Ref{Number: x.Number}, &tickets.Remind{Text: "诉求人来电催办"})
				errs <- err
			}()
		}
		written := 0
		for range n {
			if err := <-errs; err == nil {
				written++
			} else if !errors.As(err, new(*tickets.Conflict)) {
				t.Error(err)
			}
		}
		now, err := tw.Desk.ByID(context.Background(), x.ID)
		if err != nil {
			t.Fatal(err)
		}
		entries, err := tw.Desk.Timeline(context.Background(), x.ID)
		if err != nil {
			t.Fatal(err)
		}
		if now.Reminders != written || len(entries) != x.Entries+written {
			t.Errorf("%d reminders were acknowledged; the ticket counts %d and the timeline grew by %d", written, now.Reminders, len(entries)-x.Entries)
		}
	})
}

func TestAConfidentialTicketShowsADepartmentNobody(t *testing.T) {
	t.Parallel()
	tw := tt.New(t, dbtest.SQLite(t))
	x := tw.Ticket(tickets.InHand, func(in *tickets.Intake) {
		in.Confidential = true
		in.Content = "我是王秀兰，电话13800138000，举报工地夜间施工"
	})
	f, err := tw.Desk.Open(context.Background(), tw.Caseworker, x.Number)
	if err != nil {
		t.Fatal(err)
	}
	if f.Caller.Name != "" || f.Caller.Phone != "" || f.Ticket.Content != "我是［姓名］，电话［电话］，举报工地夜间施工" {
		t.Errorf("the department sees %+v and %q", f.Caller, f.Ticket.Content)
	}
	if _, err := tw.Desk.Unmask(context.Background(), tw.Caseworker, x.Number, "联系诉求人"); !errors.Is(err, tickets.ErrNotAllowed) {
		t.Errorf("unmasking by the department = %v; want not allowed", err)
	}
	clear, err := tw.Desk.Unmask(context.Background(), tw.Dispatcher, x.Number, "回电核实")
	if err != nil || clear.Caller.Phone != "13800138000" || clear.Content != "我是王秀兰，电话13800138000，举报工地夜间施工" {
		t.Errorf("unmasked by the dispatcher: %v, %q", err, clear.Content)
	}
	reads, err := tw.Desk.Readers(context.Background(), x)
	if err != nil || len(reads) != 2 || reads[0].What != "unmask" || reads[0].Reason != "回电核实" || reads[1].Name != tw.Caseworker.Name {
		t.Errorf("read log = %+v, %v; want the caseworker's opening and the dispatcher's unmasking", reads, err)
	}
}

func TestAStrangerDepartmentCannotTellThatATicketExists(t *testing.T) {
	t.Parallel()
	tw := tt.New(t, dbtest.SQLite(t))
	x := tw.Ticket(tickets.InHand)
	_, errOther := tw.Desk.Open(context.Background(), tw.TrafficCaseworker, x.Number)
	_, errNone := tw.Desk.Open(context.Background(), tw.TrafficCaseworker, "20990101000001")
	if !errors.Is(errOther, tickets.ErrNotFound) || !errors.Is(errNone, tickets.ErrNotFound) {
		t.Errorf("another's ticket: %v; no ticket: %v; want both not found", errOther, errNone)
	}
	if _, err := tw.Desk.Open(context.Background(), tw.Leader, x.Number); err != nil {
		t.Errorf("the bureau's leader: %v", err)
	}
}

func TestTheCitizenLooksItUpWithNumberAndCode(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		tw := tt.New(t, db)
		r := tw.Register()
		spaced := r.Code[:4] + " " + r.Code[4:]
		if x, _, err := tw.Desk.Look(context.Background(), r.Ticket.Number, spaced); err != nil || x.Number != r.Ticket.Number {
			t.Errorf("looking it up with %q = %v", spaced, err)
		}
		for _, c := range []struct{ number, code string }{{r.Ticket.Number, "00000000"}, {r.Ticket.Number, ""}, {"20990101000001", r.Code}} {
			if _, _, err := tw.Desk.Look(context.Background(), c.number, c.code); !errors.Is(err, tickets.ErrNotFound) {
				t.Errorf("number %s with code %q = %v; want not found", c.number, c.code, err)
			}
		}
	})
}

func TestTheSameExternalNumberRegistersOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		tw := tt.New(t, db)
		from := func(in *tickets.Intake) { in.SourceSystem, in.ExternalNo = "old-12345", "A-17" }
		first, second := tw.Register(from), tw.Register(from)
		if !second.Again || second.Ticket.Number != first.Ticket.Number || second.Code != first.Code {
			t.Errorf("second registration = %s (again: %v), want %s again with its code", second.Ticket.Number, second.Again, first.Ticket.Number)
		}
	})
}

func TestTheCallersEarlierTicketsAppearByEitherPhone(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		tw := tt.New(t, db)
		a := tw.Register(func(in *tickets.Intake) { in.Phone = "0838-2345678"; in.AltPhone = "138 0013 8001" })
		tw.Clock.Advance(time.Hour)
		b := tw.Register(func(in *tickets.Intake) { in.Phone = "+8613800138001" })
		tw.Register(func(in *tickets.Intake) { in.Phone = "13800138002" })
		got, err := tw.Desk.Earlier(context.Background(), tw.OtherOperator, "１３８００１３８００１")
		if err != nil || len(got) != 2 || got[0].Number != b.Ticket.Number || got[1].Number != a.Ticket.Number {
			t.Errorf("earlier tickets = %d, %v; want the newer then the older of the two", len(got), err)
		}
	})
}

func wantRefusal(t *testing.T, err error, code string) {
	t.Helper()
	if code == "" {
		if err == nil {
			t.Error("it went through")
		}
		return
	}
	var r *tickets.Refusal
	if !errors.As(err, &r) || r.Code != code {
		t.Errorf("refused with %v; want %s", err, code)
	}
}

func wantField(t *testing.T, err error, field, code string) {
	t.Helper()
	var es tickets.FieldErrors
	if !errors.As(err, &es) || es.Of(field) == nil || es.Of(field).Code != code {
		t.Errorf("refused with %v; want %s: %s", err, field, code)
	}
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func contains[T comparable](list []T, x T) bool {
	for _, y := range list {
		if x == y {
			return true
		}
	}
	return false
}
