package triage

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
)

// ErrTooFew says that there is not enough to learn from yet; until there is,
// rules and the directory serve.
var ErrTooFew = errors.New("too few examples to learn from")

// LeastExamples is what Train needs, with at least two labels among them.
const LeastExamples = 30

// Options of training. The zero value is what the desk uses.
type Options struct {
	Seed  uint64 // the same seed and examples give the same model, byte for byte
	Folds int    // how often to hold a part back for calibration; 0 is 5
	Most  int    // examples used at most, the last ones given; 0 is 20,000
}

func (o Options) filled() Options {
	if o.Folds < 2 {
		o.Folds = 5
	}
	if o.Most <= 0 {
		o.Most = 20_000
	}
	return o
}

// Train learns a model from examples, oldest first. It takes about a minute of
// one processor per 6,000 messages and seven labels, calibration included, and
// returns ErrTooFew (wrapped) or the context's error.
func Train(ctx context.Context, examples []Example, o Options) (*Model, error) {
	o = o.filled()
	if n := len(examples); n > o.Most {
		examples = examples[n-o.Most:]
	}
	c := newCorpus(examples)
	if len(examples) < LeastExamples || len(c.classes) < 2 {
		return nil, fmt.Errorf("training on %d examples of %d labels: %w", len(examples), len(c.classes), ErrTooFew)
	}
	fold := folds(c.labels, c.groups, o.Folds, o.Seed)
	schools := schools(c, fold, o, func() bool { return ctx.Err() != nil })
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("training on %d examples: %w", len(examples), err)
	}
	whole, title := c.unseen(schools, fold, o.Folds)
	m := &Model{
		reader: c.reader, features: c.features, ids: numbered(c.features), classes: c.classes, experts: schools[o.Folds],
		whole: whole.blend(len(c.classes)), title: title.blend(len(c.classes)),
	}
	m.card = Card{Format: format, Seed: o.Seed, Examples: len(examples), Labels: c.counts(),
		Whole: whole.quality(m.whole), Title: title.quality(m.title)}
	m.round()
	return m, nil
}

// schools trains every expert once per fold without that fold, and once on all.
func schools(c *corpus, fold []int, o Options, stop func() bool) [][]*expert {
	out := make([][]*expert, o.Folds+1)
	var wait sync.WaitGroup
	free := make(chan struct{}, runtime.GOMAXPROCS(0))
	for k := range out {
		out[k] = make([]*expert, len(schoolings))
		rows, _ := split(fold, k)
		for s, school := range schoolings {
			free <- struct{}{}
			wait.Go(func() {
				out[k][s] = school.learn(c, rows, o.Seed+uint64(s), stop)
				<-free
			})
		}
	}
	wait.Wait()
	return out
}

// trial is what experts said about messages they had not learned from.
type trial struct {
	margins [][][]float32 // message, expert, class
	labels  []int
}

// unseen asks the experts about the fold they did not see: once with the whole
// message, where it has a text, and once with its title alone.
func (c *corpus) unseen(schools [][]*expert, fold []int, n int) (whole, title trial) {
	for k := range n {
		_, inside := split(fold, k)
		for _, i := range inside {
			b := c.bags[i]
			if b.hasText() {
				whole.add(schools[k], b, c.labels[i])
			}
			if t := b.titleOnly(); len(t[titleGrams]) > 0 {
				title.add(schools[k], t, c.labels[i])
			}
		}
	}
	if len(whole.labels) == 0 {
		return title, title
	}
	if len(title.labels) == 0 {
		return whole, whole
	}
	return whole, title
}

func (t *trial) add(experts []*expert, b bag, label int) {
	t.margins = append(t.margins, marginsOf(experts, b))
	t.labels = append(t.labels, label)
}

func marginsOf(experts []*expert, b bag) [][]float32 {
	out := make([][]float32, len(experts))
	for e, x := range experts {
		out[e] = x.scores(b)
	}
	return out
}

func (t trial) blend(classes int) blend { return fitBlend(t.margins, t.labels, classes) }

func (t trial) quality(b blend) Quality {
	answers := make([]Judged, len(t.labels))
	for i, m := range t.margins {
		answers[i] = Judged{b.probabilities(m), t.labels[i]}
	}
	return Measure(answers, len(b.Offsets))
}

func (c *corpus) counts() map[string]int {
	out := map[string]int{}
	for _, l := range c.labels {
		out[c.classes[l]]++
	}
	return out
}
