package triage

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Group is documents about one matter, in the order they came.
type Group struct {
	Documents []int // as given to NewLikeness
	sum       vector
	square    float32 // of the sum's length
}

const (
	// sameGroups is the likeness of two groups' middles from which they are one.
	sameGroups = 0.23
	// A document is compared with the groups of this many documents that came
	// before it and are at least so like it.
	elders, elderLikeness = 200, 0.06
	// commonPiece is the share of documents above which a piece is too common to
	// lead from one to another, and fewDocuments how many may always have it: on a
	// young desk half of all that is said can be about one burst.
	commonPiece, fewDocuments = 0.2, 800
)

// Groups sorts the documents into matters as they came in: each joins the group
// whose middle it is most like, or opens a group of its own; groups that have
// grown alike become one. Groups come the largest first, of two as large the
// earlier one.
func (l *Likeness) Groups() []Group {
	g := grouping{l: l, of: make([]*Group, len(l.docs)), rank: make([]int, len(l.docs))}
	order := make([]int, len(l.docs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return l.docs[a].At.Compare(l.docs[b].At) })
	for rank, i := range order {
		g.rank[i] = rank
	}
	inBlocks(len(order), func(n int) []int { return g.eldersOf(order[n]) }, func(n int, elders []int) { g.place(order[n], elders) })
	return g.groups(order)
}

type grouping struct {
	l    *Likeness
	of   []*Group // of each document placed so far
	rank []int    // of each document in the order of arrival
}

// eldersOf are the earlier documents most like one.
func (g *grouping) eldersOf(i int) []int {
	score := make([]float32, len(g.l.docs))
	common := int(commonPiece * float64(len(g.l.docs)))
	for _, e := range g.l.vectors[i] {
		if ps := g.l.postings[e.id]; len(ps) <= max(common, fewDocuments) {
			for _, p := range ps {
				score[p.doc] += e.x * p.x
			}
		}
	}
	near := best(score, func(d int) bool { return g.rank[d] < g.rank[i] && score[d] >= elderLikeness }, elders)
	out := make([]int, len(near))
	for n, f := range near {
		out[n] = f.doc
	}
	return out
}

// place puts a document where it belongs.
func (g *grouping) place(i int, elders []int) {
	v := g.l.vectors[i]
	var near []*Group
	for _, d := range elders {
		if x := g.of[d]; !slices.Contains(near, x) {
			near = append(near, x)
		}
	}
	var home *Group
	highest := float32(0)
	for _, x := range near {
		if s := dot(v, x.sum) / x.length(); s > highest {
			home, highest = x, s
		}
	}
	if highest < SameMatter {
		home = &Group{}
	}
	home.add(i, v)
	g.of[i] = home
	for _, x := range near {
		if x != home && dot(home.sum, x.sum)/home.length()/x.length() >= sameGroups {
			g.merge(home, x)
		}
	}
}

func (x *Group) length() float32 { return float32(math.Sqrt(float64(x.square))) }

func (x *Group) add(i int, v vector) {
	x.Documents = append(x.Documents, i)
	x.square += 2*dot(v, x.sum) + dot(v, v)
	x.sum = merged(x.sum, v)
}

func (g *grouping) merge(into, from *Group) {
	into.square += 2*dot(into.sum, from.sum) + from.square
	into.sum = merged(into.sum, from.sum)
	into.Documents = append(into.Documents, from.Documents...)
	for _, d := range from.Documents {
		g.of[d] = into
	}
}

// merged adds two sorted vectors.
func merged(a, b vector) vector {
	out := make(vector, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		switch cmp.Compare(a[0].id, b[0].id) {
		case -1:
			out, a = append(out, a[0]), a[1:]
		case 1:
			out, b = append(out, b[0]), b[1:]
		default:
			out = append(out, entry{a[0].id, a[0].x + b[0].x})
			a, b = a[1:], b[1:]
		}
	}
	return append(append(out, a...), b...)
}

func (g *grouping) groups(order []int) []Group {
	var out []Group
	at := map[*Group]int{}
	for _, i := range order {
		n, seen := at[g.of[i]]
		if !seen {
			n = len(out)
			at[g.of[i]] = n
			out = append(out, Group{sum: g.of[i].sum, square: g.of[i].square})
		}
		out[n].Documents = append(out[n].Documents, i)
	}
	slices.SortStableFunc(out, func(a, b Group) int { return cmp.Compare(len(b.Documents), len(a.Documents)) })
	return out
}

// Heat says what makes a matter hot.
type Heat struct {
	Window time.Duration // what counts as now; 0 is a week
	Least  int           // writers in the window; 0 is 5
	Times  float64       // as many as a window of the time before brought; 0 is 3
}

func (h Heat) filled() Heat {
	if h.Window <= 0 {
		h.Window = 7 * 24 * time.Hour
	}
	if h.Least <= 0 {
		h.Least = 5
	}
	if h.Times <= 0 {
		h.Times = 3
	}
	return h
}

// Burst is a matter that many bring at once.
type Burst struct {
	Main      int     // the document in the middle of it: the one most like all others
	Documents []int   // all, as they came
	Recent    []int   // those in the window
	Writers   int     // different ones in the window
	Usual     float64 // writers that a window of the time before brought, on average
	Words     []string
}

// Bursts returns the matters that are hot at a moment, the most writers first.
// Several tickets of one writer count once; documents after the moment do not.
func (l *Likeness) Bursts(at time.Time, h Heat) []Burst {
	h = h.filled()
	first := at
	for _, d := range l.docs {
		if d.At.Before(first) {
			first = d.At
		}
	}
	windows := max(1, float64(at.Add(-h.Window).Sub(first))/float64(h.Window))
	var out []Burst
	for _, g := range l.Groups() {
		b := Burst{}
		now, before := map[string]bool{}, map[string]bool{}
		for _, i := range g.Documents {
			switch d := l.docs[i]; {
			case d.At.After(at):
				continue
			case d.At.After(at.Add(-h.Window)):
				b.Recent = append(b.Recent, i)
				now[writer(d)] = true
			default:
				before[writer(d)] = true
			}
			b.Documents = append(b.Documents, i)
		}
		b.Writers, b.Usual = len(now), float64(len(before))/windows
		if b.Writers >= h.Least && float64(b.Writers) >= h.Times*b.Usual {
			b.Main = l.middle(g, b.Documents)
			b.Words = l.common(b)
			out = append(out, b)
		}
	}
	slices.SortStableFunc(out, func(a, b Burst) int { return cmp.Compare(b.Writers, a.Writers) })
	return out
}

// writer tells documents of unknown writers apart by their own names.
func writer(d Document) string {
	if d.Who == "" {
		return "#" + d.ID
	}
	return d.Who
}

func (l *Likeness) middle(g Group, among []int) int {
	return slices.MaxFunc(among, func(a, b int) int {
		return cmp.Or(cmp.Compare(dot(l.vectors[a], g.sum), dot(l.vectors[b], g.sum)), cmp.Compare(b, a))
	})
}

// common are stretches of the middle document's title that most others say too.
func (l *Likeness) common(b Burst) []string {
	votes := map[string]float32{}
	q := Question{Title: l.docs[b.Main].Title}
	for _, i := range b.Recent {
		if i != b.Main {
			for _, text := range l.shared(q, i) {
				votes[text] += float32(len(text))
			}
		}
	}
	return rarest(votes)
}
