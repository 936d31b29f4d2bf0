package surveys

import "strings"

// solvedAt reads what the word at i says about being solved; ok is false when it
// says nothing.
func (c *clause) solvedAt(i int) (claim, bool) {
	t, b := c.toks[i], c.bendAt(i)
	s := claim{state: c.stateAt(i, b), words: c.words(b.reached, min(i+2, len(c.toks)))}
	switch {
	case t.is(isUnsolved):
		s.solved = c.unsolvedWord(i, b)
	case t.is(isTrouble):
		s.solved = c.trouble(i, b)
	case t.is(isPersist):
		s.solved = c.goesOn(i)
	case t.is(isNotYet):
		s.solved = c.notYet(i)
	case t.is(isDue) && (b.denials == 1 || c.absent(i)):
		s.solved = SolvedNo
	case t.is(isCorrectTo) && b.denials == 0:
	case t.isText("好"):
		if c.next(i+1).is(isDone) && c.hasBefore(i, isAlready) {
			s.solved = SolvedYes // 户口已经迁好了
		}
	case t.is(isSolvedState, isFinished, isSolve, isHandle, isAct):
		s.solved, s.weak = c.act(i, b)
	}
	if s.solved == SolvedUnknown {
		return claim{}, false
	}
	return c.meant(i, b, s), true
}

// meant settles how a claim about being solved is meant. That it is not solved
// stands even when someone else said it, wished otherwise or asks why.
func (c *clause) meant(i int, b bend, s claim) claim {
	if s.solved == SolvedNo {
		if s.state == heard || s.state == past || s.state == others || s.state == wished && b.denials > 0 {
			s.state = stated
		}
		if s.state == stated && c.threatens(i) {
			s.state = conditional
		}
		if s.state == stated && (c.asksWhether() || c.rhetorical(i)) {
			s.state = asked
		}
		return s
	}
	if s.state == others || s.state == past {
		s.state = stated
	}
	if s.state == stated && (c.asks() || c.tagged(i)) {
		s.state = asked
	}
	if c.next(i-1).isText("快", "快要", "马上要", "要") || c.toks[len(c.toks)-1].isText("吧") {
		s.state = unsure
	}
	return s
}

// threatens reports "不解决我就上访": not doing it is the condition, not the tale.
func (c *clause) threatens(i int) bool {
	refused := strings.HasPrefix(c.toks[i].text, "不") || c.next(i-1).isText("不")
	then := false
	for _, t := range c.toks[i+1 : min(len(c.toks), i+reach)] {
		then = then || t.is(isThen)
	}
	return refused && then
}

// rhetorical reports "不解决问题谁会满意": who comes after, so nothing is told.
func (c *clause) rhetorical(i int) bool {
	for _, t := range c.toks[i:min(len(c.toks), i+reach)] {
		if t.isText("谁", "哪有", "哪会") {
			return true
		}
	}
	return false
}

// unsolvedWord reads words that say by themselves that nothing was solved, unless
// denied (没有白跑) or only opening a judgement (没人满意).
func (c *clause) unsolvedWord(i int, b bend) Solved {
	if c.next(i-1).text == strings.TrimPrefix(c.toks[i].text, "不") {
		return SolvedUnknown // 管不管
	}
	if b.denials > 0 && c.next(i-1).is(isNegator) || c.next(i+1).is(isLook) || nobody(c.toks[i]) && c.judgedAfter(i) {
		return SolvedUnknown
	}
	return SolvedNo
}

// judgedAfter reports a judgement right after i, across words that only bend it.
func (c *clause) judgedAfter(i int) bool {
	for j := i + 1; j < len(c.toks); j++ {
		t := c.toks[j]
		if t.is(judging...) {
			return !t.is(isDegree) || c.ends(j+1)
		}
		if !t.is(bending...) && !t.is(isFiller) {
			return false
		}
	}
	return false
}

// trouble reads leaks and noise: going on, or over ("不漏水了").
func (c *clause) trouble(i int, b bend) Solved {
	switch {
	case b.denials == 1 && (c.next(i+1).is(isDone) || c.next(i-1).isText("不再", "没再", "再没", "再也没", "再也不")), c.next(i+1).is(isNegator) && c.next(i+2).is(isDone):
		return SolvedYes
	case b.denials == 0 && (c.hasBefore(i, isPersist) || c.persists(i+1)):
		return SolvedNo
	}
	return SolvedUnknown
}

// goesOn reads "水还是浑的": what was complained of, still, and how it is.
func (c *clause) goesOn(i int) Solved {
	if c.next(i-1).is(isWork, isTrouble) && c.next(i+1).is(isUnknown) && c.ends(i+2) {
		return SolvedNo
	}
	if c.next(i+1).is(isDegree) && c.next(i+2).is(isUnknown) && c.ends(i+3) && !c.next(i-1).isText("我", "我们") {
		return SolvedNo // 油烟味还是很重
	}
	return SolvedUnknown
}

// persists reports that what stands before i goes on: 噪音还是很大.
func (c *clause) persists(i int) bool {
	if !c.next(i).is(isPersist) {
		return false
	}
	for i++; c.next(i).is(isDegree, isDegreePlain, isFiller); i++ {
	}
	return !c.next(i).is(isSolve, isHandle, isAct, isFinished, isSolvedState, isNegator, isNotYet) && !c.next(i).is(judging...)
}

// absent reports that what stands at i is said not to be there: 消息都没有.
func (c *clause) absent(i int) bool {
	for i++; c.next(i).is(isDegreePlain); i++ {
	}
	return c.next(i).is(isNegator, isNegatorStrong) && c.ends(i+1)
}

// notYet reads 还没 by what follows: a judgement is bent by it, looking is not
// solving, everything else has not happened.
func (c *clause) notYet(i int) Solved {
	for j := i + 1; j < len(c.toks); j++ {
		t := c.toks[j]
		if t.is(judging...) || t.is(isLook, isMistake, isNegator) && !t.is(isFiller) {
			return SolvedUnknown
		}
		if !t.is(isFiller, isParticle) {
			break
		}
	}
	return SolvedNo
}

// act reads a word for doing: denied, done, half done or only named.
func (c *clause) act(i int, b bend) (s Solved, weak bool) {
	t, after := c.toks[i], c.next(i+1)
	switch {
	case c.next(i-1).isText("不用", "不必", "不需要"), b.denials > 1 || b.twist, c.next(i-2).text == t.text && c.next(i-1).is(isNegator):
		return SolvedUnknown, false // 解决没解决
	case after.is(isMock), c.done(i) && c.next(i+2).is(isMock):
		return SolvedNo, false
	case after.is(isMockMild), c.done(i) && c.next(i+2).is(isMockMild):
		return SolvedUnknown, false
	case b.denials == 1, b.far && t.is(isSolve, isHandle, isFinished) && !c.done(i):
		return c.undone(i), false
	case b.progress:
		return SolvedNo, false
	case c.partly(i):
		return SolvedUnknown, false
	case t.is(isSolvedState):
		return SolvedYes, false
	case b.far && !b.already && !b.then:
		return SolvedUnknown, false
	}
	if c.completed(i, b) {
		return SolvedYes, t.is(isAct) && !b.already
	}
	return SolvedUnknown, false
}

// undone reads a denied act; "没处理结果" denies something else.
func (c *clause) undone(i int) Solved {
	if c.named(i) && !c.done(i) {
		return SolvedUnknown
	}
	return SolvedNo
}

// named reports that the act is only part of a name: 处理结果, 解决方式.
func (c *clause) named(i int) bool {
	after := c.next(i + 1)
	if after.isText("的") {
		after = c.next(i + 2)
	}
	return after.is(isAspect) || after.isText("结果", "方式", "方案", "过程", "情况", "意见", "人员", "部门", "单位", "进度", "进展")
}

// done reports 了 after the act, across what it acts on or for whom: 退给我了.
func (c *clause) done(i int) bool {
	for j := i + 1; j < len(c.toks) && j <= i+3; j++ {
		if c.toks[j].is(isDone) {
			return true
		}
		if !c.toks[j].is(isFiller, isWork) {
			return false
		}
	}
	return false
}

// doneLast reports 了 after the act and nothing behind it: 修了, not 修了半天.
func (c *clause) doneLast(i int) bool {
	for j := i + 1; j < len(c.toks); j++ {
		if c.toks[j].is(isDone) {
			return c.ends(j)
		}
		if !c.toks[j].is(isFiller, isWork) {
			return false
		}
	}
	return false
}

// completed reports that the act has happened.
func (c *clause) completed(i int, b bend) bool {
	t, after := c.toks[i], c.next(i+1)
	demanded := c.hasBefore(i, isUrge) && !c.done(i)
	if b.modal || b.slip || demanded || c.next(i-1).isText("得") {
		return false
	}
	switch {
	case after.isText("得", "的") && !t.is(isAct) && c.praised(i+2), b.getting && c.ends(i+1), c.next(i-1).isText("才") && c.ends(i+1):
		return true
	case t.is(isAct, isHandle):
		return c.doneLast(i) && !t.isText("弄", "搞", "整") || b.already && c.ends(i+1) || t.is(isHandle) && after.isText("的") && c.ends(i+2)
	case c.done(i), b.already && !c.named(i), t.is(isFinished) && after.is(isAlready), after.isText("的") && c.ends(i+2):
		return true
	case t.is(isFinished):
		return c.ends(i+1) && !c.has(isUnknown, isQuantity)
	}
	return t.is(isSolve) && c.bare(i)
}

// praised reports plain praise from i on: 解决得很好.
func (c *clause) praised(i int) bool {
	for ; i < len(c.toks); i++ {
		t := c.toks[i]
		if t.is(isExcellent, isGood, isGoodPart, isSatisfied) && !c.next(i+1).is(isMock, isMockMild) && (!t.is(isDegree) || !c.next(i+1).is(judging...)) {
			return true
		}
		if !t.is(isDegree, isDegreePlain) {
			return false
		}
	}
	return false
}

// bare reports a clause that holds the act and its object alone: 问题解决.
func (c *clause) bare(i int) bool {
	for j, t := range c.toks {
		if j == i || t.is(isWork, isPerson, isDegreePlain, isDegree, isDegreePart, isAlready, isPolite, isParticle, isNow, isWhen, isNumber, isDue, isExcellent) || t.isText("全", "全部", "所有", "的") {
			continue
		}
		return false
	}
	return c.ends(i + 1)
}

// partly reports that only some of it was done: 部分解决, 解决了一半.
func (c *clause) partly(i int) bool {
	for j := max(0, i-reach); j < i; j++ {
		if t := c.toks[j]; t.is(isPartial) && !t.is(isDegreeWeak) || t.is(isOnly) {
			return true
		}
	}
	for j := i + 1; j < len(c.toks) && j < i+4; j++ {
		if t := c.toks[j]; t.is(isPartial) || t.isText("一个", "两个", "几个") && c.done(i) {
			return true
		}
	}
	return false
}
