package knowledge_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"nengban/knowledge"
	"nengban/migrations/dbtest"
)

func TestWhatOperatorsSayMovesTheRankingOfLikeQuestions(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		body := func(c *knowledge.Content) {
			c.Body, c.Keywords = "职工租房提取公积金，材料齐全的三个工作日到账。", nil
		}
		a := w.published(titled("租房提取公积金（甲）"), body)
		b := w.published(titled("租房提取公积金（乙）"), body)
		const question = "租房怎么提取公积金"
		first := func(text string) string {
			t.Helper()
			ms, err := w.Match(ctx, text, 2)
			must(t, err)
			if len(ms) != 2 {
				t.Fatalf("%q matches %+v; want two", text, ms)
			}
			return ms[0].ID
		}
		other := b
		if first(question) == b.Code() {
			other = a
		}
		for i := range 5 {
			must(t, w.Opine(ctx, knowledge.Opinion{Article: other.ID, Say: knowledge.ThisWasIt, Question: "请问租房怎么提取公积金", Source: fmt.Sprintf("ticket:%d", i), By: operator}))
		}
		w.tick()
		if got := first(question); got != other.Code() {
			t.Errorf("after five times \"this was it\" the first is %s; want %s", got, other.Code())
		}
		if got := w.article(other.ID); got.Uses != 5 || !got.UsedAt.Equal(morning) {
			t.Errorf("it was used %d times, last %s", got.Uses, got.UsedAt)
		}
		if err := w.UseOpinions(ctx, operator, false); !errors.Is(err, knowledge.ErrNotAllowed) {
			t.Errorf("an operator switches opinions off: %v", err)
		}
		must(t, w.UseOpinions(ctx, editor, false))
		if got := first(question); got == other.Code() || w.OpinionsUsed() {
			t.Error("switched off, opinions still move the ranking")
		}
		must(t, w.UseOpinions(ctx, editor, true))
		w.clock.Advance(366 * 24 * time.Hour)
		w.tick()
		if got := first(question); got == other.Code() {
			t.Error("opinions of last year still move the ranking")
		}
	})
}

func TestTheSameSourceTwiceIsOneOpinion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	a := w.published()
	for _, grade := range []int{1, 5} { // a citizen who changed his mind
		must(t, w.Opine(ctx, knowledge.Opinion{Article: a.ID, Say: knowledge.Rating, Grade: grade, Source: "rating:20260921000001"}))
	}
	got, err := w.Rated(ctx, "")
	must(t, err)
	if len(got) != 1 || got[0].Bad != 1 || got[0].Good != 0 {
		t.Errorf("bad ratings: %+v; want one bad and none good", got)
	}
	if err := w.Opine(ctx, knowledge.Opinion{Article: 99, Say: knowledge.Helpful, Source: "x"}); !errors.Is(err, knowledge.ErrNotFound) {
		t.Errorf("an opinion of nothing = %v", err)
	}
}

func TestTheListsOfWhatToWriteAndWhatToMend(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		soon := morning.Add(100 * 24 * time.Hour)
		used := w.published(titled("用过的"), func(c *knowledge.Content) { c.Department = "housing" })
		idle := w.published(titled("没人用的"), func(c *knowledge.Content) { c.ReviewAt = &soon })
		names := func(all []*knowledge.Article, err error) string {
			t.Helper()
			must(t, err)
			out := ""
			for _, a := range all {
				out += a.Title + " "
			}
			return out
		}
		if got := names(w.Unused(ctx, "")) + names(w.PastReview(ctx, "")); got != "" {
			t.Errorf("a fresh article is on a list: %s", got)
		}
		w.clock.Advance(190 * 24 * time.Hour)
		must(t, w.Opine(ctx, knowledge.Opinion{Article: used.ID, Say: knowledge.ThisWasIt, Source: "ticket:1"}))
		w.Seen(idle.ID)
		w.Seen(idle.ID)
		w.tick()
		if got := names(w.Unused(ctx, "")); got != "没人用的 " {
			t.Errorf("unused: %q", got)
		}
		if got := names(w.PastReview(ctx, "")); got != "没人用的 " {
			t.Errorf("past review: %q", got)
		}
		if got := names(w.PastReview(ctx, "housing")); got != "" {
			t.Errorf("past review of a department that has none: %q", got)
		}
		if a := w.article(idle.ID); a.Views != 2 {
			t.Errorf("it was read %d times; want 2", a.Views)
		}
		for range 3 {
			must(t, w.Searched(ctx, "积分入学", 0, true))
		}
		must(t, w.Searched(ctx, "王秀兰的低保", 0, false))
		must(t, w.Searched(ctx, "公积金", 2, true))
		missed, err := w.FoundNothing(ctx)
		must(t, err)
		if len(missed) != 2 || missed[0].Words != "积分入学" || missed[0].Nothing != 3 || missed[0].Public != 3 || missed[1].Words != "［姓名］的低保" {
			t.Errorf("found nothing: %+v", missed)
		}
		must(t, w.SeenTo(ctx, editor, missed[0].Key))
		if missed, err = w.FoundNothing(ctx); err != nil || len(missed) != 1 {
			t.Errorf("after it was seen to: %+v, %v", missed, err)
		}
		w.clock.Advance(91 * 24 * time.Hour)
		if n, err := w.Forget(ctx); err != nil || n != 3 {
			t.Errorf("after 91 days %d searches are forgotten, %v; want 3", n, err)
		}
	})
}
