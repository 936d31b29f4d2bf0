package triage

import (
	"bytes"
	"compress/flate"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// format counts the ways models have been written; a model of another format is
// refused, and the desk trains anew.
const format = 1

const magic = "nengban triage model 1\n"

// ErrNotAModel says that bytes are not a model this program can read.
var ErrNotAModel = errors.New("not a triage model of this version")

// mostStored bounds what a stored model may unpack to.
const mostStored = 1 << 30

// stored is a model on disk: everything sorted, numbers as 16-bit steps.
type stored struct {
	Card     Card
	Labels   []labelCount // the card's, sorted: a map would come out in any order
	Classes  []string
	Pieces   []string
	Costs    []float32
	Features []uint64 // differences
	Experts  []storedExpert
	Whole    blend
	Title    blend
}

type labelCount struct {
	Label string
	Count int
}

type storedExpert struct {
	View    view
	Weight  steps
	Margins steps
}

// steps are numbers as whole multiples of Unit.
type steps struct {
	Unit float32
	N    []int16
}

func inSteps(xs []float32) steps {
	largest := float32(0)
	for _, x := range xs {
		largest = max(largest, float32(math.Abs(float64(x))))
	}
	s := steps{largest / math.MaxInt16, make([]int16, len(xs))}
	if largest == 0 {
		return s
	}
	for i, x := range xs {
		s.N[i] = int16(math.Round(float64(x / s.Unit)))
	}
	return s
}

func (s steps) numbers() []float32 {
	out := make([]float32, len(s.N))
	for i, n := range s.N {
		out[i] = float32(n) * s.Unit
	}
	return out
}

// round brings the numbers to what will be stored, so that a model proposes the
// same before and after it was written.
func (m *Model) round() {
	for _, e := range m.experts {
		e.weight = inSteps(e.weight).numbers()
		e.svm.w = inSteps(e.svm.w).numbers()
	}
}

// MarshalBinary writes the model, always to the same bytes.
func (m *Model) MarshalBinary() ([]byte, error) {
	s := stored{Card: m.card, Classes: m.classes, Whole: m.whole, Title: m.title}
	for _, label := range m.classes {
		s.Labels = append(s.Labels, labelCount{label, m.card.Labels[label]})
	}
	s.Card.Labels = nil
	for piece := range m.reader.phrases {
		s.Pieces = append(s.Pieces, piece)
	}
	slices.Sort(s.Pieces)
	for _, piece := range s.Pieces {
		s.Costs = append(s.Costs, m.reader.phrases[piece])
	}
	before := uint64(0)
	for _, f := range m.features {
		s.Features = append(s.Features, f-before)
		before = f
	}
	for _, e := range m.experts {
		s.Experts = append(s.Experts, storedExpert{e.view, inSteps(e.weight), inSteps(e.svm.w)})
	}
	return pack(s)
}

func pack(s stored) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(magic)
	z, err := flate.NewWriter(&out, flate.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("packing a triage model: %w", err)
	}
	if err := gob.NewEncoder(z).Encode(s); err != nil {
		return nil, fmt.Errorf("packing a triage model: %w", err)
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("packing a triage model: %w", err)
	}
	return out.Bytes(), nil
}

// Load reads a model that MarshalBinary wrote. It returns ErrNotAModel
// (wrapped) for anything else.
func Load(data []byte) (*Model, error) {
	rest, ok := bytes.CutPrefix(data, []byte(magic))
	if !ok {
		return nil, fmt.Errorf("reading a triage model of %d bytes: %w", len(data), ErrNotAModel)
	}
	var s stored
	z := flate.NewReader(bytes.NewReader(rest))
	if err := gob.NewDecoder(io.LimitReader(z, mostStored)).Decode(&s); err != nil {
		return nil, fmt.Errorf("reading a triage model: %w: %w", ErrNotAModel, err)
	}
	if !s.sound() {
		return nil, fmt.Errorf("reading a triage model whose parts do not fit: %w", ErrNotAModel)
	}
	return s.model(), nil
}

// sound says that every part has the length the others make it have.
func (s *stored) sound() bool {
	n, classes := len(s.Features), len(s.Classes)
	if s.Card.Format != format || classes < 2 || len(s.Pieces) != len(s.Costs) || len(s.Experts) == 0 {
		return false
	}
	for _, e := range s.Experts {
		if len(e.Weight.N) != n || len(e.Margins.N) != n*classes {
			return false
		}
	}
	for _, b := range []blend{s.Whole, s.Title} {
		if len(b.Shares) != len(s.Experts) || len(b.Offsets) != classes {
			return false
		}
	}
	return true
}

func (s *stored) model() *Model {
	m := &Model{classes: s.Classes, whole: s.Whole, title: s.Title, card: s.Card}
	m.card.Labels = map[string]int{}
	for _, l := range s.Labels {
		m.card.Labels[l.Label] = l.Count
	}
	m.reader.phrases = make(phrases, len(s.Pieces))
	for i, piece := range s.Pieces {
		m.reader.phrases[piece] = s.Costs[i]
	}
	sum := uint64(0)
	m.features = make([]uint64, len(s.Features))
	for i, d := range s.Features {
		sum += d
		m.features[i] = sum
	}
	m.ids = numbered(m.features)
	for _, e := range s.Experts {
		m.experts = append(m.experts, &expert{e.View, e.Weight.numbers(), &svm{len(s.Classes), e.Margins.numbers()}})
	}
	return m
}
