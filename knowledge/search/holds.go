package search

import (
	"context"
	"fmt"
	"slices"
	"strings"

	index "github.com/blevesearch/bleve_index_api"
)

// Differing returns the IDs of those documents that the index does not hold as
// they are given: not at all, or with another text, facet or time. What an index
// keeps of the language may differ. It reads one document after another, so the
// caller hands in a sample.
func (x *Index) Differing(ctx context.Context, documents []Document) (ids []string, err error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if err := x.usable(); err != nil {
		return nil, err
	}
	err = x.guard(func() error {
		for i := range documents {
			if err := ctx.Err(); err != nil {
				return err
			}
			same, err := x.open.holds(&documents[i], x.words.Load())
			if err != nil {
				return x.met(fmt.Errorf("document %s: %w", documents[i].ID, err))
			}
			if !same {
				ids = append(ids, documents[i].ID)
			}
		}
		return nil
	})
	return ids, err
}

func (g *generation) holds(d *Document, v *vocabulary) (bool, error) {
	kept, err := g.bleve.Document(d.ID)
	if err != nil || kept == nil {
		return false, err
	}
	var got, want stored
	kept.VisitFields(func(f index.Field) {
		if f.Name() != fieldUnits && err == nil {
			err = got.unpack(f.Name(), f.Value())
		}
	})
	if err != nil {
		return false, err
	}
	meta, _, texts := d.pack(v)
	if err := want.unpack(fieldMeta, meta); err != nil {
		return false, err
	}
	if err := want.unpack(fieldTexts, texts); err != nil {
		return false, err
	}
	return got.says(&want), nil
}

// says compares what two documents say, their facets in any order.
func (s *stored) says(o *stored) bool {
	return s.title == o.title && s.keywords == o.keywords && s.body == o.body && s.from == o.from && s.until == o.until && s.boost == o.boost &&
		slices.Equal(slices.Sorted(strings.SplitSeq(s.facets, listMark)), slices.Sorted(strings.SplitSeq(o.facets, listMark)))
}
