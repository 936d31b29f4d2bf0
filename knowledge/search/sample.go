package search

import (
	"context"
	"errors"
	"hash/fnv"
	"math/bits"
	"strconv"

	index "github.com/blevesearch/bleve_index_api"
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
func (s *snapshot) sample(ctx context.Context, want uint64) ([]uint64, error) {
	level := max(sampleLevel(uint64(s.docs), want), 0)
	r, err := s.reader.TermFieldReader(ctx, []byte(strconv.Itoa(level)), fieldSample, false, false, false)
	if err != nil {
		return nil, err
	}
	out, err := numbersOf(r)
	return out, errors.Join(err, r.Close())
}

// sampleWith is the same of the df documents that have term.
func (s *snapshot) sampleWith(ctx context.Context, term string, df, want uint64) ([]uint64, error) {
	r, err := s.reader.TermFieldReader(ctx, []byte(term), fieldText, false, false, false)
	if err != nil {
		return nil, err
	}
	level := sampleLevel(df, want)
	if level <= 0 {
		out, err := numbersOf(r)
		return out, errors.Join(err, r.Close())
	}
	chosen, err := s.reader.TermFieldReader(ctx, []byte(strconv.Itoa(level)), fieldSample, false, false, false)
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	out, err := inBoth(r, chosen)
	return out, errors.Join(err, r.Close(), chosen.Close())
}

func numbersOf(r index.TermFieldReader) (out []uint64, err error) {
	var doc index.TermFieldDoc
	for {
		d, err := r.Next(&doc)
		if err != nil || d == nil {
			return out, err
		}
		out = append(out, d.ID.Value())
		doc.Reset()
	}
}

// inBoth walks two lists of documents, leaping in each to where the other stands.
func inBoth(a, b index.TermFieldReader) (out []uint64, err error) {
	var docA, docB index.TermFieldDoc
	atA, err := a.Next(&docA)
	if err != nil || atA == nil {
		return nil, err
	}
	atB, err := b.Advance(atA.ID, &docB)
	for err == nil && atA != nil && atB != nil {
		switch order := atA.ID.Compare(atB.ID); {
		case order == 0:
			out = append(out, atA.ID.Value())
			if atA, err = a.Next(docA.Reset()); err == nil && atA != nil {
				atB, err = b.Advance(atA.ID, docB.Reset())
			}
		case order < 0:
			atA, err = a.Advance(atB.ID, docA.Reset())
		default:
			atB, err = b.Advance(atA.ID, docB.Reset())
		}
	}
	return out, err
}
