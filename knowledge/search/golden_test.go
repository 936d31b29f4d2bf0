package search_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"nengban/knowledge/search"
)

// recallFloor is the share of golden queries whose article stands among the first
// five. It only rises: whoever changes the ranking raises it or explains.
const recallFloor = 0.99

func TestGoldenQueriesFindTheirArticle(t *testing.T) {
	t.Parallel()
	x := filled(t, goldenArticles(t)...)
	queries := goldenQueries(t)
	if len(queries) < 150 {
		t.Fatalf("only %d golden queries", len(queries))
	}
	var hits, first int
	missed := map[string][]string{}
	total := map[string]int{}
	for _, q := range queries {
		got := typed(t, x, q.text)
		right := func(id string) bool { return slices.Contains(q.ids, id) }
		total[q.section]++
		switch at := slices.IndexFunc(got, right); {
		case at == 0:
			first++
			hits++
		case at > 0 && at < 5:
			hits++
		default:
			missed[q.section] = append(missed[q.section], q.text)
		}
	}
	recall := float64(hits) / float64(len(queries))
	t.Logf("%d queries: recall@5 %.3f, first %.3f", len(queries), recall, float64(first)/float64(len(queries)))
	for section, n := range total {
		t.Logf("%s: %d of %d; missed %v", section, n-len(missed[section]), n, missed[section])
	}
	if recall < recallFloor {
		t.Errorf("recall@5 is %.3f, the floor %.3f", recall, recallFloor)
	}
}

// goldenArticles reads testdata/articles.txt.
func goldenArticles(t testing.TB) []search.Document {
	t.Helper()
	var docs []search.Document
	known := map[string]bool{}
	for _, f := range goldenRows(t, "testdata/articles.txt") {
		if len(f.cells) != 5 || known[f.cells[0]] && f.cells[0] != "" {
			t.Fatalf("article %q", f.cells)
		}
		known[f.cells[0]] = true
		docs = append(docs, search.Document{ID: f.cells[0], Title: f.cells[2], Keywords: strings.Fields(f.cells[3]), Body: f.cells[4],
			Facets: map[string][]string{"category": {f.cells[1]}}})
	}
	return docs
}

type goldenQuery struct {
	section, text string
	ids           []string
}

// goldenQueries reads testdata/golden.txt.
func goldenQueries(t testing.TB) []goldenQuery {
	t.Helper()
	ids := map[string]bool{}
	for _, d := range goldenArticles(t) {
		ids[d.ID] = true
	}
	var queries []goldenQuery
	for _, f := range goldenRows(t, "testdata/golden.txt") {
		q := goldenQuery{section: f.section, text: f.cells[0], ids: strings.Split(f.cells[1], ",")}
		for _, id := range q.ids {
			if !ids[id] {
				t.Fatalf("%s wants %s, which there is not", q.text, id)
			}
		}
		queries = append(queries, q)
	}
	return queries
}

type goldenRow struct {
	section string
	cells   []string
}

// goldenRows reads lines of cells apart by bars; "= name" begins a section.
func goldenRows(t testing.TB, name string) []goldenRow {
	t.Helper()
	data, err := os.ReadFile(name)
	must(t, err)
	var rows []goldenRow
	section := ""
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "= "):
			section = line[2:]
		default:
			cells := strings.Split(line, "|")
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			rows = append(rows, goldenRow{section, cells})
		}
	}
	return rows
}
