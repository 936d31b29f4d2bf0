package surveys

import (
	"slices"
	"strings"
)

// numbers is what the digits of a reply mean.
type numbers struct {
	codes  []int  // the codes typed, each once, in order: 1–5, and 0 for unsolved
	tail   string // the ticket tail or short code
	tails  int    // how many different ones
	odd    bool   // a number stands as an answer that is none: 6, 10, 4.5
	forced bool   // a code someone else dictated, or asked about
	code   token  // the first code
}

// hotlines are numbers people name and never mean as a ticket tail.
var hotlines = []string{"12345", "110", "119", "120", "122", "12315", "12333", "12319", "12328", "12358", "12369", "12388", "10086", "10010", "10000", "100"}

func readNumbers(p *parsed) numbers {
	var n numbers
	marks := p.listMarks()
	for k, c := range p.clauses {
		for i, t := range c.toks {
			if t.is(isNumber) && !marks[t.from] {
				n.take(p, k, i)
			}
		}
	}
	return n
}

func (n *numbers) take(p *parsed, k, i int) {
	c := p.clauses[k]
	t := c.toks[i]
	switch {
	case p.isTail(c, i):
		if n.tail != t.text {
			n.tail = t.text
			n.tails++
		}
	case slices.Contains(hotlines, t.text) && len(t.text) > 2 || len(t.text) >= 9:
	case c.voids(i):
		n.forced = true
	case len(t.text) == 1 && t.text <= "5" && p.long && (!p.edge(k, i) || len(c.toks) > 1):
	case len(t.text) == 1 && t.text <= "5":
		if len(n.codes) == 0 {
			n.code = t
		}
		if code := int(t.text[0] - '0'); !slices.Contains(n.codes, code) {
			n.codes = append(n.codes, code)
		}
	case p.edge(k, i):
		n.odd = true
	}
}

// isTail reports a ticket tail: one of the open ones, one announced as such, or
// three to eight digits that are not a hotline.
func (p *parsed) isTail(c *clause, i int) bool {
	text := c.toks[i].text
	if slices.Contains(p.ctx.Tails, text) {
		return true
	}
	if !plainDigits(text) {
		return false
	}
	if c.next(i - 1).is(isTailWord) {
		return len(text) >= 2
	}
	return len(text) >= 3 && len(text) <= 8 && !slices.Contains(hotlines, text)
}

func plainDigits(s string) bool {
	for _, r := range s {
		if !digit(r) {
			return false
		}
	}
	return s != ""
}

// voids reports a code that is not the sender's answer: denied (不是1), taken
// back (1按错了), asked about (1是什么), on no known scale (满意度5), dictated (让我选1) or put off (解决了再给1).
func (c *clause) voids(i int) bool {
	m := c.first(isMistake)
	switch {
	case c.next(i - 1).is(isNegator), m > i, c.next(i-1).isText("满意度", "满意程度"):
		return true
	case c.hasBefore(i, isCoerced), c.carried, c.has(isCondition, isConditionAfter):
		return true
	case c.hasBefore(i, isHearsay) && m < 0:
		return true
	}
	why := c.next(i + 1).is(isWhy)
	return !why && (c.asked || c.has(isQuestion) && !c.next(i+1).is(isQuestionOpens))
}

// edge reports the first or the last token of the reply.
func (p *parsed) edge(k, i int) bool {
	return k == 0 && i == 0 || k == len(p.clauses)-1 && i == len(p.clauses[k].toks)-1
}

// listMarks finds digits that number a list: "1、没解决 2、态度差". They rise from
// 1 by one, each is followed by a mark and then by words.
func (p *parsed) listMarks() map[int]bool {
	marks := map[int]bool{}
	want := '1'
	for k, c := range p.clauses {
		last := len(c.toks) - 1
		if last < 0 || !c.toks[last].is(isNumber, isQuantity) || c.toks[last].text != string(want) || !p.listed(c.toks[last]) {
			continue
		}
		if k+1 == len(p.clauses) || p.clauses[k+1].only(isNumber) {
			return nil
		}
		marks[c.toks[last].from] = true
		want++
	}
	if len(marks) < 2 {
		return nil
	}
	return marks
}

// listed reports a list's mark behind the digit t: 1. 1、 1) 1,
func (p *parsed) listed(t token) bool {
	return t.to < len(p.runes) && strings.ContainsRune(".、),:", p.runes[t.to])
}

// grade returns the one code from 1 to 5, else 0.
func (n numbers) grade() Level {
	var found Level
	for _, c := range n.codes {
		if c == 0 {
			continue
		}
		if found != NoLevel {
			return NoLevel
		}
		found = Level(c)
	}
	return found
}

func (n numbers) unsolved() bool { return slices.Contains(n.codes, 0) }

// several reports two different grades typed in one reply.
func (n numbers) several() bool {
	grades := len(n.codes)
	if n.unsolved() {
		grades--
	}
	return grades > 1
}
