package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"
	"github.com/uptrace/bun"

	"nengban/migrations"
	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/ticketstest"
	"nengban/tickets/triage"
)

// townThatDecided dispatched n tickets about property to planning and n about
// buses to traffic, all signed for.
func townThatDecided(t *testing.T, db *bun.DB, n int) *ticketstest.Town {
	t.Helper()
	tw := ticketstest.New(t, db)
	for i := range n {
		for _, x := range []struct {
			lead, content string
		}{
			{ticketstest.Planning, "房产证办不下来，窗口每次都说缺材料，第%d次来了，请帮忙。"},
			{ticketstest.Traffic, "公交车等了四十分钟，站牌也倒了，第%d次反映，请处理。"},
		} {
			number := tw.Register(func(in *tickets.Intake) {
				in.Content = fmt.Sprintf(x.content, i+1)
				in.Phone = fmt.Sprintf("1380013%04d", i)
			}).Ticket.Number
			tw.Act(tw.Dispatcher, number, ticketstest.Triage(tickets.Ordinary))
			tw.Act(tw.Dispatcher, number, ticketstest.Dispatch(x.lead))
			by := tw.PlanningCaseworker
			if x.lead == ticketstest.Traffic {
				by = tw.TrafficCaseworker
			}
			tw.Act(by, number, &tickets.SignFor{})
			tw.Clock.Advance(time.Minute)
		}
	}
	return tw
}

func TestOnlyAcceptedDispatchesTeach(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		tw := townThatDecided(t, db, 2)
		tw.Ticket(tickets.ToTriage)
		tw.Ticket(tickets.ToSignFor)
		tw.Ticket(tickets.ToRuleReturn)
		tw.Ticket(tickets.InHand, func(in *tickets.Intake) { in.Confidential = true })
		got, err := decisions(context.Background(), db)
		if err != nil {
			t.Fatal(err)
		}
		var leads []string
		for i, d := range got {
			leads = append(leads, d.Department)
			if d.Title == "" || d.Text == "" || d.Area != "511402" || d.Kind != "complaint" || d.Class != "ordinary" || d.Group == "" {
				t.Errorf("decision %+v lacks something", d)
			}
			if i > 0 && d.At.Before(got[i-1].At) {
				t.Errorf("decision %d is older than the one before", i)
			}
		}
		if diff := cmp.Diff("planning traffic planning traffic", strings.Join(leads, " ")); diff != "" {
			t.Errorf("leads (-want +got):\n%s", diff)
		}
	})
}

func runTrain(t *testing.T, dir string, args ...string) (out, errs string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	term := &terminal{In: strings.NewReader(""), Out: &stdout, Err: &stderr, Clock: clockwork.NewFakeClockAt(ticketstest.Morning.AddDate(0, 1, 0))}
	code = run(context.Background(), append([]string{"train", "--data", dir}, args...), term)
	return stdout.String(), stderr.String(), code
}

func TestADeskLearnsAndGoesBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, errs, code := runTrain(t, dir); code != 1 || !strings.Contains(errs, "too few") {
		t.Fatalf("an empty desk: exit %d, %s", code, errs)
	}
	if out, _, code := runTrain(t, dir, "--list"); code != 0 || !strings.Contains(out, "only the directory") {
		t.Errorf("an empty desk lists %q", out)
	}
	if _, errs, code := runTrain(t, dir, "--rollback"); code != 1 || !strings.Contains(errs, "no models before") {
		t.Errorf("an empty desk goes back: exit %d, %s", code, errs)
	}
	fillDesk(t, dir, 20)
	first, errs, code := runTrain(t, dir, "--json")
	if code != 0 {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var got trained
	if err := json.Unmarshal([]byte(first), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{triage.ForDepartment}, got.Learned); diff != "" || got.Version != 1 || got.Decisions != 40 || len(got.Steps) == 0 {
		t.Errorf("learned %+v", got)
	}
	if out, _, _ := runTrain(t, dir); !strings.Contains(out, "in use: 0002") || !strings.Contains(out, "by the directory alone") {
		t.Errorf("the second training printed\n%s", out)
	}
	if out, errs, code := runTrain(t, dir, "--rollback"); code != 0 || !strings.Contains(out, "in use: 0001") {
		t.Errorf("going back: exit %d, %s\n%s", code, errs, out)
	}
	if out, _, _ := runTrain(t, dir, "--list"); !strings.Contains(out, "* 0001") || !strings.Contains(out, "  0002") {
		t.Errorf("the list shows not both\n%s", out)
	}
}

// fillDesk lets a town decide on the database of a data folder.
func fillDesk(t *testing.T, dir string, n int) {
	t.Helper()
	db, err := migrations.Open(context.Background(), filepath.Join(dir, "nengban.db"))
	if err != nil {
		t.Fatal(err)
	}
	townThatDecided(t, db, n)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestTheJobLearnsOnlyFromNews(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := dbtest.SQLite(t)
	tw := townThatDecided(t, db, 20)
	l, err := openLearning(filepath.Join(t.TempDir(), "models"))
	if err != nil {
		t.Fatal(err)
	}
	directory := tw.Desk.Directory()
	if m, n := l.now(); m != nil || n != 0 || !l.Advisor(directory).Propose(triage.Asked{Title: "公交车"}, nil).Fresh {
		t.Error("a fresh desk says that it has learned")
	}
	for _, want := range []int{40, 0} {
		if n, err := l.learn(ctx, db, directory, tw.Clock.Now(), 10); err != nil || n != want {
			t.Errorf("learned from %d (%v), want %d", n, err, want)
		}
	}
	if n, err := l.learn(ctx, db, tw.Desk.Directory(), tw.Clock.Now(), newsToLearn); err != nil || n != 0 {
		t.Errorf("the job learned from %d (%v) though nothing is new", n, err)
	}
	if step, err := l.Unseen(ctx, db, directory); err != nil || step.Learned != 40 || step.Tested != 0 {
		t.Errorf("unseen: %+v (%v), want none since the training", step, err)
	}
	p := l.Advisor(directory).Propose(triage.Asked{Title: "公交车又不来", Text: "站牌倒了，公交车等了很久，请处理。"}, nil)
	if p.Fresh || len(p.Departments) == 0 || p.Departments[0].Code != ticketstest.Traffic {
		t.Errorf("after learning: %+v", p)
	}
}

func TestDamagedModelsAreReplacedByEarlierOnes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	l, err := openLearning(dir)
	if err != nil {
		t.Fatal(err)
	}
	for range versionsKept + 3 {
		if err := l.keep(&triage.Models{}); err != nil {
			t.Fatal(err)
		}
	}
	versions, err := l.versions()
	if err != nil || len(versions) != versionsKept || versions[0] != 4 {
		t.Errorf("kept %v (%v), want the newest %d", versions, err, versionsKept)
	}
	if err := os.WriteFile(l.file(versionsKept+3), []byte("torn"), 0o600); err != nil {
		t.Fatal(err)
	}
	again, err := openLearning(dir)
	if again == nil || err == nil {
		t.Fatal("a damaged file is not told of")
	}
	if m, n := again.now(); m == nil || n != versionsKept+2 {
		t.Errorf("in use is %d, want the one before the damaged", n)
	}
}
