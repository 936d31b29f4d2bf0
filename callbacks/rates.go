package callbacks

import (
	"context"
	"fmt"
	"time"

	"nengban/callbacks/surveys"
	"nengban/tickets"
	"nengban/tickets/staff"
)

// Result is how many surveys ended the same way.
type Result struct {
	Lead   string // the department that led the round
	Class  tickets.Class
	Way    Way
	State  State
	Reason string
	Rating int
	Solved tickets.Solved
	Counts string // "no": excluded after review
	N      int
}

// Results counts the surveys of the rounds that ended in a span of time, by
// everything that a rate can ask about.
func (e *Engine) Results(ctx context.Context, by staff.Member, from, to time.Time) ([]Result, error) {
	if !by.May(staff.ReadCallbacks, staff.Subject{}) && !by.May(staff.ReadSupervision, staff.Subject{}) {
		return nil, ErrNotAllowed
	}
	var out []Result
	err := e.db.NewSelect().TableExpr("surveys").ColumnExpr("lead, class, way, state, reason, rating, solved, counts, count(*) AS n").
		Where("ended_at >= ? AND ended_at < ?", from.UTC(), to.UTC()).GroupExpr("lead, class, way, state, reason, rating, solved, counts").
		OrderExpr("lead, class, way, state, reason, rating, solved, counts").Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("counting what citizens said: %w", err)
	}
	return out, nil
}

// Weights is what each grade counts towards satisfaction, 1 very satisfied … 5
// very dissatisfied. Cities differ on 基本满意: most count it in full, some 0.8.
type Weights [6]float64

// FullWeights count 非常满意, 满意 and 基本满意 alike.
var FullWeights = Weights{1: 1, 2: 1, 3: 1}

// Ratio is a rate with what it is made of; a rate without its denominator is
// no rate.
type Ratio struct {
	Of   int     // the denominator
	Good float64 // the numerator, weighted
}

// Value returns the rate, and false where there is nothing to divide by.
func (r Ratio) Value() (float64, bool) {
	if r.Of == 0 {
		return 0, false
	}
	return r.Good / float64(r.Of), true
}

// Rates are the figures of a callback, defined so that silence never counts as
// satisfied and nothing disappears from view:
//
//   - Satisfaction (满意率): weighted satisfied grades / answers that gave a grade
//   - Resolution (解决率): answers that say solved / answers that say either way
//   - Reached (回访成功率): rounds with an answer / rounds that were asked about, which is
//     all but those outside the sample and those whose ticket went another way
//
// The adjusted ones leave out the answers that were excluded after review
// (误评, 恶意差评, upheld appeals; 国办发〔2019〕51号), from both sides of the
// line; the raw ones leave out nothing. Both are shown, always.
type Rates struct {
	Satisfaction, AdjustedSatisfaction Ratio
	Resolution, AdjustedResolution     Ratio
	Reached                            Ratio

	Excluded    int // answers that the adjusted rates leave out
	Unreachable int
	Refused     int // who did not want to say
	NoNumber    int
	NotAsked    int // outside the sample
	Open        int // still being asked
}

// RatesOf computes the rates of some results: a department's, a month's.
func RatesOf(results []Result, w Weights) Rates {
	var r Rates
	for _, x := range results {
		switch x.State {
		case HasAnswer:
			r.answer(x, w)
		case Closed:
			r.noAnswer(x)
		default:
			r.Open += x.N
		}
	}
	return r
}

func (r *Rates) answer(x Result, w Weights) {
	counts := x.Counts != string(tickets.No)
	r.Reached.Of += x.N
	r.Reached.Good += float64(x.N)
	if !counts {
		r.Excluded += x.N
	}
	if surveys.Level(x.Rating).Known() {
		r.Satisfaction.add(x.N, w[x.Rating])
		if counts {
			r.AdjustedSatisfaction.add(x.N, w[x.Rating])
		}
	}
	if x.Solved != tickets.SolvedUnknown {
		yes := 0.0
		if x.Solved == tickets.SolvedYes {
			yes = 1
		}
		r.Resolution.add(x.N, yes)
		if counts {
			r.AdjustedResolution.add(x.N, yes)
		}
	}
}

func (r *Rates) noAnswer(x Result) {
	switch x.Reason {
	case string(tickets.NotAsked):
		r.NotAsked += x.N
		return
	case cancelled:
		return
	case string(tickets.Unreachable):
		r.Unreachable += x.N
	case string(tickets.RefusesToSay):
		r.Refused += x.N
	case string(tickets.NoNumber):
		r.NoNumber += x.N
	}
	r.Reached.Of += x.N
}

func (r *Ratio) add(n int, each float64) {
	r.Of += n
	r.Good += float64(n) * each
}
