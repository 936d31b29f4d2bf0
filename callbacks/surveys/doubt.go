package surveys

// doubted reports what keeps a satisfied grade from being believed: irony, a
// condition, a question, someone else's words. g is the grade, with stem set when
// it rests on a code or on 满意 itself.
func (p *parsed) doubted(g claim, solved Solved) (Rule, bool) {
	if p.has(isIrony, isMock, isMockMild) || p.scareQuoted() {
		return RuleIrony, true
	}
	if p.has(isSwear) {
		return RuleInsult, true
	}
	for _, c := range p.claims {
		if c.stem && c.state != stated && c.state != past && c.solved == SolvedUnknown {
			if p.answeredLater(c) {
				continue
			}
			return ruleOf(c.state), true
		}
	}
	switch {
	case p.denied():
		return RuleMixed, true
	case p.demands():
		return RuleStillWanted, true
	case g.level == VerySatisfied && g.stem && solved == SolvedNo && !p.contrasted(func(c claim) bool { return c.solved == SolvedNo }):
		return RuleIrony, true
	case solved != SolvedYes && p.ordealAfter():
		return RuleIrony, true
	case !g.stem && p.blames():
		return RuleMixed, true
	}
	return "", false
}

// scareQuoted reports a judgement or act in quotation marks amid other words,
// unless the reply only names its choice: 我选“满意”.
func (p *parsed) scareQuoted() bool {
	words := 0
	for _, t := range p.toks {
		if !t.separates() {
			words++
		}
	}
	for i := 1; i+1 < len(p.toks) && words > 1; i++ {
		quoted := p.toks[i-1].text == `"` && p.toks[i+1].text == `"` && p.toks[i].is(append(judging, isSolve)...)
		if quoted && (i < 2 || !p.toks[i-2].is(isChoose, isCorrectTo)) {
			return true
		}
	}
	return false
}

// answeredLater reports that a question about the grade is followed by its answer.
func (p *parsed) answeredLater(q claim) bool {
	for _, c := range p.stated() {
		if c.stem && q.state == asked && c.clause > q.clause {
			return true
		}
	}
	return false
}

// denied reports a clause that is a bare no.
func (p *parsed) denied() bool {
	for _, c := range p.clauses {
		if len(c.toks) > 0 && c.has(isNegator, isNegatorStrong) && !c.has(isPolite) && c.only(isNegator, isNegatorStrong, isParticle) {
			return true
		}
	}
	return false
}

// demands reports that the matter is still to be solved quickly.
func (p *parsed) demands() bool {
	for _, c := range p.clauses {
		u := c.first(isUrge)
		if u < 0 || c.has(isLater, isDone, isAlready) || c.next(u).isText("请", "麻烦", "帮忙", "please") {
			continue
		}
		for _, t := range c.toks[u:] {
			if t.is(isSolve, isHandle, isAct, isFinished) {
				return true
			}
		}
	}
	return false
}

// blames reports a word of blame anywhere, even one that was not taken for a
// judgement; praise alone does not outweigh it.
func (p *parsed) blames() bool {
	for _, c := range p.clauses {
		for i, t := range c.toks {
			if t.is(isBad, isWorst) && c.bendAt(i).denials == 0 {
				return true
			}
		}
	}
	return false
}

// ordealAfter reports a tale of waiting after the satisfied words, with no but
// between: "真是太满意了呢，拖了三个月".
func (p *parsed) ordealAfter() bool {
	at := -1
	for _, c := range p.stated() {
		if c.level.Content() && at < 0 {
			at = c.clause
		}
	}
	for k := at + 1; at >= 0 && k < len(p.clauses); k++ {
		if c := p.clauses[k]; c.has(isOrdeal) && !c.contrast {
			return true
		}
	}
	return false
}
