package search

import (
	"container/heap"
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

// best returns the documents allowed with the highest scores: those above the
// limit's place, which are fewer than limit, and those even with it.
func (s *sums) best(allow *docSet, limit int) (above, even []uint64) {
	last := s.place(allow, limit)
	for _, n := range s.touched {
		switch number := uint64(n); {
		case s.score[n] < last || allow != nil && !allow.has(number):
		case s.score[n] > last:
			above = append(above, number)
		default:
			even = append(even, number)
		}
	}
	return above, even
}

// place is the score at the limit's place, 0 when there are fewer documents.
func (s *sums) place(allow *docSet, limit int) float32 {
	var top scores
	for _, n := range s.touched {
		switch {
		case allow != nil && !allow.has(uint64(n)):
		case len(top) < limit:
			heap.Push(&top, s.score[n])
		case s.score[n] > top[0]:
			top[0] = s.score[n]
			heap.Fix(&top, 0)
		}
	}
	if len(top) < limit {
		return 0
	}
	return top[0]
}

// scores is a heap with the lowest on top.
type scores []float32

func (h scores) Len() int           { return len(h) }
func (h scores) Less(i, j int) bool { return h[i] < h[j] }
func (h scores) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *scores) Push(x any)        { *h = append(*h, x.(float32)) }
func (h *scores) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}
