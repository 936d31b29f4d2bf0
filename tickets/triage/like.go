package triage

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"
)

// Document is a ticket as far as likeness goes: what it says, where, when and
// from whom. Area, At and Who may be unknown.
type Document struct {
	ID, Title, Text string
	Area            string // code; areas lie in those whose code begins theirs
	At              time.Time
	Who             string // tells writers apart and nothing else
}

// Likeness compares a ticket with many others by what they share and few have:
// 丽发新城 and 搅拌站 tell, 扰民 hardly does. It is read-only and safe for use by
// many at once.
type Likeness struct {
	docs     []Document
	pieces   map[uint64]uint32
	rarity   []float32 // of each piece
	vectors  []vector  // of each document, of length one
	size     []float32 // what its vector is divided by for ranking
	postings [][]posting
}

// posting is a document that a piece stands in.
type posting struct {
	doc uint32
	x   float32
}

const (
	// A piece of a title counts as often as titleWorth pieces of a text, and the
	// tenth time it is said adds little (the k₁ of BM25).
	titleWorth, saturation = 4, 3
	// singleWorth is what one character counts beside a pair of them.
	singleWorth = 0.3
	// lengthPower says how far a long text is held back in ranking: between 0,
	// not at all, and 1, by its whole length.
	lengthPower = 0.7
	// The nearest documents speak for the question too (Rocchio 1971): so many
	// of them, with so many of their pieces.
	helpers, helperPieces = 15, 150
)

// NewLikeness reads the documents.
func NewLikeness(docs []Document) *Likeness {
	l := &Likeness{docs: docs, pieces: map[uint64]uint32{}}
	counted := make([]map[uint64]*pieceUse, len(docs))
	inParallel(len(docs), func(i int) { counted[i] = usesOf(docs[i].Title, docs[i].Text) })
	var with []int
	for _, uses := range counted {
		for _, u := range sortedUses(uses) {
			id, seen := l.pieces[u.piece]
			if !seen {
				id = uint32(len(with))
				l.pieces[u.piece] = id
				with = append(with, 0)
				l.rarity = append(l.rarity, u.worth)
			}
			with[id]++
		}
	}
	for piece, id := range l.pieces {
		l.rarity[id] *= rarityOf(piece, with[id], len(docs))
	}
	l.vectors, l.size = make([]vector, len(docs)), make([]float32, len(docs))
	inParallel(len(docs), func(i int) { l.vectors[i], l.size[i] = l.vector(counted[i]) })
	l.fillPostings()
	return l
}

func (l *Likeness) fillPostings() {
	mean := float32(math.SmallestNonzeroFloat32)
	for _, s := range l.size {
		mean += s / float32(len(l.size))
	}
	l.postings = make([][]posting, len(l.rarity))
	for i, v := range l.vectors {
		// Length one becomes length to the power that lengthPower leaves.
		l.size[i] = float32(math.Pow(float64(l.size[i]/mean), 1-lengthPower))
		for _, e := range v {
			l.postings[e.id] = append(l.postings[e.id], posting{uint32(i), e.x})
		}
	}
}

// pieceUse is how often a piece is said, titles counting more.
type pieceUse struct {
	piece uint64
	times float32
	worth float32
}

func usesOf(title, text string) map[uint64]*pieceUse {
	uses := map[uint64]*pieceUse{}
	for i, src := range [2]string{title, text} {
		times := float32(1)
		if i == 0 {
			times = titleWorth
		}
		eachLikePiece(likeLine(src), func(piece uint64, worth float32, _, _ int) {
			u := uses[piece]
			if u == nil {
				u = &pieceUse{piece: piece, worth: worth}
				uses[piece] = u
			}
			u.times += times
		})
	}
	return uses
}

func sortedUses(uses map[uint64]*pieceUse) []*pieceUse {
	out := make([]*pieceUse, 0, len(uses))
	for _, u := range uses {
		out = append(out, u)
	}
	slices.SortFunc(out, func(a, b *pieceUse) int { return cmp.Compare(a.piece, b.piece) })
	return out
}

// vector weighs the known pieces of a text; length is what it had before it was
// brought to one.
func (l *Likeness) vector(uses map[uint64]*pieceUse) (v vector, length float32) {
	for piece, u := range uses {
		if id, ok := l.pieces[piece]; ok && l.rarity[id] > 0 {
			v = append(v, entry{id, u.times * (saturation + 1) / (u.times + saturation) * l.rarity[id]})
		}
	}
	slices.SortFunc(v, func(a, b entry) int { return cmp.Compare(a.id, b.id) })
	square := float32(0)
	for _, e := range v {
		square += e.x * e.x
	}
	scale(v, 1, square)
	return v, float32(math.Sqrt(float64(square)))
}

// Question is what is compared with the documents.
type Question struct {
	Title, Text string
	Area        string // leaves out documents known to lie elsewhere; "" leaves out none
	Except      string // the document with this ID is not compared
}

// Neighbour is a document that is like a question.
type Neighbour struct {
	Index    int // of the document, as given to NewLikeness
	Document Document
	// Likeness is 0 for nothing in common and 1 for the same words. From SameMatter
	// on the two are likely about one matter.
	Likeness float64
	Shared   []string // what both say and few others, the rarest first
}

// SameMatter is the Likeness from which two documents are about one matter more
// often than not.
const SameMatter = 0.17

// Like returns the n documents most likely about the same matter, the likest
// first. The order comes from the question together with its nearest documents;
// Likeness compares with the question alone.
func (l *Likeness) Like(q Question, n int) []Neighbour {
	asked, _ := l.vector(usesOf(q.Title, q.Text))
	open := l.open(q)
	near := best(l.scores(asked), open, helpers)
	order := best(l.scores(l.helped(asked, near)), open, n)
	out := make([]Neighbour, 0, len(order))
	for _, f := range order {
		out = append(out, Neighbour{Index: f.doc, Document: l.docs[f.doc],
			Likeness: float64(dot(asked, l.vectors[f.doc])), Shared: l.shared(q, f.doc)})
	}
	return out
}

// open says which documents a question may meet.
func (l *Likeness) open(q Question) func(int) bool {
	return func(i int) bool {
		d := &l.docs[i]
		if q.Except != "" && d.ID == q.Except {
			return false
		}
		return q.Area == "" || d.Area == "" || strings.HasPrefix(q.Area, d.Area) || strings.HasPrefix(d.Area, q.Area)
	}
}

// scores ranks all documents for a vector.
func (l *Likeness) scores(v vector) []float32 {
	out := make([]float32, len(l.docs))
	for _, e := range v {
		for _, p := range l.postings[e.id] {
			out[p.doc] += e.x * p.x * l.size[p.doc]
		}
	}
	return out
}

type found struct {
	doc   int
	score float32
}

func best(scores []float32, open func(int) bool, n int) []found {
	var out []found
	for i, s := range scores {
		if s > 0 && open(i) {
			out = append(out, found{i, s})
		}
	}
	slices.SortStableFunc(out, func(a, b found) int { return cmp.Compare(b.score, a.score) })
	return out[:min(n, len(out))]
}

// helped adds to a question what its nearest documents say most.
func (l *Likeness) helped(asked vector, near []found) vector {
	total, sum := float32(0), vector(nil)
	for _, f := range near {
		total += f.score
		sum = append(sum, scaled(l.vectors[f.doc], f.score*l.size[f.doc])...)
	}
	if total == 0 {
		return asked
	}
	sum = joined(sum)
	slices.SortStableFunc(sum, func(a, b entry) int { return cmp.Compare(b.x, a.x) })
	sum = unit(sum[:min(helperPieces, len(sum))])
	return joined(append(slices.Clone(asked), sum...))
}

func scaled(v vector, k float32) vector {
	out := make(vector, len(v))
	for i, e := range v {
		out[i] = entry{e.id, k * e.x}
	}
	return out
}

// dot multiplies two sorted vectors.
func dot(a, b vector) float32 {
	if len(a) > len(b) {
		a, b = b, a
	}
	sum := float32(0)
	for _, e := range a {
		i, ok := slices.BinarySearchFunc(b, e.id, func(x entry, id uint32) int { return cmp.Compare(x.id, id) })
		if ok {
			sum += e.x * b[i].x
		}
		b = b[i:]
	}
	return sum
}

const sharedShown = 3

// shared finds stretches of the question that the document says too.
func (l *Likeness) shared(q Question, doc int) []string {
	v := l.vectors[doc]
	weight := map[string]float32{}
	for _, src := range [2]string{q.Title, q.Text} {
		line := likeLine(src)
		both := make([]float32, len(line.runes)) // from each rune on, what the pair says
		eachLikePiece(line, func(piece uint64, worth float32, from, to int) {
			if id, ok := l.pieces[piece]; ok && worth == 1 {
				if _, in := slices.BinarySearchFunc(v, id, func(x entry, id uint32) int { return cmp.Compare(x.id, id) }); in {
					for i := from; i < to; i++ {
						both[i] += l.rarity[id] / float32(to-from)
					}
				}
			}
		})
		eachStretch(both, func(from, to int, sum float32) {
			text := strings.TrimSpace(line.cut(from, to))
			weight[text] = max(weight[text], sum)
		})
	}
	return rarest(weight)
}

func eachStretch(weights []float32, f func(from, to int, sum float32)) {
	start, sum := 0, float32(0)
	for i := 0; i <= len(weights); i++ {
		if i < len(weights) && weights[i] > 0 {
			sum += weights[i]
			continue
		}
		if i > start {
			f(start, i, sum)
		}
		start, sum = i+1, 0
	}
}

func rarest(weight map[string]float32) []string {
	out := make([]string, 0, len(weight))
	for text := range weight {
		out = append(out, text)
	}
	slices.SortFunc(out, func(a, b string) int {
		return cmp.Or(cmp.Compare(weight[b], weight[a]), cmp.Compare(a, b))
	})
	return out[:min(sharedShown, len(out))]
}
