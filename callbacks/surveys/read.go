package surveys

// Kind is what a reply is, before what it says.
type Kind string

// The kinds. An answer says a grade, whether it is solved, or both. Ask means
// nobody could be sure: ask once more, then give it to a person.
const (
	KindAnswer Kind = "answer"
	KindAsk    Kind = "ask"
	KindStop   Kind = "stop"
	KindStart  Kind = "start"
	KindAuto   Kind = "auto"
)

// Reading is what one reply was taken to mean, and why.
type Reading struct {
	Kind    Kind
	Rating  Level  // NoLevel unless the reply says one
	Solved  Solved // SolvedUnknown unless the reply says so
	Comment string // the words beyond code and grade, as written; see the package comment

	Tail       string   // the ticket tail or short code typed with the answer
	Correction bool     // takes back an earlier answer of this phone
	Reasons    []Reason // proposed from the words, for a person to confirm
	Why        Rule     // the rule that decided
	Words      string   // the words it decided on, folded
}

// Answers reports whether the reading holds a grade or says whether it is
// solved. A stop may: "不满意，别再发了" is both honoured.
func (r Reading) Answers() bool { return r.Rating.Known() || r.Solved != SolvedUnknown }

// Context is what is known about the phone a reply came from.
type Context struct {
	Tails    []string // ticket tails or short codes of the surveys open on it
	Answered bool     // an answer of this phone is already kept
	Asked    Question // what our last message asked, when it followed up on one thing
}

// Read reads a reply of which nothing is known but its text. It never panics,
// never guesses in favour of the desk, and looks at longestReply characters at most.
func Read(text string) Reading { return Context{}.Read(text) }

// Read reads a reply in the light of c.
func (c Context) Read(text string) Reading {
	f := fold(text)
	if f.cut {
		return Reading{Kind: KindAsk, Why: RuleTooLong, Comment: string(f.clean[:100]) + "…"}
	}
	quoted := f.blankQuotes()
	p := parse(f, c)
	p.quoted = quoted
	r := p.decide()
	if r.Kind != KindAuto {
		r.Comment = p.comment(r)
	}
	r.Reasons = reasonsIn(p, r)
	return r
}

// oneSegment is how many characters one text message holds. What is longer tells
// a story: praise and small words inside it are not taken for the answer.
const oneSegment = 70

// parsed is a reply cut into words, clauses and claims.
type parsed struct {
	folded
	ctx     Context
	toks    []token
	clauses []*clause
	claims  []claim
	numbers numbers
	quoted  bool // our own text was sent back
	size    int  // characters that are not separators
	unread  int  // those no word list knows
	long    bool // longer than one segment
}

func parse(f folded, ctx Context) *parsed {
	p := &parsed{folded: f, ctx: ctx, toks: tokens(f)}
	p.size, p.unread = p.measure()
	p.long = p.size > oneSegment
	p.clauses = clauses(p.toks)
	p.numbers = readNumbers(p)
	for n, c := range p.clauses {
		from := 0
		if m := c.first(isMistake); m >= 0 && c.hasAfterMistake(m) {
			from = m // "刚才1按错了是5": what stands before was the mistake
		}
		for i := from; i < len(c.toks); i++ {
			p.claim(n, c, i)
		}
	}
	return p
}

func (c *clause) hasAfterMistake(m int) bool {
	for _, t := range c.toks[m:] {
		if t.is(isNumber) || t.is(judging...) {
			return true
		}
	}
	return false
}

func (p *parsed) claim(n int, c *clause, i int) {
	t := c.toks[i]
	if t.is(judging...) {
		if g, ok := c.gradeAt(i); ok {
			g.clause = n
			if p.beside(c, g) {
				return
			}
			p.claims = append(p.claims, g)
		}
	}
	if t.is(isUnsolved, isTrouble, isPersist, isNotYet, isDue, isSolvedState, isFinished, isSolve, isHandle, isAct) || t.isText("好") {
		if s, ok := c.solvedAt(i); ok {
			s.clause = n
			if p.long && s.solved == SolvedYes && (s.weak || c.bare(i) || c.has(isUnknown, isQuantity, isOther)) {
				return
			}
			p.claims = append(p.claims, s)
		}
	}
}

// beside reports a judgement that is not about the desk's work as far as one can
// tell: small words in a story, praise amid words mostly unread.
func (p *parsed) beside(c *clause, g claim) bool {
	if p.long {
		return !g.stem || g.level.Content() && c.has(isUnknown)
	}
	return !g.stem && g.level.Content() && p.unread*5 > p.size*2
}

func (p *parsed) has(classes ...class) bool {
	for _, t := range p.toks {
		if t.is(classes...) {
			return true
		}
	}
	return false
}

// only reports that the reply holds nothing but tokens of the classes and separators.
func (p *parsed) only(classes ...class) bool {
	for _, t := range p.toks {
		if !t.separates() && !t.is(classes...) {
			return false
		}
	}
	return true
}

func (p *parsed) measure() (size, unread int) {
	for _, t := range p.toks {
		if t.separates() {
			continue
		}
		size += t.to - t.from
		if t.is(isUnknown, isQuantity, isOther) {
			unread += t.to - t.from
		}
	}
	return size, unread
}
