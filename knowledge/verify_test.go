package knowledge_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"nengban/knowledge"
	"nengban/knowledge/search"
	"nengban/migrations/dbtest"

	"github.com/uptrace/bun"
)

func TestWhateverHappensToTheIndexBehindItsBackIsNoticedAndMended(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		var ids []string
		for i := range 6 {
			a := w.published(titled(fmt.Sprintf("住房公积金提取办理指南之%d", i+1)))
			ids = append(ids, fmt.Sprint(a.ID))
		}
		must(t, verified(w))
		if c := w.Condition(); c.Trouble != "" || c.Documents != 6 || !c.CheckedAt.Equal(morning) {
			t.Fatalf("a whole index is said to be %+v", c)
		}
		for _, harm := range []struct {
			name   string
			reason search.Reason
			do     func(t *testing.T, index string)
		}{
			{"documents are deleted", search.Stale, func(t *testing.T, _ string) {
				must(t, w.Inside().Update(ctx, search.Change{Delete: ids[2:4]}))
			}},
			{"a document is another one's", search.Stale, func(t *testing.T, _ string) {
				must(t, w.Inside().Update(ctx, search.Change{Put: []search.Document{{ID: ids[0], Title: "物业费", Body: "物业费争议"}}}))
			}},
			{"a file is cut short", search.Corrupt, func(t *testing.T, index string) {
				files, err := filepath.Glob(filepath.Join(index, "*", "store", "*.zap"))
				must(t, err)
				if len(files) == 0 {
					t.Fatal("the index has no files to cut")
				}
				for _, path := range files { // some may wait to be cleared away, and nobody reads those
					must(t, os.Truncate(path, 100))
				}
			}},
			{"the folder is deleted", search.Missing, func(t *testing.T, index string) { must(t, os.RemoveAll(index)) }},
		} {
			t.Run(harm.name, func(t *testing.T) {
				w.clock.Advance(time.Hour)
				harm.do(t, filepath.Join(w.dir, "index"))
				w.finds("公积金提取", "住房公积金提取办理指南之6") // nothing else is read of the index before the next look
				must(t, verified(w))
				c := w.Condition()
				if c.Reason != harm.reason || !c.FoundAt.Equal(w.clock.Now()) || !c.MendedAt.Equal(w.clock.Now()) {
					t.Errorf("it is said to be %+v; want it found %s and mended", c, harm.reason)
				}
				must(t, w.Health(ctx))
				must(t, w.Check(ctx))
				must(t, verified(w))
				if c := w.Condition(); c.Documents != 6 || !c.CheckedAt.Equal(w.clock.Now()) {
					t.Errorf("afterwards it is said to be %+v", c)
				}
				w.finds("gjj", "住房公积金提取办理指南之3") // initials: the index answers, not the database
			})
		}
	})
}

func verified(w *world) error {
	_, err := w.Verify(ctx)
	return err
}

// While the index is laid out anew the database answers, even where the old one
// could still be read: it does not hold what it should.
func TestWhileTheIndexIsNotWholeTheDatabaseAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	a := w.published()
	must(t, w.Inside().Update(ctx, search.Change{Delete: []string{fmt.Sprint(a.ID)}}))
	inTheWay := filepath.Join(w.dir, "index", "CURRENT.new") // a new index is named in a file of this name first
	must(t, os.Mkdir(inTheWay, 0o700))
	if err := verified(w); err == nil {
		t.Fatal("an index was laid out that cannot be named")
	}
	var unusable *search.UnusableError
	if err := w.Health(ctx); !errors.As(err, &unusable) || unusable.Reason != search.Stale {
		t.Errorf("health: %v; want stale", err)
	}
	got, err := w.Search(ctx, knowledge.Query{Text: "公积金提取"})
	must(t, err)
	if !got.Database || len(got.Hits) != 1 {
		t.Errorf("meanwhile it finds %+v; want what the database finds", got)
	}
	must(t, os.Remove(inTheWay))
	w.tick()
	must(t, w.Health(ctx))
	if c := w.Condition(); c.MendedAt.IsZero() {
		t.Errorf("mended, it is said to be %+v", c)
	}
	w.finds("gjj", a.Title)
}
