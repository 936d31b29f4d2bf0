package search

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search/query"
)

// The figures of docs/performance.md come from here:
//
//	NENGBAN_BENCH_ARTICLES=200000 go test ./knowledge/search -run '^$' -bench . -timeout 2h
//
// Sizes are articles, 10,000 and what the environment asks for; each article is made
// up from clauses of testdata/articles.txt, invented names and numbers, 330
// characters on average as real replies are.
var benchSizes = func() []int {
	sizes := []int{10_000}
	if n, err := strconv.Atoi(os.Getenv("NENGBAN_BENCH_ARTICLES")); err == nil && n > 0 && n != sizes[0] {
		sizes = append(sizes, n)
	}
	return sizes
}()

func BenchmarkIndexing(b *testing.B) {
	for _, n := range benchSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			peak, before := watchMemory(), cpuTime(b)
			var x *Index
			for b.Loop() {
				x = buildBench(b, n)
			}
			b.ReportMetric(milliseconds(cpuTime(b)-before)/float64(n*b.N), "cpu-ms/article")
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "articles/s")
			s, err := x.State()
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(s.Bytes)/1e6, "disk-MB")
			b.ReportMetric(float64(peak())/1e6, "memory-MB")
		})
	}
}

// BenchmarkMatch asks as eight operators do who type at once: every word begun
// sends all that stands there. "typing" pauses 250 ms between two of one operator,
// as the page does, and the eight are no choir: each began at another moment of it.
// "flat_out" never pauses. "bare" is the same text as a plain
// bleve query over the same index, pairs of characters or-ed, ten hits, no text
// read back.
func BenchmarkMatch(b *testing.B) {
	for _, n := range benchSizes {
		for _, pace := range []struct {
			name  string
			pause time.Duration
			asked int
		}{{"typing", 250 * time.Millisecond, 80}, {"flat_out", 0, 80}} {
			for _, how := range []string{"ours", "bare"} {
				b.Run(fmt.Sprintf("%d/%s/%s", n, pace.name, how), func(b *testing.B) {
					x := benchIndex(b, n)
					ask := func(text string) error {
						_, err := x.Search(context.Background(), Query{Text: text, Mode: Similar})
						return err
					}
					if how == "bare" {
						ask = func(text string) error { return bareQuery(x, text) }
					}
					var took []time.Duration
					before := cpuTime(b)
					for b.Loop() {
						took = append(took, typeAtOnce(b, 8, pace.asked, pace.pause, ask)...)
					}
					spent := cpuTime(b) - before
					slices.Sort(took)
					b.ReportMetric(milliseconds(spent)/float64(len(took)), "cpu-ms/match")
					b.ReportMetric(milliseconds(took[len(took)/2]), "p50-ms")
					b.ReportMetric(milliseconds(took[len(took)*99/100]), "p99-ms")
				})
			}
		}
	}
}

// cpuTime is what this process has had of the processors: it says what a match
// costs however busy the machine is with others.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// BenchmarkOpen opens an index that is there: its size must not matter.
func BenchmarkOpen(b *testing.B) {
	for _, n := range benchSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dir := benchIndex(b, n).dir
			closeBench(b, n)
			for b.Loop() {
				x, err := Open(dir, Words{})
				if err != nil {
					b.Fatal(err)
				}
				if err := x.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkUpdateOne puts in one article, durably.
func BenchmarkUpdateOne(b *testing.B) {
	for _, n := range benchSizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			x := benchIndex(b, n)
			g := newGenerator(b, 2)
			for b.Loop() {
				if err := x.Update(context.Background(), Change{Put: []Document{g.article("new")}}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// built are the indexes of this run, shared by its benchmarks.
var built = map[int]*Index{}

func benchIndex(b *testing.B, n int) *Index {
	b.Helper()
	if x := built[n]; x != nil && !x.closed {
		return x
	}
	if x := built[n]; x != nil {
		again, err := Open(x.dir, DefaultWords())
		if err != nil {
			b.Fatal(err)
		}
		built[n] = again
		return again
	}
	return buildBench(b, n)
}

func buildBench(b *testing.B, n int) *Index {
	b.Helper()
	if built[n] != nil {
		closeBench(b, n)
	}
	dir, err := os.MkdirTemp(benchFolder, "index-")
	if err != nil {
		b.Fatal(err)
	}
	x, _ := Open(dir, DefaultWords())
	if err := x.Rebuild(context.Background(), newGenerator(b, 1).articles(n), "bench"); err != nil {
		b.Fatal(err)
	}
	built[n] = x
	return x
}

func closeBench(b *testing.B, n int) {
	b.Helper()
	if err := built[n].Close(); err != nil {
		b.Fatal(err)
	}
}

var benchFolder string

func TestMain(m *testing.M) {
	var err error
	if benchFolder, err = os.MkdirTemp("", "nengban-bench-"); err != nil {
		panic(err)
	}
	code := m.Run()
	for _, x := range built {
		_ = x.Close()
	}
	_ = os.RemoveAll(benchFolder)
	os.Exit(code)
}

// typeAtOnce lets so many operators ask so many times each and returns how long
// every answer took.
func typeAtOnce(b *testing.B, operators, asked int, pause time.Duration, ask func(string) error) []time.Duration {
	b.Helper()
	took := make([][]time.Duration, operators)
	var wg sync.WaitGroup
	for i := range operators {
		g := newGenerator(b, uint64(100+i))
		wg.Go(func() {
			time.Sleep(pause * time.Duration(i) / time.Duration(operators))
			tick := time.NewTicker(max(pause, 1))
			defer tick.Stop()
			for text := range g.typing(asked) {
				if pause > 0 {
					<-tick.C
				}
				start := time.Now()
				if err := ask(text); err != nil {
					b.Error(err)
					return
				}
				took[i] = append(took[i], time.Since(start))
			}
		})
	}
	wg.Wait()
	return slices.Concat(took...)
}

// bareQuery is what bleve does without us.
func bareQuery(x *Index, text string) error {
	var terms []query.Query
	seen := map[string]bool{}
	for _, token := range (gramAnalyzer{}).Analyze([]byte(text)) {
		term := string(token.Term)
		if len([]rune(term)) < 2 || seen[term] {
			continue
		}
		seen[term] = true
		q := bleve.NewTermQuery(term)
		q.SetField(fieldText)
		terms = append(terms, q)
	}
	_, err := x.open.bleve.Search(bleve.NewSearchRequestOptions(bleve.NewDisjunctionQuery(terms...), 10, 0, false))
	return err
}

// generator makes up articles and messages.
type generator struct {
	*rand.Rand
	clauses []string
	letters []rune // of invented names
}

func newGenerator(b testing.TB, seed uint64) *generator {
	b.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "articles.txt"))
	if err != nil {
		b.Fatal(err)
	}
	g := &generator{Rand: rand.New(rand.NewPCG(seed, seed))}
	for line := range strings.Lines(string(data)) {
		if cells := strings.Split(line, "|"); len(cells) == 5 {
			g.clauses = append(g.clauses, strings.FieldsFunc(cells[2]+"，"+cells[4], func(r rune) bool { return strings.ContainsRune("，。；、 \n", r) })...)
		}
	}
	for r := rune(0x4E00); r < 0x4E00+3000; r++ {
		g.letters = append(g.letters, r)
	}
	return g
}

// clause is one of the clauses, the first ones far oftener than the last.
func (g *generator) clause() string {
	at := int(float64(len(g.clauses)) * g.Float64() * g.Float64())
	return g.clauses[at]
}

// name is an invented estate, street or company, the first letters oftener.
func (g *generator) name() string {
	letter := func() string { return string(g.letters[int(float64(len(g.letters))*g.Float64()*g.Float64())]) }
	return letter() + letter() + []string{"路", "小区", "花苑", "街道", "公司", "村", "学校"}[g.IntN(7)]
}

func (g *generator) article(id string) Document {
	var body strings.Builder
	for body.Len() < 3*(180+g.IntN(300)) {
		switch g.IntN(4) {
		case 0:
			fmt.Fprintf(&body, "%s%d号，", g.name(), g.IntN(400))
		default:
			body.WriteString(g.clause() + "，")
		}
	}
	return Document{ID: id, Title: g.name() + g.clause(), Body: body.String(),
		Facets: map[string][]string{"category": {fmt.Sprintf("类%d/目%d", g.IntN(20), g.IntN(200))}}}
}

func (g *generator) articles(n int) iter.Seq2[Document, error] {
	return func(yield func(Document, error) bool) {
		for i := range n {
			if !yield(g.article(fmt.Sprintf("a%07d", i)), nil) {
				return
			}
		}
	}
}

// typing is what stands in the field after each pause, message after message.
func (g *generator) typing(n int) iter.Seq[string] {
	return func(yield func(string) bool) {
		for {
			message := []rune(g.name() + g.clause() + "，" + g.clause() + "，" + g.name() + g.clause() + "。" + g.clause())
			for at := 4; at < len(message); at += 4 {
				if n--; n < 0 || !yield(string(message[:at])) {
					return
				}
			}
		}
	}
}

// watchMemory returns what tells the most memory Go has taken from the system since.
func watchMemory() (peak func() uint64) {
	sample := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
	var most uint64
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			metrics.Read(sample)
			most = max(most, sample[0].Value.Uint64()-sample[1].Value.Uint64())
			select {
			case <-tick.C:
			case <-stop:
				return
			}
		}
	}()
	return func() uint64 { close(stop); <-done; return most }
}
