package triage

import (
	"maps"
	"slices"
	"strings"

	"nengban/tickets/departments"
)

// Advisor proposes for tickets from all that a desk knows: the directory, what
// it has learned, and earlier tickets. It is read-only and safe for use by many.
type Advisor struct {
	directory  *departments.Directory
	models     *Models
	categories []departments.Category
	tree       *Likeness // the category tree, by its words
	// Sure is the confidence below which a proposal says that it does not know.
	Sure float64
}

// DefaultSure is the Sure of a new Advisor.
const DefaultSure = 0.5

// NewAdvisor joins a directory and what was learned. models may be nil: a fresh
// desk proposes from its directory and category tree and says so.
func NewAdvisor(directory *departments.Directory, models *Models) *Advisor {
	a := &Advisor{directory: directory, models: models, categories: directory.Categories(), Sure: DefaultSure}
	docs := make([]Document, len(a.categories))
	for i, c := range a.categories {
		docs[i] = Document{ID: c.Code, Title: c.Name, Text: directory.CategoryPath(c.Code, "")}
	}
	a.tree = NewLikeness(docs)
	return a
}

// Asked is a ticket as far as it is known: everything may be missing.
type Asked struct {
	Title, Text, Area, Matter string
	Category                  string // when somebody has chosen it
	Window                    bool   // came to the 办不成事 window
}

func (q Asked) facts() []string {
	out := AreaFacts(q.Area)
	if q.Window {
		out = append(out, "window")
	}
	return out
}

// Earlier is a ticket found to be like the one asked about, and what people
// decided on it.
type Earlier struct {
	Number, Title, Department string
	Likeness                  float64 // as of Neighbour
}

// Sources of a proposal and its grounds.
const (
	FromWords     = "words"     // lists of the trade
	FromDirectory = "directory" // a row of the directory, or the category tree
	FromLearning  = "learned"   // what people decided on tickets with such words
	FromEarlier   = "earlier"   // an earlier ticket about the same thing
)

// Ground is one reason for a proposal.
type Ground struct {
	Source string   `json:"source"`
	Text   string   `json:"text,omitempty"`   // the basis of a row, the title of an earlier ticket
	Words  []string `json:"words,omitempty"`  // the caller's words that spoke for it
	Duty   int64    `json:"duty,omitempty"`   // the row
	Number string   `json:"number,omitempty"` // the earlier ticket
}

// Candidate is a department that may be the ticket's, and why.
type Candidate struct {
	Code       string   `json:"code"`
	Confidence float64  `json:"confidence"` // of candidates at 0.8, four in five should turn out right
	Grounds    []Ground `json:"grounds"`
}

// Answer is what is proposed for one question. An empty Value says "don't know".
type Answer struct {
	Value      string   `json:"value"`
	Confidence float64  `json:"confidence,omitempty"` // 0 where nothing has measured it
	Source     string   `json:"source,omitempty"`
	Words      []string `json:"words,omitempty"`
}

// Proposal is what people may decide on a ticket, with the reasons.
type Proposal struct {
	Urgency     string      `json:"urgency"`
	Alarms      []Alarm     `json:"alarms,omitempty"`
	Kind        Answer      `json:"kind"`
	Class       Answer      `json:"class"`
	Category    Answer      `json:"category"`
	Departments []Candidate `json:"departments"` // three at most, the likeliest first
	// Known is false when no department is likely enough to be called a proposal:
	// the desk says that it does not know.
	Known bool `json:"known"`
	// Fresh says that nothing was learned yet: so far only the directory speaks.
	Fresh bool `json:"fresh"`
}

const (
	candidatesShown = 3
	wordsShown      = 5
)

// Propose says how a ticket might be triaged and to whom it might go.
func (a *Advisor) Propose(q Asked, earlier []Earlier) Proposal {
	p := Proposal{Fresh: a.model(ForDepartment) == nil}
	p.Urgency, p.Alarms = Urgency(q.Title, q.Text)
	p.Kind = a.answer(ForKind, q, func() Answer { return worded(KindByWords(q.Title, q.Text)) })
	p.Class = a.answer(ForClass, q, func() Answer { return worded(ClassByWords(q.Title, q.Text, q.Window)) })
	p.Category = a.answer(ForCategory, q, func() Answer { return a.categoryByTree(q) })
	if q.Category == "" {
		q.Category = p.Category.Value
	}
	p.Departments = a.candidates(q, earlier)
	p.Known = len(p.Departments) > 0 && p.Departments[0].Confidence >= a.Sure
	return p
}

func (a *Advisor) model(question string) *Model {
	if a.models == nil {
		return nil
	}
	return a.models.Of[question]
}

// answer asks the model of a question, and where there is none, or it is not
// sure, the rules.
func (a *Advisor) answer(question string, q Asked, rules func() Answer) Answer {
	m := a.model(question)
	if m == nil {
		return rules()
	}
	best := m.Classify(q.Title, q.Text, q.facts()...)[0]
	if best.Confidence >= a.Sure {
		return Answer{best.Label, best.Confidence, FromLearning, textsOf(m.Why(q.Title, q.Text, best.Label, wordsShown))}
	}
	return rules()
}

func worded(g Guess) Answer {
	out := Answer{Value: g.Value, Words: g.Words}
	if g.Value != "" {
		out.Source = FromWords
	}
	return out
}

func textsOf(ws []Word) []string {
	out := make([]string, len(ws))
	for i, w := range ws {
		out[i] = w.Text
	}
	return out
}

// treeLikeness is how like a ticket must be to a branch's words for the branch
// to be proposed.
const treeLikeness = 0.12

// categoryByTree finds the branch of the category tree whose words the ticket
// says.
func (a *Advisor) categoryByTree(q Asked) Answer {
	near := a.tree.Like(Question{Title: strings.TrimSpace(q.Matter + " " + q.Title), Text: q.Text}, 1)
	if len(near) == 0 || near[0].Likeness < treeLikeness {
		return Answer{}
	}
	return Answer{Value: near[0].Document.ID, Source: FromDirectory, Words: near[0].Shared}
}

// candidates pools what directory, learning and earlier tickets say, each by
// how much it can be relied on, and corrects the result by the desk's record.
func (a *Advisor) candidates(q Asked, earlier []Earlier) []Candidate {
	pool := pooling{a: a, chance: map[string]float64{}, grounds: map[string][]Ground{}}
	pool.learned(q)
	pool.directory(q)
	pool.earlier(earlier)
	out := make([]Candidate, 0, len(pool.chance))
	for code, x := range pool.chance {
		out = append(out, Candidate{code, x / pool.weight, pool.grounds[code]})
	}
	slices.SortFunc(out, byChance)
	out = out[:min(candidatesShown, len(out))]
	for i := range out {
		if a.models != nil {
			out[i].Confidence = a.models.Progress.record.corrected(out[i].Confidence)
		}
		pool.explain(q, &out[i])
	}
	slices.SortStableFunc(out, byChance)
	return out
}

// pooling gathers chances; each source brings its weight.
type pooling struct {
	a       *Advisor
	chance  map[string]float64
	grounds map[string][]Ground
	weight  float64
}

// What each source counts, and how sure one alone can be: a row that names the
// matter is seldom wrong, one that names only an area says little.
const (
	learnedWeight = 1.0
	rowWeight     = 0.6
	earlierWeight = 0.6

	matterRow, categoryRow, areaRow = 0.9, 0.6, 0.2
	// One earlier ticket a little alike is a hint; several very like are near proof.
	leastOfEarlier, mostOfEarlier = 0.3, 0.9
)

func (p *pooling) add(code string, chance float64, g ...Ground) {
	if d, ok := p.a.directory.Department(code); ok && d.Active {
		p.chance[code] += chance
		p.grounds[code] = append(p.grounds[code], g...)
	}
}

func (p *pooling) learned(q Asked) {
	m := p.a.model(ForDepartment)
	if m == nil {
		return
	}
	p.weight += learnedWeight
	for _, c := range m.Classify(q.Title, q.Text, q.facts()...) {
		p.add(c.Label, learnedWeight*c.Confidence)
	}
}

// directory asks for the rows that fit. A row's matter may be named anywhere in
// the ticket. Of several rows the most specific speaks, and equals share.
func (p *pooling) directory(q Asked) {
	said := q.Matter + "\n" + q.Title + "\n" + q.Text
	rows := p.a.directory.Find(said+"\n"+folding(said), q.Category, q.Area)
	if len(rows) == 0 {
		return
	}
	first := slices.DeleteFunc(slices.Clone(rows), func(m departments.Match) bool { return m.Closeness < rows[0].Closeness })
	sure := areaRow
	switch {
	case first[0].Matter != "":
		sure = matterRow
	case first[0].Category != "":
		sure = categoryRow
	}
	weight := rowWeight * sure
	p.weight += weight
	for _, m := range first {
		p.add(m.Lead, weight*sure/float64(len(first)), rowGround(m))
	}
	for _, m := range rows[len(first):min(len(rows), len(first)+candidatesShown)] {
		p.add(m.Lead, weight*(1-sure)/candidatesShown, rowGround(m))
	}
}

func rowGround(m departments.Match) Ground {
	g := Ground{Source: FromDirectory, Text: m.Basis, Duty: m.ID}
	if m.Matter != "" {
		g.Words = []string{m.Matter}
	}
	return g
}

// earlier counts tickets about the same thing by their likeness.
func (p *pooling) earlier(found []Earlier) {
	total := 0.0
	for _, e := range found {
		if e.Department != "" && e.Likeness >= SameMatter {
			total += e.Likeness
		}
	}
	if total == 0 {
		return
	}
	weight, sure := earlierWeight*min(1, total), min(mostOfEarlier, leastOfEarlier+total/2)
	p.weight += weight
	for _, e := range found {
		if e.Department != "" && e.Likeness >= SameMatter {
			p.add(e.Department, weight*sure*e.Likeness/total, Ground{Source: FromEarlier, Text: e.Title, Number: e.Number})
		}
	}
}

// explain puts the words first that made the model think of a candidate.
func (p *pooling) explain(q Asked, c *Candidate) {
	m := p.a.model(ForDepartment)
	if m == nil {
		return
	}
	if words := textsOf(m.Why(q.Title, q.Text, c.Code, wordsShown)); len(words) > 0 {
		c.Grounds = append([]Ground{{Source: FromLearning, Words: words}}, c.Grounds...)
	}
}

// Learned says what there are models for, sorted.
func (m *Models) Learned() []string {
	if m == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(m.Of))
}
