package triage

import "math"

// blend turns the experts' margins into probabilities: one share per expert, one
// offset per class, fitted on messages the experts had not learned from
// (stacked generalisation, Wolpert 1992). The shares also set the temperature,
// so that what it calls 80 % is right four times in five.
type blend struct {
	Shares  []float32 // of each expert, never negative
	Offsets []float32 // of each class
}

const (
	blendSteps = 400
	// Small ridges keep a desk with few examples from being sure.
	shareRidge, offsetRidge = 1e-4, 1e-2
)

// defaultBlend serves where there are too few examples to fit one.
func defaultBlend(experts, classes int) blend {
	b := blend{make([]float32, experts), make([]float32, classes)}
	for i := range b.Shares {
		b.Shares[i] = 1
	}
	return b
}

// probabilities are the blended margins as a distribution over the classes.
func (b blend) probabilities(margins [][]float32) []float64 {
	out := make([]float64, len(b.Offsets))
	for c, o := range b.Offsets {
		z := float64(o)
		for e, m := range margins {
			z += float64(b.Shares[e]) * float64(m[c])
		}
		out[c] = z
	}
	softmax(out)
	return out
}

func softmax(z []float64) {
	top, sum := math.Inf(-1), 0.0
	for _, x := range z {
		top = max(top, x)
	}
	for i, x := range z {
		z[i] = math.Exp(x - top)
		sum += z[i]
	}
	for i := range z {
		z[i] /= sum
	}
}

// fitBlend minimises the logarithmic loss by Adam on the whole gradient: a few
// dozen numbers, always the same way down.
func fitBlend(margins [][][]float32, labels []int, classes int) blend {
	if len(margins) == 0 {
		return blend{}
	}
	experts := len(margins[0])
	b := defaultBlend(experts, classes)
	params := append(append([]float64{}, widened(b.Shares)...), widened(b.Offsets)...)
	descent := newAdam(len(params))
	gradient := make([]float64, len(params))
	for step := range blendSteps {
		clear(gradient)
		for i, m := range margins {
			p := b.probabilities(m)
			p[labels[i]]--
			for e := range m {
				for c, d := range p {
					gradient[e] += d * float64(m[e][c]) / float64(len(margins))
				}
			}
			for c, d := range p {
				gradient[experts+c] += d / float64(len(margins))
			}
		}
		for j, x := range params {
			if j < experts {
				gradient[j] += shareRidge * x
			} else {
				gradient[j] += offsetRidge * x
			}
		}
		descent.step(params, gradient, rate(step))
		for j := range params {
			if j < experts {
				params[j] = max(0, params[j])
				b.Shares[j] = float32(params[j])
			} else {
				b.Offsets[j-experts] = float32(params[j])
			}
		}
	}
	return b
}

func rate(step int) float64 {
	if step > blendSteps*5/8 {
		return 0.01
	}
	return 0.05
}

func widened(xs []float32) []float64 {
	out := make([]float64, len(xs))
	for i, x := range xs {
		out[i] = float64(x)
	}
	return out
}

// adam is Kingma and Ba's (2015) step size per parameter.
type adam struct {
	first, second []float64
	n             float64
}

func newAdam(n int) *adam { return &adam{make([]float64, n), make([]float64, n), 0} }

func (a *adam) step(params, gradient []float64, rate float64) {
	a.n++
	for j, g := range gradient {
		a.first[j] = 0.9*a.first[j] + 0.1*g
		a.second[j] = 0.99*a.second[j] + 0.01*g*g
		m, v := a.first[j]/(1-math.Pow(0.9, a.n)), a.second[j]/(1-math.Pow(0.99, a.n))
		params[j] -= rate * m / (math.Sqrt(v) + 1e-9)
	}
}
