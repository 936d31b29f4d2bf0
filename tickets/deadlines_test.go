package tickets_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/sla"
	"nengban/tickets/staff"
	tt "nengban/tickets/ticketstest"
	"nengban/tickets/worktime"
)

// list2027 is an invented list in holiday-cn's CSV form: New Year lasts to
// Monday 4 January, which is worked on Saturday the 9th.
const list2027 = `date,name,off
2027-01-01,元旦,true
2027-01-04,元旦,true
2027-01-09,元旦,false
2027-02-05,春节,true
2027-02-06,春节,true
2027-02-07,春节,true
2027-02-08,春节,true
2027-02-09,春节,true
2027-04-05,清明节,true
2027-05-01,劳动节,true
2027-05-03,劳动节,true
2027-06-09,端午节,true
2027-09-15,中秋节,true
2027-10-01,国庆节,true
2027-10-02,国庆节,true
2027-10-03,国庆节,true
2027-10-04,国庆节,true
`

// at is an hour of 2026 in Shanghai.
func at(month time.Month, day, hour, minute int) time.Time {
	return time.Date(2026, month, day, hour, minute, 0, 0, tickets.Shanghai)
}

// setTo moves the town's clock forward to an hour.
func setTo(t *testing.T, tw *tt.Town, to time.Time) {
	t.Helper()
	d := to.Sub(tw.Clock.Now())
	if d < 0 {
		t.Fatalf("the clock would go back by %s", -d)
	}
	tw.Clock.Advance(d)
}

func TestEachClassHasItsPromise(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		for _, c := range []struct {
			name     string
			received time.Time
			class    tickets.Class
			want     time.Time
		}{
			{"周一 9:30 办不了, 当日答复", at(9, 21, 9, 30), tickets.CannotDo, at(9, 21, 17, 30)},
			{"周一 20:00 办不了, 下班后顺延到次日", at(9, 21, 20, 0), tickets.CannotDo, at(9, 22, 17, 30)},
			{"国庆节中办不了, 节后首个工作日", at(10, 3, 10, 0), tickets.CannotDo, at(10, 8, 17, 30)},
			{"国庆前 9 月 24 日 16:50 很难办, 10 个工作日", at(9, 24, 16, 50), tickets.HardToDo, at(10, 15, 17, 30)},
			{"周一 9:30 不给办, 1 个工作日", at(9, 21, 9, 30), tickets.Refused, at(9, 22, 17, 30)},
			{"周一 9:30 一般投诉, 5 个工作日, 中秋放假不计", at(9, 21, 9, 30), tickets.Ordinary, at(9, 29, 17, 30)},
		} {
			tw := tt.New(t, db)
			setTo(t, tw, c.received)
			x := tw.Register().Ticket
			x = tw.Act(tw.Dispatcher, x.Number, tt.Triage(c.class))
			if !x.DueAt.Equal(c.want) {
				t.Errorf("%s: promised %s; want %s", c.name, x.DueAt.In(tickets.Shanghai), c.want)
			}
		}
	})
}

func TestARefusalIsSignedForWithinTwoHoursByNightToo(t *testing.T) {
	t.Parallel()
	tw := tt.New(t, dbtest.SQLite(t))
	setTo(t, tw, at(9, 25, 22, 0)) // Mid-Autumn Festival, at night
	x := tw.Register().Ticket
	tw.Act(tw.Dispatcher, x.Number, tt.Triage(tickets.Refused))
	x = tw.Act(tw.Dispatcher, x.Number, tt.Dispatch(tt.Housing))
	if got := due(t, x, sla.ClockSignFor, tt.Housing); !got.Equal(at(9, 26, 0, 0)) {
		t.Errorf("to be signed for by %s; want midnight", got.In(tickets.Shanghai))
	}
}

func TestAHardMatterOwesProgressOnDayFive(t *testing.T) {
	t.Parallel()
	tw := tt.New(t, dbtest.SQLite(t))
	x := tw.Register().Ticket
	tw.Act(tw.Dispatcher, x.Number, tt.Triage(tickets.HardToDo))
	tw.Act(tw.Dispatcher, x.Number, &tickets.OpenConsultation{Departments: []string{tt.Housing, tt.Planning}, Text: "牵头"})
	tw.Act(tw.Dispatcher, x.Number, &tickets.ConcludeConsultation{Text: "住建牵头", Lead: tt.Housing})
	x = tw.Act(tw.Dispatcher, x.Number, tt.Dispatch(tt.Housing))
	if got := due(t, x, sla.ClockProgress, tt.Housing); !got.Equal(at(9, 29, 17, 30)) {
		t.Errorf("progress is owed by %s; want Tuesday 29 September, the fifth working day", got.In(tickets.Shanghai))
	}
	tw.Act(tw.Caseworker, x.Number, &tickets.SignFor{})
	x = tw.Act(tw.Caseworker, x.Number, &tickets.ReportProgress{Text: "已调档"})
	for _, a := range x.Awaited {
		if a.Clock == sla.ClockProgress {
			t.Error("after the report progress is still owed")
		}
	}
}

func TestAnExtensionMovesThePromiseAndARefusedOneDoesNot(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		tw := tt.New(t, db)
		x := tw.Ticket(tickets.InHand)
		promised := x.DueAt
		tw.Act(tw.Caseworker, x.Number, &tickets.AskExtension{Days: 5, Reason: "调档"})
		x = tw.Act(tw.Dispatcher, x.Number, &tickets.RuleOnExtension{Decision: tickets.No, Reason: "理由不足"})
		if !x.DueAt.Equal(promised) {
			t.Errorf("a refused extension moved the promise from %s to %s", promised, x.DueAt)
		}
		tw.Act(tw.Caseworker, x.Number, &tickets.AskExtension{Days: 5, Reason: "法院调档函已发"})
		x = tw.Act(tw.Dispatcher, x.Number, &tickets.RuleOnExtension{Decision: tickets.Yes, Days: 3, Reason: "同意三日"})
		if want := at(10, 9, 17, 30); !x.DueAt.Equal(want) { // 29 September + 30 September, 8 and 9 October
			t.Errorf("three more working days lead to %s; want %s", x.DueAt.In(tickets.Shanghai), want)
		}
		wantRefusal(t, tw.Refuse(tw.Caseworker, x.Number, &tickets.AskExtension{Days: 1, Reason: "再延"}), "extended_before")
	})
}

func TestWhoeverIsLateCannotAskForMoreTimeNorReturnIt(t *testing.T) {
	t.Parallel()
	tw := tt.New(t, dbtest.SQLite(t))
	x := tw.Ticket(tickets.InHand)
	setTo(t, tw, at(9, 23, 9, 0))
	wantRefusal(t, tw.Refuse(tw.Caseworker, x.Number, tt.Return()), "return_window_over")
	setTo(t, tw, at(10, 20, 9, 0))
	wantRefusal(t, tw.Refuse(tw.Caseworker, x.Number, &tickets.AskExtension{Days: 5, Reason: "忘记了"}), "already_overdue")
}

func TestEveryMinuteIsChargedToSomebodyAndTheyAddUp(t *testing.T) {
	t.Parallel()
	tw := tt.New(t, dbtest.SQLite(t))
	x := tw.Register().Ticket
	for _, s := range []struct {
		after time.Duration
		by    staff.Member
		m     tickets.Move
	}{
		{time.Hour, tw.Dispatcher, &tickets.AskCitizen{Text: "请补充"}},
		{5 * time.Hour, tw.Operator, &tickets.Supplement{Text: "补充"}},
		{30 * time.Minute, tw.Dispatcher, tt.Triage(tickets.Ordinary)},
		{time.Minute, tw.Dispatcher, tt.Dispatch(tt.Housing)},
		{20 * time.Hour, tw.Caseworker, &tickets.SignFor{}},
		{time.Hour, tw.Caseworker, tt.Return()},
		{3 * time.Hour, tw.Dispatcher, &tickets.RuleOnReturn{Decision: tickets.AcceptReturn, Reason: "属实"}},
		{time.Hour, tw.Dispatcher, tt.Dispatch(tt.Planning)},
		{time.Hour, tw.PlanningCaseworker, &tickets.SignFor{}},
	} {
		tw.Clock.Advance(s.after)
		x = tw.Act(s.by, x.Number, s.m)
	}
	tw.Clock.Advance(90 * time.Minute)
	l, err := tw.Desk.Ledger(context.Background(), x)
	if err != nil {
		t.Fatal(err)
	}
	var sum time.Duration
	held := map[string]time.Duration{}
	for _, s := range sla.ByHolder(l.Charges) {
		sum += s.Elapsed
		held[s.Holder.String()] = s.Elapsed
	}
	if total := tw.Clock.Since(tt.Morning); sum != total {
		t.Errorf("charged %s of %s", sum, total)
	}
	if held["citizen"] != 5*time.Hour || held["unit planning"] != 150*time.Minute {
		t.Errorf("held: %v; want the citizen 5 h, planning 2 h 30", held)
	}
}

func TestStoredDeadlinesAreWhatTheTimelinesSayAndTamperingIsMended(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		tw := tt.New(t, db)
		ctx := context.Background()
		var last *tickets.Ticket
		for _, s := range tickets.Statuses {
			tw.Clock.Advance(17 * time.Minute)
			last = tw.Ticket(s)
		}
		tw.Clock.Advance(40 * 24 * time.Hour) // deadlines pass; that alone is no difference
		if found := differences(t, tw, false); len(found) > 0 {
			t.Fatalf("before anybody touched it: %+v", found)
		}
		y := tw.Ticket(tickets.InHand)
		exec(t, db, "UPDATE tickets SET next_due_at = '2030-01-01 00:00:00+00:00' WHERE number = '"+y.Number+"'")
		exec(t, db, "UPDATE clocks SET due_at = '2030-01-01 00:00:00+00:00' WHERE clock = 'handle' AND ended_at IS NULL AND ticket_id = (SELECT id FROM tickets WHERE number = '"+y.Number+"')")
		exec(t, db, "DELETE FROM clocks WHERE clock = 'answer' AND ticket_id = (SELECT id FROM tickets WHERE number = '"+last.Number+"')")
		if found := differences(t, tw, false); len(found) != 2 {
			t.Errorf("%d tickets were tampered with; the check finds %+v", 2, found)
		}
		if _, err := tw.Desk.MendClocks(ctx, "管理员", "", false); err == nil {
			t.Error("mended without a reason")
		}
		if _, err := tw.Desk.MendClocks(ctx, "管理员", "数据库被手工改动", false); err != nil {
			t.Fatal(err)
		}
		if found := differences(t, tw, false); len(found) > 0 {
			t.Errorf("after mending: %+v", found)
		}
		n, err := db.NewSelect().Table("clock_repairs").Where("reason = ?", "数据库被手工改动").Count(ctx)
		if err != nil || n != 2 {
			t.Errorf("the mending left %d traces, %v; want 2", n, err)
		}
	})
}

func TestTheNewYearsListMovesWhatRunsAndLeavesWhatEnded(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		tw := tt.New(t, db)
		ctx := context.Background()
		setTo(t, tw, at(12, 28, 9, 30))
		open := tw.Ticket(tickets.InHand) // 5 working days: 29, 30, 31, then 2027 as far as it is known
		done := tw.Ticket(tickets.Archived)
		before, err := tw.Desk.Ledger(ctx, done)
		if err != nil {
			t.Fatal(err)
		}
		if year, worry := tw.Desk.Limits().UnknownYear(); year != 2027 || !worry {
			t.Errorf("unknown year %d, worry %v; want 2027 and yes", year, worry)
		}
		if !open.Awaited[0].Provisional {
			t.Errorf("a deadline past the known holidays is not marked provisional: %+v", open.Awaited[0])
		}
		setTo(t, tw, at(12, 28, 15, 0))
		list, err := worktime.ReadHolidays(strings.NewReader(list2027), 2027)
		if err != nil {
			t.Fatal(err)
		}
		if err := tw.Desk.Limits().LoadYears(ctx, "管理员", "测试", list...); err != nil {
			t.Fatal(err)
		}
		moved, err := tw.Desk.MendClocks(ctx, "管理员", "载入2027年放假安排", true)
		if err != nil {
			t.Fatal(err)
		}
		if len(moved) != 1 || moved[0].Number != open.Number {
			t.Errorf("moved: %+v; want only %s", moved, open.Number)
		}
		now, err := tw.Desk.ByID(ctx, open.ID)
		if err != nil {
			t.Fatal(err)
		}
		if want := time.Date(2027, 1, 6, 17, 30, 0, 0, tickets.Shanghai); !now.DueAt.Equal(want) { // 29, 30, 31 December, 5, 6 January
			t.Errorf("promised %s; want %s", now.DueAt.In(tickets.Shanghai), want)
		}
		after, err := tw.Desk.Ledger(ctx, done)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range after.Clocks {
			if !c.Due.Equal(before.Clocks[i].Due) || c.State != before.Clocks[i].State {
				t.Errorf("%s of the archived ticket moved from %s to %s", c.Clock, before.Clocks[i].Due, c.Due)
			}
		}
	})
}

func TestATicketKeepsThePolicyItWasPromisedUnder(t *testing.T) {
	t.Parallel()
	tw := tt.New(t, dbtest.SQLite(t))
	ctx := context.Background()
	old := tw.Ticket(tickets.InHand)
	p := sla.DefaultPolicy()
	for i := range p.Rules {
		if p.Rules[i].Name == "answer" || p.Rules[i].Name == "handle" {
			p.Rules[i].Limit = sla.WorkingDays(2)
		}
	}
	tw.Clock.Advance(time.Hour)
	p.InForceFrom = tw.Clock.Now()
	published, err := tw.Desk.Limits().PublishPolicy(ctx, "管理员", "提速", p)
	if err != nil {
		t.Fatal(err)
	}
	fresh := tw.Ticket(tickets.InHand)
	if fresh.PolicyVersion != published.Version || !fresh.DueAt.Equal(at(9, 23, 17, 30)) {
		t.Errorf("a new ticket: version %d, promised %s; want version %d and Wednesday", fresh.PolicyVersion, fresh.DueAt.In(tickets.Shanghai), published.Version)
	}
	again := tw.Act(tw.Operator, old.Number, &tickets.Remind{Text: "催办"})
	if again.PolicyVersion != old.PolicyVersion || !again.DueAt.Equal(old.DueAt) {
		t.Errorf("the old ticket moved to version %d, %s", again.PolicyVersion, again.DueAt)
	}
	wantField(t, tw.Refuse(tw.Supervisor, old.Number, &tickets.ChangePolicy{Version: 9, Reason: "改"}), "version_of_limits", "unknown_policy")
	changed := tw.Act(tw.Supervisor, old.Number, &tickets.ChangePolicy{Version: published.Version, Reason: "统一提速"})
	if changed.PolicyVersion != published.Version || !changed.DueAt.Equal(at(9, 23, 17, 30)) {
		t.Errorf("by decision: version %d, promised %s; want the new version and Wednesday", changed.PolicyVersion, changed.DueAt.In(tickets.Shanghai))
	}
}

func TestWhatIfCountsTheLateByDepartment(t *testing.T) {
	t.Parallel()
	tw := tt.New(t, dbtest.SQLite(t))
	ctx := context.Background()
	for range 3 {
		x := tw.Ticket(tickets.InHand)
		tw.Clock.Advance(50 * time.Hour)
		tw.Act(tw.Caseworker, x.Number, tt.Reply(tw.Clock.Now()))
		tw.Act(tw.Dispatcher, x.Number, &tickets.Complete{})
	}
	p := sla.DefaultPolicy()
	for i := range p.Rules {
		if p.Rules[i].Name == "handle" {
			p.Rules[i].Limit = sla.WorkingDays(1)
		}
	}
	out, err := tw.Desk.WhatIf(ctx, sla.Regime{Policy: &p}, tt.Morning.Add(-time.Hour), tw.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	// The third came in on a holiday and was answered before the next working day was over.
	if out.Tickets != 3 || out.Before.Late != 0 || out.After.Late != 2 {
		t.Errorf("of %d tickets %d clocks were late and %d would be; want 3, 0, 2", out.Tickets, out.Before.Late, out.After.Late)
	}
	if len(out.Units) == 0 || out.Units[len(out.Units)-1].Unit != tt.Housing || out.Units[len(out.Units)-1].After.Late != 2 {
		t.Errorf("by department: %+v; want housing with two", out.Units)
	}
}

func TestWarningsGoToWhoCanActOnceAndNotAtNight(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		tw := tt.New(t, db)
		ctx := context.Background()
		x := tw.Ticket(tickets.InHand) // Monday 9:30, due Tuesday 29 September 17:30
		hear := func(m staff.Member) []string {
			t.Helper()
			if _, err := tw.Desk.Warn(ctx); err != nil {
				t.Fatal(err)
			}
			if _, err := tw.Desk.Digest(ctx); err != nil {
				t.Fatal(err)
			}
			news, err := tw.Desk.News(ctx, m, 50)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, n := range news {
				for _, l := range n.Lines {
					out = append(out, string(l.Clock)+" "+l.Name)
				}
			}
			return out
		}
		if got := hear(tw.Caseworker); len(got) != 0 {
			t.Errorf("on the first morning the caseworker hears %v", got)
		}
		setTo(t, tw, at(9, 24, 16, 0)) // past half of the five days
		half := hear(tw.Caseworker)
		if !contains(half, "handle share_50") {
			t.Errorf("past half the time the caseworker hears %v; want handle share_50", half)
		}
		if again := hear(tw.Caseworker); len(again) != len(half) {
			t.Errorf("looking again, he hears %v", again)
		}
		if got := hear(tw.TrafficCaseworker); len(got) != 0 {
			t.Errorf("a department without a part hears %v", got)
		}
		setTo(t, tw, at(9, 29, 17, 31))
		hear(tw.Leader)
		setTo(t, tw, at(9, 29, 23, 0))
		if got := hear(tw.Leader); contains(got, "handle overdue_yellow") {
			t.Errorf("at night, hours after the deadline, the leader hears %v", got)
		}
		setTo(t, tw, at(10, 8, 9, 1)) // the first morning after the holidays
		if got := hear(tw.Leader); !contains(got, "handle overdue_blue") {
			t.Errorf("the department hears %v; want overdue_blue", got)
		}
		setTo(t, tw, at(10, 20, 9, 0))
		if got := hear(tw.Supervisor); !contains(got, "handle overdue_red") {
			t.Errorf("the supervisor hears %v; want overdue_red", got)
		}
		_ = x
	})
}

func TestWhatWasDoneBeforeAnybodyWasToldIsNotToldAndDigestsDoNotFlood(t *testing.T) {
	t.Parallel()
	tw := tt.New(t, dbtest.SQLite(t))
	ctx := context.Background()
	x, y := tw.Ticket(tickets.InHand), tw.Ticket(tickets.InHand)
	setTo(t, tw, at(9, 24, 16, 0))
	if n, err := tw.Desk.Warn(ctx); err != nil || n == 0 {
		t.Fatalf("warned %d, %v", n, err)
	}
	tw.Act(tw.Caseworker, x.Number, tt.Reply(tw.Clock.Now()))
	if n, err := tw.Desk.Digest(ctx); err != nil || n == 0 {
		t.Fatalf("digests %d, %v", n, err)
	}
	news, err := tw.Desk.News(ctx, tw.Caseworker, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range news {
		for _, l := range n.Lines {
			if l.Number == x.Number && l.Clock == sla.ClockHandle {
				t.Errorf("told of the deadline of %s, which was kept", x.Number)
			}
		}
	}
	tw.Clock.Advance(time.Minute)
	tw.Ticket(tickets.ToSignFor)
	tw.Clock.Advance(10 * time.Minute)
	if _, err := tw.Desk.Warn(ctx); err != nil {
		t.Fatal(err)
	}
	if n, err := tw.Desk.Digest(ctx); err != nil || n != 0 {
		t.Errorf("%d more digests within half an hour, %v; want none", n, err)
	}
	if err := tw.Desk.ReadNews(ctx, tw.Caseworker, news[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := tw.Desk.ReadNews(ctx, tw.TrafficCaseworker, news[0].ID); err != nil && !errors.Is(err, tickets.ErrNotAllowed) {
		t.Fatal(err)
	}
	_ = y
}

func due(t *testing.T, x *tickets.Ticket, clock sla.ClockName, unit string) time.Time {
	t.Helper()
	for _, a := range x.Awaited {
		if a.Clock == clock && a.Unit == unit {
			return a.Due
		}
	}
	t.Fatalf("no clock %s of %q runs: %+v", clock, unit, x.Awaited)
	return time.Time{}
}

func differences(t *testing.T, tw *tt.Town, onlyOpen bool) []tickets.Difference {
	t.Helper()
	var out []tickets.Difference
	for d, err := range tw.Desk.CheckClocks(context.Background(), onlyOpen) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, d)
	}
	return out
}

func exec(t *testing.T, db *bun.DB, query string) {
	t.Helper()
	if _, err := db.ExecContext(context.Background(), query); err != nil {
		t.Fatal(err)
	}
}
