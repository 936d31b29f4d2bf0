package knowledge_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/uptrace/bun"

	"nengban/knowledge"
	"nengban/tickets/staff"
	"nengban/tickets/vault"
)

// ctx is what tests that have nothing to stop work with.
var ctx = context.Background()

// morning is when the library's clock starts.
var morning = time.Date(2026, 9, 21, 1, 30, 0, 0, time.UTC)

// People of the library.
var (
	editor     = person(1, "李编辑", "", staff.KnowledgeEditor)
	reviewer   = person(2, "贺编辑", "", staff.KnowledgeEditor)
	operator   = person(3, "陈话务", "", staff.Operator)
	caseworker = person(4, "王承办", "housing", staff.Caseworker)
	leader     = person(5, "蒋局长", "housing", staff.DepartmentLeader)
	supervisor = person(6, "钱督办", "", staff.Supervisor)
)

func person(id int64, name, unit string, role staff.Role) staff.Member {
	return staff.Member{ID: id, Name: name, Roles: []staff.Role{role}, Department: unit, Active: true}
}

// world is a library on a database with two categories.
type world struct {
	*knowledge.Library
	t     testing.TB
	db    *bun.DB
	clock *clockwork.FakeClock
	vault *vault.Vault
	dir   string
}

func newWorld(t testing.TB, db *bun.DB) *world {
	t.Helper()
	v, err := vault.New()
	must(t, err)
	w := &world{t: t, db: db, clock: clockwork.NewFakeClockAt(morning), vault: v, dir: t.TempDir()}
	w.Library = w.open()
	for _, p := range []knowledge.Path{{Path: "住房/公积金"}, {Path: "住房/不动产登记", Department: "housing"}} {
		must(t, w.AddPath(ctx, editor, p))
	}
	return w
}

// open is a library of the world; another one is another instance.
func (w *world) open(folder ...string) *knowledge.Library {
	w.t.Helper()
	at := filepath.Join(append([]string{w.dir}, folder...)...)
	l, err := knowledge.Open(ctx, knowledge.Parts{DB: w.db, Clock: w.clock, Log: slog.New(slog.DiscardHandler), Index: filepath.Join(at, "index"), Files: filepath.Join(w.dir, "files"), Vault: w.vault,
		Names: func() ([]string, map[string]string) {
			return []string{"公积金中心"}, map[string]string{"东坡区": ""}
		},
		Redact: func(s string) string {
			return strings.NewReplacer("13800138000", "［手机号］", "王秀兰", "［姓名］").Replace(s)
		}})
	must(w.t, err)
	w.t.Cleanup(func() { _ = l.Close() })
	return l
}

// content is a believable article; change what the test is about.
func content(change ...func(*knowledge.Content)) knowledge.Content {
	c := knowledge.Content{Title: "住房公积金提取办理指南", Kind: knowledge.ServiceGuide, Path: "住房/公积金", Issuer: "住房公积金管理中心", Keywords: []string{"公积金", "提取", "租房"},
		Body: "职工租房的，凭无房证明和身份证，每年可以提取一次住房公积金，材料齐全的三个工作日到账。", Access: knowledge.Public}
	for _, f := range change {
		f(&c)
	}
	return c
}

func titled(title string) func(*knowledge.Content) {
	return func(c *knowledge.Content) { c.Title = title }
}

// published is an article that serves.
func (w *world) published(change ...func(*knowledge.Content)) *knowledge.Article {
	w.t.Helper()
	a, err := w.Create(ctx, editor, content(change...))
	must(w.t, err)
	w.publish(a)
	w.tick()
	return w.article(a.ID)
}

// publish takes a draft to the door; Tick lets it in.
func (w *world) publish(a *knowledge.Article) {
	w.t.Helper()
	w.do(editor, a.ID, knowledge.Submit)
	w.do(reviewer, a.ID, knowledge.Approve)
	w.do(reviewer, a.ID, knowledge.Publish)
}

func (w *world) do(by staff.Member, id int64, s knowledge.Step) *knowledge.Article {
	w.t.Helper()
	why := ""
	if s.Needs() {
		why = "内容有误"
	}
	a, err := w.Do(ctx, by, knowledge.Ref{ID: id}, s, why)
	if err != nil {
		w.t.Fatalf("%s by %s: %v", s, by.Name, err)
	}
	return a
}

func (w *world) tick() {
	w.t.Helper()
	_, err := w.Tick(ctx)
	must(w.t, err)
}

func (w *world) article(id int64) *knowledge.Article {
	w.t.Helper()
	a, err := w.Article(ctx, operator, id, 0)
	must(w.t, err)
	return a
}

// found are the titles that a search finds, the best first.
func (w *world) found(text string, change ...func(*knowledge.Query)) []string {
	w.t.Helper()
	q := knowledge.Query{Text: text}
	for _, f := range change {
		f(&q)
	}
	got, err := w.Search(ctx, q)
	must(w.t, err)
	var out []string
	for _, h := range got.Hits {
		out = append(out, h.Article.Title)
	}
	return out
}

func (w *world) finds(text, title string) {
	w.t.Helper()
	if got := w.found(text); !slices.Contains(got, title) {
		w.t.Errorf("%q finds %q; want %q among them", text, got, title)
	}
}

func (w *world) findsNot(text, title string) {
	w.t.Helper()
	if got := w.found(text); slices.Contains(got, title) {
		w.t.Errorf("%q finds %q; want that without %q", text, got, title)
	}
}

func asCitizen(q *knowledge.Query) { q.Citizen = true }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wrong returns the code of a field's trouble.
func wrong(t testing.TB, err error, field string) string {
	t.Helper()
	var es knowledge.FieldErrors
	if !errors.As(err, &es) {
		t.Fatalf("%v; want something wrong with %s", err, field)
	}
	for _, e := range es {
		if e.Field == field {
			return e.Code
		}
	}
	t.Fatalf("%v; want something wrong with %s", err, field)
	return ""
}
