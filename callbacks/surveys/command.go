package surveys

import "strings"

// machine reports a reply no person typed: it opens with 自动回复 or its like.
func (p *parsed) machine() bool {
	for _, t := range p.toks {
		if t.is(isAutoMarker) {
			return true
		}
		if !t.separates() && !t.is(isPolite) {
			return false
		}
	}
	return false
}

// command reads a wish for no more messages, or for messages again. A stop is
// honoured even beside an answer, and the answer kept.
func (p *parsed) command() (Reading, bool) {
	around := []class{isPolite, isParticle, isFiller, isSwear, isUrge, isWish, isStopWord, isStopAlone, isStartWord, isDone, isThird}
	switch {
	case p.has(isBusy) && !p.has(isStopAlone):
		return Reading{}, false // 正在开车，勿扰
	case p.has(isStartPhrase):
		return Reading{Kind: KindStart, Why: RuleStart}, true
	case p.quoted && p.only(append(around, isNumber)...) && p.has(isStopWord):
		return Reading{}, false
	case p.refuses() && !p.has(isHearsay):
		return p.stop(), true
	case p.has(isStopWord, isStopAlone) && p.only(around...):
		return Reading{Kind: KindStop, Why: RuleStop}, true
	case p.has(isStartWord) && p.only(around...):
		return Reading{Kind: KindStart, Why: RuleStart}, true
	case !p.long && p.stopsAside(around):
		return p.stop(), true
	}
	if r := p.answer(); p.has(isNoCallback) && r.Kind == KindAsk {
		return Reading{Kind: KindStop, Why: RuleStop}, true
	}
	return Reading{}, false
}

// refuses reports 别再发了; inside a long story only when it names the messages or calls.
func (p *parsed) refuses() bool {
	for _, t := range p.toks {
		if t.is(isStopPhrase) && (!p.long || strings.ContainsAny(t.text, "信息电骚扰")) {
			return true
		}
	}
	return false
}

// stop keeps what else the reply answers.
func (p *parsed) stop() Reading {
	r := Reading{Kind: KindStop, Why: RuleStop}
	if a := p.answer(); a.Kind == KindAnswer {
		r.Solved, r.Tail = a.Solved, a.Tail
		if p.numbers.grade().Known() || p.saysGrade() {
			r.Rating = a.Rating
		}
	}
	return r
}

// saysGrade reports 满意 or 不满意 itself; "烦死了，别发了" is anger at the messages.
func (p *parsed) saysGrade() bool {
	for _, c := range p.stated() {
		if c.stem {
			return true
		}
	}
	return false
}

// stopsAside reports a stop word in a clause of its own beside an answer: "5，退订".
func (p *parsed) stopsAside(around []class) bool {
	for _, c := range p.clauses {
		if c.has(isStopWord) && c.only(around...) {
			return true
		}
	}
	return false
}

// followUp reads a reply to a question that asked one thing only.
func (p *parsed) followUp() (Reading, bool) {
	switch p.ctx.Asked {
	case QuestionSolved:
		return p.yesOrNo()
	case QuestionReason:
		return p.reason()
	case QuestionNone, QuestionRating:
	}
	return Reading{}, false
}

func (p *parsed) yesOrNo() (Reading, bool) {
	said := SolvedUnknown
	for _, t := range p.toks {
		switch {
		case t.separates() || t.is(isParticle, isPolite) && !t.isText("嗯", "嗯嗯"):
		case t.isText("是", "是的", "对", "对的", "有", "嗯", "嗯嗯", "yes", "y", "的") && said != SolvedNo:
			said = SolvedYes
		case t.isText("否", "不是", "没", "没有", "不", "没得", "冇", "no", "n", "还没", "还没有") && said == SolvedUnknown:
			said = SolvedNo
		default:
			return Reading{}, false
		}
	}
	if said == SolvedUnknown {
		return Reading{}, false
	}
	return Reading{Kind: KindAnswer, Solved: said, Why: RuleYesOrNo, Words: string(p.runes)}, true
}

// reason keeps what was written as the reason. Blame in it is the reason, not a
// second grade; a code, 满意 or 不满意 still is one.
func (p *parsed) reason() (Reading, bool) {
	r := p.answer()
	switch {
	case r.Kind == KindAnswer && (p.numbers.grade().Known() || p.saysGrade()):
		return p.withContext(r), true
	case r.Kind == KindAnswer:
		r.Rating, r.Why, r.Words = NoLevel, RuleReason, ""
		return p.withContext(r), true
	case r.Why == RuleNothingSaid, r.Why == RuleMixed, r.Why == RuleStillWanted:
		return p.withContext(Reading{Kind: KindAnswer, Why: RuleReason, Tail: p.numbers.tail}), true
	}
	return Reading{}, false
}
