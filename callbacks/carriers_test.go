package callbacks_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"nengban/callbacks"
	"nengban/callbacks/simulator"
	"nengban/migrations/dbtest"
	"nengban/tickets"
	tt "nengban/tickets/ticketstest"
)

// fussy is a carrier that refuses every text for one reason, and otherwise is
// the pretend network.
type fussy struct {
	*simulator.Network
	why *callbacks.Trouble
}

func (f *fussy) SendText(ctx context.Context, t callbacks.Text) (callbacks.Handed, error) {
	if f.why != nil {
		return callbacks.Handed{}, f.why
	}
	return f.Network.SendText(ctx, t)
}

func (w *world) withCarrier(c callbacks.Carrier) {
	w.t.Helper()
	e, err := callbacks.New(callbacks.Parts{DB: w.tw.DB, Clock: w.tw.Clock, Desk: w.tw.Desk, Vault: w.tw.Vault, Policy: w.policy,
		Carriers: []callbacks.Line{{Name: "fussy", Carrier: c}}})
	must(w.t, err)
	w.e = e
	w.net.Connect(e)
}

func TestEachKindOfTroubleIsTreatedAsItDeserves(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		kind   callbacks.Kind
		what   string
		state  callbacks.AttemptState
		called bool // the survey went on to calls within half a day
	}{
		{callbacks.NeverMind, "空号", callbacks.Over, true},
		{callbacks.Landline, "固定电话", callbacks.Over, true},
		{callbacks.OptedOut, "已在运营商处退订", callbacks.Over, true},
		{callbacks.Filtered, "内容被拦截", callbacks.Over, true},
		{callbacks.Refused, "不明原因的拒绝", callbacks.Over, true},
		{callbacks.TryAgain, "运营商忙", callbacks.Waiting, false},
		{callbacks.OurFault, "欠费", callbacks.Waiting, false},
		{callbacks.Unclear, "没有回音", callbacks.Waiting, false}, // the carrier was asked, knew nothing of it, and it waits again
	} {
		t.Run(row.what, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, dbtest.SQLite(t))
			w.withCarrier(&fussy{w.net, &callbacks.Trouble{Kind: row.kind, Code: "42", Cause: errors.New(row.what)}})
			x := w.ended(wang)
			w.pass(30 * time.Hour)
			as := w.history(x.Number).Attempts
			got := as[0].State
			if got == callbacks.Doubtful {
				got = callbacks.Waiting
			}
			if got != row.state {
				t.Errorf("the text is %s; want %s\n%s", as[0].State, row.state, w.story(x.Number))
			}
			if called := w.calls(wang) > 0; called != row.called {
				t.Errorf("called: %v; want %v\n%s", called, row.called, w.story(x.Number))
			}
			if got := w.got(wang); len(got) != 0 {
				t.Errorf("a text arrived: %q", got)
			}
		})
	}
}

func TestOurOwnFaultStopsTheQueueUntilAPersonMendsIt(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		f := &fussy{w.net, &callbacks.Trouble{Kind: callbacks.OurFault, Code: "20003", Cause: errors.New("authentication failed")}}
		w.withCarrier(f)
		x := w.ended(wang)
		w.until("09-22 09:40")
		cs, err := w.e.Health(ctx)
		must(t, err)
		if !slices.ContainsFunc(cs, func(c callbacks.Concern) bool { return c.Code == callbacks.CarrierRefusesUs && c.About == "fussy" }) {
			t.Errorf("health does not call a person: %+v", cs)
		}
		f.why = nil
		w.pass(time.Minute)
		if got := w.got(wang); len(got) != 0 {
			t.Fatal("a text left although nobody has looked")
		}
		must(t, w.e.ResumeCarrier(ctx, w.tw.Admin, "fussy"))
		w.pass(time.Minute)
		if got := w.got(wang); len(got) != 1 {
			t.Errorf("after the mending %d texts arrived\n%s", len(got), w.story(x.Number))
		}
		if cs, err = w.e.Health(ctx); err != nil || len(cs) != 0 {
			t.Errorf("health still says %+v, %v", cs, err)
		}
	})
}

func TestADeadLetterWaitsForAPersonWhoSendsItAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db, func(p *callbacks.Policy) { p.MaxTries, p.BreakAfter, p.CallTries = 2, 1000, 0 })
		f := &fussy{w.net, &callbacks.Trouble{Kind: callbacks.TryAgain, Code: "30001", Cause: errors.New("queue overflow")}}
		w.withCarrier(f)
		x := w.ended(wang)
		w.until("09-22 10:30")
		dead, err := w.e.DeadLetters(ctx, w.tw.Supervisor)
		must(t, err)
		if len(dead) != 1 || dead[0].TicketID != x.ID || dead[0].Code != "30001" {
			t.Fatalf("dead letters: %+v\n%s", dead, w.story(x.Number))
		}
		if s := w.survey(x.Number); s.State != callbacks.WithPerson {
			t.Errorf("the survey is %s; it should have gone on to a person", s.State)
		}
		f.why = nil
		must(t, w.e.TryAgain(ctx, w.tw.Supervisor, dead[0].ID))
		w.pass(10 * time.Minute)
		// A person has it by now: the text would only confuse.
		if got := w.got(wang); len(got) != 0 {
			t.Errorf("the text was sent over a person's head: %q", got)
		}
		if dead, err = w.e.DeadLetters(ctx, w.tw.Supervisor); err != nil || len(dead) != 0 {
			t.Errorf("still dead: %+v, %v", dead, err)
		}
	})
}

func TestADeadLetterThatIsStillWantedIsSentWhenAPersonSaysSo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db, func(p *callbacks.Policy) {
			p.MaxTries, p.BreakAfter, p.Notices = 2, 1000, map[callbacks.Notice]bool{callbacks.Completed: true}
		})
		f := &fussy{w.net, &callbacks.Trouble{Kind: callbacks.TryAgain, Code: "30001", Cause: errors.New("queue overflow")}}
		w.withCarrier(f)
		w.ended(wang)
		w.pass(time.Hour)
		dead, err := w.e.DeadLetters(ctx, w.tw.Supervisor)
		must(t, err)
		if len(dead) != 1 || dead[0].Purpose != callbacks.Purpose(callbacks.Completed) {
			t.Fatalf("dead letters: %+v", dead)
		}
		f.why = nil
		w.pass(time.Hour)
		if got := w.got(wang); len(got) != 0 {
			t.Fatalf("it was sent before anybody said so: %q", got)
		}
		if err := w.e.TryAgain(ctx, w.tw.Caseworker, dead[0].ID); !errors.Is(err, callbacks.ErrNotAllowed) {
			t.Errorf("a caseworker sent it again: %v", err)
		}
		must(t, w.e.TryAgain(ctx, w.tw.CallbackCaller, dead[0].ID))
		w.pass(time.Minute)
		if got := w.got(wang); len(got) != 1 || !strings.Contains(got[0], "已有办理结果") {
			t.Errorf("after it was woken the phone got %q", got)
		}
		if err := w.e.TryAgain(ctx, w.tw.CallbackCaller, dead[0].ID); !errors.Is(err, callbacks.ErrNotFound) {
			t.Errorf("a letter that is gone was woken: %v", err)
		}
	})
}

func TestATextThatCannotBeWrittenIsLeftToAPersonAndTheSurveyGoesOn(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		w.tw.Clock.Advance(30 * time.Minute)
		x, y := w.ended(wang), w.ended(li)
		w.until("09-22 09:50") // ten minutes before they are asked: now they are, the one in words that are gone
		_, err := db.ExecContext(ctx, `UPDATE surveys SET next_at = ?`, w.tw.Clock.Now().UTC())
		must(t, err)
		_, err = w.e.Advance(ctx)
		must(t, err)
		_, err = db.ExecContext(ctx, `UPDATE attempts SET template = 'survey_of_old' WHERE ticket_id = ?`, x.ID)
		must(t, err)
		w.pass(20 * time.Minute)
		dead, err := w.e.DeadLetters(ctx, w.tw.Supervisor)
		must(t, err)
		if len(dead) != 1 || dead[0].TicketID != x.ID || dead[0].Code != "unwritable" {
			t.Fatalf("dead letters: %+v\n%s", dead, w.story(x.Number))
		}
		if w.calls(wang) == 0 {
			t.Errorf("nobody called instead\n%s", w.story(x.Number))
		}
		if got := w.got(li); len(got) != 1 {
			t.Errorf("the text behind it did not leave\n%s", w.story(y.Number))
		}
	})
}

// A carrier so slow that a batch takes longer than its claim: whose turn comes
// too late gives its text back, so that another instance, which takes it for
// left behind, sends nothing twice.
func TestASlowCarrierGetsEachTextOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t), func(p *callbacks.Policy) { p.MonthlyCap, p.Senders = 100, 1 })
	for range 9 {
		w.ended(wang)
	}
	w.deliver()
	w.jumpTo("09-22 09:40")
	_, err := w.e.Advance(ctx)
	must(t, err)
	other := w.engine()
	w.withCarrier(&slow{w.net, func() {
		w.tw.Clock.Advance(25 * time.Second)
		_, err := other.Send(ctx)
		must(t, err)
	}})
	_, err = w.e.Send(ctx)
	must(t, err)
	if got := len(w.net.Ledger()); got != 9 || len(w.net.Twice()) != 0 {
		t.Errorf("%d of 9 texts left, twice: %v", got, w.net.Twice())
	}
}

// slow is the pretend network, and takes its time over each text.
type slow struct {
	*simulator.Network
	wait func()
}

func (s *slow) SendText(ctx context.Context, t callbacks.Text) (callbacks.Handed, error) {
	s.wait()
	return s.Network.SendText(ctx, t)
}

// box is the pretend network of a desk without a public address: texts that
// come in lie at the carrier until they are asked for.
type box struct {
	*simulator.Network
	came  []callbacks.Incoming
	since time.Time
}

func (b *box) Collect(ctx context.Context, inbox callbacks.Inbox, since time.Time) (int, error) {
	b.since = since
	for _, in := range b.came {
		if err := inbox.Text(ctx, in); err != nil {
			return 0, err
		}
	}
	return len(b.came), nil
}

func TestTextsThatNobodyToldUsOfAreCollectedOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		b := &box{Network: w.net}
		w.withCarrier(b)
		x := w.ended(wang)
		w.pass(25 * time.Hour)
		now := w.tw.Clock.Now()
		b.came = []callbacks.Incoming{{CarrierID: "SM1", From: wang, Words: "2", At: now.Add(-time.Minute)}}
		for i, want := range []int{1, 0, 0} {
			if n, err := w.e.Collect(ctx, time.Hour); err != nil || n != want {
				t.Errorf("collection %d: %d new, %v; want %d", i+1, n, err, want)
			}
		}
		if want := now.Add(-time.Minute - time.Hour); b.since.After(want) {
			t.Errorf("looked back to %s only; want an hour behind the newest text", b.since)
		}
		w.pass(10 * time.Minute)
		if got := w.wantStatus(x.Number, tickets.Archived); got.Rating != 2 {
			t.Errorf("rating %d", got.Rating)
		}
	})
}

func TestReportsThatComeLateTwiceOrOutOfOrderNeverMoveOneBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		x := w.ended(wang)
		w.pass(25 * time.Hour)
		a := w.history(x.Number).Attempts[0]
		if a.Delivery != callbacks.Delivered || a.OutAt.IsZero() {
			t.Fatalf("the text is %s", a.Delivery)
		}
		for _, late := range []callbacks.Delivery{callbacks.SentOut, callbacks.Queued, callbacks.Delivered, callbacks.Failed, callbacks.Sending} {
			must(t, w.e.Report(ctx, callbacks.Report{CarrierID: a.CarrierID, Way: callbacks.BySMS, Status: late, At: w.tw.Clock.Now()}))
		}
		if again := w.history(x.Number).Attempts[0]; again.Delivery != callbacks.Delivered || !again.OutAt.Equal(a.OutAt) || again.State != callbacks.Over {
			t.Errorf("after late reports the text is %s, %s, out at %s", again.Delivery, again.State, again.OutAt)
		}
		n := 0
		for _, ev := range w.history(x.Number).Events {
			if ev.What == "report" && ev.Status == callbacks.Delivered {
				n++
			}
		}
		if n != 1 {
			t.Errorf("the ledger holds %d reports of the delivery", n)
		}
	})
}

func TestWithoutReportsTheCarrierIsAsked(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		w.net.SetFaults(simulator.Faults{LoseReport: 1})
		x := w.ended(wang)
		w.pass(25 * time.Hour)
		if a := w.history(x.Number).Attempts[0]; a.Delivery != callbacks.Delivered {
			t.Errorf("an hour after sending the text is %s\n%s", a.Delivery, w.story(x.Number))
		}
	})
}

func TestTheDailyReconciliationMendsAndNamesWhatDiffers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		w.net.SetFaults(simulator.Faults{LoseReport: 1})
		x, y := w.ended(wang), w.ended(li)
		w.deliver()
		w.jumpTo("09-22 09:40")
		for range 2 {
			_, err := w.e.Work(ctx)
			must(t, err)
			_, err = w.net.Step(ctx)
			must(t, err)
			w.tw.Clock.Advance(time.Minute)
		}
		// Something is sent past our ledger, and something of ours the carrier never had.
		_, err := w.net.SendText(ctx, callbacks.Text{Ref: "somebody-elses", To: li, Words: "?"})
		must(t, err)
		_, err = db.ExecContext(ctx, `UPDATE attempts SET carrier_id = 'made-up', ref = 'made-up' WHERE ticket_id = ?`, y.ID)
		must(t, err)
		w.jumpTo("09-23 01:00")
		n, err := w.e.Reconcile(ctx)
		must(t, err)
		if again, err := w.e.Reconcile(ctx); n != 1 || again != 0 || err != nil {
			t.Errorf("reconciled %d, then %d, %v; want yesterday once", n, again, err)
		}
		days, differences, err := w.e.Reconciliations(ctx, w.tw.Supervisor)
		must(t, err)
		if len(days) != 1 || days[0].Theirs != 3 || days[0].Ours != 2 || days[0].Mended != 1 || days[0].Differed != 3 {
			t.Errorf("the day: %+v", days)
		}
		kinds := map[string]int{}
		for _, d := range differences {
			kinds[d.Kind]++
		}
		if kinds[callbacks.NotOurs] != 2 || kinds[callbacks.NotTheirs] != 1 {
			t.Errorf("differences: %+v", differences)
		}
		if a := w.history(x.Number).Attempts[0]; a.Delivery != callbacks.Delivered {
			t.Errorf("the lost report was not made good: %s", a.Delivery)
		}
	})
}

func TestNoticesTellHowFarItIsAndNothingAboutAnybody(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db, func(p *callbacks.Policy) { p.Notices = callbacks.Defaults().Notices })
		x := w.tw.Ticket(tickets.ToSignFor)
		w.pass(10 * time.Minute)
		w.tw.Act(w.tw.Caseworker, x.Number, &tickets.SignFor{})
		w.tw.Act(w.tw.Caseworker, x.Number, &tickets.AskExtension{Days: 5, Reason: "王秀兰13800138000的档案要调取"})
		w.tw.Act(w.tw.Dispatcher, x.Number, &tickets.RuleOnExtension{Decision: tickets.Yes, Reason: "同意"})
		w.pass(10 * time.Minute)
		got := strings.Join(w.got(wang), "\n")
		due := w.ticket(x.Number).DueAt.In(tickets.Shanghai).Format("1月2日")
		for _, want := range []string{"已转承办单位", "延期办理", due, x.Tail()} {
			if !strings.Contains(got, want) {
				t.Errorf("the texts do not say %q:\n%s", want, got)
			}
		}
		for _, never := range []string{"王秀兰", "13800138000", "继承", x.Number} {
			if strings.Contains(got, never) {
				t.Errorf("the texts say %q:\n%s", never, got)
			}
		}
	})
}

func TestACitizenHearsOfAcceptanceAndOfTheResult(t *testing.T) {
	t.Parallel()
	for lang, want := range map[string][]string{"zh-CN": {"已受理", "已有办理结果"}, "en": {"has been accepted", "There is a result"}} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, dbtest.SQLite(t), func(p *callbacks.Policy) { p.Notices = callbacks.Defaults().Notices })
			x := w.tw.Register(func(in *tickets.Intake) { in.Phone, in.Lang = wang, lang }).Ticket
			w.pass(10 * time.Minute)
			w.tw.Act(w.tw.Dispatcher, x.Number, tt.Triage(tickets.CannotDo))
			w.tw.Act(w.tw.Dispatcher, x.Number, &tickets.AnswerAtOnce{Text: "政策不允许，已说明。", Basis: "《不动产登记暂行条例》第二十二条"})
			w.pass(10 * time.Minute)
			got := w.got(wang)
			if len(got) != 2 || !strings.Contains(got[0], want[0]) || !strings.Contains(got[1], want[1]) {
				t.Errorf("the phone got %q; want %q", got, want)
			}
			for _, text := range got {
				if strings.Contains(text, "王秀兰") || strings.Contains(text, x.Number) || strings.Contains(text, "继承") {
					t.Errorf("%q says more than it should", text)
				}
			}
		})
	}
}

// The page promises whoever was merged that he will hear of the result too.
func TestWhoWasMergedHearsOfTheMainTicketsNewDateAndResult(t *testing.T) {
	t.Parallel()
	const zhao, sun, li = "+8613800000777", "+8613800000778", "+8613800000779"
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db, func(p *callbacks.Policy) { p.Notices = callbacks.Defaults().Notices })
		first := w.tw.Register(func(in *tickets.Intake) { in.Phone, in.Name = zhao, "赵明远" }).Ticket
		second := w.tw.Register(func(in *tickets.Intake) { in.Phone, in.Lang = sun, "en" }).Ticket
		split := w.tw.Register(func(in *tickets.Intake) { in.Phone = li }).Ticket
		main := w.tw.Ticket(tickets.ToSignFor)
		w.tw.Act(w.tw.Dispatcher, second.Number, &tickets.Merge{Into: first.Number, Reason: "同一件事"})
		w.tw.Act(w.tw.Dispatcher, first.Number, &tickets.Merge{Into: main.Number, Reason: "同一件事"})
		w.tw.Act(w.tw.Dispatcher, split.Number, &tickets.Merge{Into: main.Number, Reason: "同一件事"})
		w.tw.Act(w.tw.Dispatcher, split.Number, &tickets.Unmerge{Reason: "不是一件事"})
		w.pass(10 * time.Minute)
		before := len(w.got(zhao))

		w.tw.Act(w.tw.Caseworker, main.Number, &tickets.SignFor{})
		w.tw.Act(w.tw.Caseworker, main.Number, &tickets.AskExtension{Days: 5, Reason: "王秀兰13800138000的档案要调取"})
		w.tw.Act(w.tw.Dispatcher, main.Number, &tickets.RuleOnExtension{Decision: tickets.Yes, Reason: "同意"})
		w.pass(10 * time.Minute)
		now, due := w.tw.Clock.Now(), w.ticket(main.Number).DueAt.In(tickets.Shanghai).Format("1月2日")
		w.tw.Act(w.tw.Caseworker, main.Number, &tickets.Reply{ContactAt: &now, ContactWay: tickets.ByPhone, Facts: tickets.FactsTrue, Demand: tickets.Reasonable, Result: tickets.ReallySolved, Text: "已办结。"})
		w.tw.Act(w.tw.Dispatcher, main.Number, &tickets.Complete{})
		w.pass(10 * time.Minute)

		got := w.got(zhao)[before:]
		if len(got) != 2 || !strings.Contains(got[0], due) || !strings.Contains(got[1], "有了结果") || !strings.Contains(got[1], first.Tail()) {
			t.Fatalf("who was merged got %q; want the new date %s and the result, under his own number", got, due)
		}
		if all := strings.Join(got, ""); strings.Contains(all, "王秀兰") || strings.Contains(all, "13800138000") || strings.Contains(all, "请您评价") {
			t.Errorf("he is told of another caller, or of a survey that does not come: %s", all)
		}
		if english := w.got(sun); !strings.Contains(english[len(english)-1], "There is a result") {
			t.Errorf("who was merged by way of another got %q", english)
		}
		if all := strings.Join(w.got(li), ""); strings.Contains(all, "结果") {
			t.Errorf("who was taken out again is told of the result: %s", all)
		}
	})
}

func TestNoticesCanBeSwitchedOffAndWaitForTheMorningTogether(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t), func(p *callbacks.Policy) {
		p.Notices = map[callbacks.Notice]bool{callbacks.Accepted: true, callbacks.Dispatched: true}
	})
	w.jumpTo("09-21 21:00")
	x := w.tw.Ticket(tickets.ToSignFor)
	w.until("09-22 08:59")
	if got := w.got(wang); len(got) != 0 {
		t.Fatalf("in the night the phone got %q", got)
	}
	w.until("09-22 09:30")
	if got := w.got(wang); len(got) != 1 || !strings.Contains(got[0], "已转承办单位") {
		t.Errorf("in the morning the phone got %q; want the newest alone", got)
	}
	now := w.tw.Clock.Now()
	w.tw.Act(w.tw.Caseworker, x.Number, &tickets.SignFor{})
	w.tw.Act(w.tw.Caseworker, x.Number, &tickets.Reply{ContactAt: &now, ContactWay: tickets.ByPhone, Facts: tickets.FactsTrue, Demand: tickets.Reasonable, Result: tickets.ReallySolved, Text: "已办结。"})
	w.tw.Act(w.tw.Dispatcher, x.Number, &tickets.Complete{})
	w.pass(time.Hour)
	if got := w.got(wang); len(got) != 1 {
		t.Errorf("a notice that is switched off was sent: %q", got[1:])
	}
}

// telling is the pretend network, and says when it has taken a text.
type telling struct {
	*simulator.Network
	sent chan struct{}
}

func (c *telling) SendText(ctx context.Context, t callbacks.Text) (callbacks.Handed, error) {
	defer func() { c.sent <- struct{}{} }()
	return c.Network.SendText(ctx, t)
}

func TestARateLimitIsKept(t *testing.T) {
	t.Parallel()
	const texts, rate = 12, 5
	w := newWorld(t, dbtest.SQLite(t), func(p *callbacks.Policy) { p.Rate, p.MonthlyCap, p.Senders = rate, 100, texts })
	for range texts {
		w.ended(wang)
	}
	w.deliver()
	w.jumpTo("09-22 09:40")
	_, err := w.e.Advance(ctx)
	must(t, err)
	c := &telling{w.net, make(chan struct{}, texts)}
	w.withCarrier(c)
	done := make(chan error, 1)
	go func() {
		_, err := w.e.Send(ctx)
		done <- err
	}()
	for sent := 1; sent < texts; sent++ {
		// All that are left wait for their turn: nothing else holds a timer then.
		must(t, w.tw.Clock.BlockUntilContext(ctx, texts-sent))
		<-c.sent
		if n := len(w.net.Ledger()); n != sent {
			t.Fatalf("%d left after %d turns", n, sent)
		}
		w.tw.Clock.Advance(time.Second / rate)
	}
	must(t, <-done)
	first, last := w.net.Ledger()[0].At, w.net.Ledger()[texts-1].At
	if last.Sub(first) < (texts-1)*time.Second/rate {
		t.Errorf("%d texts left within %s; the limit is %d in a second", texts, last.Sub(first), rate)
	}
}
