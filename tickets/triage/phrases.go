package triage

import (
	"math"
	"slices"
	"unicode"
)

// phrases are the words a desk uses, mined from its own tickets without a
// dictionary: pieces of up to four characters under which the whole text is
// most probable (a unigram language model, Kudo 2018). They cut 人社局 and
// 公积金 as one, which a list of single characters cannot.
type phrases map[string]float32 // piece → natural logarithm of its probability

const (
	longestPiece = 4
	minePasses   = 4
	// mineRunes bounds the work: frequent words show within a few hundred
	// characters of a few thousand tickets.
	mineRunes, mineTotal = 600, 4_000_000
)

// pieceCount counts the texts a piece stands in, not how often: what one caller
// repeats, perhaps a name, does not become a word.
type pieceCount struct{ n, last int32 }

// minePhrases learns the pieces of texts that stand in at least least of them.
func minePhrases(texts []line, least int) phrases {
	runs := miningRuns(texts)
	counts := map[uint64]pieceCount{}
	for i, rs := range runs {
		for _, run := range rs {
			eachPiece(run, func(_, _ int, h uint64) {
				if c := counts[h]; c.n == 0 || c.last != int32(i) {
					counts[h] = pieceCount{c.n + 1, int32(i)}
				}
			})
		}
	}
	p := firstGuess(runs, counts, least)
	for range minePasses {
		p = p.sharpen(runs, least)
	}
	return p
}

func miningRuns(texts []line) [][][]rune {
	var out [][][]rune
	total := 0
	for _, t := range texts {
		rs := t.runes
		if len(rs) > mineRunes {
			rs = rs[:mineRunes]
		}
		if total += len(rs); total > mineTotal {
			break
		}
		out = append(out, hanRuns(rs))
	}
	return out
}

// firstGuess weighs a piece by how much text it covers.
func firstGuess(runs [][][]rune, counts map[uint64]pieceCount, least int) phrases {
	weight := map[string]float64{}
	total := 0.0
	for _, rs := range runs {
		for _, run := range rs {
			eachPiece(run, func(from, to int, h uint64) {
				n, long := counts[h].n, to-from
				if n == 0 || (long > 1 && int(n) < least) {
					return
				}
				piece := string(run[from:to])
				if _, seen := weight[piece]; seen {
					return
				}
				w := float64(n) * float64(long)
				if long == 1 {
					w /= 2
				}
				weight[piece] = w
				total += w
			})
		}
	}
	return logs(weight, total)
}

// sharpen cuts all texts by the present pieces and counts what was used.
func (p phrases) sharpen(runs [][][]rune, least int) phrases {
	used := map[string]float64{}
	total := 0.0
	for _, rs := range runs {
		for _, run := range rs {
			for _, s := range p.cut(run) {
				used[string(run[s.from:s.to])]++
				total++
			}
		}
	}
	for piece := range p {
		long := len([]rune(piece))
		switch {
		case long == 1 && used[piece] == 0:
			used[piece] = 0.5
		case long > 1 && used[piece] < 0.6*float64(least):
			delete(used, piece)
		}
	}
	return logs(used, total)
}

func logs(weight map[string]float64, total float64) phrases {
	out := make(phrases, len(weight))
	for piece, w := range weight {
		out[piece] = float32(math.Log(w / total))
	}
	return out
}

type span struct{ from, to int }

// unknownPiece is the weight of a character never met.
const unknownPiece = -20

// cut divides a run of Chinese characters into its most probable pieces.
func (p phrases) cut(run []rune) []span {
	text := string(run)
	offset := make([]int, 0, len(run)+1)
	for i := range text {
		offset = append(offset, i)
	}
	offset = append(offset, len(text))
	best, from := make([]float32, len(run)+1), make([]int, len(run)+1)
	for to := 1; to <= len(run); to++ {
		best[to] = float32(math.Inf(-1))
		for long := 1; long <= min(longestPiece, to); long++ {
			w, known := p[text[offset[to-long]:offset[to]]]
			if !known {
				if long > 1 {
					continue
				}
				w = unknownPiece
			}
			if v := best[to-long] + w; v > best[to] {
				best[to], from[to] = v, to-long
			}
		}
	}
	var out []span
	for to := len(run); to > 0; to = from[to] {
		out = append(out, span{from[to], to})
	}
	slices.Reverse(out)
	return out
}

func eachPiece(run []rune, f func(from, to int, h uint64)) {
	for from := range run {
		h := hashSeed
		for to := from + 1; to <= min(len(run), from+longestPiece); to++ {
			h = hashRune(h, run[to-1])
			f(from, to, h)
		}
	}
}

// hanRuns are the stretches of Chinese characters between everything else.
func hanRuns(rs []rune) [][]rune {
	var out [][]rune
	eachHanRun(rs, func(from, to int) { out = append(out, rs[from:to]) })
	return out
}

func eachHanRun(rs []rune, f func(from, to int)) {
	from := -1
	for i, r := range rs {
		switch han := isHan(r); {
		case han && from < 0:
			from = i
		case !han && from >= 0:
			f(from, i)
			from = -1
		}
	}
	if from >= 0 {
		f(from, len(rs))
	}
}

func isHan(r rune) bool {
	return r >= 0x4E00 && r <= 0x9FFF || r > 0x9FFF && unicode.Is(unicode.Han, r)
}
