package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// evalFiles writes a corpus of three replies and two messages.
func evalFiles(t *testing.T) *evalRetrievalCmd {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	return &evalRetrievalCmd{
		Corpus: write("corpus.jsonl", `{"id":"r1","reply_stripped":"A3区城管局已安排维修人民路路灯，三日内亮灯。"}
{"id":"r2","reply_stripped":"公积金贷款额度按缴存基数和年限核定。"}

{"id":"r3","reply_stripped":"小学招生范围以教育局公告为准。"}
`),
		Queries: write("queries.jsonl", `{"id":"q1","title":"A3区人民路路灯不亮","text":"晚上很黑","relevant":["r1"]}
{"id":"q2","title":"孩子上学","text":"小学招生看户口吗","relevant":["r0"],"also_relevant":["r3"]}
`),
		Misses: 3,
	}
}

func TestEvalRetrievalMeasuresWholeMessagesAndTitles(t *testing.T) {
	t.Parallel()
	c := evalFiles(t)
	c.JSON = true
	var out bytes.Buffer
	if err := c.Run(t.Context(), &terminal{Out: &out}); err != nil {
		t.Fatal(err)
	}
	var got map[string]retrievalScore
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if want := (retrievalScore{1, 1, 1}); got["full"] != want || len(got) != 2 {
		t.Errorf("printed %s", out.String())
	}
	if got["title"].HitAt1 < 0.5 {
		t.Errorf("by their titles alone: %+v", got["title"])
	}
}

func TestEvalRetrievalShowsTheWorstMisses(t *testing.T) {
	t.Parallel()
	c := evalFiles(t)
	if err := os.WriteFile(c.Queries, []byte(`{"id":"q9","title":"人民路路灯","relevant":["r2"]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := c.Run(t.Context(), &terminal{Out: &out}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"hit@5", "Worst misses, title alone", "q9  人民路路灯", "not among 20", "wanted r2  公积金贷款", "first  r1"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("lacks %q:\n%s", want, out.String())
		}
	}
}

func TestEvalRetrievalSaysWhichLineIsWrong(t *testing.T) {
	t.Parallel()
	c := evalFiles(t)
	if err := os.WriteFile(c.Corpus, []byte("{\"id\":\"r1\"}\n{\"id\":"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := c.Run(t.Context(), &terminal{Out: &bytes.Buffer{}}); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("answered %v", err)
	}
}

// What the real messages must reach (docs/quality.md). The ranking depends on nothing
// but the articles, so every run prints the same figures.
func TestEvalRetrievalReachesOnRealMessages(t *testing.T) {
	t.Parallel()
	shared := filepath.Join("..", "..", "..", "shared", "data")
	c := &evalRetrievalCmd{Corpus: filepath.Join(shared, "retrieval_corpus.jsonl"), Queries: filepath.Join(shared, "retrieval_dev.jsonl"), JSON: true}
	if _, err := os.Stat(c.Corpus); err != nil {
		t.Skip("needs the real messages in ../shared/data beside the repository")
	}
	var out bytes.Buffer
	if err := c.Run(t.Context(), &terminal{Out: &out}); err != nil {
		t.Fatal(err)
	}
	var got map[string]retrievalScore
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if full := got["full"]; full.HitAt5 < 0.93 || full.MRRAt10 < 0.865 {
		t.Errorf("title and text: %+v", full)
	}
	if title := got["title"]; title.HitAt5 < 0.845 || title.MRRAt10 < 0.76 {
		t.Errorf("title alone: %+v", title)
	}
}
