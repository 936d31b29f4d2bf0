package surveys

// byWords reads the grade from words alone.
func (p *parsed) byWords(solved Solved) Reading {
	if p.numbers.unsolved() && p.saysSolved() {
		return p.ask(RuleCodeAgainstWords)
	}
	r := Reading{Kind: KindAnswer, Solved: solved, Why: RuleSolvedWords, Words: p.solvedWords(solved)}
	if p.numbers.unsolved() {
		r.Why, r.Words = RuleUnsolvedCode, p.numbers.code.text
	}
	g, why := p.grade(solved)
	if why != "" {
		if solved == SolvedNo && why != RuleIrony {
			return r // whatever the grade, it is not solved
		}
		return p.ask(why)
	}
	if g.level.Content() {
		if why, bad := p.doubted(g, solved); bad {
			return p.ask(why)
		}
		if p.numbers.unsolved() {
			return p.ask(RuleCodeAgainstWords)
		}
	}
	if g.level.Known() {
		r.Rating, r.Why, r.Words = g.level, RuleWords, g.words
	}
	if solved == SolvedYes && !g.level.Known() && (p.has(isIrony, isSwear) || p.denied()) {
		return p.ask(RuleIrony)
	}
	return r
}

// grade settles the claims about the grade; why is set when they cannot be
// settled, and the claim is empty when there are none.
func (p *parsed) grade(solved Solved) (g claim, why Rule) {
	var stems, others []claim
	for _, c := range p.stated() {
		if c.weak || !c.stem && p.clauses[c.clause].concedes {
			continue
		}
		if c.stem {
			stems = append(stems, c)
		} else {
			others = append(others, c)
		}
	}
	if len(stems) > 0 {
		return p.byStem(stems, others)
	}
	return p.byPraiseOrBlame(others, solved)
}

// byStem: 满意 and 不满意 decide; praise and blame beside them are comment, as
// long as they do not turn satisfaction into its opposite.
func (p *parsed) byStem(stems, others []claim) (claim, Rule) {
	best, worst := extremes(stems)
	switch {
	case best.level.Content() && !worst.level.Content():
		return claim{}, RuleMixed
	case !worst.level.Content() && worst.denied && p.denies(isDissatisfied):
		return claim{}, RuleMixed // 说不上满意也说不上不满意
	case !worst.level.Content():
		for _, o := range others {
			if o.level == BasicallySatisfied && p.clauses[o.clause].contrast {
				return claim{}, RuleMixed // 不是特别满意，但也还行
			}
		}
		return worst, ""
	}
	for _, o := range others {
		kept := p.clauses[o.clause].contrast || p.clauses[best.clause].contrast
		if o.level >= Dissatisfied && (o.worst || !kept) {
			return claim{}, RuleMixed
		}
	}
	if worst.level == BasicallySatisfied {
		return worst, ""
	}
	return best, ""
}

// denies reports a judgement of the class that is itself denied.
func (p *parsed) denies(of class) bool {
	for _, c := range p.clauses {
		for i, t := range c.toks {
			if t.is(of) && c.bendAt(i).denials > 0 {
				return true
			}
		}
	}
	return false
}

func (p *parsed) byPraiseOrBlame(others []claim, solved Solved) (claim, Rule) {
	if len(others) == 0 {
		return claim{}, ""
	}
	best, worst := extremes(others)
	if best.level.Content() && !worst.level.Content() {
		lukewarm := best.level == BasicallySatisfied && worst.level == Dissatisfied && (best.soSo || p.clauses[worst.clause].contrast)
		if lukewarm {
			return best, ""
		}
		return claim{}, RuleMixed
	}
	switch {
	case best.praise && best.level.Content() && solved == SolvedNo:
		return claim{}, "" // 态度很好，但没解决: no grade was given
	case worst.level == BasicallySatisfied && !worst.soSo && best.praise:
		return best, "" // 可以，还不错
	case worst.level >= BasicallySatisfied:
		return worst, ""
	}
	return best, ""
}

func extremes(claims []claim) (best, worst claim) {
	best, worst = claims[0], claims[0]
	for _, c := range claims {
		if c.level < best.level {
			best = c
		}
		if c.level > worst.level {
			worst = c
		}
	}
	return best, worst
}

// stated returns the claims about the grade that are meant as the answer. What
// was once so counts only against what is so now.
func (p *parsed) stated() []claim {
	var out []claim
	for _, c := range p.claims {
		if c.level.Known() && c.state == stated {
			out = append(out, c)
		}
	}
	return out
}
