package triage

import (
	"cmp"
	"math"
	"slices"
)

// Bins of equal width over [0,1] in which confidence is compared with success.
const Bins = 15

// Judged is one answered question: the probabilities proposed, by label, and
// the label people gave.
type Judged struct {
	Probabilities []float64
	Label         int
}

// Proposed is the likeliest label.
func (a Judged) Proposed() int { return top(a.Probabilities) }

// Quality is how good proposals were on messages that were not learned from.
type Quality struct {
	Count        int     `json:"-"`
	Accuracy     float64 `json:"accuracy"`
	MacroF1      float64 `json:"macro_f1"`        // mean over labels of the harmonic mean of precision and recall
	Top2         float64 `json:"top2"`            // right among the first two
	ECE          float64 `json:"ece"`             // expected calibration error of the first, over Bins bins of equal width
	PrecisionA70 float64 `json:"precision_at_70"` // accuracy among the 70 % it was most certain of
}

// Bin is one bar of the calibration curve.
type Bin struct {
	Count                int
	Confidence, Accuracy float64 // means
}

// Measure reckons the quality of answers over a number of labels. Labels that
// were never given and never proposed count neither way in MacroF1.
func Measure(answers []Judged, labels int) Quality {
	q := Quality{Count: len(answers)}
	if len(answers) == 0 {
		return q
	}
	n := float64(len(answers))
	for _, a := range answers {
		if top(a.Probabilities) == a.Label {
			q.Accuracy++
		}
		if rank(a) < 2 {
			q.Top2++
		}
	}
	q.Accuracy, q.Top2 = q.Accuracy/n, q.Top2/n // counted first: a sum of shares can pass 1
	q.MacroF1 = macroF1(Confusion(answers, labels))
	for _, b := range Calibration(answers) {
		q.ECE += float64(b.Count) / n * math.Abs(b.Confidence-b.Accuracy)
	}
	q.PrecisionA70 = precisionAmongSurest(answers, 0.7)
	return q
}

// Confusion counts answers by given label (row) and proposed label (column).
func Confusion(answers []Judged, labels int) [][]int {
	out := make([][]int, labels)
	for i := range out {
		out[i] = make([]int, labels)
	}
	for _, a := range answers {
		out[a.Label][top(a.Probabilities)]++
	}
	return out
}

// Calibration compares, bin by bin, what was promised with what came true.
func Calibration(answers []Judged) []Bin {
	out := make([]Bin, Bins)
	for _, a := range answers {
		t := top(a.Probabilities)
		p := a.Probabilities[t]
		b := &out[min(Bins-1, int(p*Bins))]
		b.Count++
		b.Confidence += p
		if t == a.Label {
			b.Accuracy++
		}
	}
	for i := range out {
		if n := float64(out[i].Count); n > 0 {
			out[i].Confidence /= n
			out[i].Accuracy /= n
		}
	}
	return out
}

func macroF1(confusion [][]int) float64 {
	sum, seen := 0.0, 0.0
	for c, row := range confusion {
		given, proposed := 0, 0
		for k, n := range row {
			given += n
			proposed += confusion[k][c]
		}
		if given+proposed > 0 {
			seen++
			sum += 2 * float64(row[c]) / float64(given+proposed)
		}
	}
	return sum / seen
}

func precisionAmongSurest(answers []Judged, share float64) float64 {
	sorted := slices.Clone(answers)
	slices.SortStableFunc(sorted, func(a, b Judged) int {
		return cmp.Compare(b.Probabilities[top(b.Probabilities)], a.Probabilities[top(a.Probabilities)])
	})
	sorted = sorted[:max(1, int(share*float64(len(sorted))))]
	right := 0
	for _, a := range sorted {
		if top(a.Probabilities) == a.Label {
			right++
		}
	}
	return float64(right) / float64(len(sorted))
}

func top(p []float64) int {
	best := 0
	for i, x := range p {
		if x > p[best] {
			best = i
		}
	}
	return best
}

// rank is how many labels were thought likelier than the right one.
func rank(a Judged) int {
	n := 0
	for _, p := range a.Probabilities {
		if p > a.Probabilities[a.Label] {
			n++
		}
	}
	return n
}
