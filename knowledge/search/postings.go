package search

import (
	"context"

	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// postings reads the lists of documents of one field's terms, one term at a time.
// It goes to the segments themselves: the library's reader opens every dictionary
// anew for each term and wraps every posting twice, which was half of a search.
type postings struct {
	s         *snapshot
	dicts     []segment.TermDictionary
	lists     []segment.PostingsList
	iterators []segment.PostingsIterator
}

// field returns the reader of a field's postings, the same for one snapshot.
func (s *snapshot) field(name string) (*postings, error) {
	if p := s.fields[name]; p != nil {
		return p, nil
	}
	segments := s.reader.Segments()
	p := &postings{s: s, dicts: make([]segment.TermDictionary, len(segments)),
		lists: make([]segment.PostingsList, len(segments)), iterators: make([]segment.PostingsIterator, len(segments))}
	var err error
	for i, one := range segments {
		if p.dicts[i], err = one.Segment().Dictionary(name); err != nil {
			return nil, err
		}
	}
	s.fields[name] = p
	return p, nil
}

// count is how many documents have the term.
func (p *postings) count(term string) (n uint64, err error) {
	for i := range p.dicts {
		if err := p.open(i, term); err != nil {
			return 0, err
		}
		n += p.lists[i].Count()
	}
	return n, nil
}

func (p *postings) open(i int, term string) (err error) {
	p.lists[i], err = p.dicts[i].PostingsList([]byte(term), p.s.reader.Segments()[i].Deleted(), p.lists[i])
	return err
}

// each calls found with every document that has the term, by number, how often it
// has it (0 in fields that do not say) and the norm of its length.
func (p *postings) each(ctx context.Context, term string, weighed bool, found func(number, often uint64, norm float64)) error {
	for i := range p.dicts {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := p.open(i, term); err != nil {
			return err
		}
		p.iterators[i] = p.lists[i].Iterator(weighed, weighed, false, p.iterators[i])
		for {
			one, err := p.iterators[i].Next()
			if err != nil {
				return err
			}
			if one == nil {
				break
			}
			found(one.Number()+p.s.offsets[i], one.Frequency(), one.Norm())
		}
	}
	return nil
}
