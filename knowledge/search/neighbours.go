package search

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"sync"
)

// A reply often lacks the word that was asked with, and the replies most like it have
// it: what a candidate lacks of the subject line is therefore also looked for in its
// neighbours among the candidates. Likeness is the cosine of their pairs of
// characters, each by how few of the candidates have it, so that turns of phrase that
// all replies share count nothing.

const (
	neighbouring  = 64  // candidates compared with each other, the best of all
	nearest       = 10  // neighbours that speak for one
	comparedUnits = 500 // of one candidate
	mostLent      = 64  // pairs of the subject line that are looked for
)

// neighbourhood is the candidates of one search side by side. Kept between searches,
// as its tables are as large as all candidates together.
type neighbourhood struct {
	units []uint32 // of all candidates, one after the other
	ends  []int
	held  []uint64 // per candidate: a bit for each of question.lent

	keys  []uint64 // the pairs of those compared, each at a place found by its hash
	who   []uint64 // at the same place: a bit for each of those compared that has it
	taken []uint32 // places in use
	count []float64
	like  []float64 // of each compared with each
}

var neighbourhoods = sync.Pool{New: func() any {
	return &neighbourhood{keys: make([]uint64, tableSize), who: make([]uint64, tableSize)}
}}

const tableSize = 1 << 16 // twice the pairs there may be

func (n *neighbourhood) release() {
	n.units, n.ends, n.held = n.units[:0], n.ends[:0], n.held[:0]
	neighbourhoods.Put(n)
}

// add takes in a candidate that was held against the question.
func (n *neighbourhood) add(w *question, h *holding) {
	room := comparedUnits
	for _, ids := range h.units {
		ids = ids[:min(len(ids), room)]
		n.units = append(append(n.units, ids...), gap)
		room -= len(ids)
	}
	n.ends = append(n.ends, len(n.units))
	var held uint64
	for bit, g := range w.lent {
		if h.often[g] > 0 {
			held |= 1 << bit
		}
	}
	n.held = append(n.held, held)
}

// askNeighbours adds to the best candidates what their neighbours lend them. Their
// order in all is that in which they were added to n.
func (w *question) askNeighbours(n *neighbourhood, all []weighed) {
	best := bestOf(all)
	ofShare, ofLikest := n.lend(w, best)
	for i, at := range best {
		all[at].score += w.weights()[share]*ofShare[i] + w.weights()[likest]*ofLikest[i]
	}
}

// bestOf are the places of those that are compared, the best first.
func bestOf(all []weighed) []int {
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(all[b].score, all[a].score), cmp.Compare(all[a].id, all[b].id))
	})
	return order[:min(len(order), neighbouring)]
}

// lend tells for each of best, the candidates to compare, how much of what it lacks
// of the subject line its neighbours have: the nearest ten by their share of
// likeness, and the likest of all that has the pair.
func (n *neighbourhood) lend(w *question, best []int) (share, likest []float64) {
	n.compare(best)
	share, likest = make([]float64, len(best)), make([]float64, len(best))
	order := make([]int, len(best))
	for i := range best {
		like := n.like[i*len(best) : (i+1)*len(best)]
		for k := range order {
			order[k] = k
		}
		slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(like[b], like[a]), a-b) })
		share[i], likest[i] = n.lendOne(w, best, i, order, like)
	}
	return share, likest
}

// lendOne goes through order, the neighbours of the i-th from the nearest on.
func (n *neighbourhood) lendOne(w *question, best []int, i int, order []int, like []float64) (share, likest float64) {
	all := 0.0
	for _, k := range order[:min(nearest, len(order))] {
		all += like[k]
	}
	if all == 0 {
		return 0, 0
	}
	for bit, g := range w.lent {
		if n.held[best[i]]>>bit&1 != 0 {
			continue
		}
		worth := scale * w.grams[g].weight * w.grams[g].rarity
		first := true
		for at, k := range order {
			if n.held[best[k]]>>bit&1 == 0 {
				continue
			}
			if first {
				likest += worth * like[k]
				first = false
			}
			if at >= nearest {
				break
			}
			share += worth * like[k] / all
		}
	}
	return share, likest
}

// compare fills in how like each of best is to each other.
func (n *neighbourhood) compare(best []int) {
	n.gather(best)
	size := len(best)
	n.like, n.count = zeroed(n.like, size*size), zeroed(n.count, size)
	for _, place := range n.taken {
		who := n.who[place]
		n.keys[place], n.who[place] = 0, 0
		have := bits.OnesCount64(who)
		for rest := who; rest != 0; rest &= rest - 1 {
			n.count[bits.TrailingZeros64(rest)]++
		}
		if have < 2 {
			continue
		}
		worth := math.Log(float64(size+1) / float64(have))
		for ; who != 0; who &= who - 1 {
			row := n.like[bits.TrailingZeros64(who)*size:]
			for rest := who & (who - 1); rest != 0; rest &= rest - 1 {
				row[bits.TrailingZeros64(rest)] += worth * worth
			}
		}
	}
	n.taken = n.taken[:0]
	for a := range best {
		for b := a + 1; b < size; b++ {
			like := n.like[a*size+b] / math.Sqrt(n.count[a]*n.count[b]+1)
			n.like[a*size+b], n.like[b*size+a] = like, like
		}
	}
}

// gather enters the pairs of best into the table.
func (n *neighbourhood) gather(best []int) {
	for i, candidate := range best {
		from := 0
		if candidate > 0 {
			from = n.ends[candidate-1]
		}
		ids := n.units[from:n.ends[candidate]]
		for k := 0; k+1 < len(ids); k++ {
			if ids[k] != gap && ids[k+1] != gap {
				n.who[n.place(pairKey(ids[k], ids[k+1]))] |= 1 << i
			}
		}
	}
}

// place finds a pair's place in the table, or a free one for it.
func (n *neighbourhood) place(key uint64) uint32 {
	at := uint32((key * 0x9E3779B97F4A7C15) >> 48)
	for n.keys[at] != key {
		if n.keys[at] == 0 {
			n.keys[at] = key
			n.taken = append(n.taken, at)
			break
		}
		at = (at + 1) % tableSize
	}
	return at
}
