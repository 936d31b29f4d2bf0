package surveys

import "slices"

// decide turns the claims of a reply into a reading, in the order the package
// comment gives.
func (p *parsed) decide() Reading {
	if len(p.toks) == 0 || p.only() {
		return p.ask(RuleEmpty)
	}
	if p.machine() {
		return Reading{Kind: KindAuto, Why: RuleAutoReply}
	}
	if r, ok := p.command(); ok {
		return r
	}
	if r, ok := p.followUp(); ok {
		return r
	}
	r := p.answer()
	if r.Kind == KindAsk && p.busy() {
		return Reading{Kind: KindAuto, Why: RuleBusy}
	}
	return p.withContext(r)
}

// busy reports a notice like 正在开会 near the start of a reply that answers nothing.
func (p *parsed) busy() bool {
	for k, c := range p.clauses {
		if c.has(isBusy) && !c.has(isHearsay) && (k < 3 || !p.long) {
			return true
		}
	}
	return false
}

func (p *parsed) ask(why Rule) Reading {
	return Reading{Kind: KindAsk, Why: why, Tail: p.numbers.tail}
}

// answer weighs codes against words.
func (p *parsed) answer() Reading {
	n := p.numbers
	if n.several() {
		return p.ask(RuleSeveralCodes)
	}
	if n.odd {
		return p.ask(RuleNotACode)
	}
	if n.tails > 1 {
		return p.ask(RuleSeveralTickets)
	}
	solved, conflict := p.solved()
	var r Reading
	if n.grade() != NoLevel {
		r = p.byCode(n.grade(), solved)
	} else {
		r = p.byWords(solved)
	}
	if r.Kind == KindAnswer && r.Rating == NoLevel && r.Solved == SolvedUnknown {
		if conflict {
			return p.ask(RuleSolvedBothWays)
		}
		return p.ask(p.unclear())
	}
	r.Tail = n.tail
	return r
}

// byCode takes the typed grade unless the words speak against it. A grade that
// counts as satisfied needs words that do not contradict it; a grade that does
// not is believed more readily, since a person looks at it anyway.
func (p *parsed) byCode(code Level, solved Solved) Reading {
	if p.contradicts(code, solved) {
		return p.ask(RuleCodeAgainstWords)
	}
	if code.Content() {
		if why, bad := p.doubted(claim{level: code, stem: true}, solved); bad {
			return p.ask(why)
		}
	}
	return Reading{Kind: KindAnswer, Rating: code, Solved: solved, Why: RuleCode, Words: p.numbers.code.text}
}

func (p *parsed) contradicts(code Level, solved Solved) bool {
	if p.numbers.unsolved() && (p.saysSolved() || code <= Satisfied) {
		return true
	}
	if code <= Satisfied && solved == SolvedNo && !p.contrasted(func(c claim) bool { return c.solved == SolvedNo }) {
		return true
	}
	negative := false
	for _, g := range p.stated() {
		if g.level >= Dissatisfied && !g.weak {
			negative = true
		}
	}
	for _, g := range p.stated() {
		if clash(code, g, negative || solved == SolvedNo, p.clauses[g.clause].contrast) {
			return true
		}
	}
	return false
}

// clash reports that words about the grade do not go with the code. negative
// tells whether the reply also holds blame, contrast whether the words follow a but.
func clash(code Level, g claim, negative, contrast bool) bool {
	switch {
	case code <= BasicallySatisfied && g.level >= Dissatisfied:
		if g.stem || g.worst {
			return true
		}
		return !g.weak && (!contrast || g.level == VeryDissatisfied) && code <= Satisfied || g.level == VeryDissatisfied
	case code == BasicallySatisfied:
		return g.level == VerySatisfied
	case code <= Satisfied:
		return g.soSo || g.level == BasicallySatisfied && code == VerySatisfied
	case g.level.Content() && g.stem:
		return true
	case g.soSo:
		return code == VeryDissatisfied && !negative
	}
	return g.level.Content() && !negative && !contrast
}

// withContext checks the answer against what is open on the phone.
func (p *parsed) withContext(r Reading) Reading {
	if r.Kind != KindAnswer {
		return r
	}
	open := p.ctx.Tails
	switch {
	case r.Tail != "" && len(open) > 0 && !slices.Contains(open, r.Tail):
		return p.ask(RuleUnknownTicket)
	case r.Tail == "" && len(open) > 1:
		return p.ask(RuleWhichTicket)
	}
	r.Correction = p.ctx.Answered && p.has(isMistake, isCorrectTo)
	return r
}
