package search

import (
	"context"
	"hash/fnv"
	"math/bits"
	"strconv"
)

// Where reading all documents would take too long, a part of them stands for all.
// Which ones is decided by their IDs alone, so that the same documents give the same
// figures in whatever order they were written and however files were merged since.
// A document is in the sample of level 0 like every other, in that of level 1 with
// odds of a half, in that of level 2 with a quarter; the index holds each level as a
// term.

const deepestSample = 24

// sampleTerms are the samples a document is in.
func sampleTerms(id string) []string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id))               // it never returns an error
	spread := h.Sum64() * 0x9E3779B97F4A7C15 // its own bits hang together where IDs differ in a digit
	terms := []string{"0"}
	for level := 1; level <= min(bits.LeadingZeros64(spread), deepestSample); level++ {
		terms = append(terms, strconv.Itoa(level))
	}
	return terms
}

// sampleLevel is the level that leaves between want and twice as many of n.
func sampleLevel(n, want uint64) int {
	return min(bits.Len64(n/want)-1, deepestSample)
}

// sample is about want to twice as many documents of all, or all where there are fewer.
func (s *snapshot) sample(ctx context.Context, want uint64) (out []uint64, err error) {
	field, err := s.field(fieldSample)
	if err != nil {
		return nil, err
	}
	level := max(sampleLevel(uint64(s.docs), want), 0)
	err = field.each(ctx, strconv.Itoa(level), false, func(number, _ uint64, _ float64) { out = append(out, number) })
	return out, err
}

// sampleWith is the same of the df documents that have term.
func (s *snapshot) sampleWith(ctx context.Context, term string, df, want uint64) (out []uint64, err error) {
	chosen, level := newDocSet(s.end), sampleLevel(df, want)
	if level > 0 {
		if err := s.collect(ctx, fieldSample, strconv.Itoa(level), chosen); err != nil {
			return nil, err
		}
	}
	field, err := s.field(fieldText)
	if err != nil {
		return nil, err
	}
	err = field.each(ctx, term, false, func(number, _ uint64, _ float64) {
		if level <= 0 || chosen.has(number) {
			out = append(out, number)
		}
	})
	return out, err
}
