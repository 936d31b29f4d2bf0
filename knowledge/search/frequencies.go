package search

import (
	"context"
	"math"
	"sync"

	"github.com/blevesearch/bleve/v2/index/scorch"
)

// frequencies remembers what the index says of terms: how many documents hold one,
// and which others keep it company. Asking costs a walk through every segment's
// dictionary, and each letter typed asks for most of the terms of the letter before.
// Any change of the index begins a new one, so that nothing depends on what was
// asked or written before.
type frequencies struct {
	mu    sync.Mutex
	known map[string]uint64
	// average is the length of a middling document in units, 0 until asked for.
	average float64
	kin     map[uint64][]kin
}

const mostFrequencies = 200_000 // terms; about 20 MB

// lengthSample is how many documents at least stand for all, where there are so many.
const lengthSample = 200

// averageLength is the length of a middling document in units.
func (f *frequencies) averageLength(ctx context.Context, s *snapshot) (float64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.average > 0 {
		return f.average, nil
	}
	numbers, err := s.sample(ctx, lengthSample)
	if err != nil {
		return 0, err
	}
	sum := 0
	var doc stored
	for _, n := range numbers {
		if err := s.read(n, &doc, false); err != nil {
			return 0, err
		}
		for _, ids := range doc.units {
			sum += len(ids)
		}
	}
	f.average = max(float64(sum)/float64(max(len(numbers), 1)), 1)
	return f.average, nil
}

// of returns in how many documents of the snapshot term occurs.
func (f *frequencies) of(s *snapshot, term string) (uint64, error) {
	f.mu.Lock()
	n, ok := f.known[term]
	f.mu.Unlock()
	if ok {
		return n, nil
	}
	n, err := s.frequency(fieldText, term)
	if err != nil {
		return 0, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.known == nil || len(f.known) >= mostFrequencies {
		f.known = map[string]uint64{}
	}
	f.known[term] = n
	return n, nil
}

// snapshot is the index as one search sees it.
type snapshot struct {
	reader  *scorch.IndexSnapshot
	fields  map[string]*postings
	offsets []uint64 // number of the first document of each segment
	docs    float64
	end     uint64  // documents including deleted ones
	average float64 // units of a middling document
}

// frequency is how many documents have the term in the field.
func (s *snapshot) frequency(name, term string) (uint64, error) {
	field, err := s.field(name)
	if err != nil {
		return 0, err
	}
	return field.count(term)
}

// rarity is the weight of having a term: the logarithm of the odds against it.
func (s *snapshot) rarity(df uint64) float64 {
	return math.Log(1 + (s.docs-float64(df)+0.5)/(float64(df)+0.5))
}
