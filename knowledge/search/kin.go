package search

import (
	"context"
	"math"
	"slices"
)

// kin is a pair that keeps company with another in the documents of this index:
// where one stands the other often does, and seldom elsewhere. A candidate that
// lacks a word of the subject line but has its kin (防癌 → 筛查, 地铁 → 轨交) is
// likelier than one that has neither. Nobody maintains it: it is read off a
// sample of the documents that have the word.
type kin struct {
	key       uint64
	closeness float64 // 0 strangers, towards 1 inseparable
}

const (
	kinSample  = 50   // documents read for one word, up to twice as many
	kinTimes   = 3    // of them that must have the other
	kinLeast   = 0.25 // closeness that counts
	kinPerWord = 60
	mostKin    = 5000 // words remembered
)

// kinOf returns the kin of a gram. It reads documents, so what it finds is kept.
func (f *frequencies) kinOf(ctx context.Context, s *snapshot, g *gram, v *vocabulary) ([]kin, error) {
	f.mu.Lock()
	known, ok := f.kin[g.key]
	f.mu.Unlock()
	if ok {
		return known, nil
	}
	found, err := f.readKin(ctx, s, g, v)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.kin == nil || len(f.kin) >= mostKin {
		f.kin = map[uint64][]kin{}
	}
	f.kin[g.key] = found
	return found, nil
}

func (f *frequencies) readKin(ctx context.Context, s *snapshot, g *gram, v *vocabulary) ([]kin, error) {
	numbers, err := s.sampleWith(ctx, g.term, g.df, kinSample)
	if err != nil {
		return nil, err
	}
	times := map[uint64]int{}
	var doc stored
	for _, n := range numbers {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := s.read(n, &doc, false); err != nil {
			return nil, err
		}
		tellingPairs(&doc, v, func(key uint64) { times[key]++ })
	}
	var found []kin
	have := float64(g.df) / s.docs
	for key, n := range times {
		if n < kinTimes || key == g.key {
			continue
		}
		df, err := f.of(s, pairTerm(key))
		if err != nil {
			return nil, err
		}
		both := float64(n) / float64(len(numbers)) * have
		// Normalised pointwise mutual information (Bouma 2009), held back where seen
		// seldom.
		close := math.Log(both/(have*float64(df)/s.docs)) / -math.Log(both)
		if close > kinLeast {
			found = append(found, kin{key, close * float64(n) / float64(n+kinTimes)})
		}
	}
	slices.SortFunc(found, func(a, b kin) int {
		switch {
		case a.closeness != b.closeness:
			if a.closeness > b.closeness {
				return -1
			}
			return 1
		case a.key < b.key:
			return -1
		}
		return 1
	})
	return found[:min(len(found), kinPerWord)], nil
}

// tellingPairs are the distinct pairs of Chinese characters of a document that are
// no part of a stop wording.
func tellingPairs(doc *stored, v *vocabulary, found func(key uint64)) {
	seen := map[uint64]bool{}
	for _, ids := range [][]uint32{doc.units[inTitle], doc.units[inBody]} {
		quiet := quietUnits(ids, v.stop)
		for i := 0; i+1 < len(ids); i++ {
			key := pairKey(ids[i], ids[i+1])
			if isHanUnit(ids[i]) && isHanUnit(ids[i+1]) && quiet[i] == telling && quiet[i+1] == telling && !seen[key] {
				seen[key] = true
				found(key)
			}
		}
	}
}

// pairTerm spells a pair of Chinese characters.
func pairTerm(key uint64) string { return string([]rune{rune(key >> 32), rune(key & (1<<32 - 1))}) }
