package surveys

// solved settles the claims about being solved. What is not solved outweighs what
// is; the other way round only when the later words tell how things stand now,
// else both together say nothing.
func (p *parsed) solved() (s Solved, conflict bool) {
	s = SolvedUnknown
	weak, at := false, -1
	for _, c := range p.claims {
		if c.solved == SolvedUnknown || c.state != stated {
			continue
		}
		switch {
		case s == SolvedUnknown, s == c.solved:
			weak = (s == SolvedUnknown || weak) && c.weak
			s, at = c.solved, c.clause
		case weak, p.updates(c), c.solved == SolvedNo:
			s, weak, at = c.solved, c.weak, c.clause
		case c.weak, s == SolvedNo && c.clause == at: // 没人来过就办结了
		default:
			conflict = true
		}
	}
	if conflict {
		return SolvedUnknown, true
	}
	if s == SolvedUnknown && p.selfAnswered() {
		s = SolvedNo
	}
	if p.numbers.unsolved() {
		s = SolvedNo
	}
	return s, false
}

// updates reports that c tells the present against what was said before.
func (p *parsed) updates(c claim) bool {
	cl := p.clauses[c.clause]
	return cl.contrast || cl.has(isNow, isAlready, isPersist)
}

// selfAnswered reports "他们说解决了，其实没有" and "解决了？没有！": a claim that
// is not stated, and then a bare no.
func (p *parsed) selfAnswered() bool {
	for _, c := range p.claims {
		if c.solved != SolvedYes || c.state != heard && c.state != asked {
			continue
		}
		for _, cl := range p.clauses[c.clause+1:] {
			if cl.has(isNegator, isNegatorStrong, isNotYet) && cl.only(isNegator, isNegatorStrong, isNotYet, isParticle, isDegreePlain, isFiller) {
				return true
			}
		}
	}
	return false
}

func (p *parsed) saysSolved() bool {
	for _, c := range p.claims {
		if c.solved == SolvedYes && c.state == stated && !c.weak {
			return true
		}
	}
	return false
}

func (p *parsed) contrasted(of func(claim) bool) bool {
	for _, c := range p.claims {
		if of(c) && c.state == stated && p.clauses[c.clause].contrast {
			return true
		}
	}
	return false
}

func (p *parsed) solvedWords(s Solved) string {
	for _, c := range p.claims {
		if c.solved == s && s != SolvedUnknown && c.state == stated {
			return c.words
		}
	}
	return ""
}
