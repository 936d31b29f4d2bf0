package search

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// Search finds documents. A query of nothing but punctuation finds nothing; no
// text is an error, there being no syntax to get wrong. It stops soon after ctx
// ends and returns ctx's error, and an [UnusableError] while the index cannot be
// read: then the caller's database answers.
func (x *Index) Search(ctx context.Context, q Query) (r Result, err error) {
	if q.Mode == "" {
		q.Mode = Typed
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	if err := x.usable(); err != nil {
		return Result{}, err
	}
	err = x.guard(func() error {
		r, err = x.searchOpen(ctx, q)
		return err
	})
	if err != nil {
		return Result{}, err
	}
	return r, nil
}

// searchOpen searches the index as it is now.
func (x *Index) searchOpen(ctx context.Context, q Query) (Result, error) {
	// In this order: what is remembered must not be newer than what is read, or a
	// change in between were forgotten.
	f := x.frequencies.Load()
	s, err := snapshotOf(x.open)
	if err != nil {
		return Result{}, x.met(err)
	}
	r, err := x.search(ctx, s, f, q)
	if closing := s.reader.Close(); err == nil {
		err = closing
	}
	switch {
	case ctx.Err() != nil:
		return Result{}, ctx.Err()
	case err != nil:
		return Result{}, x.met(err)
	}
	return r, nil
}

func (x *Index) search(ctx context.Context, s *snapshot, f *frequencies, q Query) (Result, error) {
	v := x.words.Load()
	w := newQuestion(q, v)
	if len(w.grams) == 0 || s.docs == 0 {
		return Result{}, nil
	}
	var err error
	if s.average, err = f.averageLength(ctx, s); err != nil {
		return Result{}, err
	}
	if err := w.weigh(ctx, s, f); err != nil {
		return Result{}, err
	}
	if err := w.gatherKin(ctx, s, f, v); err != nil {
		return Result{}, err
	}
	found, err := s.firstLook(ctx, w, q)
	if err != nil {
		return Result{}, err
	}
	weighed, err := s.secondLook(ctx, w, q, found, v)
	if err != nil {
		return Result{}, err
	}
	return s.result(w, weighed, q, v)
}

// firstLook gathers candidates by terms of the index.
func (s *snapshot) firstLook(ctx context.Context, w *question, q Query) ([]uint64, error) {
	allow, err := s.allowed(ctx, q)
	if err != nil {
		return nil, err
	}
	if err := w.forgiveSlips(s); err != nil {
		return nil, err
	}
	letters, err := s.letterLookups(w)
	if err != nil {
		return nil, err
	}
	return s.candidates(ctx, append(letters, w.lookups()...), allow, Window)
}

// weighed is a candidate with its score.
type weighed struct {
	number uint64
	id     string
	facets string
	score  float64
	all    bool
	some   bool // more than single characters in common
}

// secondLook reads every candidate and orders them by what they hold.
func (s *snapshot) secondLook(ctx context.Context, w *question, q Query, found []uint64, v *vocabulary) ([]weighed, error) {
	out := make([]weighed, 0, len(found))
	var h holding
	n, _ := neighbourhoods.Get().(*neighbourhood)
	defer n.release()
	for i, number := range found {
		if i%16 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err := s.read(number, &h.stored, len(w.letters) > 0); err != nil {
			return nil, err
		}
		if slices.Contains(q.Without, h.id) || !h.inForce(q.InForce) {
			continue
		}
		w.hold(&h, v)
		if q.Mode == Exact && !w.literally(&h) {
			continue
		}
		out = append(out, weighed{number: number, id: h.id, facets: h.facets, all: w.holdsAll(&h), some: w.holdsSome(&h),
			score: w.score(&h, s.average, v)})
		n.add(w, &h)
	}
	w.askNeighbours(n, out)
	for i := range out {
		out[i].score += q.Feedback[out[i].id].weight()
	}
	if q.Mode == Typed && slices.ContainsFunc(out, func(one weighed) bool { return one.some }) {
		out = slices.DeleteFunc(out, func(one weighed) bool { return !one.some })
	}
	slices.SortFunc(out, func(a, b weighed) int {
		if q.Mode != Similar && a.all != b.all {
			if a.all {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.id, b.id))
	})
	return out, nil
}

// read reads what is stored of one document, its text only when asked for.
func (s *snapshot) read(number uint64, into *stored, texts bool) error {
	i, _ := slices.BinarySearchFunc(s.offsets, number, func(offset, n uint64) int {
		if offset <= n {
			return -1
		}
		return 1
	})
	var unpacking error
	fields := 0
	err := s.reader.Segments()[i-1].VisitDocument(number-s.offsets[i-1], func(field string, _ byte, value []byte, _ []uint64) bool {
		fields++
		if field != fieldTexts || texts {
			unpacking = into.unpack(field, value)
		}
		return unpacking == nil
	})
	if err == nil {
		err = unpacking
	}
	if err == nil && fields != storedFields {
		err = errPacked
	}
	if err != nil {
		return fmt.Errorf("read document %d: %w", number, err)
	}
	return nil
}

// result cuts out the page asked for and dresses it.
func (s *snapshot) result(w *question, all []weighed, q Query, v *vocabulary) (Result, error) {
	r := Result{Total: len(all), Facets: countFacets(all, q.Facets)}
	size := q.Size
	if size <= 0 {
		size = defaultSize
	}
	from := min(max(q.From, 0), len(all))
	var h holding
	for _, one := range all[from : from+min(size, len(all)-from)] {
		if err := s.read(one.number, &h.stored, true); err != nil {
			return Result{}, err
		}
		w.hold(&h, v)
		r.Hits = append(r.Hits, Hit{ID: one.id, Score: one.score, All: one.all, Why: w.why(&h),
			Title: w.mark(h.title, v), Snippet: w.snippet(h.body)})
	}
	return r, nil
}

// countFacets counts the values of the facets named, most frequent first.
func countFacets(all []weighed, names []string) map[string][]Count {
	if len(names) == 0 {
		return nil
	}
	counts := map[string]map[string]int{}
	for i := range all {
		own := map[string][]string{}
		eachFacet(all[i].facets, func(name, value string) { own[name] = append(own[name], value) })
		for _, name := range names {
			for _, value := range withAncestors(own[name]) {
				if counts[name] == nil {
					counts[name] = map[string]int{}
				}
				counts[name][value]++
			}
		}
	}
	out := map[string][]Count{}
	for name, values := range counts {
		for value, n := range values {
			out[name] = append(out[name], Count{value, n})
		}
		slices.SortFunc(out[name], func(a, b Count) int {
			return cmp.Or(cmp.Compare(b.N, a.N), strings.Compare(a.Value, b.Value))
		})
	}
	return out
}
