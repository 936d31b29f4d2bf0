package search

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

// Words is what a search knows of the language besides the texts themselves. It
// is handed in by the caller and may be changed while the index is open: nothing
// of it is baked into the index but the readings in Pinyin, which the next
// rebuild takes up for titles already there.
type Words struct {
	// Stop are the wordings that say nothing of the matter: 您好, 请问, 尊敬的领导.
	Stop []string
	// Synonyms are groups of wordings for one thing.
	Synonyms []Synonym
	// Names are wordings to be taken whole: matters, departments, estates.
	Names []string
	// Areas maps an area's name to the name of the area it lies in, "" at the top.
	// A text about one area is no answer to a question about another.
	Areas map[string]string
	// Pinyin says how wordings are read that single characters get wrong:
	// 重庆 → "chong qing".
	Pinyin map[string]string
}

// Synonym is a group of wordings. One way, only the first is widened to the rest.
type Synonym struct {
	Words  []string
	OneWay bool
}

//go:embed words/stop.txt
var stopWords string

//go:embed words/synonyms.txt
var synonymWords string

//go:embed words/pinyin.txt
var pinyinWords string

// DefaultWords is what the program brings along: the small change of letters to
// an authority, everyday words beside the official ones, and readings of common
// words that go-pinyin gets wrong. It knows no names and no areas.
func DefaultWords() Words {
	synonyms, err := ParseSynonyms(synonymWords)
	if err != nil {
		panic("search: words/synonyms.txt: " + err.Error()) // a broken build, not a broken input
	}
	w := Words{Stop: strings.Fields(withoutComments(stopWords)), Synonyms: synonyms, Pinyin: map[string]string{}}
	for line := range strings.Lines(withoutComments(pinyinWords)) {
		if word, reading, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			w.Pinyin[word] = reading
		}
	}
	return w
}

// ParseSynonyms reads an editor's list: one group a line, wordings apart by
// spaces or commas; "甲 => 乙 丙" widens only 甲; # begins a comment. A line with
// fewer than two wordings is refused with its number.
func ParseSynonyms(text string) ([]Synonym, error) {
	var groups []Synonym
	number := 0
	for line := range strings.Lines(text) {
		number++
		line, _, _ = strings.Cut(line, "#")
		left, right, oneWay := strings.Cut(line, "=>")
		first, rest := wordings(left), wordings(right)
		if oneWay && (len(first) != 1 || len(rest) == 0) {
			return nil, fmt.Errorf("line %d: %q widens one wording to one or more", number, strings.TrimSpace(line))
		}
		words := slices.Concat(first, rest)
		if len(words) == 1 {
			return nil, fmt.Errorf("line %d: %q stands alone", number, words[0])
		}
		if len(words) > 1 {
			groups = append(groups, Synonym{Words: words, OneWay: oneWay})
		}
	}
	return groups, nil
}

func wordings(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool {
		return r == ' ' || r == '\t' || r == ',' || r == '，' || r == '、' || r == '\u3000' || r == '\r' || r == '\n'
	})
}

func withoutComments(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		b.WriteString(strings.TrimSpace(line))
		b.WriteByte('\n')
	}
	return b.String()
}

// vocabulary is Words made ready; searches share it.
type vocabulary struct {
	stop     *phrases
	synonyms *phrases
	others   [][]string // for each place in synonyms, the wordings it widens to
	names    *phrases
	areas    *phrases
	parent   []int32 // for each place in areas, the place it lies in, or -1
	readings *phrases
	reading  [][]string // for each place in readings, a syllable a character
}

func newVocabulary(w Words) *vocabulary {
	v := &vocabulary{stop: newPhrases(w.Stop), names: newPhrases(w.Names)}
	v.takeSynonyms(w.Synonyms)
	v.takeAreas(w.Areas)
	v.takeReadings(w.Pinyin)
	return v
}

func (v *vocabulary) takeSynonyms(groups []Synonym) {
	place := map[string]int{}
	var words []string
	widen := func(from string, to []string) {
		from = Fold(from)
		i, ok := place[from]
		if !ok {
			i = len(words)
			place[from] = i
			words = append(words, from)
			v.others = append(v.others, nil)
		}
		for _, word := range to {
			// A wording inside the one asked for is found by the letters alone.
			if word = Fold(word); !strings.Contains(from, word) && !slices.Contains(v.others[i], word) {
				v.others[i] = append(v.others[i], word)
			}
		}
	}
	for _, g := range groups {
		for i, word := range g.Words {
			if i == 0 || !g.OneWay {
				widen(word, g.Words)
			}
		}
	}
	v.synonyms = newPhrases(words)
}

func (v *vocabulary) takeAreas(areas map[string]string) {
	names := make([]string, 0, len(areas))
	for name := range areas {
		names = append(names, name)
	}
	slices.Sort(names)
	v.areas = newPhrases(names)
	v.parent = make([]int32, len(names))
	for i, name := range names {
		v.parent[i] = -1
		if at, ok := slices.BinarySearch(names, areas[name]); ok && at != i {
			v.parent[i] = int32(at)
		}
	}
}

func (v *vocabulary) takeReadings(readings map[string]string) {
	words := make([]string, 0, len(readings))
	for word := range readings {
		words = append(words, word)
	}
	slices.Sort(words)
	v.readings = newPhrases(words)
	for _, word := range words {
		v.reading = append(v.reading, strings.Fields(readings[word]))
	}
}
