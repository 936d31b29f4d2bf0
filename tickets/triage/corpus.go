package triage

import (
	"cmp"
	"maps"
	"math"
	"runtime"
	"slices"
	"sync"
)

// Example is one accepted decision to learn from: a message and the label that
// people gave it, be it a department, a category, a kind or a class. Examples
// with the same non-empty Group (near-duplicates, one caller's repeats) are
// never split between learning and checking.
type Example struct {
	Title, Text, Label, Group string
	// Facts are what is known beside the text, each a word of its own such as
	// area:370101; see AreaFacts.
	Facts []string
}

// corpus is examples as numbers.
type corpus struct {
	reader    reader
	features  []uint64 // sorted
	classes   []string // sorted
	bags      []bag
	sentences [][]bag // of each example's text, read like titles
	labels    []int
	groups    []string
	least     int     // documents a feature must stand in
	cost      float32 // of one mistake: a desk with few examples must not learn them by heart
}

const (
	// mostWeights bounds a model: with a hundred departments only the features
	// that tell most are kept.
	mostWeights = 3_000_000
	// Below fewExamples a mistake costs less. Only below veryFew is a feature
	// believed sooner: it pays with 60 examples, makes no difference with 150 and
	// costs half a point of accuracy with 500 examples of twelve labels.
	fewExamples, costOfFew  = 1500, 0.3
	veryFew, leastOfVeryFew = 200, 2
	// A sentence is at least so many runes; so many of a message are learned from.
	sentenceRunes, mostSentences = 14, 12
)

func newCorpus(examples []Example) *corpus {
	c := &corpus{least: leastDocuments, cost: 1}
	if len(examples) < fewExamples {
		c.cost = costOfFew
	}
	if len(examples) < veryFew {
		c.least = leastOfVeryFew
	}
	messages := make([]message, len(examples))
	inParallel(len(examples), func(i int) {
		messages[i] = newMessage(examples[i].Title, examples[i].Text, examples[i].Facts)
	})
	c.reader = reader{minePhrases(linesOf(messages), max(5, len(examples)/600))}
	c.labels, c.classes = numberLabels(examples)
	for _, e := range examples {
		c.groups = append(c.groups, e.Group)
	}
	c.choose(messages)
	c.bags, c.sentences = make([]bag, len(examples)), make([][]bag, len(examples))
	known := c.known()
	inParallel(len(examples), func(i int) {
		c.bags[i] = c.reader.bag(messages[i], known)
		for _, s := range sentences(messages[i].text) {
			c.sentences[i] = append(c.sentences[i], c.reader.bag(message{s, line{}, messages[i].facts}, known))
		}
	})
	return c
}

// linesOf are all titles, then all texts.
func linesOf(messages []message) []line {
	var out []line
	for _, m := range messages {
		out = append(out, m.title)
	}
	for _, m := range messages {
		out = append(out, m.text)
	}
	return out
}

// numberLabels returns the number of each example's label, and the labels sorted.
func numberLabels(examples []Example) (numbers []int, labels []string) {
	seen := map[string]int{}
	for _, e := range examples {
		seen[e.Label] = 0
	}
	labels = slices.Sorted(maps.Keys(seen))
	for i, name := range labels {
		seen[name] = i
	}
	numbers = make([]int, len(examples))
	for i, e := range examples {
		numbers[i] = seen[e.Label]
	}
	return numbers, labels
}

// choose keeps the features that stand in enough documents and, where there are
// too many for the number of classes, those that tell most.
func (c *corpus) choose(messages []message) {
	with := map[uint64][]uint16{} // feature → labels of the documents it stands in
	inBlocks(len(messages), func(i int) []uint64 {
		var seen []uint64
		c.reader.tokens(messages[i], func(t token) { seen = append(seen, t.feature) })
		slices.Sort(seen)
		return slices.Compact(seen)
	}, func(i int, seen []uint64) {
		for _, f := range seen {
			with[f] = append(with[f], uint16(c.labels[i]))
		}
	})
	maps.DeleteFunc(with, func(_ uint64, ls []uint16) bool { return len(ls) < c.least })
	c.features = slices.Sorted(maps.Keys(with))
	if most := mostWeights / max(1, len(c.classes)); len(c.features) > most {
		c.features = c.mostTelling(with, most)
	}
}

func (c *corpus) mostTelling(with map[uint64][]uint16, most int) []uint64 {
	prior := make([]float64, len(c.classes))
	for _, l := range c.labels {
		prior[l] += 1 / float64(len(c.labels))
	}
	value := make(map[uint64]float64, len(with))
	counts := make([]float32, len(c.classes))
	for f, ls := range with {
		clear(counts)
		for _, l := range ls {
			counts[l]++
		}
		value[f] = float64(worth(counts, prior, len(c.labels), c.least)) * math.Sqrt(float64(len(ls)))
	}
	slices.SortFunc(c.features, func(a, b uint64) int {
		return cmp.Or(cmp.Compare(value[b], value[a]), cmp.Compare(a, b))
	})
	return slices.Sorted(slices.Values(c.features[:most]))
}

// known tells the number of a feature.
func (c *corpus) known() func(uint64) (uint32, bool) {
	ids := numbered(c.features)
	return func(f uint64) (uint32, bool) {
		id, ok := ids[f]
		return id, ok
	}
}

func numbered(features []uint64) map[uint64]uint32 {
	ids := make(map[uint64]uint32, len(features))
	for i, f := range features {
		ids[f] = uint32(i)
	}
	return ids
}

// sentences cuts a text at its punctuation into pieces long enough to mean
// something.
func sentences(text line) []line {
	var out []line
	start := 0
	for i, r := range text.runes {
		if i+1 == len(text.runes) || (isPause(r) && i-start >= sentenceRunes) {
			out = append(out, line{runes: text.runes[start : i+1]})
			start = i + 1
			if len(out) == mostSentences {
				break
			}
		}
	}
	return out
}

func isPause(r rune) bool {
	switch r {
	case '。', '!', '?', ';', ',', '，', '！', '？', '；', '\n':
		return true
	}
	return false
}

// inParallel calls f for 0..n-1 on every processor.
func inParallel(n int, f func(i int)) {
	var wait sync.WaitGroup
	workers := min(n, runtime.GOMAXPROCS(0))
	for w := range workers {
		wait.Go(func() {
			for i := w; i < n; i += workers {
				f(i)
			}
		})
	}
	wait.Wait()
}

// inBlocks works out f in parallel and hands the results over in order.
func inBlocks[T any](n int, f func(i int) T, take func(i int, v T)) {
	const block = 256
	for start := 0; start < n; start += block {
		results := make([]T, min(block, n-start))
		inParallel(len(results), func(i int) { results[i] = f(start + i) })
		for i, v := range results {
			take(start+i, v)
		}
	}
}
