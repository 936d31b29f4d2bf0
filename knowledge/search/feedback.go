package search

import "math"

// Feedback is what people said of a document when it was offered for questions
// like this one: so often "this was it", so often "not this". The caller decides
// what is like; wins and losses may be fractions, as of a citizen's rating.
type Feedback struct {
	Wins, Losses float64
}

const (
	// feedbackPrior is how many opinions it takes to be half believed.
	feedbackPrior = 4
	// feedbackReach is the most that opinion can move a score, for a document all
	// of a great many people chose: e^1.5 = 4.5 times as likely.
	feedbackReach = 1.5
)

// weight is what opinion adds to the score:
//
//	feedbackReach × (wins − losses) / (wins + losses + feedbackPrior)
//
// Nobody's opinion adds nothing, one "this was it" 0.3, ten of ten 1.07; it moves
// a document past neighbours of about the same score and never past a clearly
// better one. A query without Feedback is ranked by the texts alone.
func (f Feedback) weight() float64 {
	wins, losses := sane(f.Wins), sane(f.Losses)
	return feedbackReach * (wins - losses) / (wins + losses + feedbackPrior)
}

func sane(n float64) float64 {
	if n > 0 && !math.IsInf(n, 1) {
		return n
	}
	return 0
}
