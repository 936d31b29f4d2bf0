//go:build fit

package search

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// The weights of score.go come from here:
//
//	go test -tags fit ./knowledge/search -run TestFit -v -timeout 1h
//
// prints, for queries of a subject line and for whole texts, what is reached on
// quarters the weights were not fitted to, with -ablate what each feature is worth
// (the same without it), and the weights fitted to all.
var ablate = flag.Bool("ablate", false, "also fit without each feature")

const sharedData = "../../../shared/data"

type message struct {
	Title, Text string
	Relevant    []string
	Also        []string `json:"also_relevant"`
}

func (m message) answers(id string) bool {
	for _, r := range append(m.Relevant, m.Also...) {
		if r == id {
			return true
		}
	}
	return false
}

func readLines[T any](t testing.TB, name string) []T {
	t.Helper()
	f, err := os.Open(filepath.Join(sharedData, name))
	if os.IsNotExist(err) {
		t.Skipf("needs the real messages in %s", sharedData)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []T
	s := bufio.NewScanner(f)
	s.Buffer(nil, 1<<24)
	for s.Scan() {
		var one T
		if err := json.Unmarshal(s.Bytes(), &one); err != nil {
			t.Fatal(err)
		}
		out = append(out, one)
	}
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	return out
}

// example is one query with the features of its candidates.
type example struct {
	rows  [][allFeatures]float64
	right []bool
	found bool
}

func TestFit(t *testing.T) {
	x, messages := realIndex(t)
	for _, full := range []bool{false, true} {
		examples := make([]example, len(messages))
		inParallel(len(messages), func(i int) { examples[i] = exampleOf(t, x, messages[i], full) })
		all := allButFeature(-1)
		fmt.Printf("text %v, fitted elsewhere      %s\n", full, crossed(examples, all))
		for f := feature(0); *ablate && f < allFeatures; f++ {
			if full || f < segmentFeatures || f >= 2*segmentFeatures {
				fmt.Printf("  without %2d %s\n", f, crossed(examples, allButFeature(f)))
			}
		}
		w := fitWeights(examples, all)
		fmt.Printf("text %v, fitted to these      %s\n%v\n", full, measure(examples, w), w)
	}
}

var areaCode = regexp.MustCompile(`([A-Z])\d*[市县区]`)

func realIndex(t testing.TB) (*Index, []message) {
	t.Helper()
	type reply struct {
		ID    string
		Reply string `json:"reply_stripped"`
	}
	replies := readLines[reply](t, "retrieval_corpus.jsonl")
	messages := readLines[message](t, "retrieval_dev.jsonl")
	words := DefaultWords()
	words.Areas = map[string]string{}
	note := func(text string) {
		for _, code := range areaCode.FindAllStringSubmatch(text, -1) {
			words.Areas[code[0]] = code[1] + "市"
		}
	}
	for _, m := range messages {
		note(m.Title)
		note(m.Text)
	}
	for _, r := range replies {
		note(r.Reply)
	}
	x, err := Open(t.TempDir(), words)
	if err == nil {
		t.Fatal("an empty folder opened")
	}
	t.Cleanup(func() { x.Close() })
	err = x.Rebuild(t.Context(), func(yield func(Document, error) bool) {
		for _, r := range replies {
			if !yield(Document{ID: r.ID, Body: r.Reply}, nil) {
				return
			}
		}
	}, "")
	if err != nil {
		t.Fatal(err)
	}
	return x, messages
}

func exampleOf(t testing.TB, x *Index, m message, full bool) example {
	q := Query{Title: m.Title, Mode: Similar}
	if full {
		q.Text = m.Text
	}
	ctx := context.Background()
	s, err := snapshotOf(x.open)
	if err != nil {
		t.Fatal(err)
	}
	defer s.reader.Close()
	v, f := x.words.Load(), x.frequencies.Load()
	w := newQuestion(q, v)
	s.average, _ = f.averageLength(ctx, s)
	if err := w.weigh(ctx, s, f); err != nil {
		t.Fatal(err)
	}
	if err := w.gatherKin(ctx, s, f, v); err != nil {
		t.Fatal(err)
	}
	found, err := s.firstLook(ctx, w, q)
	if err != nil {
		t.Fatal(err)
	}
	var e example
	var h holding
	n, _ := neighbourhoods.Get().(*neighbourhood)
	defer n.release()
	var all []weighed
	for _, number := range found {
		if err := s.read(number, &h.stored, true); err != nil {
			t.Fatal(err)
		}
		w.hold(&h, v)
		e.rows = append(e.rows, w.features(&h, s.average, v))
		all = append(all, weighed{id: h.id, score: w.score(&h, s.average, v)})
		n.add(w, &h)
		e.right = append(e.right, m.answers(h.id))
		e.found = e.found || m.answers(h.id)
	}
	best := bestOf(all)
	ofShare, ofLikest := n.lend(w, best)
	for i, at := range best {
		e.rows[at][share], e.rows[at][likest] = ofShare[i], ofLikest[i]
	}
	return e
}

type score struct{ hit1, hit5, mrr, found, n float64 }

func (s score) String() string {
	return fmt.Sprintf("hit@1 %.4f hit@5 %.4f mrr@10 %.4f found %.4f", s.hit1/s.n, s.hit5/s.n, s.mrr/s.n, s.found/s.n)
}

func (s *score) add(rank int) {
	s.n++
	if rank < 0 {
		return
	}
	s.found++
	if rank == 0 {
		s.hit1++
	}
	if rank < 5 {
		s.hit5++
	}
	if rank < 10 {
		s.mrr += 1 / float64(rank+1)
	}
}

func measure(examples []example, w weights) (s score) {
	for _, e := range examples {
		s.add(e.rank(w))
	}
	return s
}

func (e *example) rank(w weights) int {
	rank := -1
	scores := make([]float64, len(e.rows))
	for i := range e.rows {
		scores[i] = dot(&w, &e.rows[i])
	}
	for i, right := range e.right {
		if !right {
			continue
		}
		above := 0
		for _, s := range scores {
			if s > scores[i] {
				above++
			}
		}
		if rank < 0 || above < rank {
			rank = above
		}
	}
	return rank
}

func dot(w *weights, row *[allFeatures]float64) (sum float64) {
	for i := range w {
		sum += w[i] * row[i]
	}
	return sum
}

func allButFeature(without feature) (use [allFeatures]bool) {
	for f := range use {
		use[f] = feature(f) != without
	}
	return use
}

// crossed fits to three quarters and measures the fourth, four times.
func crossed(examples []example, use [allFeatures]bool) (s score) {
	const parts = 4
	ws := make([]weights, parts)
	inParallel(parts, func(p int) {
		var rest []example
		for i := range examples {
			if i%parts != p {
				rest = append(rest, examples[i])
			}
		}
		ws[p] = fitWeights(rest, use)
	})
	for i := range examples {
		s.add(examples[i].rank(ws[i%parts]))
	}
	return s
}

// fitWeights maximises the likelihood of the right candidates (a softmax over
// each query's), a little held back, by Adam with every feature scaled to one.
func fitWeights(examples []example, use [allFeatures]bool) weights {
	var w, mean, square, spread weights
	for _, e := range examples {
		for f := range w {
			sum, sq := 0.0, 0.0
			for i := range e.rows {
				sum += e.rows[i][f]
				sq += e.rows[i][f] * e.rows[i][f]
			}
			n := float64(len(e.rows)) + 1e-9
			spread[f] += max(0, sq/n-sum/n*sum/n)
		}
	}
	for f := range spread {
		spread[f] = math.Sqrt(spread[f]/float64(len(examples))) + 1e-9
	}
	const steps, rate, hold = 220, 0.05, 0.002
	for step := 1; step <= steps; step++ {
		g := gradient(examples, &w, &spread)
		for f := range w {
			if !use[f] {
				continue
			}
			d := g[f]/float64(len(examples)) + hold*w[f]
			mean[f] = 0.9*mean[f] + 0.1*d
			square[f] = 0.99*square[f] + 0.01*d*d
			w[f] -= rate * mean[f] / (1 - math.Pow(0.9, float64(step))) /
				(math.Sqrt(square[f]/(1-math.Pow(0.99, float64(step)))) + 1e-8)
		}
	}
	for f := range w {
		w[f] /= spread[f]
	}
	return w
}

func gradient(examples []example, w, spread *weights) (g weights) {
	var scaled weights
	for f := range w {
		scaled[f] = w[f] / spread[f]
	}
	p := make([]float64, 0, 2*Window)
	for _, e := range examples {
		if !e.found {
			continue
		}
		p = p[:0]
		top := math.Inf(-1)
		for i := range e.rows {
			p = append(p, dot(&scaled, &e.rows[i]))
			top = max(top, p[i])
		}
		all, right := 0.0, 0.0
		for i := range p {
			p[i] = math.Exp(p[i] - top)
			all += p[i]
			if e.right[i] {
				right += p[i]
			}
		}
		for i := range p {
			d := p[i] / all
			if e.right[i] {
				d -= p[i] / right
			}
			if math.Abs(d) > 1e-6 {
				for f := range g {
					g[f] += d * e.rows[i][f] / spread[f]
				}
			}
		}
	}
	return g
}

func inParallel(n int, do func(i int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.NumCPU() {
		wg.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

func (w weights) String() string {
	var b strings.Builder
	for i, x := range w {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%d: %.3g", i, x)
	}
	return b.String()
}
