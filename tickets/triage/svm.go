package triage

import "math"

// svm are one-vs-rest support vector machines with squared hinge loss, one a
// class, trained together by coordinate descent in the dual (Hsieh et al. 2008,
// the method of LIBLINEAR): every pass over a message serves all classes.
// Weights lie feature by feature, so that a message's classes share cache lines.
type svm struct {
	classes int
	w       []float32
}

const (
	svmCost   = 1.0
	svmPasses = 40
	// svmStill ends training when no multiplier moves more than this in a pass.
	svmStill = 0.01
)

// trainSVM learns from rows; cost says how much each counts. stop is asked
// between passes.
func trainSVM(rows []vector, labels []int, cost []float32, features, classes int, seed uint64, stop func() bool) *svm {
	m := &svm{classes, make([]float32, features*classes)}
	alpha := make([]float32, len(rows)*classes)
	order := make([]int, len(rows))
	for i := range order {
		order[i] = i
	}
	shuffler := repeatable(seed)
	scores, step := make([]float32, classes), make([]float32, classes)
	for range svmPasses {
		if stop() {
			break
		}
		shuffler.shuffle(order)
		moved := float32(0)
		for _, i := range order {
			moved = max(moved, m.visit(rows[i], labels[i], svmCost*cost[i], alpha[i*classes:(i+1)*classes], scores, step))
		}
		if moved < svmStill*svmCost {
			break
		}
	}
	return m
}

// visit brings one message's multipliers to their best values given all others
// and returns the largest change. Vectors have length one.
func (m *svm) visit(row vector, label int, cost float32, alpha, scores, step []float32) float32 {
	if len(row) == 0 {
		return 0
	}
	m.score(row, scores)
	moved := float32(0)
	soft := 0.5 / cost
	for c, a := range alpha {
		y := float32(-1)
		if c == label {
			y = 1
		}
		next := max(0, a-(y*scores[c]-1+a*soft)/(1+soft))
		step[c] = (next - a) * y
		alpha[c] = next
		moved = max(moved, float32(math.Abs(float64(next-a))))
	}
	if moved == 0 {
		return 0
	}
	for _, e := range row {
		w := m.w[int(e.id)*m.classes:][:len(step)]
		for c, d := range step {
			w[c] += d * e.x
		}
	}
	return moved
}

// score writes the margin of every class.
func (m *svm) score(row vector, scores []float32) {
	clear(scores)
	for _, e := range row {
		w := m.w[int(e.id)*m.classes:][:len(scores)]
		for c := range scores {
			scores[c] += e.x * w[c]
		}
	}
}
