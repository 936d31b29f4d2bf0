package demo_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"
	"github.com/uptrace/bun"

	"nengban/callbacks"
	"nengban/callbacks/simulator"
	"nengban/cmd/nengban/demo"
	"nengban/migrations"
	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/departments"
	"nengban/tickets/staff"
	"nengban/tickets/vault"
	"nengban/tickets/worktime"
)

// thursday is an ordinary afternoon, the day before the Mid-Autumn holidays.
var thursday = time.Date(2026, 9, 24, 15, 4, 5, 0, tickets.Shanghai)

// stage is what a play takes place on.
type stage struct {
	demo.Parts
	db     *bun.DB
	places *departments.Store
	engine *callbacks.Engine
	log    *bytes.Buffer
}

// newStage sets one up on an empty database, with telephones where they are
// wanted; without them a play is over sooner and nobody is asked how it went.
func newStage(t testing.TB, db *bun.DB, now time.Time, phones bool) *stage {
	t.Helper()
	ctx := context.Background()
	hurry(t, db)
	v, err := vault.New()
	must(t, err)
	places, err := departments.Open(ctx, db)
	must(t, err)
	clock := clockwork.NewFakeClockAt(now.AddDate(0, -2, 0))
	limits, err := tickets.OpenLimits(ctx, db, clock)
	must(t, err)
	s := &stage{db: db, places: places, log: &bytes.Buffer{}}
	desk := tickets.NewDesk(tickets.Parts{DB: db, Clock: clock, Vault: v, Places: places, Limits: limits, Listeners: callbacks.Listeners()})
	s.Parts = demo.Parts{Desk: desk, Staff: staff.NewStore(db, clock), Places: places, Clock: clock, Now: now,
		Password: func() string { return "clear water 2026" }}
	if !phones {
		return s
	}
	s.Phones = simulator.New(clock, simulator.Options{Seed: 1})
	s.engine, err = callbacks.New(callbacks.Parts{DB: db, Clock: clock, Desk: desk, Vault: v, Policy: demo.PlayPolicy("http://127.0.0.1/s/"),
		Carriers: []callbacks.Line{{Name: "simulator", Carrier: s.Phones}}, Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	must(t, err)
	s.Phones.Connect(s.engine)
	s.Jobs, s.Calls = demo.JobsOf(desk, s.engine), s.engine
	return s
}

// hurry lets SQLite's commits not wait for the disk: a test's database is
// thrown away.
func hurry(t testing.TB, db *bun.DB) {
	t.Helper()
	if migrations.IsPostgres(db) {
		return
	}
	for range 8 {
		c, err := db.Conn(context.Background())
		must(t, err)
		_, err = c.ExecContext(context.Background(), "PRAGMA synchronous=OFF")
		must(t, err)
		defer c.Close()
	}
}

func (s *stage) play(t testing.TB) *demo.Summary {
	t.Helper()
	sum, err := demo.Play(context.Background(), s.Parts)
	must(t, err)
	return sum
}

// all returns every ticket of the desk.
func (s *stage) all(t testing.TB) []*tickets.Ticket {
	t.Helper()
	var out []*tickets.Ticket
	for cursor := ""; ; {
		p, err := s.Desk.List(context.Background(), staff.TheSystem, tickets.Filter{Newest: true}, cursor)
		must(t, err)
		out = append(out, p.Tickets...)
		if cursor = p.Next; cursor == "" {
			return out
		}
	}
}

// TestTheFortnight plays it once on each database and looks at what it left
// behind from all sides.
func TestTheFortnight(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		s := newStage(t, db, thursday, true)
		begin := time.Now()
		sum := s.play(t)
		t.Logf("%d tickets, %d acts, %d texts and %d calls in %s", sum.Tickets, sum.Acts, sum.Texts, sum.Calls, time.Since(begin).Round(time.Millisecond))
		for _, look := range []struct {
			name string
			at   func(*testing.T, *stage, *demo.Summary)
		}{
			{"a ticket stands at every station", everyStation},
			{"every storyline came to what it tells", storylines},
			{"the timelines alone rebuild every ticket", timelinesRebuild},
			{"the deadlines in lists are those of a replay", deadlinesReplay},
			{"departments act in office time", officeTime},
			{"nobody was asked twice and no text left twice", nobodyTwice},
			{"calls wait for people, texts for answers", callsWait},
			{"logs name nobody", logsNameNobody},
			{"citizens find their tickets by number and code", citizensLook},
		} {
			t.Run(look.name, func(t *testing.T) { look.at(t, s, sum) })
		}
		if !migrations.IsPostgres(db) {
			t.Run("the same last moment gives the same play", func(t *testing.T) { playedAgain(t, s.tell(t), sum) })
		}
	})
}

func everyStation(t *testing.T, s *stage, sum *demo.Summary) {
	at := map[tickets.Status]int{}
	for _, x := range s.all(t) {
		at[x.Status]++
	}
	for _, status := range tickets.Statuses {
		if at[status] == 0 {
			t.Errorf("no ticket is %s", status)
		}
	}
	if diff := cmp.Diff(at, sum.Statuses); diff != "" {
		t.Errorf("the summary counts otherwise (-the desk +the summary):\n%s", diff)
	}
	if sum.Tickets < 140 {
		t.Errorf("there are %d tickets; want about 150", sum.Tickets)
	}
	soon, err := s.Desk.Count(context.Background(), staff.TheSystem, tickets.Filter{Statuses: []tickets.Status{tickets.InHand}, DueBefore: thursday.Add(48 * time.Hour)})
	must(t, err)
	late, err := s.Desk.Count(context.Background(), staff.TheSystem, tickets.Filter{Overdue: true})
	must(t, err)
	if soon < 3 || late < 3 {
		t.Errorf("%d tickets are due soon and %d overdue; the desk should look alive", soon, late)
	}
}

// storylines checks how each of them stands now and what its timeline holds.
func storylines(t *testing.T, s *stage, sum *demo.Summary) {
	for key, want := range map[string]struct {
		status tickets.Status
		acts   []staff.Right
	}{
		"answered_at_once":        {tickets.Archived, []staff.Right{staff.AnswerAtOnce, staff.RecordRating}},
		"cannot_do":               {tickets.Archived, []staff.Right{staff.Triage, staff.AnswerAtOnce, staff.RecordRating}},
		"declined":                {tickets.Completed, []staff.Right{staff.Decline}},
		"handed_to_110":           {tickets.Completed, []staff.Right{staff.HandOver}},
		"withdrawn":               {tickets.Completed, []staff.Right{staff.Withdraw}},
		"supplemented":            {tickets.Archived, []staff.Right{staff.AskCitizen, staff.Supplement, staff.Dispatch, staff.Reply}},
		"hard_matter_settled":     {tickets.Archived, []staff.Right{staff.OpenConsultation, staff.GiveOpinion, staff.GiveOpinion, staff.ConcludeConsultation, staff.ReportProgress, staff.Assist, staff.Reply}},
		"hard_matter_consulting":  {tickets.InConsultation, []staff.Right{staff.OpenConsultation, staff.GiveOpinion}},
		"refused":                 {tickets.Archived, []staff.Right{staff.Triage, staff.AnswerOrder, staff.Complete, staff.CloseOrder, staff.CloseAccountability}},
		"refused_open":            {tickets.InHand, []staff.Right{staff.Triage, staff.Dispatch, staff.SignFor}},
		"returned_and_redirected": {tickets.Archived, []staff.Right{staff.Return, staff.RuleOnReturn, staff.Dispatch, staff.SignFor}},
		"returned_twice":          {tickets.Archived, []staff.Right{staff.Return, staff.RuleOnReturn, staff.Return, staff.RuleOnReturn, staff.ConcludeConsultation}},
		"forced":                  {tickets.Archived, []staff.Right{staff.Return, staff.RuleOnReturn, staff.SignFor}},
		"extended":                {tickets.InHand, []staff.Right{staff.AskExtension, staff.RuleOnExtension}},
		"extension_refused":       {tickets.Archived, []staff.Right{staff.AskExtension, staff.RuleOnExtension, staff.Reply}},
		"resumed":                 {tickets.Archived, []staff.Right{staff.AskSuspension, staff.RuleOnSuspension, staff.Resume, staff.Reply}},
		"suspended":               {tickets.Suspended, []staff.Right{staff.AskSuspension, staff.RuleOnSuspension}},
		"reworked":                {tickets.Archived, []staff.Right{staff.Complete, staff.RecordRating, staff.Rework, staff.Reply, staff.Complete, staff.RecordRating}},
		"reworked_twice":          {tickets.Archived, []staff.Right{staff.Rework, staff.Rework, staff.ConcludeConsultation, staff.AnswerOrder, staff.CloseOrder}},
		"judged_not_counted":      {tickets.Archived, []staff.Right{staff.RecordRating, staff.JudgeRating}},
		"judged_counted":          {tickets.Archived, []staff.Right{staff.RecordRating, staff.JudgeRating, staff.Rework, staff.Reply}},
		"to_judge":                {tickets.ToJudge, []staff.Right{staff.RecordRating}},
		"overdue":                 {tickets.InHand, []staff.Right{staff.Remind, staff.Remind, staff.Supervise, staff.AnswerOrder}},
		"burst_main":              {tickets.Archived, []staff.Right{staff.Dispatch, staff.ReportProgress, staff.Reply}},
		"burst_taken_apart":       {tickets.InHand, []staff.Right{staff.Merge, staff.Unmerge, staff.Dispatch}},
		"confidential":            {tickets.Archived, []staff.Right{staff.RecordContact, staff.Reply}},
		"anonymous":               {tickets.Completed, []staff.Right{staff.Reply, staff.Complete, staff.CloseUnrated}},
		"to_rework":               {tickets.ToRework, []staff.Right{staff.Complete, staff.RecordRating}},
		"just_now":                {tickets.ToTriage, []staff.Right{staff.Register}},
	} {
		i := slices.IndexFunc(sum.Stories, func(x demo.Story) bool { return x.Key == key })
		if i < 0 {
			t.Errorf("there is no storyline %s", key)
			continue
		}
		x := sum.Stories[i]
		ticket, entries, err := s.Desk.Look(context.Background(), x.Number, x.Code)
		must(t, err)
		if ticket.Status != want.status || !holds(entries, want.acts) {
			t.Errorf("%s is %s; want %s with %v in it:\n%s", key, ticket.Status, want.status, want.acts, told(entries))
		}
	}
}

// holds says whether the acts stand in the timeline in this order.
func holds(entries []tickets.Entry, acts []staff.Right) bool {
	for _, e := range entries {
		if len(acts) > 0 && e.Act == acts[0] {
			acts = acts[1:]
		}
	}
	return len(acts) == 0
}

func told(entries []tickets.Entry) string {
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&b, "  %s %s by %s: %s, round %d\n", e.At.In(tickets.Shanghai).Format("01-02 15:04"), e.Act, e.ByName, e.To, e.Round)
	}
	return b.String()
}

func timelinesRebuild(t *testing.T, s *stage, _ *demo.Summary) {
	for _, x := range s.all(t) {
		entries, err := s.Desk.Timeline(context.Background(), x.ID)
		must(t, err)
		if diff := cmp.Diff(x.State, tickets.Fold(entries), cmp.Comparer(time.Time.Equal)); diff != "" {
			t.Errorf("%s is not what its timeline adds up to (-stored +folded):\n%s", x.Number, diff)
		}
	}
}

func deadlinesReplay(t *testing.T, s *stage, _ *demo.Summary) {
	for d, err := range s.Desk.CheckClocks(context.Background(), false) {
		must(t, err)
		t.Errorf("the deadlines of a ticket differ from a replay: %+v", d)
	}
}

// officeTime: but for what is urgent, caseworkers, leaders and the supervisor
// act in office hours, and nothing happens before the play begins or after now.
func officeTime(t *testing.T, s *stage, sum *demo.Summary) {
	office := s.Desk.Limits().Calendars()[worktime.Department]
	for _, x := range s.all(t) {
		entries, err := s.Desk.Timeline(context.Background(), x.ID)
		must(t, err)
		for _, e := range entries {
			if e.At.Before(sum.From) || e.At.After(sum.Now) {
				t.Errorf("%s: %s happened at %s, outside the fortnight", x.Number, e.Act, e.At)
			}
			open, err := office.Open(e.At)
			must(t, err)
			day := e.Role == staff.Caseworker || e.Role == staff.DepartmentLeader || e.Role == staff.Supervisor
			if day && !open && x.Urgency == tickets.Routine && x.Class != tickets.Refused {
				t.Errorf("%s: %s by %s at %s, when offices are closed", x.Number, e.Act, e.ByName, e.At.In(tickets.Shanghai).Format(time.DateTime))
			}
		}
	}
}

func nobodyTwice(t *testing.T, s *stage, _ *demo.Summary) {
	if twice := s.Phones.Twice(); len(twice) > 0 {
		t.Errorf("texts or calls left twice: %v", twice)
	}
	for _, listener := range []string{callbacks.PlanListener, callbacks.NoticeListener} {
		waiting, dead, err := s.Desk.Outstanding(context.Background(), listener)
		must(t, err)
		if dead > 0 || waiting > 2 { // the last act of all happens after the last job
			t.Errorf("%s: %d messages wait and %d are dead", listener, waiting, dead)
		}
	}
}

func callsWait(t *testing.T, s *stage, sum *demo.Summary) {
	supervisor := sum.Member("qian.wei")
	waiting, err := s.engine.Surveys(context.Background(), supervisor, callbacks.WithPerson)
	must(t, err)
	asking, err := s.engine.Surveys(context.Background(), supervisor, callbacks.Asking)
	must(t, err)
	if len(waiting) == 0 || len(asking) == 0 {
		t.Errorf("%d calls wait on the worklist and %d surveys are being asked; want some of both", len(waiting), len(asking))
	}
	concerns, err := s.engine.Health(context.Background())
	must(t, err)
	for _, c := range concerns {
		if c.Code == callbacks.LettersDead || c.Code == callbacks.AnswersStuck || c.Code == callbacks.CarrierDown {
			t.Errorf("the callbacks are not well: %+v", c)
		}
	}
}

// logsNameNobody looks for every citizen's number, and for the names that the
// storylines' citizens have, in what was logged at the most talkative level.
func logsNameNobody(t *testing.T, s *stage, sum *demo.Summary) {
	log := s.log.String()
	for _, p := range s.Phones.Phones() {
		if strings.Contains(log, strings.TrimPrefix(p.Number, "+86")) {
			t.Errorf("the log holds the number %s", p.Number)
		}
	}
	for _, x := range s.all(t) {
		clear, err := s.Desk.CallerForContact(x)
		must(t, err)
		if clear.Name != "" && strings.Contains(log, clear.Name) {
			t.Errorf("the log holds the name of the caller of %s", x.Number)
		}
	}
	if strings.Contains(fmt.Sprintf("%v", sum.People), "clear water") {
		t.Error("printing the people prints their password")
	}
}

func citizensLook(t *testing.T, s *stage, sum *demo.Summary) {
	for _, x := range sum.Stories {
		if _, _, err := s.Desk.Look(context.Background(), x.Number, x.Code); err != nil {
			t.Errorf("%s: %v", x.Key, err)
		}
	}
	m, err := s.Staff.Authenticate(context.Background(), "chen.jie", "clear water 2026")
	if err != nil || !m.Is(staff.Operator) {
		t.Errorf("an operator of the summary cannot log in: %v", err)
	}
}

// playedAgain plays once more to the same last moment and compares.
func playedAgain(t *testing.T, first string, a *demo.Summary) {
	t.Helper()
	s := newStage(t, dbtest.SQLite(t), thursday, true)
	b := s.play(t)
	if diff := cmp.Diff(strings.Split(first, "\n"), strings.Split(s.tell(t), "\n")); diff != "" {
		t.Errorf("the second play went another way (-first +second):\n%s", diff)
	}
	if a.Texts != b.Texts || a.Calls != b.Calls || a.Acts != b.Acts {
		t.Errorf("%d texts, %d calls, %d acts the first time and %d, %d, %d the second", a.Texts, a.Calls, a.Acts, b.Texts, b.Calls, b.Acts)
	}
}

// tell writes every ticket with its timeline, to compare two plays.
func (s *stage) tell(t testing.TB) string {
	t.Helper()
	var b strings.Builder
	for _, x := range s.all(t) {
		entries, err := s.Desk.Timeline(context.Background(), x.ID)
		must(t, err)
		fmt.Fprintf(&b, "%s %s %s %s\n", x.Number, x.Title, x.Status, x.Lead)
		for _, e := range entries {
			fmt.Fprintf(&b, "  %s %s %s %s\n", e.At.Truncate(time.Minute), e.Act, e.ByName, e.To)
		}
	}
	return b.String()
}

// TestAnyLastMomentWill: whoever starts the demo at night, on a holiday or in a
// year whose holidays nobody knows yet finds a desk with something at every
// station that does not take a citizen's answer.
func TestAnyLastMomentWill(t *testing.T) {
	t.Parallel()
	for name, now := range map[string]string{
		"a Sunday at four in the morning":            "2026-11-22 04:12",
		"the last day of the Spring Festival":        "2026-02-23 21:00",
		"a working Saturday after the National Day":  "2026-10-10 17:29",
		"midnight between two years":                 "2027-01-01 00:00",
		"the leap day of a year without its notices": "2028-02-29 23:59",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			at, err := time.ParseInLocation("2006-01-02 15:04", now, tickets.Shanghai)
			must(t, err)
			s := newStage(t, dbtest.SQLite(t), at, false)
			sum := s.play(t)
			for _, status := range tickets.Statuses {
				if sum.Statuses[status] == 0 && status != tickets.Archived {
					t.Errorf("no ticket is %s; there are %v", status, sum.Statuses)
				}
			}
			if !s.Clock.Now().Equal(at) {
				t.Errorf("the play ends at %s; want %s", s.Clock.Now(), at)
			}
			timelinesRebuild(t, s, sum)
			officeTime(t, s, sum)
		})
	}
}

func TestAPlayThatIsToldToStopStops(t *testing.T) {
	t.Parallel()
	s := newStage(t, dbtest.SQLite(t), thursday, false)
	ctx, stop := context.WithCancel(context.Background())
	acts := 0
	s.Jobs = []demo.Job{{Name: "stop", Every: 24 * time.Hour, Run: func(context.Context) (int, error) {
		if acts++; acts == 3 {
			stop()
		}
		return 0, nil
	}}}
	if _, err := demo.Play(ctx, s.Parts); !errors.Is(err, context.Canceled) {
		t.Errorf("the play ended with %v; want that it was cancelled", err)
	}
}

// TestKnowledgeIsNamedByAnswers: where the articles have a room of their own,
// answers name the ones they are taken from.
func TestKnowledgeIsNamedByAnswers(t *testing.T) {
	t.Parallel()
	s := newStage(t, dbtest.SQLite(t), thursday, false)
	s.Learn = func(_ context.Context, editor staff.Member, all []demo.Article) (map[string]string, error) {
		if !editor.Is(staff.KnowledgeEditor) || len(all) < 60 {
			t.Errorf("%d articles are taken in by %s", len(all), editor.Login)
		}
		ids := map[string]string{}
		for i, a := range all {
			ids[a.Title] = fmt.Sprintf("K%d", i)
		}
		return ids, nil
	}
	s.play(t)
	named := 0
	for _, x := range s.all(t) {
		if x.Answer != nil && strings.HasPrefix(x.Answer.Article, "K") {
			named++
		}
	}
	if named < 10 {
		t.Errorf("%d answers name an article; want most of those that were given at once", named)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
