package search

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/blevesearch/bleve/v2/index/scorch"
	index "github.com/blevesearch/bleve_index_api"
)

// lookup is one term of the index to walk through.
type lookup struct {
	field, term string
	weight      float64 // what having it once in a middling document is worth
	df          uint64
}

// The first look walks postings, the most telling terms first, until it has read
// so many: that bounds its time at any size of index. Terms left out still count
// when candidates are weighed; they are the common ones, and with one posting for
// every five documents the right answer is a candidate as often as with all.
const (
	mostPostings = 10_000
	mostLookups  = 96
	titleBoost   = 3.0 // a word in the subject line of the query against one in its text
	headingBoost = 0.5 // a word in a document's title, on top of its being in the text
	singleWeight = 0.5 // a single character against a pair
)

// snapshotOf opens the index as it is now. The caller closes it.
func snapshotOf(g *generation) (*snapshot, error) {
	reader, err := g.inner.Reader()
	if err != nil {
		return nil, err
	}
	r, ok := reader.(*scorch.IndexSnapshot)
	if !ok {
		return nil, errors.Join(errors.New("not a scorch index"), reader.Close())
	}
	s := &snapshot{reader: r, fields: map[string]*postings{}}
	live, err := r.DocCount()
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	s.docs = float64(live)
	for _, segment := range r.Segments() {
		s.offsets = append(s.offsets, s.end)
		s.end += uint64(segment.FullSize())
	}
	return s, nil
}

// candidates is the first look: the documents with the most telling terms in
// common, at most limit of those allow lets pass, in no order.
func (s *snapshot) candidates(ctx context.Context, lookups []lookup, allow *docSet, limit int) ([]uint64, error) {
	sums := newSums(s.end)
	defer sums.release()
	budget := uint64(mostPostings)
	for i, l := range lookups[:min(mostLookups, len(lookups))] {
		if i > 0 && l.df > budget {
			continue
		}
		read, err := s.walk(ctx, l, sums)
		if err != nil {
			return nil, err
		}
		budget -= min(budget, read)
	}
	best, even := sums.best(allow, limit)
	if left := limit - len(best); left < len(even) {
		if err := s.orderByID(even); err != nil {
			return nil, err
		}
		even = even[:left]
	}
	return append(best, even...), nil
}

// orderByID puts documents into an order that outlasts a merge of files.
func (s *snapshot) orderByID(numbers []uint64) error {
	ids := make(map[uint64]string, len(numbers))
	for _, n := range numbers {
		id, err := s.reader.ExternalID(index.NewIndexInternalID(nil, n))
		if err != nil {
			return err
		}
		ids[n] = id
	}
	slices.SortFunc(numbers, func(a, b uint64) int { return cmp.Compare(ids[a], ids[b]) })
	return nil
}

// walk adds one term's postings to the sums, by BM25, and tells how many it read.
func (s *snapshot) walk(ctx context.Context, l lookup, sums *sums) (read uint64, err error) {
	field, err := s.field(l.field)
	if err != nil {
		return 0, err
	}
	err = field.each(ctx, l.term, true, func(number, often uint64, norm float64) {
		read++
		length := 1.0 // of two grams a unit
		if norm > 0 {
			length = 1 / (norm * norm * 2 * s.average)
		}
		sums.add(number, l.weight*saturate(max(float64(often), 1), length)) // fields without frequencies say 0
	})
	return read, err
}

// BM25's constants, found on messages and the replies they got (docs/quality.md).
const bm25K, bm25B = 1.7, 0.95

// saturate is BM25's answer to a term that occurs so often in a document of such
// a length, 1 being the average.
func saturate(often, length float64) float64 {
	return often * (bm25K + 1) / (often + bm25K*(1-bm25B+bm25B*length))
}

// lookups lists the terms of the question, the most telling first.
func (w *question) lookups() []lookup {
	var out []lookup
	for i := range w.grams {
		g := &w.grams[i]
		if g.weight == 0 || g.df == 0 {
			continue
		}
		weight := g.worth() * g.rarity
		out = append(out, lookup{fieldText, g.term, weight, g.df})
		if g.inTitle && (g.pair || len(w.grams) == 1) {
			out = append(out, lookup{fieldTitle, g.term, weight * headingBoost, g.df})
		}
	}
	for _, one := range w.widened {
		for _, other := range one.others {
			out = append(out, w.otherLookup(one, other))
		}
	}
	slices.SortStableFunc(out, func(a, b lookup) int { return cmp.Compare(b.weight, a.weight) })
	return out
}

// worth is how much a gram counts by where it stands in the query.
func (g *gram) worth() float64 {
	w := root(g.inBody)
	if g.inTitle {
		w += titleBoost
	}
	if !g.pair {
		w *= singleWeight
	}
	return w * g.weight
}

// otherLookup stands in for another wording by its rarest pair, which counts less
// than the words themselves and less the more other wordings there are.
func (w *question) otherLookup(one widened, other int32) lookup {
	weight := 0.4 * w.wordingRarity[other] / float64(len(one.others))
	if one.inTitle {
		weight *= titleBoost
	}
	rare := w.wordingRarest[other]
	return lookup{fieldText, rare.term, weight, rare.df}
}

// docSet is a set of document numbers.
type docSet struct{ bits []uint64 }

func newDocSet(end uint64) *docSet { return &docSet{make([]uint64, end/64+1)} }

func (d *docSet) add(n uint64)      { d.bits[n/64] |= 1 << (n % 64) }
func (d *docSet) has(n uint64) bool { return d.bits[n/64]&(1<<(n%64)) != 0 }

// allowed is the set of documents the query's filters let pass; nil lets all.
func (s *snapshot) allowed(ctx context.Context, q Query) (*docSet, error) {
	var allow *docSet
	for name, values := range q.Filters {
		one := newDocSet(s.end)
		for _, value := range values {
			if err := s.collect(ctx, fieldFacet+name, strings.TrimSuffix(value, "/"), one); err != nil {
				return nil, err
			}
		}
		if allow == nil {
			allow = one
			continue
		}
		for i := range allow.bits {
			allow.bits[i] &= one.bits[i]
		}
	}
	return allow, nil
}

func (s *snapshot) collect(ctx context.Context, name, term string, into *docSet) error {
	field, err := s.field(name)
	if err != nil {
		return err
	}
	return field.each(ctx, term, false, func(number, _ uint64, _ float64) { into.add(number) })
}
