package callbacks_test

import (
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"nengban/callbacks"
	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/staff"
)

func TestASatisfiedAnswerByTextArchivesTheTicketAndPassesPraiseOn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		x := w.ended(wang)
		w.pass(23 * time.Hour)
		if got := w.got(wang); len(got) != 0 {
			t.Fatalf("asked before a day was over: %q", got)
		}
		w.pass(2 * time.Hour)
		got := w.got(wang)
		if len(got) != 1 || !strings.Contains(got[0], "尾号"+x.Tail()) {
			t.Fatalf("a day later the phone got %q; want one text with the ticket's tail", got)
		}
		w.says(wang, "1 王科长很耐心，谢谢")
		w.pass(10 * time.Minute)
		done := w.wantStatus(x.Number, tickets.Archived)
		if done.Rating != 1 || done.RatedBy != "sms" {
			t.Errorf("rating %d by %s; want 1 by sms", done.Rating, done.RatedBy)
		}
		if !hasNote(w, x, "群众好评") {
			t.Error("the praise was not passed on to the department")
		}
		w.pass(4 * 24 * time.Hour)
		if n := len(w.got(wang)) + w.calls(wang); n != 1 {
			t.Errorf("after the answer the phone was troubled %d times more", n-1)
		}
	})
}

func TestUnsolvedBeginsTheNextRoundAndTheSecondTimeDepartmentsSitTogether(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		x := w.ended(wang)
		w.pass(25 * time.Hour)
		w.says(wang, "0 根本没人来")
		w.pass(10 * time.Minute)
		again := w.wantStatus(x.Number, tickets.InHand)
		if again.Round != 2 || again.Escalation != 1 {
			t.Fatalf("round %d, escalation %d; want the second round, one level up", again.Round, again.Escalation)
		}
		w.endRound(x.Number)
		w.pass(25 * time.Hour)
		if got := w.got(wang); len(got) != 2 {
			t.Fatalf("in the second round the phone got %d texts in all; want a second survey", len(got))
		}
		w.says(wang, "没解决")
		w.pass(10 * time.Minute)
		third := w.wantStatus(x.Number, tickets.InConsultation)
		if third.Colour() != tickets.Yellow {
			t.Errorf("the second failure opened a %q order; want yellow", third.Colour())
		}
	})
}

func TestDissatisfiedTwiceWithASolvedMatterIsJudgedEachTimeAndThenSupervised(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		x := w.ended(wang)
		for round := 1; round <= 2; round++ {
			w.pass(25 * time.Hour)
			w.says(wang, "5 解决了，态度太差")
			w.pass(10 * time.Minute)
			if got := w.wantStatus(x.Number, tickets.ToJudge); got.Round != round || got.Rating != 5 {
				t.Fatalf("round %d, rating %d; want round %d to wait for a reviewer", got.Round, got.Rating, round)
			}
			w.tw.Act(w.tw.Supervisor, x.Number, &tickets.JudgeRating{Decision: tickets.Yes, Again: true, Reason: "通话录音属实"})
			w.work()
			if round == 1 {
				if got := w.wantStatus(x.Number, tickets.InHand); got.Round != 2 || got.Escalation != 1 {
					t.Fatalf("round %d, escalation %d; want the second round, one level up", got.Round, got.Escalation)
				}
				w.endRound(x.Number)
			}
		}
		if got := w.wantStatus(x.Number, tickets.InConsultation); got.Colour() != tickets.Yellow || got.Round != 3 {
			t.Errorf("the second time there is a %q order in round %d; want yellow and the third", got.Colour(), got.Round)
		}
	})
}

// endRound has the department answer once more, and the desk accept it.
func (w *world) endRound(number string) {
	now := w.tw.Clock.Now()
	w.tw.Act(w.tw.Caseworker, number, &tickets.Reply{ContactAt: &now, ContactWay: tickets.ByPhone, Facts: tickets.FactsTrue, Demand: tickets.Reasonable,
		Result: tickets.ReallySolved, Text: "已上门修好。"})
	w.tw.Act(w.tw.Dispatcher, number, &tickets.Complete{})
}

func TestTwoSurveysOnOnePhoneAreToldApartAndNeverGuessed(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		x, y := w.ended(wang), w.ended(wang)
		w.pass(25 * time.Hour)
		if got := w.got(wang); len(got) != 2 {
			t.Fatalf("the phone got %d texts; want two", len(got))
		}
		w.says(wang, "5")
		w.pass(10 * time.Minute)
		for _, z := range []*tickets.Ticket{x, y} {
			if got := w.wantStatus(z.Number, tickets.ToCallBack); got.Rating != 0 {
				t.Errorf("a bare 5 was taken for %s", z.Number)
			}
		}
		if got := w.got(wang); len(got) != 3 || !strings.Contains(got[2], "尾号") {
			t.Fatalf("after a bare 5 the phone got %q; want to be asked which", got)
		}
		w.says(wang, y.Tail()+" 1")
		w.pass(10 * time.Minute)
		w.wantStatus(y.Number, tickets.Archived)
		if got := w.ticket(x.Number); got.Rating != 0 || got.Status != tickets.ToCallBack {
			t.Errorf("the other ticket got rating %d and is %s", got.Rating, got.Status)
		}
		w.says(wang, "0")
		w.pass(10 * time.Minute)
		w.wantStatus(x.Number, tickets.InHand)
	})
}

func TestTicketsWithTheSameTailGetAShortCodeEach(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t), func(p *callbacks.Policy) { p.Routine.Delay = 0 })
	x := w.ended(wang)
	w.tw.Clock.Advance(24 * time.Hour) // numbers begin again every day
	y := w.ended(wang)
	if x.Tail() != y.Tail() {
		t.Fatalf("tails %s and %s; the test wants the same", x.Tail(), y.Tail())
	}
	w.pass(time.Hour)
	a, b := w.survey(x.Number).Tag, w.survey(y.Number).Tag
	if a == b || a == "" || b == "" {
		t.Fatalf("tags %q and %q; want two that differ", a, b)
	}
	w.says(wang, b+" 4")
	w.pass(10 * time.Minute)
	if got := w.ticket(y.Number); got.Rating != 4 {
		t.Errorf("the answer with the code %s did not reach its ticket (rating %d)\n%s", b, got.Rating, w.story(y.Number))
	}
}

func TestAnAnswerCancelsTheCallThatIsQueuedBehindIt(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		x := w.ended(wang)
		// Text on Tuesday, reminder on Wednesday, the call is queued for Thursday 09:00.
		w.until("09-24 12:30")
		if n := w.calls(wang); n != 1 {
			t.Fatalf("%d calls by Thursday noon; want the first\n%s", n, w.story(x.Number))
		}
		// Nobody came to the phone; the second call is queued for the other half-day.
		queued := false
		for _, a := range w.history(x.Number).Attempts {
			queued = queued || a.Way == callbacks.ByVoice && a.State == callbacks.Waiting
		}
		if !queued {
			t.Fatalf("no second call is queued\n%s", w.story(x.Number))
		}
		w.says(wang, "满意，已解决")
		w.pass(48 * time.Hour)
		w.wantStatus(x.Number, tickets.Archived)
		if n := w.calls(wang); n != 1 {
			t.Errorf("the phone rang %d times; the queued call should have been cancelled", n)
		}
	})
}

func TestStopIsHonouredAndTheSurveyGoesOnByAnotherWayUntilStart(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		w.ended(wang)
		w.pass(25 * time.Hour)
		w.says(wang, "T")
		w.until("09-24 19:00")
		if got := w.got(wang); len(got) != 1 {
			t.Errorf("after T the phone got %q", got[1:])
		}
		calls := w.calls(wang)
		if calls == 0 {
			t.Error("after T nobody called; a refusal of texts is no refusal of the survey")
		}
		y := w.ended(wang)
		w.until("09-28 12:30") // after the Mid-Autumn holidays
		if got := w.got(wang); len(got) != 1 {
			t.Fatalf("the next survey was texted in spite of T: %q", got[1:])
		}
		if w.calls(wang) == calls {
			t.Errorf("the next survey came by no way\n%s", w.story(y.Number))
		}
		w.says(wang, "恢复")
		z := w.ended(wang)
		w.pass(26 * time.Hour)
		if got := w.got(wang); len(got) != 2 || !strings.Contains(got[1], w.survey(z.Number).Tag) {
			t.Errorf("after 恢复 the phone got %q\n%s%s", got[1:], w.story(y.Number), w.story(z.Number))
		}
	})
}

func TestALandlineIsCalledAndAnswersByKeys(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		const phone = "+862887654321"
		must(t, w.net.SetHabit(phone, habit(t, "pressing_solved", phone, w)))
		x := w.ended("028-87654321")
		w.pass(26 * time.Hour)
		done := w.wantStatus(x.Number, tickets.Archived)
		if done.Solved != tickets.SolvedYes || done.RatedBy != "voice" || done.Rating != 2 {
			t.Errorf("rating %d, solved %q by %s; want what the keys said", done.Rating, done.Solved, done.RatedBy)
		}
		if got := w.got(phone); len(got) != 0 {
			t.Errorf("a landline was texted: %q", got)
		}
	})
}

func TestAMobileThatTakesNoTextsIsCalledInstead(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		h := habit(t, "pressing_solved", wang, w)
		h.Refused = callbacks.Landline
		must(t, w.net.SetHabit(wang, h))
		x := w.ended(wang)
		w.pass(26 * time.Hour)
		w.wantStatus(x.Number, tickets.Archived)
	})
}

func TestSilenceVoicemailAndWrongKeysAreNeverAnAnswer(t *testing.T) {
	t.Parallel()
	for name, h := range silentHabits() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dbtest.Each(t, func(t *testing.T, db *bun.DB) {
				w := newWorld(t, db)
				must(t, w.net.SetHabit(wang, h))
				x := w.ended(wang)
				w.pass(8 * 24 * time.Hour)
				if got := w.ticket(x.Number); got.Rating != 0 || got.Solved != tickets.SolvedUnknown {
					t.Errorf("rating %d, solved %q came out of it\n%s", got.Rating, got.Solved, w.story(x.Number))
				}
				if s := w.survey(x.Number); s.State != callbacks.WithPerson {
					t.Errorf("the survey is %s; want it with a person\n%s", s.State, w.story(x.Number))
				}
				if n := w.calls(wang); n != w.policy.CallTries {
					t.Errorf("%d calls; want %d on different half-days", n, w.policy.CallTries)
				}
			})
		})
	}
}

func TestAnOutageLosesNothingAndRecoveryCatchesUp(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		var xs []*tickets.Ticket
		for range 12 {
			xs = append(xs, w.ended(wang, func(in *tickets.Intake) { in.Phone = li }))
		}
		w.policy.MonthlyCap = 100
		w.e = w.engine()
		w.net.Connect(w.e)
		w.net.SetFaults(outage())
		w.pass(26 * time.Hour)
		if got := w.got(li); len(got) != 0 {
			t.Fatalf("texts arrived during an outage: %q", got)
		}
		bs, err := w.e.Breakers(ctx)
		must(t, err)
		if len(bs) != 1 || bs[0].State == callbacks.BreakerClosed {
			t.Errorf("after hours of outage the breaker is %+v", bs)
		}
		if cs, err := w.e.Health(ctx); err != nil || len(cs) == 0 || cs[0].Code != callbacks.CarrierDown {
			t.Errorf("health says %+v, %v; want the carrier named", cs, err)
		}
		w.net.SetFaults(fair())
		w.pass(5 * time.Hour)
		if got := w.got(li); len(got) != len(xs) {
			t.Errorf("after the outage %d of %d texts arrived", len(got), len(xs))
		}
		if dead, err := w.e.DeadLetters(ctx, w.tw.Supervisor); err != nil || len(dead) != 0 {
			t.Errorf("%d dead letters, %v; an outage kills nothing", len(dead), err)
		}
		if twice := w.net.Twice(); len(twice) != 0 {
			t.Errorf("sent twice: %v", twice)
		}
		if bs, _ = w.e.Breakers(ctx); bs[0].State != callbacks.BreakerClosed {
			t.Errorf("the breaker stayed %s", bs[0].State)
		}
	})
}

func TestALateAnswerStillCountsAndReopens(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db, func(p *callbacks.Policy) { p.PeopleTries, p.CallTries = 0, 0 })
		x := w.ended(wang)
		w.pass(12 * 24 * time.Hour)
		closed := w.wantStatus(x.Number, tickets.Completed)
		if closed.RatedBy != string(tickets.Unreachable) {
			t.Fatalf("closed as %q; want unreachable", closed.RatedBy)
		}
		w.says(wang, "其实没解决，又漏了")
		w.pass(10 * time.Minute)
		if got := w.wantStatus(x.Number, tickets.InHand); got.Round != 2 {
			t.Errorf("round %d; want the second", got.Round)
		}
	})
}

func TestACorrectionInTimeReplacesTheAnswer(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		x := w.ended(wang)
		w.pass(25 * time.Hour)
		w.says(wang, "5")
		w.says(wang, "刚才按错了，是1")
		w.pass(10 * time.Minute)
		if got := w.wantStatus(x.Number, tickets.Archived); got.Rating != 1 {
			t.Errorf("rating %d; want the corrected one", got.Rating)
		}
	})
}

func TestACorrectionAfterItWasWrittenDownIsForAPerson(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		x := w.ended(wang)
		w.pass(25 * time.Hour)
		w.says(wang, "1")
		w.pass(20 * time.Minute)
		w.wantStatus(x.Number, tickets.Archived)
		w.says(wang, "刚才按错了，应该是5，没解决")
		w.pass(10 * time.Minute)
		if got := w.ticket(x.Number); got.Rating != 1 || got.Round != 1 {
			t.Errorf("rating %d, round %d; the ticket should stand until a person decides", got.Rating, got.Round)
		}
		cs, err := w.e.Corrections(ctx, w.tw.Supervisor)
		must(t, err)
		if len(cs) != 1 || cs[0].Number != x.Number || cs[0].Solved != tickets.SolvedNo {
			t.Fatalf("corrections to decide: %+v", cs)
		}
		must(t, w.e.Decide(ctx, w.tw.Supervisor, cs[0].ID, true, "群众来信更正"))
		if got := w.wantStatus(x.Number, tickets.ToTriage); got.Round != 2 {
			t.Errorf("round %d; want it taken up again", got.Round)
		}
		if cs, err = w.e.Corrections(ctx, w.tw.Supervisor); err != nil || len(cs) != 0 {
			t.Errorf("still to decide: %+v, %v", cs, err)
		}
	})
}

func TestAnonymousCallersAreNotAskedByPhone(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		x := w.ended(wang, func(in *tickets.Intake) { in.Anonymous = true })
		w.pass(3 * 24 * time.Hour)
		code, err := w.e.CodeFor(ctx, x.ID, 1)
		if err != nil || code == "" {
			t.Fatalf("no code to answer by link: %q, %v", code, err)
		}
		w.pass(5 * 24 * time.Hour)
		if got := w.wantStatus(x.Number, tickets.Completed); got.RatedBy != string(tickets.NoNumber) {
			t.Errorf("closed as %q; want no_number", got.RatedBy)
		}
		if n := len(w.got(wang)) + w.calls(wang); n != 0 {
			t.Errorf("an anonymous caller was troubled %d times", n)
		}
	})
}

func TestTheMonthlyCapLeavesTheRestToTheirLinks(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db, func(p *callbacks.Policy) { p.MonthlyCap = 2 })
		for range 5 {
			w.ended(wang)
		}
		w.pass(26 * time.Hour)
		if got := w.got(wang); len(got) != 2 {
			t.Errorf("the phone got %d surveys this month; the cap is 2", len(got))
		}
	})
}

func TestNothingLeavesAfterHours(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		w.tw.Clock.Advance(9*time.Hour + 20*time.Minute) // 18:50: the survey is due tomorrow at 18:50
		w.net.SetFaults(outage())
		w.ended(wang)
		w.until("09-22 20:30")
		w.net.SetFaults(fair())
		w.until("09-23 08:50")
		if got := w.got(wang); len(got) != 0 {
			t.Fatalf("queued at 18:50, left in the night: %q", got)
		}
		w.until("09-23 09:40")
		if got := w.got(wang); len(got) != 1 {
			t.Errorf("on the next morning the phone got %d texts; want the one that waited", len(got))
		}
	})
}

func hasNote(w *world, x *tickets.Ticket, words string) bool {
	entries, err := w.tw.Desk.Timeline(ctx, x.ID)
	must(w.t, err)
	for _, en := range entries {
		if en.Act == staff.AddNote && strings.Contains(en.Text, words) {
			return true
		}
	}
	return false
}
