package search

import (
	"cmp"
	"errors"
	"slices"

	index "github.com/blevesearch/bleve_index_api"
)

// What is typed in Latin letters may be a word with a slip in it, or pinyin.

const (
	mostSlips     = 8    // words of the index taken for one mistyped word
	twoSlips      = 8    // letters from which two slips are forgiven
	lettersWeight = 12.0 // first look: pinyin in a title, so that it is always looked at
)

// forgiveSlips lets a word the index does not know stand for the known ones
// closest to it.
func (w *question) forgiveSlips(s *snapshot) error {
	for i := range w.grams {
		g := &w.grams[i]
		if g.df > 0 || g.pair || len(g.term) < shortestWord || !letters([]rune(g.term)) {
			continue
		}
		close, err := s.closeWords(g.term)
		if err != nil {
			return err
		}
		for _, word := range close {
			w.slips = append(w.slips, lookup{fieldText, word, g.worth() * s.rarity(1), 1})
			w.table.add(pairKey(wordID([]rune(word)), gap), int32(i))
		}
	}
	return nil
}

func (s *snapshot) closeWords(word string) ([]string, error) {
	slips := 1
	if len(word) >= twoSlips {
		slips = 2
	}
	dict, err := s.reader.FieldDictFuzzy(fieldWords, word, slips, "")
	if err != nil {
		return nil, err
	}
	var found []index.DictEntry
	for {
		entry, err := dict.Next()
		if err != nil {
			return nil, errors.Join(err, dict.Close())
		}
		if entry == nil {
			break
		}
		// The dictionary also counts documents deleted since.
		if entry.Count, err = s.frequency(fieldWords, entry.Term); err != nil {
			return nil, errors.Join(err, dict.Close())
		}
		if entry.Count > 0 {
			found = append(found, *entry)
		}
	}
	slices.SortFunc(found, func(a, b index.DictEntry) int {
		return cmp.Or(cmp.Compare(a.EditDistance, b.EditDistance), cmp.Compare(b.Count, a.Count), cmp.Compare(a.Term, b.Term))
	})
	var words []string
	for _, entry := range found[:min(mostSlips, len(found))] {
		words = append(words, entry.Term)
	}
	return words, dict.Close()
}

// letterLookups turns pinyin into documents whose titles read so.
func (s *snapshot) letterLookups(w *question) ([]lookup, error) {
	out := w.slips
	for _, q := range w.letters {
		for _, terms := range q.terms {
			for _, term := range terms {
				df, err := s.frequency(fieldPinyin, term)
				if err != nil {
					return nil, err
				}
				if df > 0 {
					out = append(out, lookup{fieldPinyin, term, lettersWeight / float64(len(terms)), df})
				}
			}
		}
	}
	return out, nil
}

// lettersIn is how well pinyin of the query reads the candidate's title: the share
// of the way to a title that is nothing else, and the rarer for more syllables.
func (w *question) lettersIn(h *holding) float64 {
	best := 0.0
	for _, q := range w.letters {
		if at, n := q.matches(h.read); at >= 0 {
			share := float64(n) / float64(len(h.read)+1)
			best = max(best, float64(n)+2*share)
		}
	}
	return best
}

// spokenUnits marks which units of text pinyin of the query reads.
func (w *question) spokenUnits(text string, v *vocabulary, marked []float64) {
	if len(w.letters) == 0 {
		return
	}
	read := syllables(text, v)
	for _, q := range w.letters {
		if at, n := q.matches(read); at >= 0 {
			for i := at; i < at+n && i < len(marked); i++ {
				marked[i] = max(marked[i], 1)
			}
		}
	}
}
