package triage

import (
	"cmp"
	"math"
	"slices"
)

// view says how much each field counts in one expert's eyes.
type view [fields]float32

// entry is a feature's value in a message; a vector has length one.
type entry struct {
	id uint32
	x  float32
}

type vector []entry

// vector weighs a bag: 1+ln(count) times the feature's weight, each field
// brought to length one and then to its share, the whole to length one. Fields
// of length one keep a long text from drowning its title.
func (v view) vector(b bag, weight []float32) vector {
	var out vector
	for f, share := range v {
		start, square := len(out), float32(0)
		if share == 0 {
			continue
		}
		for _, t := range b[f] {
			if w := weight[t.id]; w > 0 {
				x := w * (1 + logCount(t.n))
				out = append(out, entry{t.id, x})
				square += x * x
			}
		}
		scale(out[start:], share, square)
	}
	return unit(joined(out))
}

func logCount(n float32) float32 {
	if n <= 1 {
		return 0
	}
	return float32(math.Log(float64(n)))
}

func scale(es []entry, to, square float32) {
	if square == 0 {
		return
	}
	k := to / float32(math.Sqrt(float64(square)))
	for i := range es {
		es[i].x *= k
	}
}

// joined sorts by feature and adds up what stands in several fields.
func joined(es []entry) vector {
	slices.SortStableFunc(es, func(a, b entry) int { return cmp.Compare(a.id, b.id) })
	out := es[:0]
	for _, e := range es {
		if n := len(out); n > 0 && out[n-1].id == e.id {
			out[n-1].x += e.x
			continue
		}
		out = append(out, e)
	}
	return out
}

func unit(v vector) vector {
	square := float32(0)
	for _, e := range v {
		square += e.x * e.x
	}
	scale(v, 1, square)
	return v
}

const (
	// leastDocuments a feature must stand in to be believed.
	leastDocuments = 3
	// tellingPrior are the imagined documents, spread as all labels are, that
	// keep a rare feature from looking decisive.
	tellingPrior = 3
	// tellingFloor keeps features that tell nothing from vanishing altogether.
	tellingFloor = 0.1
)

// weights gives each feature its worth on these documents: rarity (inverse
// document frequency) times the root of how much it tells about the label (the
// divergence of the labels it stands with from all labels). The second factor
// is what lifts this above a plain SVM; docs/quality.md has the figures.
func weights(bags []bag, labels []int, rows []int, v view, features, classes, least int) []float32 {
	with, prior := make([]float32, features*classes), make([]float64, classes)
	last := make([]int32, features)
	for n, i := range rows {
		prior[labels[i]]++
		for f, share := range v {
			if share == 0 {
				continue
			}
			for _, t := range bags[i][f] {
				if last[t.id] != int32(n+1) {
					last[t.id] = int32(n + 1)
					with[int(t.id)*classes+labels[i]]++
				}
			}
		}
	}
	for c := range prior {
		prior[c] /= float64(len(rows))
	}
	out := make([]float32, features)
	for id := range out {
		out[id] = worth(with[id*classes:(id+1)*classes], prior, len(rows), least)
	}
	return out
}

func worth(with []float32, prior []float64, rows, least int) float32 {
	df := 0.0
	for _, n := range with {
		df += float64(n)
	}
	if df < float64(least) {
		return 0
	}
	tells := 0.0
	for c, n := range with {
		p := (float64(n) + tellingPrior*prior[c]) / (df + tellingPrior)
		if p > 0 {
			tells += p * math.Log(p/prior[c])
		}
	}
	rarity := math.Log(float64(rows+1)/(df+1)) + 1
	return float32(rarity * math.Sqrt(tellingFloor+max(0, tells)))
}
