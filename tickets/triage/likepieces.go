package triage

import "unicode"

// likeLine is a text made comparable for likeness. Unlike newLine it keeps
// digits and place codes as they are: 58车贷 is not 85车贷, A2区 not A3区.
func likeLine(src string) line {
	if len(src) > 4*maxRunes {
		src = bounded(src)
	}
	l := line{runes: make([]rune, 0, len(src)/2), at: make([]int, 0, len(src)/2), src: src}
	for at, r := range src {
		if r = folded(r); r != 0 {
			l.runes, l.at = append(l.runes, r), append(l.at, at)
		}
	}
	return l
}

const (
	seedSingle uint64 = hashSeed + 100 + iota
	seedDouble
	seedPlace
)

// eachLikePiece calls f for the pieces by which documents are compared: pairs of
// neighbouring characters, which catch a place's name without a dictionary,
// single characters at less worth, and place codes as one.
func eachLikePiece(l line, f func(piece uint64, worth float32, from, to int)) {
	rs := l.runes
	before := false // the rune before this one belongs to the same word
	for i := 0; i < len(rs); i++ {
		if n := placeCode(rs[i:]); n > 0 {
			f(hashRunes(seedPlace, rs[i:i+n]), 1, i, i+n)
			i += n - 1
			before = false
			continue
		}
		if !isHan(rs[i]) && !isLetter(rs[i]) && !unicode.IsDigit(rs[i]) {
			before = false
			continue
		}
		f(hashRune(seedSingle, rs[i]), singleWorth, i, i+1)
		if before {
			f(hashRunes(seedDouble, rs[i-1:i+1]), 1, i-1, i+1)
		}
		before = true
	}
}

// placeCode is the length of a code such as A市 or A3区 at the start, or 0.
func placeCode(rs []rune) int {
	if len(rs) < 2 || !isLetter(rs[0]) {
		return 0
	}
	i := 1
	for i < len(rs) && i < 4 && unicode.IsDigit(rs[i]) {
		i++
	}
	if i < len(rs) && isDivision(rs[i]) {
		return i + 1
	}
	return 0
}
