package surveys

// clause is a stretch of words under one roof: negation, question, condition
// and hearsay reach to its end and no further.
type clause struct {
	toks     []token
	asked    bool // closed by a question mark
	contrast bool // opens with but, though, in fact
	concedes bool // opens with though: what it says is granted, not the point
	carried  bool // the clause before set a condition: "如果解决了，我…"
	corrects bool // the clause before owned a mistake: "按错了，应该是4"
	wished   bool // the clause before wished, and 、 goes on: "希望您理解、满意"
	heard    bool // the clause before announced someone's words: "他们说，…"
	newLine  bool // closed by the end of a sentence
	listed   bool // closed by 、
	from     int  // where it begins in folded.runes, a leading but included

	firsts [classCount]int16 // one more than the index of the first token of each class
}

// clauses splits tokens at punctuation, at blanks where no word is left hanging,
// and before words like but.
func clauses(toks []token) []*clause {
	var all []*clause
	c := &clause{}
	flush := func() {
		if len(c.toks) > 0 || c.contrast {
			all = append(all, c)
		}
		c = &clause{}
	}
	for i, t := range toks {
		switch {
		case t.is(isBlank):
			if !hangs(toks, i) {
				flush()
			}
		case t.is(isAsk):
			if c.asked = len(c.toks) > 0; !c.asked && len(all) > 0 {
				all[len(all)-1].asked = true
			}
			flush()
			c.asked = len(all) == 0 // "？？满意" asks as well
		case t.is(isComma, isStop):
			c.newLine, c.listed = t.is(isStop), t.text == "、"
			flush()
		case t.is(isContrast):
			if len(c.toks) > 0 {
				flush()
			}
			if !c.contrast {
				c.contrast, c.from = true, t.from
			}
			c.concedes = c.concedes || t.isText("虽", "虽然", "虽说", "尽管", "although", "though")
		case t.is(isQuestionOpens):
			flush()
			c.add(t)
		case t.isText("就是") && len(c.toks) == 0 && len(all) > 0:
			c.add(t)
			c.contrast = true // 满意，就是太慢了
		default:
			c.add(t)
		}
	}
	flush()
	carry(all)
	return all
}

func (c *clause) add(t token) {
	if len(c.toks) == 0 && !c.contrast {
		c.from = t.from
	}
	c.toks = append(c.toks, t)
	for _, class := range t.classes {
		if c.firsts[class] == 0 {
			c.firsts[class] = int16(len(c.toks))
		}
	}
}

// hangs reports that the blank at i parts words that belong together: "不 满意",
// "解决 了", and all words of languages written with blanks.
func hangs(toks []token, i int) bool {
	if i == 0 || i+1 == len(toks) {
		return false
	}
	before, after := toks[i-1], toks[i+1]
	if letter(lastRune(before.text)) && letter(firstRune(after.text)) {
		return true
	}
	return before.is(bending...) && !before.is(judging...) || after.is(isDone, isDegreeAfter, isMock, isMockMild)
}

func carry(all []*clause) {
	for i := 1; i < len(all); i++ {
		before := all[i-1]
		sets := before.has(isCondition) && !before.newLine || before.carried && before.only(isNumber)
		all[i].carried = sets && (!all[i].contrast || all[i].next(0).isText("就是"))
		all[i].wished = before.listed && (before.wished || before.has(isWish))
		all[i].corrects = before.has(isMistake)
		last := len(before.toks) - 1
		all[i].heard = last >= 0 && before.toks[last].is(isHearsay)
	}
}

// first returns the index of the first token of the classes, or -1.
func (c *clause) first(classes ...class) int {
	found := int16(0)
	for _, class := range classes {
		if at := c.firsts[class]; at > 0 && (found == 0 || at < found) {
			found = at
		}
	}
	return int(found) - 1
}

func (c *clause) has(classes ...class) bool { return c.first(classes...) >= 0 }

// hasBefore reports a token of the classes among the first i.
func (c *clause) hasBefore(i int, classes ...class) bool {
	f := c.first(classes...)
	return f >= 0 && f < i
}

// next returns the token at i, or one of no class past the end.
func (c *clause) next(i int) token {
	if i < 0 || i >= len(c.toks) {
		return token{}
	}
	return c.toks[i]
}

// only reports that every token is of the classes.
func (c *clause) only(classes ...class) bool {
	for _, t := range c.toks {
		if !t.is(classes...) {
			return false
		}
	}
	return true
}

func firstRune(s string) rune {
	for _, r := range s {
		return r
	}
	return 0
}

func lastRune(s string) rune {
	var last rune
	for _, r := range s {
		last = r
	}
	return last
}
