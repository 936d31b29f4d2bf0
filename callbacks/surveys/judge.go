package surveys

// gradeAt reads the judgement at i; ok is false when the word judges nothing here.
func (c *clause) gradeAt(i int) (claim, bool) {
	t, b := c.toks[i], c.bendAt(i)
	if t.is(isDegree) && c.next(i+1).is(append(judging, isDegree)...) {
		return claim{}, false // 好 before another word is very, not good
	}
	if c.next(i+1).isText("是") && c.next(i+2).text == t.text {
		return claim{}, false // 慢是慢了点: the second tells
	}
	if !c.standsAt(i, b) {
		return claim{}, false
	}
	g := claim{
		level: c.levelAt(i, b), state: c.stateAt(i, b), words: c.words(b.reached, min(i+3, len(c.toks))),
		stem: t.is(isSatisfied, isSatisfiedSlip, isDissatisfied), worst: t.is(isWorst),
		soSo: t.is(isSoSo), praise: t.is(isExcellent, isGood, isGoodPart, isGoodAlone),
		weak: t.is(isBadPart) && (b.weak || c.next(i+1).isText("了点", "了些", "了一点", "了一点点")), denied: b.denials == 1 && t.is(isSatisfied),
	}
	g.words = c.words(b.reached, i+1)
	if !g.level.Known() {
		g.state = twisted
	}
	if (b.far || g.stem && c.oddBefore(i)) && g.level.Content() || g.stem && b.halved {
		g.state = twisted
	}
	if after := c.next(i + 1); after.is(isMock) {
		g.level, g.state, g.words = VeryDissatisfied, stated, g.words+after.text
	} else if after.is(isMockMild) {
		g.level, g.state, g.words = Dissatisfied, stated, g.words+after.text
	}
	return c.questioned(i, b, g), true
}

// oddBefore reports one unread character glued to the word at i: it may be a
// mistyped 不.
func (c *clause) oddBefore(i int) bool {
	t := c.next(i - 1)
	return i > 0 && t.is(isUnknown) && t.to == c.toks[i].from && t.to-t.from == 1
}

// nouns are the classes a judgement may be set before: 很好的服务.
var nouns = []class{isAspect, isWork, isPerson, isThird}

// standsAt reports that the word at i is a judgement where it stands: short and
// everyday words must close their clause and follow nothing unread.
func (c *clause) standsAt(i int, b bend) bool {
	t := c.toks[i]
	after := c.next(i + 1)
	closes := c.ends(i+1) || after.is(isMock, isMockMild)
	noun := after.is(nouns...) && t.is(isWorst, isExcellent) || after.isText("的") && c.next(i+2).is(nouns...)
	switch {
	case t.is(isSatisfied, isDissatisfied):
		return true
	case t.is(isSatisfiedSlip):
		return closes
	case t.is(isGoodAlone):
		return closes && c.alone(i)
	case t.is(isMild, isSoSo):
		return b.bounded && closes
	case t.is(isWorst), t.is(isExcellent):
		return closes || noun
	case t.is(isBad) && len([]rune(t.text)) > 1 && !t.isText("不行", "不好", "不公", "应付", "离谱", "可恶"):
		return true
	case t.isText("高", "低") && !b.aspect, t.isText("快", "慢") && !b.aspect && !c.swift(i):
		return false // 费用高, 道路快: not about the work
	case t.isText("好", "好的") && !c.goodAt(i):
		return false // it only acknowledges, or ends an act: 处理好了
	}
	return b.bounded && (closes || noun || after.is(isDegree, isDegreePlain) || after.is(judging...))
}

// swift reports that 快 or 慢 at i speaks of the work: 太慢, 处理慢, or nothing else.
func (c *clause) swift(i int) bool {
	return i == 0 || c.next(i-1).is(isDegree, isDegreePlain, isDegreeWeak, isNegator, isSolve, isHandle, isAct, isWork) || c.next(i-1).isText("得", "的")
}

// alone reports that only bending words stand before i.
func (c *clause) alone(i int) bool {
	for _, t := range c.toks[:i] {
		if !t.is(bending...) && !t.is(isPolite, isGoodAlone) {
			return false
		}
	}
	return true
}

// goodAt reports that 好 at i praises: it follows a word of degree or what it praises.
func (c *clause) goodAt(i int) bool {
	before := c.next(i - 1)
	if c.next(i + 1).is(isDegreeAfter) {
		return true
	}
	if c.next(i + 1).is(isDone) {
		return before.is(isDegree, isNegator)
	}
	return before.is(bending...) || before.is(isAspect, isWork, isGood) || before.isText("得", "的", "都", "真", "地")
}

// levelAt grades the word at i under its bends; NoLevel when they cancel out.
func (c *clause) levelAt(i int, b bend) Level {
	t := c.toks[i]
	b.degree = b.degree || c.next(i+1).is(isDegreeAfter) || c.next(i-1).isText("可") && c.next(i+1).is(isDone)
	strong := b.degree && !b.aspect
	switch {
	case b.denials > 1:
		return NoLevel
	case t.is(isDissatisfied, isBad, isBadPart, isWorst, isSoSo, isExcellent) && b.denials > 0:
		return NoLevel
	case t.is(isWorst):
		return VeryDissatisfied
	case t.is(isDissatisfied), t.is(isBad):
		return pick(strong || t.is(isDissatisfied) && b.degree, VeryDissatisfied, Dissatisfied)
	case t.is(isBadPart):
		return Dissatisfied
	case b.denials == 1:
		return pick(b.strong || b.degree && c.next(i+1).is(isDegreeAfter), VeryDissatisfied, Dissatisfied)
	case t.is(isMild, isSoSo), b.part, b.weak, b.still && t.is(isSatisfied):
		return BasicallySatisfied
	case t.is(isExcellent), strong && !t.is(isGoodPart), b.degree && t.is(isSatisfied):
		return VerySatisfied
	}
	return Satisfied
}

func pick(yes bool, a, b Level) Level {
	if yes {
		return a
	}
	return b
}

// questioned marks a judgement that is asked about rather than made. Insults
// stand even in a question.
func (c *clause) questioned(i int, b bend, g claim) claim {
	if g.state != stated || g.worst || c.next(i+1).is(isMock, isMockMild) {
		return g
	}
	t := c.toks[i]
	denied := c.next(i+1).is(isDissatisfied) || c.tagged(i)
	attribute := c.next(i+1).isText("的") && (c.next(i+2).is(isDue) || c.next(i+2).isText("结果", "处理结果", "方案", "解决方案", "处理方案"))
	switch {
	case c.asks(), denied && g.stem, c.doubled(i):
		g.state = asked
	case i > 0 && t.is(isDissatisfied) && c.toks[i-1].is(isSatisfied), c.taunts(i):
		g.state = asked
	case b.modal && b.denials == 0 && g.level.Content():
		g.state = wished
	case attribute && b.denials == 0 && !b.getting && g.level.Content():
		g.state = wished
	}
	return g
}

// tagged reports a denial behind the word at i, which makes it a question: 满意不, 解决了没有.
func (c *clause) tagged(i int) bool {
	if c.next(i + 1).is(isDone) {
		i++
	}
	return c.next(i+1).is(isNegator) && !c.next(i+2).is(isDone) && c.ends(i+2)
}

// doubled reports either half of 高兴不高兴.
func (c *clause) doubled(i int) bool {
	text := c.toks[i].text
	return c.next(i-1).is(isNegator) && c.next(i-2).text == text || c.next(i+1).is(isNegator) && c.next(i+2).text == text
}

// taunts reports "满意了吧", which is said to the desk, not of it.
func (c *clause) taunts(i int) bool {
	return c.toks[i].is(isSatisfied) && c.next(i+1).is(isDone) && c.next(i+2).isText("吧")
}
