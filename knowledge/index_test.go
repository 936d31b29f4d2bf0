package knowledge_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"nengban/knowledge"
	"nengban/knowledge/search"
	"nengban/migrations/dbtest"
)

// A process may end between the index and the database, in either order.
func TestABrokenIndexIsNoticedAndLaidOutAnewWhileTheDatabaseServes(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		for name, harm := range map[string]func(t *testing.T, dir string){
			"deleted": func(t *testing.T, dir string) { must(t, os.RemoveAll(dir)) },
			"torn":    func(t *testing.T, dir string) { tear(t, dir) },
		} {
			t.Run(name, func(t *testing.T) {
				w := newWorld(t, db)
				title := "住房公积金提取办理指南（" + name + "）"
				a := w.published(titled(title))
				must(t, w.Close())
				harm(t, filepath.Join(w.dir, "index"))
				w.Library = w.open()
				if err := w.Health(ctx); err == nil {
					t.Error("a broken index is healthy")
				}
				got, err := w.Search(ctx, knowledge.Query{Text: "公积金提取"})
				must(t, err)
				if !got.Database || len(got.Hits) == 0 {
					t.Fatalf("meanwhile: %+v; want what the database finds", got)
				}
				ms, err := w.Match(ctx, "我想提取公积金"+name+"交房租", 5)
				must(t, err)
				if len(ms) == 0 || ms[0].Snippet == "" {
					t.Errorf("matches meanwhile: %+v", ms)
				}
				select {
				case <-w.Wake():
				default:
					t.Error("nobody is sent for to mend it")
				}
				w.tick()
				must(t, w.Health(ctx))
				must(t, w.Check(ctx))
				if got, err = w.Search(ctx, knowledge.Query{Text: "公积金提取"}); err != nil || got.Database {
					t.Errorf("after that the database still answers, %v", err)
				}
				w.finds("gjj", a.Title)
				w.do(editor, a.ID, knowledge.TakeOff)
				w.tick()
			})
		}
	})
}

// tear shortens every file of the index to half.
func tear(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == "CURRENT" {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(path, body[:len(body)/2], 0o600)
	})
	must(t, err)
}

func TestAnIndexThatIsNotTheDatabasesIsLaidOutAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	a := w.published()
	w.published(titled("物业费争议如何处理"))
	// The database was restored from yesterday's backup.
	_, err := w.db.Exec("UPDATE articles SET live = 0, wanted = 0 WHERE id = ?", a.ID)
	must(t, err)
	_, err = w.db.Exec("UPDATE knowledge_state SET changes = 1")
	must(t, err)
	_, err = w.db.Exec("UPDATE articles SET changed = 1 WHERE id <> ?", a.ID)
	must(t, err)
	var stale *search.UnusableError
	if err := w.Check(ctx); !errors.As(err, &stale) || stale.Reason != search.Stale {
		t.Errorf("check = %v; want stale", err)
	}
	w.tick()
	must(t, w.Check(ctx))
	w.findsNot("公积金提取", a.Title)
	w.finds("物业费", "物业费争议如何处理")
}

func TestEveryInstanceFollowsTheDatabase(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		other := w.open("other")
		a := w.published()
		if _, err := other.Tick(ctx); err != nil {
			t.Fatal(err)
		}
		must(t, other.Check(ctx))
		got, err := other.Search(ctx, knowledge.Query{Text: "公积金"})
		must(t, err)
		if len(got.Hits) != 1 || got.Hits[0].ID != a.ID {
			t.Errorf("the other instance finds %+v", got.Hits)
		}
	})
}

func TestWhatAnEditorSaysIsTheSameIsFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	a := w.published(titled("电动自行车上牌指南"), func(c *knowledge.Content) {
		c.Body, c.Keywords = "电动自行车到交警大队上牌，凭发票和合格证。", nil
	})
	w.findsNot("小铁骑", a.Title)
	must(t, w.SaveSynonyms(ctx, editor, 0, "小铁骑 电动自行车 # 本地叫法"))
	w.finds("小铁骑", a.Title)
	if err := w.SaveSynonyms(ctx, editor, 0, "小铁骑 电瓶车"); wrong(t, err, "synonyms") != "changed_meanwhile" {
		t.Error("a list that was changed meanwhile is overwritten")
	}
	if err := w.SaveSynonyms(ctx, editor, 1, "一个词"); wrong(t, err, "synonyms") != "synonym_line" {
		t.Error("a line of one word is taken")
	}
	if err := w.SaveSynonyms(ctx, operator, 1, ""); !errors.Is(err, knowledge.ErrNotAllowed) {
		t.Errorf("an operator saves synonyms: %v", err)
	}
	other := w.open("other") // another instance has it too
	if _, err := other.Tick(ctx); err != nil {
		t.Fatal(err)
	}
	got, err := other.Search(ctx, knowledge.Query{Text: "小铁骑"})
	must(t, err)
	if len(got.Hits) != 1 {
		t.Errorf("the other instance finds %d", len(got.Hits))
	}
}

func TestOddTextsFindWhatTheyFind(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	w.published()
	broken := w.open("elsewhere") // it has no index yet
	for name, text := range map[string]string{"nothing": "", "one character": "公", "signs": "！？…", "a megabyte": strings.Repeat("公积金", 120_000), "emoji": "🏠💰",
		"broken": "公积金\xff\xfe", "a query": `title:"公积金" AND (x OR *)~2^5`, "sql": "'; DROP TABLE articles; --%_\\"} {
		for _, l := range []*knowledge.Library{w.Library, broken} {
			if _, err := l.Search(ctx, knowledge.Query{Text: text}); err != nil {
				t.Errorf("searching %s: %v", name, err)
			}
			if _, err := l.Match(ctx, text, 5); err != nil {
				t.Errorf("matching %s: %v", name, err)
			}
			must(t, l.Searched(ctx, text, 0, true))
		}
	}
}
