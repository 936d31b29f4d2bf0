package surveys

import "strings"

// claim is one thing a clause says about the grade or about being solved.
type claim struct {
	level  Level  // the grade said; NoLevel when the claim is about being solved
	solved Solved // what is said about being solved; unknown for a claim about the grade
	state  state
	denied bool // says it by denying the better grade: 不是很满意
	stem   bool // says 满意 itself, not praise or blame
	praise bool // good, quick, kind: says less than 满意
	weak   bool // 有点慢, 修了: not enough to decide alone
	soSo   bool // 一般 and its like
	worst  bool // 垃圾 and its like
	clause int
	words  string // as folded, for the explanation
}

// state is how a claim is meant. Only what is stated counts as an answer.
type state int

const (
	stated      state = iota
	asked             // 满意吗
	conditional       // 解决了我就满意
	wished            // 希望能满意
	heard             // 他们说解决了
	forced            // 让我选1
	others            // 你们满意就行
	unsure            // 应该满意吧
	twisted           // 没有不满意, 怎么可能满意
	past              // 本来满意
)

// judging are the classes that name or imply a grade.
var judging = []class{
	isSatisfied, isSatisfiedSlip, isDissatisfied, isExcellent, isGood, isGoodPart, isGoodAlone, isMild, isSoSo, isBad, isBadPart, isWorst,
}

// bending are the classes that may stand before a judgement or an act and bend it.
var bending = []class{isNegator, isNegatorStrong, isNotYet, isTwist, isDegree, isDegreePlain, isDegreePart, isDegreeWeak}

// passing are the classes a bend reaches across.
var passing = []class{
	isFiller, isWhen, isThird, isAspect, isWork, isPerson, isDue, isAlready, isNow, isPast, isHearsay, isPersist, isOnly, isThen, isWish, isUrge,
	isCondition, isMaybe, isQuestion, isWhy, isPartial, isDone, isChoose, isCorrectTo, isLater, isParticle,
}

// bend is what the words before a head do to it.
type bend struct {
	denials  int
	strong   bool // denied outright, or a strong word stands outside the denial
	degree   bool // a strong word stands next to the head
	part     bool // 基本
	weak     bool // 有点
	halved   bool // 部分, 一半 directly before
	still    bool // 还 alone: 还满意 is lukewarm
	aspect   bool // about one side of the work
	third    bool // someone else's feeling
	twist    bool
	far      bool // a denial stands further off, with unread words between
	bounded  bool // nothing unread stands directly before
	already  bool
	then     bool
	getting  bool // 得到了满意的答复
	reached  int  // index of the first token looked at
	modal    bool // 能, 会: not yet so
	slip     bool // its 已 is a 以 with something before it: 予以解决
	progress bool // 在 directly before: under way
	copula   bool // 是 stands between: 完全是敷衍 is no degree
}

// reach is how many words away a word still bends a head. It keeps the work for
// one clause in proportion to its length.
const reach = 24

// bendAt looks left from i as far as words bend.
func (c *clause) bendAt(i int) bend {
	b := bend{bounded: true, reached: i}
	crossed := false
	for j := i - 1; j >= 0; j-- {
		t := c.toks[j]
		if i-j > reach {
			b.bounded, b.far = false, true // who writes so long a clause goes to a person
			break
		}
		if !t.is(bending...) && !t.is(passing...) && !nobody(t) && !t.is(isNumber, isPolite, isScale, isStopWord, isIrony) {
			b.bounded = t.is(judging...) || t.is(isSolve, isHandle, isAct, isFinished, isSolvedState, isUnsolved, isSwear) || b.aspect || crossed
			b.far = c.denialBefore(j) && !c.newPredicate(b.reached)
			break
		}
		if t.text == "不" && strings.HasPrefix(c.next(j+1).text, "不") && t.to == c.next(j+1).from {
			b.reached = j
			continue // one denial typed twice: 不不满意
		}
		b.take(t, j == i-1, &crossed, c.next(j-1))
		b.reached = j
	}
	return b
}

// take adds one bending word. crossed turns true at a noun: a strong word beyond
// it strengthens something else.
func (b *bend) take(t token, adjacent bool, crossed *bool, before token) {
	switch {
	case t.is(isTwist):
		b.twist = true
	case t.is(isNegatorStrong):
		b.denials++
		b.strong = true
	case t.is(isNegator, isNotYet), nobody(t):
		b.denials++
	case t.is(isDegree) && !*crossed && (!b.copula || !t.isText("完全", "绝对")):
		b.strong = b.strong || b.denials > 0
		b.degree = b.degree || b.denials == 0
	case t.is(isDegreePart):
		b.part = true
	case t.is(isDegreeWeak):
		b.weak = true
	case t.is(isAspect):
		b.aspect, *crossed = true, true
	case t.is(isWork, isPerson, isDue):
		*crossed = true
	case t.is(isThird):
		b.third = b.third || !*crossed && !before.isText("对", "跟", "给", "向", "为", "和", "感谢", "与")
		*crossed = true
	case t.isText("我", "我们", "俺", "咱", "本人", "大家", "我家"):
		*crossed = true
	}
	b.copula = t.isText("是")
	b.then = b.then || t.is(isThen)
	b.already = b.already || t.is(isAlready)
	b.slip = b.slip || t.isText("以", "己", "巳") && len(before.classes) > 0 && !before.is(isWork, isPerson, isDegreePlain)
	b.modal = b.modal || t.isText("能", "会", "要", "可以", "可能会", "将", "想", "我想", "我要")
	b.getting = b.getting || t.isText("得到", "得到了", "收到", "给了") || t.is(isDone)
	b.halved = b.halved || adjacent && t.is(isPartial) && !t.is(isDegreePart, isDegreeWeak)
	b.still = b.still || adjacent && t.isText("还")
	b.progress = b.progress || adjacent && t.isText("在", "还在", "仍在", "一直在")
}

func (t token) isText(texts ...string) bool {
	for _, s := range texts {
		if t.text == s {
			return true
		}
	}
	return false
}

// nobody reports 没人 and its like, which deny what follows.
func nobody(t token) bool { return t.is(isUnsolved) && strings.HasSuffix(t.text, "人") }

// denialBefore reports a denial among the first i tokens that no other judgement
// or act has used up.
func (c *clause) denialBefore(i int) bool {
	for j := i; j >= max(0, i-reach); j-- {
		t := c.toks[j]
		switch {
		case t.is(isNegator, isNegatorStrong, isNotYet), nobody(t):
			return true
		case t.is(judging...), t.is(isSolve, isHandle, isAct, isFinished, isSolvedState, isUnsolved, isDue):
			return false
		}
	}
	return false
}

// newPredicate reports that the bending words from i on begin a fresh statement:
// "没有收费很满意" is satisfied.
func (c *clause) newPredicate(i int) bool {
	return c.next(i).is(isDegree, isDegreePlain, isAlready, isThen) || c.next(i).isText("我", "我们", "就")
}

// ends reports that the word before i closes its clause but for particles.
func (c *clause) ends(i int) bool {
	for ; i < len(c.toks); i++ {
		t := c.toks[i]
		if t.is(isNumber, isPolite, isSwear, isIrony, isScale, isMaybe, isQuestion, isMistake) {
			return true
		}
		if !t.is(isParticle, isDone, isDegreeAfter) && !t.isText("的", "滴", "地", "得", "来说", "这次") {
			return false
		}
	}
	return true
}

// stateAt tells how the claim whose head is at i is meant.
func (c *clause) stateAt(i int, b bend) state {
	switch {
	case c.hasBefore(i, isCoerced):
		return forced
	case c.conditionAt(i, b):
		return conditional
	case c.wished, c.hasBefore(i, isWish), c.hasBefore(i, isUrge) && c.toks[i].is(isExcellent, isGood, isGoodPart):
		return wished
	case c.heard || c.hasBefore(i, isHearsay):
		return heard
	case c.hasBefore(i, isMaybe) && !c.corrects, c.next(i + 1).is(isMaybe):
		return unsure
	case b.twist:
		return twisted
	case b.third && c.toks[i].is(isSatisfied, isDissatisfied) && strings.Contains(c.toks[i].text, "满"):
		return others
	case c.hasBefore(i, isPast) && !c.hasBefore(i, isNow):
		return past
	}
	return stated
}

// conditionAt reports an if around i: before it, after it, in the clause before,
// or a 就, 才 between it and a judgement ("修好才满意" leaves both open).
func (c *clause) conditionAt(i int, b bend) bool {
	if c.carried || c.hasBefore(i, isCondition) || c.has(isConditionAfter) || b.then && c.toks[i].is(isSatisfied, isSatisfiedSlip, isExcellent, isGood, isGoodPart) ||
		b.then && c.toks[i].is(isDissatisfied) && !c.toks[0].is(isThen) {
		return true
	}
	if c.next(i+1).isText("之前", "以前", "前") || c.next(i+1).is(isDone) && c.next(i+2).isText("之前", "以前", "前") {
		return true // 没修好之前不评价
	}
	for j := i + 1; c.has(isThen) && j < min(len(c.toks), i+reach); j++ {
		if c.toks[j].is(isSatisfied, isDissatisfied) && c.bendAt(j).then {
			return true
		}
	}
	return false
}

// asks reports that the clause asks rather than says. A why takes what follows
// for granted, so it does not ask whether something is solved.
func (c *clause) asks() bool { return c.asked || c.has(isQuestion, isWhy) }

func (c *clause) asksWhether() bool {
	last := len(c.toks) - 1
	return !c.has(isWhy) && (c.asked || last >= 0 && c.toks[last].is(isQuestion))
}

func (c *clause) words(from, to int) string {
	var s strings.Builder
	for i := from; i < to && i < len(c.toks); i++ {
		if i > from && letter(firstRune(c.toks[i].text)) {
			s.WriteByte(' ')
		}
		s.WriteString(c.toks[i].text)
	}
	return s.String()
}
