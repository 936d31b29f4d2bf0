package search

import (
	"container/heap"
	"slices"
	"sync"
)

// sums adds up scores by document number. The array is as long as the index, so
// it is kept between searches; only what was touched is wiped.
type sums struct {
	score   []float32
	touched []uint32
}

var sumsPool sync.Pool

func newSums(end uint64) *sums {
	s, _ := sumsPool.Get().(*sums)
	if s == nil {
		s = &sums{}
	}
	if uint64(len(s.score)) < end {
		s.score = make([]float32, end+end/8)
	}
	return s
}

// add adds a score, which is above zero.
func (s *sums) add(number uint64, score float64) {
	if s.score[number] == 0 {
		s.touched = append(s.touched, uint32(number))
	}
	s.score[number] += float32(score)
}

func (s *sums) release() {
	for _, n := range s.touched {
		s.score[n] = 0
	}
	s.touched = s.touched[:0]
	sumsPool.Put(s)
}

// best returns the limit highest of those allowed, highest first; equals by number.
func (s *sums) best(allow *docSet, limit int) []candidate {
	var h lowest
	for _, n := range s.touched {
		c := candidate{number: uint64(n), first: float64(s.score[n])}
		switch {
		case allow != nil && !allow.has(c.number):
		case len(h) < limit:
			heap.Push(&h, c)
		case better(c, h[0]) < 0:
			h[0] = c
			heap.Fix(&h, 0)
		}
	}
	slices.SortFunc(h, better)
	return h
}

// better orders candidates, the better first.
func better(a, b candidate) int {
	switch {
	case a.first != b.first:
		if a.first > b.first {
			return -1
		}
		return 1
	case a.number < b.number:
		return -1
	case a.number > b.number:
		return 1
	}
	return 0
}

// lowest is a heap with the worst candidate on top.
type lowest []candidate

func (h lowest) Len() int           { return len(h) }
func (h lowest) Less(i, j int) bool { return better(h[i], h[j]) > 0 }
func (h lowest) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *lowest) Push(x any)        { *h = append(*h, x.(candidate)) }
func (h *lowest) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}
