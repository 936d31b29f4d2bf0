package search

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/index/scorch/mergeplan"
	"github.com/google/go-cmp/cmp"
)

// The same articles answer the same, to the last digit of a score, in whatever
// order and portions they were written, whatever was replaced or deleted on the way,
// and however the files were merged since.
func TestRankingDependsOnNothingButTheArticles(t *testing.T) {
	t.Parallel()
	articles := slices.Collect(values(newGenerator(t, 7).articles(500)))
	for i := range Window + 50 { // more equals than are weighed
		articles = append(articles, Document{ID: fmt.Sprintf("same%03d", i), Body: "雨后积水，请绕行。"})
	}
	questions := append(slices.Collect(newGenerator(t, 8).typing(9)), "积水绕行", "wifii", "gjj")
	want := answers(t, written(t, articles, len(articles)), questions)
	for _, portion := range []int{130} {
		shuffled := slices.Clone(articles)
		rand.New(rand.NewPCG(uint64(portion), 1)).Shuffle(len(shuffled), func(i, j int) {
			shuffled[i], shuffled[j] = shuffled[j], shuffled[i]
		})
		x := written(t, shuffled, portion)
		churn(t, x, shuffled[:portion])
		t.Run(fmt.Sprintf("%d at a time", portion), func(t *testing.T) {
			if diff := cmp.Diff(want, answers(t, x, questions)); diff != "" {
				t.Errorf("it answers otherwise (-in order +shuffled):\n%s", diff)
			}
		})
		mergeAll(t, x)
		t.Run(fmt.Sprintf("%d at a time, merged", portion), func(t *testing.T) {
			if diff := cmp.Diff(want, answers(t, x, questions)); diff != "" {
				t.Errorf("it answers otherwise (-in order +merged):\n%s", diff)
			}
		})
	}
}

func values(articles func(func(Document, error) bool)) func(func(Document) bool) {
	return func(yield func(Document) bool) {
		articles(func(d Document, _ error) bool { return yield(d) })
	}
}

func written(t *testing.T, articles []Document, portion int) *Index {
	t.Helper()
	x, _ := Open(t.TempDir(), DefaultWords())
	t.Cleanup(func() { x.Close() })
	if err := x.Rebuild(t.Context(), func(func(Document, error) bool) {}, ""); err != nil {
		t.Fatal(err)
	}
	for part := range slices.Chunk(articles, portion) {
		if err := x.Update(t.Context(), Change{Put: part}); err != nil {
			t.Fatal(err)
		}
	}
	return x
}

// churn writes what is later taken back, asking in between.
func churn(t *testing.T, x *Index, some []Document) {
	t.Helper()
	var passing []string
	other := slices.Clone(some)
	for i := range other {
		other[i].Body = "wifil 公积金提取。" + other[i].Title
		gone := Document{ID: fmt.Sprintf("gone%d", i), Title: "公积金", Body: other[i].Body}
		passing = append(passing, gone.ID)
		other = append(other, gone)
	}
	for _, c := range []Change{{Put: other}, {Put: some}, {Delete: passing}} {
		if err := x.Update(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		answers(t, x, []string{"wifii", "公积金提取", some[0].Title})
	}
}

func mergeAll(t *testing.T, x *Index) {
	t.Helper()
	inner, ok := x.open.inner.(*scorch.Scorch)
	if !ok {
		t.Fatal("not a scorch index")
	}
	if err := inner.ForceMerge(context.Background(), &mergeplan.SingleSegmentMergePlanOptions); err != nil {
		t.Fatal(err)
	}
}

func answers(t *testing.T, x *Index, questions []string) (all [][]Hit) {
	t.Helper()
	for _, text := range questions {
		for _, mode := range []Mode{Typed, Similar} {
			r, err := x.Search(t.Context(), Query{Text: text, Mode: mode, Size: 30})
			if err != nil {
				t.Fatal(err)
			}
			for i := range r.Hits {
				r.Hits[i].Title, r.Hits[i].Snippet, r.Hits[i].Why = nil, nil, nil
			}
			all = append(all, r.Hits)
		}
	}
	return all
}
