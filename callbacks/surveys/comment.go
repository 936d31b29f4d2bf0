package surveys

import "strings"

// plainAnswer are the classes of words that only give the answer.
var plainAnswer = []class{
	isSatisfied, isSatisfiedSlip, isDissatisfied, isNegator, isNegatorStrong, isNotYet, isDegree, isDegreePlain, isDegreePart,
	isDegreeWeak, isDegreeAfter, isParticle, isDone, isAlready, isSolve, isHandle, isFinished, isSolvedState, isPolite, isNumber, isChoose, isTailWord,
	isCorrectTo, isMistake, isNow, isStopWord, isStopAlone, isStopPhrase, isStartWord, isStartPhrase, isNoCallback,
}

// comment is what the reply says beyond its answer, as written: the clauses
// between the first and the last that hold more than code, grade or solved. Words
// like 一般 or 垃圾 that gave the grade are the answer; beside a code they are comment.
func (p *parsed) comment(r Reading) string {
	if r.Kind == KindAsk || r.Why == RuleReason {
		return strings.TrimSpace(string(p.clean))
	}
	answer := plainAnswer
	if !p.numbers.grade().Known() {
		answer = append(append([]class{}, plainAnswer...), isMild, isSoSo, isGood, isGoodAlone, isExcellent, isWorst, isBad)
	}
	from, to := -1, -1
	for _, c := range p.clauses {
		if p.onlyAnswers(c, answer) {
			continue
		}
		if from < 0 {
			from = c.from
			if first := c.answerPrefix(); first > 0 && first < len(c.toks) {
				from = c.toks[first].from
			}
		}
		to = c.toks[len(c.toks)-1].to
		if last := c.toks[len(c.toks)-1]; last.is(isNumber) && len(c.toks) > 1 {
			to = c.toks[len(c.toks)-2].to
		}
	}
	if from < 0 || to <= from {
		return ""
	}
	return strings.TrimSpace(string(p.clean[p.at[from] : p.at[to-1]+1]))
}

func (p *parsed) onlyAnswers(c *clause, answer []class) bool {
	for _, t := range c.toks {
		if !t.is(answer...) && !t.isText("我", "的", "是", "都", "全", "全部", "问题", "事情", "很", "对", "非常") {
			return false
		}
	}
	return true
}

// answerPrefix counts the tokens that only introduce and give a code.
func (c *clause) answerPrefix() int {
	n := 0
	for i, t := range c.toks {
		if t.is(isNumber) {
			n = i + 1
		} else if !t.is(isChoose, isTailWord) {
			break
		}
	}
	return n
}
