package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"runtime"
	"slices"
	"sync"
	"text/tabwriter"

	"nengban/knowledge/search"
)

// evalRetrievalCmd measures how well the knowledge search finds the reply that a
// message got, by the code the desk matches tickets with. It knows neither who
// sent a message nor when, nor any reply's time.
type evalRetrievalCmd struct {
	Corpus  string `help:"Replies to search: a JSON object a line with id and reply_stripped." placeholder:"FILE" required:"" type:"existingfile"`
	Queries string `help:"Messages: a JSON object a line with id, title, text, relevant and also_relevant." placeholder:"FILE" required:"" type:"existingfile"`
	JSON    bool   `name:"json" help:"Print one JSON object instead of a table and the worst misses."`
	Misses  uint   `help:"How many of the worst misses to show." default:"10"`
}

// evalReply is one reply of the corpus.
type evalReply struct {
	ID   string `json:"id"`
	Text string `json:"reply_stripped"`
}

// evalMessage is one message and the replies that answer it.
type evalMessage struct {
	ID           string   `json:"id"`
	Title        string   `json:"title"`
	Text         string   `json:"text"`
	Relevant     []string `json:"relevant"`
	AlsoRelevant []string `json:"also_relevant"`
}

// retrievalScore is how well a set of queries was answered.
type retrievalScore struct {
	HitAt1  float64 `json:"hit_at_1"`
	HitAt5  float64 `json:"hit_at_5"`
	MRRAt10 float64 `json:"mrr_at_10"`
}

// Run indexes the corpus in a folder of its own, asks every message twice, whole
// and by its title alone, and prints how often the right reply stood in front.
func (c *evalRetrievalCmd) Run(ctx context.Context, t *terminal) (err error) {
	replies, err := jsonLines[evalReply](c.Corpus)
	if err != nil {
		return err
	}
	messages, err := jsonLines[evalMessage](c.Queries)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "nengban-eval-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	x, err := indexReplies(ctx, dir, replies, messages)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, x.Close()) }()
	full, err := askAll(ctx, x, messages, func(m *evalMessage) search.Query {
		return search.Query{Title: m.Title, Text: m.Text, Mode: search.Similar}
	})
	if err != nil {
		return err
	}
	title, err := askAll(ctx, x, messages, func(m *evalMessage) search.Query {
		return search.Query{Title: m.Title, Mode: search.Similar}
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(t.Out).Encode(map[string]retrievalScore{"full": scoreOf(full), "title": scoreOf(title)})
	}
	return c.table(t.Out, replies, full, title)
}

// areaCode is how the messages write their places: names stand as A市, A3区.
var areaCode = regexp.MustCompile(`([A-Z])\d*[市县区]`)

// indexReplies lays the corpus out. A desk knows the areas it serves; here they
// are read off the codes that stand for them.
func indexReplies(ctx context.Context, dir string, replies []evalReply, messages []evalMessage) (*search.Index, error) {
	words := search.DefaultWords()
	words.Areas = map[string]string{}
	note := func(text string) {
		for _, code := range areaCode.FindAllStringSubmatch(text, -1) {
			words.Areas[code[0]] = code[1] + "市"
		}
	}
	for i := range replies {
		note(replies[i].Text)
	}
	for i := range messages {
		note(messages[i].Title)
		note(messages[i].Text)
	}
	x, err := search.Open(dir, words)
	if unusable := (*search.UnusableError)(nil); !errors.As(err, &unusable) {
		return nil, fmt.Errorf("open an index in an empty folder: %w", err)
	}
	err = x.Rebuild(ctx, func(yield func(search.Document, error) bool) {
		for i := range replies {
			if !yield(search.Document{ID: replies[i].ID, Body: replies[i].Text}, nil) {
				return
			}
		}
	}, "")
	if err != nil {
		return nil, errors.Join(err, x.Close())
	}
	return x, nil
}

// evalDepth is how many hits are looked through for the right one.
const evalDepth = 20

// answered is a message with what the search offered for it.
type answered struct {
	*evalMessage
	rank int          // place of the first right reply from 1 on, 0 when not among the first
	hits []search.Hit // the first
}

// askAll asks every message, as many at once as there are processors, and keeps
// their order.
func askAll(ctx context.Context, x *search.Index, messages []evalMessage, ask func(*evalMessage) search.Query) ([]answered, error) {
	out, errs := make([]answered, len(messages)), make([]error, len(messages))
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := range next {
				out[i], errs[i] = askOne(ctx, x, &messages[i], ask(&messages[i]))
			}
		})
	}
	for i := range messages {
		next <- i
	}
	close(next)
	workers.Wait()
	return out, errors.Join(errs...)
}

func askOne(ctx context.Context, x *search.Index, m *evalMessage, q search.Query) (answered, error) {
	q.Size = evalDepth
	r, err := x.Search(ctx, q)
	if err != nil {
		return answered{}, fmt.Errorf("message %s: %w", m.ID, err)
	}
	right := func(h search.Hit) bool {
		return slices.Contains(m.Relevant, h.ID) || slices.Contains(m.AlsoRelevant, h.ID)
	}
	return answered{evalMessage: m, hits: r.Hits[:min(1, len(r.Hits))], rank: 1 + slices.IndexFunc(r.Hits, right)}, nil
}

func scoreOf(all []answered) retrievalScore {
	var s retrievalScore
	for _, a := range all {
		if a.rank == 1 {
			s.HitAt1++
		}
		if a.rank >= 1 && a.rank <= 5 {
			s.HitAt5++
		}
		if a.rank >= 1 && a.rank <= 10 {
			s.MRRAt10 += 1 / float64(a.rank)
		}
	}
	n := float64(max(len(all), 1))
	return retrievalScore{s.HitAt1 / n, s.HitAt5 / n, s.MRRAt10 / n}
}

// table prints what a person reads: the figures, then the worst misses.
func (c *evalRetrievalCmd) table(out io.Writer, replies []evalReply, full, title []answered) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%d replies, %d messages\thit@1\thit@5\tMRR@10\tamong %d\n", len(replies), len(full), evalDepth)
	for _, row := range []struct {
		name string
		all  []answered
	}{{"title and text", full}, {"title alone", title}} {
		s, missed := scoreOf(row.all), 0
		for _, a := range row.all {
			if a.rank == 0 {
				missed++
			}
		}
		fmt.Fprintf(w, "%s\t%.3f\t%.3f\t%.3f\t%.3f\n", row.name, s.HitAt1, s.HitAt5, s.MRRAt10,
			1-float64(missed)/float64(max(len(row.all), 1)))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	texts := map[string]string{}
	for _, r := range replies {
		texts[r.ID] = r.Text
	}
	printMisses(out, "title and text", full, texts, c.Misses)
	printMisses(out, "title alone", title, texts, c.Misses)
	return nil
}

// printMisses shows the messages whose right reply stands farthest behind.
func printMisses(out io.Writer, name string, all []answered, texts map[string]string, n uint) {
	behind := func(a answered) int {
		if a.rank == 0 {
			return evalDepth + 1
		}
		return a.rank
	}
	worst := slices.Clone(all)
	slices.SortStableFunc(worst, func(a, b answered) int { return cmp.Compare(behind(b), behind(a)) })
	fmt.Fprintf(out, "\nWorst misses, %s\n", name)
	for _, a := range worst[:min(n, uint(len(worst)))] {
		if a.rank == 1 {
			return
		}
		place := fmt.Sprintf("not among %d", evalDepth)
		if a.rank > 0 {
			place = fmt.Sprintf("at %d", a.rank)
		}
		fmt.Fprintf(out, "\n%s  %s  (right reply %s)\n", a.ID, beginning(a.Title, 40), place)
		for _, id := range a.Relevant {
			fmt.Fprintf(out, "  wanted %s  %s\n", id, beginning(texts[id], 60))
		}
		if len(a.hits) > 0 {
			fmt.Fprintf(out, "  first  %s  %s  because of %v\n", a.hits[0].ID, beginning(texts[a.hits[0].ID], 60), a.hits[0].Why)
		}
	}
}

func beginning(text string, n int) string {
	if rs := []rune(text); len(rs) > n {
		return string(rs[:n]) + "…"
	}
	return text
}

// jsonLines reads a file of one JSON object a line.
func jsonLines[T any](path string) (rows []T, err error) {
	f, err := os.Open(path) //nolint:gosec // the user's own file
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	s := bufio.NewScanner(f)
	s.Buffer(nil, 16<<20)
	for line := 1; s.Scan(); line++ {
		if len(s.Bytes()) == 0 {
			continue
		}
		var row T
		if err := json.Unmarshal(s.Bytes(), &row); err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", path, line, err)
		}
		rows = append(rows, row)
	}
	return rows, s.Err()
}
