package search

import (
	"bytes"
	"unicode/utf8"

	"github.com/blevesearch/bleve/v2/analysis"
)

// gramAnalyzer makes the terms of the index: every unit, and every two units
// beside each other. 路灯 in 人民路路灯不亮 is found however a dictionary would cut
// that line; single characters serve the question of one character and the
// wording that shares only one (养狗, 犬只).
type gramAnalyzer struct{}

// Analyze implements analysis.Analyzer.
func (gramAnalyzer) Analyze(text []byte) analysis.TokenStream {
	tokens := make(analysis.TokenStream, 0, 2*len(text)/3)
	pool := make([]analysis.Token, 0, cap(tokens)) // one allocation for most texts
	var last []byte
	cutUnits(string(text), false, func(u unit, folded []rune) {
		if u.id == gap {
			last = nil
			return
		}
		// One slice holds the pair; the term of the unit alone is its tail.
		pair := make([]byte, 0, len(last)+3*len(folded))
		pair = append(pair, last...)
		at := len(pair)
		for _, r := range folded {
			pair = utf8.AppendRune(pair, r)
		}
		term := pair[at:]
		pool = append(pool, analysis.Token{Term: term, Start: int(u.start), End: int(u.end), Position: len(tokens) + 1})
		tokens = append(tokens, &pool[len(pool)-1])
		if last != nil {
			pool = append(pool, analysis.Token{Term: pair, Start: int(u.start), End: int(u.end), Position: len(tokens) + 1})
			tokens = append(tokens, &pool[len(pool)-1])
		}
		last = term
	})
	return tokens
}

// listAnalyzer takes terms that are ready, apart by spaces.
type listAnalyzer struct{}

// Analyze implements analysis.Analyzer.
func (listAnalyzer) Analyze(text []byte) analysis.TokenStream {
	fields := bytes.Fields(text)
	tokens := make(analysis.TokenStream, len(fields))
	for i, f := range fields {
		tokens[i] = &analysis.Token{Term: f, Position: i + 1}
	}
	return tokens
}

const (
	shortestWord = 4 // Latin letters from which a slip is forgiven
	mostWords    = 2000
)

// latinWords are the distinct runs of letters long enough to be mistyped.
func latinWords(text string) []string {
	var words []string
	seen := map[string]bool{}
	cutUnits(text, false, func(u unit, folded []rune) {
		if u.han() || len(folded) < shortestWord || !letters(folded) || len(words) == mostWords {
			return
		}
		if w := string(folded); !seen[w] {
			seen[w] = true
			words = append(words, w)
		}
	})
	return words
}

func letters(rs []rune) bool {
	for _, r := range rs {
		if r < 'a' || r > 'z' {
			return false
		}
	}
	return true
}
