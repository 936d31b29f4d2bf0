package knowledge_test

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"nengban/knowledge"
	"nengban/migrations/dbtest"
	"nengban/tickets/staff"
)

func TestAnArticleServesOnceTheIndexHoldsIt(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		a, err := w.Create(ctx, editor, content())
		must(t, err)
		w.tick()
		w.findsNot("公积金", a.Title)
		w.publish(a)
		if got := w.article(a.ID); got.State != knowledge.Approved || !got.Publishing() || got.Live != 0 {
			t.Errorf("before the index holds it, it is %s, live %d; want approved and on its way", got.State, got.Live)
		}
		w.tick()
		if got := w.article(a.ID); got.State != knowledge.Published || got.Live != 1 || !got.PublishedAt.Equal(morning) {
			t.Errorf("after that it is %s, live %d since %s", got.State, got.Live, got.PublishedAt)
		}
		w.finds("公积金", a.Title)
		w.finds("gjj", a.Title)
		f, err := w.Open(ctx, operator, a.ID, 0)
		must(t, err)
		var said []string
		for _, e := range f.History {
			said = append(said, string(e.Step)+" "+e.ByName)
		}
		want := []string{"publish 贺编辑", "approve 贺编辑", "submit 李编辑", "write 李编辑"}
		if diff := cmp.Diff(want, said); diff != "" {
			t.Errorf("its history (-want +got):\n%s", diff)
		}
		must(t, w.Check(ctx))
	})
}

func TestTheOldVersionServesUntilTheNewOneDoes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		a := w.published()
		next := content(func(c *knowledge.Content) {
			c.Body = "自十月起，租房提取改为每季度一次，网上申请即可，不再要无房证明。"
		})
		b, err := w.Save(ctx, editor, knowledge.Ref{ID: a.ID, Version: a.Version}, next)
		must(t, err)
		if b.N != 2 || b.State != knowledge.Draft || b.Live != 1 {
			t.Fatalf("the new text is version %d, %s, live %d", b.N, b.State, b.Live)
		}
		serves := func(words string) {
			t.Helper()
			live, _, err := w.Live(ctx, a.ID)
			must(t, err)
			if !strings.Contains(live.Body, words) {
				t.Errorf("what serves says %q; want %q", live.Body, words)
			}
		}
		serves("每年可以提取一次")
		w.publish(b)
		serves("每年可以提取一次")
		w.tick()
		serves("每季度一次")
		w.finds("每季度", a.Title)
		f, err := w.Open(ctx, operator, a.ID, 1)
		must(t, err)
		if f.State != knowledge.Replaced || len(f.Versions) != 2 || f.Versions[0].State != knowledge.Published {
			t.Errorf("the old version is %s, versions %+v", f.State, f.Versions)
		}
	})
}

func TestWhoeverWroteItMayNotVouchForIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	a, err := w.Create(ctx, editor, content())
	must(t, err)
	w.do(editor, a.ID, knowledge.Submit)
	_, err = w.Do(ctx, editor, knowledge.Ref{ID: a.ID}, knowledge.Approve, "")
	var refusal *knowledge.Refusal
	if !errors.As(err, &refusal) || refusal.Code != knowledge.OwnWork {
		t.Errorf("approving one's own article = %v; want it refused as own work", err)
	}
	for _, test := range []struct {
		by   staff.Member
		want []knowledge.Step
	}{
		{editor, []knowledge.Step{knowledge.SendBack}}, {reviewer, []knowledge.Step{knowledge.SendBack, knowledge.Approve}},
		{supervisor, []knowledge.Step{knowledge.SendBack, knowledge.Approve}}, {operator, nil}, {caseworker, nil},
	} {
		if diff := cmp.Diff(test.want, w.Allowed(test.by, w.article(a.ID))); diff != "" {
			t.Errorf("%s may (-want +got):\n%s", test.by.Name, diff)
		}
	}
}

func TestADepartmentWritesInItsOwnCategories(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	of := func(unit, path string) knowledge.Content {
		return content(func(c *knowledge.Content) { c.Department, c.Path = unit, path })
	}
	if _, err := w.Create(ctx, caseworker, of("", "住房/公积金")); !errors.Is(err, knowledge.ErrNotAllowed) {
		t.Errorf("an article of nobody's by a department = %v; want not allowed", err)
	}
	if _, err := w.Create(ctx, caseworker, of("planning", "住房/公积金")); !errors.Is(err, knowledge.ErrNotAllowed) {
		t.Errorf("an article of another department = %v; want not allowed", err)
	}
	if _, err := w.Create(ctx, operator, of("", "住房/公积金")); !errors.Is(err, knowledge.ErrNotAllowed) {
		t.Errorf("an article by an operator = %v; want not allowed", err)
	}
	must(t, w.AddPath(ctx, editor, knowledge.Path{Path: "交通/公交", Department: "traffic"}))
	for path, want := range map[string]string{"交通/公交": "path_of_others", "住房": "path_no_leaf", "教育/入学": "path_unknown"} {
		_, err := w.Create(ctx, caseworker, of("housing", path))
		if got := wrong(t, err, "path"); got != want {
			t.Errorf("writing in %s is refused as %s; want %s", path, got, want)
		}
	}
	a, err := w.Create(ctx, caseworker, of("housing", "住房/不动产登记"))
	must(t, err)
	w.do(caseworker, a.ID, knowledge.Submit)
	w.do(leader, a.ID, knowledge.Approve)
	if _, err := w.Do(ctx, leader, knowledge.Ref{ID: a.ID}, knowledge.Publish, ""); !errors.Is(err, knowledge.ErrNotAllowed) {
		t.Errorf("publishing by a department = %v; want not allowed", err)
	}
	w.do(editor, a.ID, knowledge.Publish)
}

func TestTwoEditorsDoNotOverwriteEachOther(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		a, err := w.Create(ctx, editor, content())
		must(t, err)
		_, err = w.Save(ctx, editor, knowledge.Ref{ID: a.ID, Version: a.Version}, content(func(c *knowledge.Content) { c.Body = "甲写的。" }))
		must(t, err)
		_, err = w.Save(ctx, reviewer, knowledge.Ref{ID: a.ID, Version: a.Version}, content(func(c *knowledge.Content) { c.Body = "乙写的。" }))
		var conflict *knowledge.Conflict
		if !errors.As(err, &conflict) || conflict.Now.Body != "甲写的。" {
			t.Errorf("the second = %v; want a conflict that shows what stands", err)
		}
	})
}

func TestEveryVersionIsKeptComparedAndRestored(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	a := w.published()
	b, err := w.Save(ctx, editor, knowledge.Ref{ID: a.ID}, content(func(c *knowledge.Content) {
		c.Body = "职工租房的，凭身份证，每年可以提取一次住房公积金，材料齐全的三个工作日到账。"
		c.Keywords = []string{"公积金"}
	}))
	must(t, err)
	changes := knowledge.Compare(a.Content, b.Content)
	if len(changes) != 2 || changes[0].Field != "body" || changes[1].Field != "keywords" {
		t.Fatalf("compared: %+v", changes)
	}
	want := []knowledge.Piece{{"same", "职工租房的，"}, {"del", "凭无房证明和身份证，"}, {"ins", "凭身份证，"}, {"same", "每年可以提取一次住房公积金，材料齐全的三个工作日到账。"}}
	if diff := cmp.Diff(want, changes[0].Pieces); diff != "" {
		t.Errorf("the text's changes (-want +got):\n%s", diff)
	}
	w.publish(b)
	w.tick()
	c, err := w.Restore(ctx, reviewer, knowledge.Ref{ID: a.ID}, 1)
	must(t, err)
	if c.N != 3 || c.State != knowledge.Draft || c.Body != a.Body || c.Live != 2 {
		t.Errorf("restored: version %d, %s, live %d, %q", c.N, c.State, c.Live, c.Body)
	}
}

func TestAnArticleOutOfForceIsNotFound(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		from, until := morning.Add(24*time.Hour), morning.Add(48*time.Hour)
		a := w.published(func(c *knowledge.Content) { c.ValidFrom, c.ValidUntil = &from, &until })
		w.findsNot("公积金", a.Title)
		w.clock.Advance(24 * time.Hour)
		w.finds("公积金", a.Title)
		w.clock.Advance(24 * time.Hour)
		w.findsNot("公积金", a.Title) // at once, whatever the timetable does
		if _, _, err := w.Live(ctx, a.ID); !errors.Is(err, knowledge.ErrNotFound) {
			t.Errorf("its public page = %v; want that it is gone", err)
		}
		w.tick()
		if got := w.article(a.ID); got.State != knowledge.Expired || got.Live != 0 {
			t.Errorf("it is %s, live %d; want expired", got.State, got.Live)
		}
		must(t, w.Check(ctx))
	})
}

func TestWhatIsTakenOffIsGoneAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	a := w.published()
	if _, err := w.Do(ctx, editor, knowledge.Ref{ID: a.ID}, knowledge.TakeOff, ""); wrong(t, err, "note") != "missing" {
		t.Error("taking off needs a reason")
	}
	w.do(editor, a.ID, knowledge.TakeOff)
	w.findsNot("公积金", a.Title) // before the index is told
	w.tick()
	must(t, w.Check(ctx))
	if got := w.article(a.ID); got.State != knowledge.Expired {
		t.Errorf("it is %s", got.State)
	}
}

func TestInternalArticlesStayInside(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	a := w.published(func(c *knowledge.Content) { c.Access = knowledge.Internal })
	w.finds("公积金", a.Title)
	if got := w.found("公积金", asCitizen); len(got) != 0 {
		t.Errorf("a citizen finds %q", got)
	}
	if _, _, err := w.Live(ctx, a.ID); !errors.Is(err, knowledge.ErrNotFound) {
		t.Errorf("a citizen opens it: %v", err)
	}
	ms, err := w.Match(ctx, "我想提取公积金交房租怎么办", 3)
	must(t, err)
	if len(ms) != 1 || ms[0].ID != a.Code() || ms[0].Answer != "" || !strings.Contains(ms[0].Basis, "住房公积金管理中心") {
		t.Errorf("matches: %+v; want it without an answer for the citizen", ms)
	}
	b, err := w.Save(ctx, editor, knowledge.Ref{ID: a.ID}, content(func(c *knowledge.Content) { c.Access, c.Answer = knowledge.Internal, "租房每年可提取一次。" }))
	must(t, err)
	w.publish(b)
	w.tick()
	if ms, err = w.Match(ctx, "我想提取公积金交房租怎么办", 3); err != nil || len(ms) != 1 || ms[0].Answer != "租房每年可提取一次。" {
		t.Errorf("matches: %+v, %v; want the answer that was written for citizens", ms, err)
	}
	// What became internal a moment ago is not shown, whatever the index still says.
	c := w.published(titled("物业费争议如何处理"))
	_, err = w.db.Exec("UPDATE article_versions SET access = 'internal' WHERE article_id = ?", c.ID)
	must(t, err)
	if got := w.found("物业费", asCitizen); len(got) != 0 {
		t.Errorf("a citizen finds %q", got)
	}
}

func TestWhatFitsNothingGetsNoArticle(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	for title, body := range map[string]string{
		"工伤认定申请时限和材料": "用人单位应当自事故发生之日起三十日内提出申请，没有申请的职工可在一年内自己提出。", "出租车拒载投诉须知": "请记下车牌和时间，行程也可以在小程序里查到，没有答复的可以再来电。",
		"计划停水的告知办法": "停水应当提前二十四小时告知，超过十二小时没有恢复的提供应急送水。",
	} {
		w.published(titled(title), func(c *knowledge.Content) { c.Body = body })
	}
	for text, want := range map[string]int{"还是进村那座桥，护栏断了没人修，昨天又有人连车翻下去了，催过两回了。": 0, "停水一整天没有告知": 1} {
		ms, err := w.Match(ctx, text, 5)
		must(t, err)
		if len(ms) != want {
			t.Errorf("%s: %+v; want %d", text, ms, want)
		}
	}
}

func TestWhatIsWrongWithAnArticleIsSaidFieldByField(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	w.published()
	for name, test := range map[string]struct {
		change      func(*knowledge.Content)
		field, code string
	}{
		"a title that is taken":            {func(*knowledge.Content) {}, "title", "title_taken"},
		"the same in traditional writing":  {titled("住房公積金 提取辦理指南"), "title", "title_taken"},
		"a title of 129 characters":        {titled(strings.Repeat("长", 129)), "title", "too_long"},
		"no text":                          {func(c *knowledge.Content) { c.Title, c.Body = "别的", " " }, "body", "missing"},
		"a keyword of 21 characters":       {func(c *knowledge.Content) { c.Title, c.Keywords = "别的", []string{strings.Repeat("长", 21)} }, "keywords", "keyword_too_long"},
		"a keyword that repeats the title": {func(c *knowledge.Content) { c.Title, c.Keywords = "别的", []string{"别的"} }, "keywords", "keyword_is_title"},
		"broken text":                      {func(c *knowledge.Content) { c.Title, c.Body = "别的", "a\x00b" }, "body", "not_text"},
		"a kind that is none":              {func(c *knowledge.Content) { c.Title, c.Kind = "别的", "rumour" }, "kind", "not_an_option"},
		"an end before the beginning": {func(c *knowledge.Content) {
			c.Title = "别的"
			from, until := morning, morning.Add(-time.Hour)
			c.ValidFrom, c.ValidUntil = &from, &until
		}, "valid_until", "not_after_from"},
	} {
		_, err := w.Create(ctx, editor, content(test.change))
		if got := wrong(t, err, test.field); got != test.code {
			t.Errorf("%s: %s; want %s", name, got, test.code)
		}
	}
}

func TestFilesBelongToVersions(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	a := w.published()
	pdf := "%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"
	b, err := w.Attach(ctx, editor, knowledge.Ref{ID: a.ID}, `C:\表格\提取申请表.pdf`, strings.NewReader(pdf))
	must(t, err)
	if b.N != 2 || len(b.Files) != 1 {
		t.Fatalf("attached to version %d: %v", b.N, b.Files)
	}
	if _, _, err := w.Attachment(ctx, a.ID, b.Files[0], true); !errors.Is(err, knowledge.ErrNotFound) {
		t.Errorf("a file of a draft, to a citizen: %v; want none", err)
	}
	w.publish(b)
	w.tick()
	live, files, err := w.Live(ctx, a.ID)
	must(t, err)
	if len(files) != 1 || files[0].Name != "提取申请表.pdf" || !slices.Equal(live.Files, b.Files) {
		t.Errorf("what serves has %+v", files)
	}
	_, body, err := w.Attachment(ctx, a.ID, b.Files[0], true)
	must(t, err)
	back, err := io.ReadAll(body)
	if err != nil || string(back) != pdf {
		t.Errorf("the file comes back as %q, %v", back, err)
	}
	if _, err := w.Attach(ctx, editor, knowledge.Ref{ID: a.ID}, "x.exe", strings.NewReader("MZ\x90\x00")); wrong(t, err, "file") != "file_kind" {
		t.Error("a program is taken")
	}
	for name, want := range map[string]string{"..": "file", "../../etc/passwd": "passwd", "说\u202efdp.exe": "说fdp.exe"} {
		d, err := w.Attach(ctx, editor, knowledge.Ref{ID: a.ID}, name, strings.NewReader("form in words "+want))
		must(t, err)
		kept, _, err := w.Attachment(ctx, a.ID, d.Files[len(d.Files)-1], false)
		if err != nil || kept.Name != want {
			t.Errorf("the file %q is kept as %q, %v; want %q", name, kept.Name, err, want)
		}
		_, err = w.Detach(ctx, editor, knowledge.Ref{ID: a.ID}, d.Files[len(d.Files)-1])
		must(t, err)
	}
	c, err := w.Detach(ctx, editor, knowledge.Ref{ID: a.ID}, b.Files[0])
	must(t, err)
	if len(c.Files) != 0 {
		t.Errorf("left out, it still has %v", c.Files)
	}
}
