package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"

	"nengban/knowledge"
	"nengban/tickets"
	"nengban/tickets/sheet"
	"nengban/tickets/staff"
	tt "nengban/tickets/ticketstest"
)

const guides = `类目,标题,内容,发文单位,材料性质,关键字
住房/公积金,住房公积金提取办理指南,租房每年可以提取一次。,公积金中心,办事指南,"公积金，提取"
住房/公积金,性质不对,内容。,公积金中心,小道消息,
`

func TestArticlesAreTakenInReindexedAndWrittenOut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file, out := filepath.Join(dir, "guides.csv"), filepath.Join(dir, "out.csv")
	noError(t, os.WriteFile(file, []byte(guides), 0o600))
	data := filepath.Join(dir, "data")
	for _, test := range []struct {
		args []string
		code int
		say  string
	}{
		{[]string{"import", "knowledge", file}, 1, "1 taken in, 0 changed, 0 known already, 1 not taken"},
		{[]string{"import", "knowledge", file}, 1, "0 taken in, 0 changed, 1 known already, 1 not taken"},
		{[]string{"reindex", "--check"}, 0, "1 articles"},
		{[]string{"reindex"}, 0, "1 articles indexed"},
		{[]string{"export", "knowledge", out}, 0, "1 articles written"},
		{[]string{"export", "knowledge", out + ".doc"}, 1, "should end in .csv or .xlsx"},
	} {
		said, code := runIn(t, data, test.args...)
		if code != test.code || !strings.Contains(said, test.say) {
			t.Errorf("%v ends with %d: %s\nwant %d and %q", test.args, code, said, test.code, test.say)
		}
	}
	if said, _ := runIn(t, data, "import", "knowledge", file); !strings.Contains(said, "line 3, column 材料性质") {
		t.Errorf("the bad row is not pointed at: %s", said)
	}
	noError(t, os.RemoveAll(filepath.Join(data, "index")))
	if said, code := runIn(t, data, "reindex", "--check"); code != 1 || !strings.Contains(said, "missing") {
		t.Errorf("a deleted index: %d %s", code, said)
	}
	written, err := os.ReadFile(out)
	noError(t, err)
	if !strings.Contains(string(written), "住房公积金提取办理指南") {
		t.Errorf("written out: %s", written)
	}
}

func TestRepliesComeInByTheMappingThatIsShipped(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "replies.jsonl")
	noError(t, os.WriteFile(file, []byte(`{"id":"d0001","reply":"网友您好：经核实，该小区停车收费标准由业主大会表决通过。2019年5月9日","time":"2019-05-09T10:00:00"}`), 0o600))
	said, code := runIn(t, filepath.Join(dir, "data"), "import", "knowledge", "--map", "../../docs/import/replies.yaml", file)
	if code != 0 || !strings.Contains(said, "1 taken in") {
		t.Errorf("replies: %d %s", code, said)
	}
}

func runIn(t *testing.T, data string, args ...string) (said string, code int) {
	t.Helper()
	var out bytes.Buffer
	term := &terminal{Out: &out, Err: &out, Env: []string{"NENGBAN_LOG_LEVEL=error"}, Clock: clockwork.NewRealClock()}
	code = run(context.Background(), append(args, "--data", data), term)
	return out.String(), code
}

// TestAnArticleThatAnsweredACallIsToldOfIt: an answer given with an article is
// its use, and the citizen's rating of the answer is about it.
func TestAnArticleThatAnsweredACallIsToldOfIt(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	conf, err := readConfig(common{Data: t.TempDir()}, "", []string{"NENGBAN_LOG_LEVEL=error"})
	noError(t, err)
	var quiet bytes.Buffer
	d, err := openDesk(ctx, conf, &terminal{Out: &quiet, Err: &quiet, Clock: clockwork.NewFakeClockAt(monday)})
	noError(t, err)
	defer func() { noError(t, d.close()) }()
	for _, line := range []string{"住房/公积金,住房公积金提取办理指南,租房每年可以提取一次。,公积金中心,办事指南,"} {
		file := filepath.Join(t.TempDir(), "a.csv")
		noError(t, os.WriteFile(file, []byte("类目,标题,内容,发文单位,材料性质,关键字\n"+line), 0o600))
		f, err := os.Open(file)
		noError(t, err)
		r, err := d.knowledge.Import(ctx, knowledge.Importer, knowledge.Xinyang(sheet.Read(file, f)), knowledge.ImportOptions{Source: "x", MakePaths: true})
		noError(t, err)
		noError(t, f.Close())
		if r.Taken != 1 {
			t.Fatalf("%+v", r)
		}
	}
	_, err = d.knowledge.Tick(ctx)
	noError(t, err)
	found, err := d.match(ctx, "我租房子想把公积金提取出来怎么弄", 5)
	noError(t, err)
	if len(found) != 1 || found[0].Answer == "" || found[0].Href != "/knowledge/"+found[0].ID {
		t.Fatalf("matches: %+v", found)
	}
	operator := staff.Member{ID: 1, Name: "陈话务", Roles: []staff.Role{staff.Operator}, Active: true}
	made, err := d.tickets.Register(ctx, operator, tt.Intake(func(in *tickets.Intake) {
		in.Kind, in.Content = tickets.Inquiry, "租房怎么提取公积金，要哪些材料？"
	}))
	noError(t, err)
	number := made.Ticket.Number
	_, err = d.tickets.Act(ctx, operator, tickets.Ref{Number: number}, &tickets.AnswerAtOnce{Text: found[0].Answer, Basis: found[0].Basis, Article: found[0].ID})
	noError(t, err)
	caller := staff.Member{ID: 2, Name: "孙回访", Roles: []staff.Role{staff.CallbackCaller}, Active: true}
	_, err = d.tickets.Act(ctx, caller, tickets.Ref{Number: number}, &tickets.RecordRating{Rating: 5, Solved: tickets.SolvedYes, Way: "person"})
	noError(t, err)
	for range 2 { // told twice is told once
		_, err = d.tickets.Deliver(ctx, knowledgeListener, 10, d.opine)
		noError(t, err)
	}
	id, _ := knowledge.ParseCode(found[0].ID)
	a, err := d.knowledge.Article(ctx, operator, id, 0)
	noError(t, err)
	bad, err := d.knowledge.Rated(ctx, "")
	noError(t, err)
	if a.Uses != 1 || len(bad) != 1 || fmt.Sprint(bad[0].Bad, bad[0].Good) != "1 1" {
		t.Errorf("it was used %d times, bad opinions %+v; want one use, one bad and one good", a.Uses, bad)
	}
}

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
