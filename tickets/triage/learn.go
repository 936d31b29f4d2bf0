package triage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"nengban/tickets/departments"
)

// Questions that are learned apart, each by a model of its own.
const (
	ForDepartment = "department"
	ForCategory   = "category"
	ForKind       = "kind"
	ForClass      = "class"
)

var questions = []string{ForDepartment, ForCategory, ForKind, ForClass}

// Decided is a ticket that people triaged and dispatched, and nobody returned:
// what the desk learns from. What nobody decided is empty.
type Decided struct {
	Title, Text, Area, Matter         string
	Department, Category, Kind, Class string
	Window                            bool // came to the 办不成事 window
	Group                             string
	At                                time.Time
}

func (d Decided) answer(question string) string {
	switch question {
	case ForDepartment:
		return d.Department
	case ForCategory:
		return d.Category
	case ForKind:
		return d.Kind
	default:
		return d.Class
	}
}

func (d Decided) asked() Asked {
	return Asked{Title: d.Title, Text: d.Text, Area: d.Area, Matter: d.Matter, Window: d.Window}
}

// Models are what a desk has learned so far: a model for each question that
// enough has been decided on. The zero value has learned nothing.
type Models struct {
	TrainedAt time.Time
	Through   time.Time // the newest decision learned from
	Decisions int
	Of        map[string]*Model // by question; one that is missing has too few decisions
	Progress  Progress
}

// Progress is how good proposals of departments were on each ticket before it
// was learned from.
type Progress struct {
	Steps  []Step
	record record
}

// Step is a stretch of tickets, proposed for by what was known before them.
type Step struct {
	Learned      int     `json:"learned"` // decisions known; 0: the directory alone
	Tested       int     `json:"tested"`
	First        float64 `json:"first"` // share whose department stood first
	Three        float64 `json:"three"` // … among the three proposed
	Known        float64 `json:"known"` // share for which it did not say that it does not know
	FirstOfKnown float64 `json:"first_of_known"`
}

const (
	// leastOfLabel is how often something must have been decided to be proposed.
	leastOfLabel = 3
	// Each step learns from all before it and is tested on as many again.
	firstStep = 50
)

// Learn trains a model for each question from decisions, the oldest first, and
// measures proposals step by step on tickets not yet learned from, together
// with the directory. It returns ErrTooFew (wrapped) when there is not enough
// for any question.
func Learn(ctx context.Context, decided []Decided, directory *departments.Directory, at time.Time, o Options) (*Models, error) {
	decided = slices.Clone(decided)
	slices.SortStableFunc(decided, func(a, b Decided) int { return a.At.Compare(b.At) })
	if most := o.filled().Most; len(decided) > most {
		decided = decided[len(decided)-most:]
	}
	progress, err := watch(ctx, decided, directory, o)
	if err != nil {
		return nil, err
	}
	m, err := learn(ctx, decided, questions, o)
	if err != nil {
		return nil, err
	}
	m.TrainedAt, m.Progress = at, progress
	return m, nil
}

func learn(ctx context.Context, decided []Decided, questions []string, o Options) (*Models, error) {
	m := &Models{Decisions: len(decided), Of: map[string]*Model{}}
	tooFew := ErrTooFew
	for _, q := range questions {
		one, err := Train(ctx, examplesFor(q, decided), o)
		switch {
		case errors.Is(err, ErrTooFew):
			tooFew = err
		case err != nil:
			return nil, fmt.Errorf("learning the %s: %w", q, err)
		default:
			m.Of[q] = one
		}
	}
	if len(m.Of) == 0 {
		return nil, fmt.Errorf("learning from %d decisions: %w", len(decided), tooFew)
	}
	m.Through = decided[len(decided)-1].At
	return m, nil
}

// examplesFor are the decisions on one question, without answers given too
// rarely to be learned.
func examplesFor(question string, decided []Decided) []Example {
	count := map[string]int{}
	for _, d := range decided {
		count[d.answer(question)]++
	}
	var out []Example
	for _, d := range decided {
		if label := d.answer(question); label != "" && count[label] >= leastOfLabel {
			out = append(out, Example{Title: d.Title, Text: d.Text, Label: label, Group: d.Group, Facts: d.asked().facts()})
		}
	}
	return out
}

// AreaFacts are an area and those it lies in, as facts of an Example: areas have
// codes of 6, 9 or 12 digits that begin with the code of the area above.
func AreaFacts(area string) []string {
	var out []string
	for _, n := range []int{4, 6, 9, 12} {
		if len(area) >= n {
			out = append(out, "area:"+area[:n])
		}
	}
	return out
}

// watch proposes for each ticket by what was decided before it.
func watch(ctx context.Context, decided []Decided, directory *departments.Directory, o Options) (Progress, error) {
	var p Progress
	o.Folds = 2 // these models are thrown away
	var known *Models
	learned := 0
	for end := min(firstStep, len(decided)); learned < len(decided); end = min(2*end, len(decided)) {
		p.test(NewAdvisor(directory, known), learned, decided[learned:end])
		learned = end
		if learned == len(decided) {
			break
		}
		next, err := learn(ctx, decided[:learned], []string{ForDepartment}, o)
		switch {
		case errors.Is(err, ErrTooFew):
		case err != nil:
			return Progress{}, fmt.Errorf("watching progress: %w", err)
		default:
			known = next
		}
	}
	return p, nil
}

func (p *Progress) test(a *Advisor, learned int, block []Decided) {
	s := Step{Learned: learned}
	first, three, known, firstOfKnown := 0, 0, 0, 0
	proposals := make([]Proposal, len(block))
	inParallel(len(block), func(i int) { proposals[i] = a.Propose(block[i].asked(), nil) })
	for i, d := range block {
		if d.Department == "" {
			continue
		}
		s.Tested++
		at := slices.IndexFunc(proposals[i].Departments, func(c Candidate) bool { return c.Code == d.Department })
		if at == 0 {
			first++
		}
		if at >= 0 {
			three++
		}
		if proposals[i].Known {
			known++
			if at == 0 {
				firstOfKnown++
			}
		}
		if ds := proposals[i].Departments; len(ds) > 0 {
			p.record.add(ds[0].Confidence, at == 0)
		}
	}
	share := func(n, of int) float64 { return float64(n) / float64(max(1, of)) }
	s.First, s.Three, s.Known, s.FirstOfKnown = share(first, s.Tested), share(three, s.Tested), share(known, s.Tested), share(firstOfKnown, known)
	if s.Tested > 0 {
		p.Steps = append(p.Steps, s)
	}
}

// Test proposes for decisions that the advisor has not learned from, those since
// its models were trained, say, and returns how good the proposals were.
func (a *Advisor) Test(decided []Decided) Step {
	var p Progress
	learned := 0
	if a.models != nil {
		learned = a.models.Decisions
	}
	p.test(a, learned, decided)
	if len(p.Steps) == 0 {
		return Step{Learned: learned}
	}
	return p.Steps[0]
}

// record compares what was told with what came true, in tenths.
type record struct{ Tenths [10]tenth }

type tenth struct {
	Told, Count, Right float64
}

func (r *record) add(told float64, right bool) {
	t := &r.Tenths[min(9, int(told*10))]
	t.Told += told
	t.Count++
	if right {
		t.Right++
	}
}

// doubts are the imagined tickets on which a chance came true as told; what the
// record says must outweigh them.
const doubts = 20

// corrected is a chance in the light of the record. Neighbouring tenths are
// drawn upon by distance, so that a chance just above another is not corrected
// below it by accident.
func (r *record) corrected(told float64) float64 {
	right, count := told*doubts, float64(doubts)
	for _, t := range r.Tenths {
		if t.Count == 0 {
			continue
		}
		near := 1 - 10*abs(t.Told/t.Count-told)/1.5
		if near > 0 {
			// What came true, moved by the distance between that chance and this.
			right += near * (t.Right + t.Count*(told-t.Told/t.Count))
			count += near * t.Count
		}
	}
	return min(1, max(0, right/count))
}

func abs(x float64) float64 { return max(x, -x) }

// byChance orders candidates, the likeliest first.
func byChance(a, b Candidate) int {
	return cmp.Or(cmp.Compare(b.Confidence, a.Confidence), cmp.Compare(a.Code, b.Code))
}
