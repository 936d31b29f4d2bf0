package knowledge_test

import (
	"bytes"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"
	"golang.org/x/text/encoding/simplifiedchinese"

	"nengban/knowledge"
	"nengban/migrations/dbtest"
	"nengban/tickets/sheet"
)

const xinyangFile = `类目,标题,内容,发文单位,材料性质,关键字,失效日期
住房/公积金,住房公积金提取办理指南,租房每年可以提取一次。,公积金中心,办事指南,"公积金，提取",
住房/公积金,公积金贷款额度,双缴存职工最高八十万元。,公积金中心,热点问答,贷款,
住房/公积金,公积金贷款额度,写了两遍。,公积金中心,热点问答,贷款,
住房/别的,不在类目里,内容。,公积金中心,办事指南,,
住房/公积金,性质不对,内容。,公积金中心,小道消息,,
住房/公积金,没有内容,,公积金中心,办事指南,,
住房/公积金,日期不对,内容。,公积金中心,通知公告,,去年
住房/不动产登记,历史遗留房屋处理口径,由两局会商。,自然资源局,业务指引,无证,2027-01-01
`

func xinyang(name string, body []byte) iter.Seq2[knowledge.Incoming, error] {
	return knowledge.Xinyang(sheet.Read(name, bytes.NewReader(body)))
}

func TestAFileGoesInRowByRowAndTwiceAddsNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		take := func(file string) (knowledge.Report, []string) {
			t.Helper()
			r, err := w.Import(ctx, editor, xinyang("a.csv", []byte(file)), knowledge.ImportOptions{Source: "xinyang", Most: knowledge.MostXinyangRows})
			must(t, err)
			var said []string
			for _, x := range r.Trouble {
				said = append(said, x.Error())
			}
			w.tick()
			return r, said
		}
		r, said := take(xinyangFile)
		if r.Taken != 3 || r.Replaced != 1 {
			t.Errorf("taken %d, replaced %d; want 3 and 1", r.Taken, r.Replaced)
		}
		want := []string{"line 5, column 类目: path_unknown 住房/别的", "line 6, column 材料性质: row_unreadable \"小道消息\" cannot be read", "line 7, column 内容: missing", "line 8, column 失效日期: row_unreadable \"去年\" cannot be read"}
		if diff := cmp.Diff(want, said[:min(4, len(said))]); diff != "" {
			t.Errorf("the report (-want +got):\n%s", diff)
		}
		w.finds("公积金提取", "住房公积金提取办理指南")
		if got := w.found("历史遗留房屋", asCitizen); slices.Contains(got, "历史遗留房屋处理口径") {
			t.Errorf("a guide for the staff is public: %q", got)
		}
		good := strings.Join(strings.Split(xinyangFile, "\n")[:2], "\n") + "\n"
		if r, _ := take(good); r.Taken+r.Replaced != 0 || r.Known != 1 {
			t.Errorf("the second time: %+v; want nothing new", r)
		}
		if r, _ := take(strings.Replace(good, "每年", "每季度", 1)); r.Replaced != 1 {
			t.Errorf("a row that reads otherwise: %+v; want a new version", r)
		}
		live, _, err := w.Live(ctx, 1)
		must(t, err)
		if live.N != 2 || !strings.Contains(live.Body, "每季度") {
			t.Errorf("version %d serves: %s", live.N, live.Body)
		}
		must(t, w.Check(ctx))
	})
}

func TestTheSameFileInEveryFormat(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	gbk, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(strings.Join(strings.Split(xinyangFile, "\n")[:2], "\n")))
	must(t, err)
	r, err := w.Import(ctx, editor, xinyang("a.csv", gbk), knowledge.ImportOptions{Source: "xinyang"})
	must(t, err)
	if r.Taken != 1 {
		t.Errorf("GB18030: %+v", r)
	}
	w.published(titled("=1+1 等于几"), func(c *knowledge.Content) { c.Kind, c.Access, c.Keywords = knowledge.Policy, knowledge.Internal, nil })
	w.tick()
	// What was exported is known when it comes back, whatever the format.
	var rows [][]string
	for cells, err := range w.Exported(ctx) {
		must(t, err)
		rows = append(rows, cells)
	}
	all := func(yield func([]string) bool) {
		for _, cells := range rows {
			if !yield(cells) {
				return
			}
		}
	}
	var text, book bytes.Buffer
	must(t, sheet.WriteCSV(&text, knowledge.Headings(), all))
	must(t, sheet.WriteXLSX(&book, "知识库", knowledge.Headings(), all))
	fresh := newWorld(t, dbtest.SQLite(t))
	for _, f := range []struct {
		name  string
		body  []byte
		taken int
	}{{"out.csv", text.Bytes(), 2}, {"out.xlsx", book.Bytes(), 0}} {
		r, err := fresh.Import(ctx, editor, xinyang(f.name, f.body), knowledge.ImportOptions{Source: "xinyang"})
		must(t, err)
		if r.Taken != f.taken || r.Known != 2-f.taken || len(r.Trouble) != 0 {
			t.Errorf("%s: %+v; want %d taken, the others known", f.name, r, f.taken)
		}
	}
	fresh.tick()
	for _, a := range []int64{1, 2} {
		ours, err := w.Article(ctx, editor, a, 0)
		must(t, err)
		theirs, err := fresh.Article(ctx, editor, a, 0)
		must(t, err)
		if changed := knowledge.Compare(ours.Content, theirs.Content); len(changed) != 0 {
			t.Errorf("article %d came back changed: %+v", a, changed)
		}
	}
}

func TestAFileWithoutItsColumnsIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	_, err := w.Import(ctx, editor, xinyang("a.csv", []byte("类目,标题,内容\n住房/公积金,甲,乙\n")), knowledge.ImportOptions{})
	if err == nil || !strings.Contains(err.Error(), "发文单位") {
		t.Errorf("a file without issuer = %v; want it refused by the column's name", err)
	}
	lines := strings.Repeat("住房/公积金,甲,乙,丙,办事指南,\n", 1001)
	r, err := w.Import(ctx, editor, xinyang("a.csv", []byte("类目,标题,内容,发文单位,材料性质,关键字\n"+lines)), knowledge.ImportOptions{Most: knowledge.MostXinyangRows})
	must(t, err)
	if n := len(r.Trouble); n != 1 || r.Trouble[0].Code != "too_many_rows" || r.Trouble[0].Line != 1002 {
		t.Errorf("1,001 rows: %+v", r.Trouble)
	}
}

func TestAFinishedTicketBecomesADraftWithoutWhatPointsToAPerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	x := knowledge.Case{Number: "20260921000001", Title: "王秀兰咨询公积金提取", Question: "我叫王秀兰，电话13800138000，租房能提取公积金吗？", Answer: "王秀兰您好，租房每年可以提取一次。", Path: "没有的类目"}
	a, err := w.DraftFrom(ctx, editor, x)
	must(t, err)
	for _, c := range knowledge.Compare(knowledge.Content{}, a.Content) {
		if strings.Contains(c.To, "王秀兰") || strings.Contains(c.To, "13800138000") {
			t.Errorf("%s of the draft names a person: %s", c.Field, c.To)
		}
	}
	if a.State != knowledge.Draft || a.Access != knowledge.Internal || a.Kind != knowledge.FAQ || !strings.Contains(a.Telling(), "每年可以提取一次") {
		t.Errorf("the draft: %+v", a)
	}
	b, err := w.DraftFrom(ctx, reviewer, x)
	must(t, err)
	if b.ID != a.ID {
		t.Errorf("the same ticket became %s and %s", a.Code(), b.Code())
	}
}

// The departments' replies, as the program would take them over.
func TestTheDepartmentsRepliesGoInAsTheyLie(t *testing.T) {
	t.Parallel()
	path := "../../shared/data/retrieval_corpus.jsonl"
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("the replies are not beside the repository: %v", err)
	}
	defer f.Close()
	w := newWorld(t, dbtest.SQLite(t))
	start := time.Now()
	r, err := w.Import(ctx, editor, replies(filepath.Base(path), f), knowledge.ImportOptions{Source: "replies-2019", MakePaths: true})
	must(t, err)
	took := time.Since(start)
	w.tick()
	t.Logf("%d articles taken in %s, indexed after %s", r.Taken, took.Round(time.Millisecond), time.Since(start).Round(time.Millisecond))
	if r.Taken+len(r.Trouble) != 2735 || len(r.Trouble) > 0 {
		t.Errorf("taken %d, trouble %d; want 2735 and none: %v", r.Taken, len(r.Trouble), r.Trouble[:min(3, len(r.Trouble))])
	}
	must(t, w.Check(ctx))
	_, err = f.Seek(0, 0)
	must(t, err)
	if r, err = w.Import(ctx, editor, replies(filepath.Base(path), f), knowledge.ImportOptions{Source: "replies-2019", MakePaths: true}); err != nil || r.Known != 2735 {
		t.Errorf("the second time: %d known, %v", r.Known, err)
	}
	ms, err := w.Match(ctx, "小区停车收费不合理，业委会没有召开业主大会就涨价，物业公司扬言退出小区", 5)
	must(t, err)
	if len(ms) != 5 || !strings.Contains(ms[0].Answer+ms[1].Answer, "业主") {
		t.Errorf("matches: %d, first %q", len(ms), ms[0].Title)
	}
}

func replies(name string, f sheet.File) iter.Seq2[knowledge.Incoming, error] {
	return func(yield func(knowledge.Incoming, error) bool) {
		for row, err := range sheet.Read(name, f) {
			in := knowledge.Incoming{Line: row.Line, ExternalNo: row.Cell("id")}
			in.Content = knowledge.Content{Kind: knowledge.FAQ, Path: "答复/网上答复", Body: row.Cell("reply"), Answer: row.Cell("reply"), Access: knowledge.Internal}
			if !yield(in, err) {
				return
			}
		}
	}
}

func FuzzImport(f *testing.F) {
	f.Add("a.csv", []byte(xinyangFile))
	f.Add("a.jsonl", []byte(`{"类目":"住房/公积金","标题":"甲","内容":"乙","发文单位":"丙","材料性质":"办事指南","关键字":"丁，戊"}`))
	f.Add("a.csv", []byte("类目,标题,内容,发文单位,材料性质,关键字\n/,\x00,\xff,,,\n"))
	w := newWorld(f, dbtest.SQLite(f))
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		w.t = t
		r, err := w.Import(ctx, editor, xinyang(name, body), knowledge.ImportOptions{Source: "fuzz", MakePaths: true, Most: 50})
		if err != nil {
			return // the file as a whole
		}
		for _, x := range r.Trouble {
			if x.Line < 1 || x.Code == "" {
				t.Errorf("trouble without line or code: %+v", x)
			}
		}
		again, err := w.Import(ctx, editor, xinyang(name, body), knowledge.ImportOptions{Source: "fuzz", MakePaths: true, Most: 50})
		if err != nil || again.Taken != 0 {
			t.Errorf("the second time %d are taken, %v", again.Taken, err)
		}
	})
}
