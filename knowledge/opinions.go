package knowledge

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/uptrace/bun"

	"nengban/knowledge/search"
	"nengban/tickets/staff"
)

// Say is what somebody said of an article.
type Say string

// What can be said, with its weight: see the package comment.
const (
	ThisWasIt Say = "this_was_it" // an operator, or the answer that he gave with it
	NotThis   Say = "not_this"
	Rating    Say = "rating"  // the citizen's, after an answer that was taken from it
	Helpful   Say = "helpful" // a reader of the public pages
	Unhelpful Say = "unhelpful"
)

// Weights of an opinion.
const (
	ofStaff  = 1.0
	ofRating = 0.5
	ofReader = 0.25
)

// Opinion is what one person said once.
type Opinion struct {
	Article  int64
	Say      Say
	Grade    int    // of a Rating: 1 very satisfied … 5 very dissatisfied; 0 none
	Solved   string // of a Rating: yes, no, or ""
	Question string // what was asked when the article was offered; "" when nobody knows
	Source   string // the same source twice is one opinion: the later word counts
	By       staff.Member
}

// Opine takes an opinion. An answer that was given with an article, and "this
// was it", count as its use.
func (l *Library) Opine(ctx context.Context, o Opinion) error {
	r := opinionRow{ArticleID: o.Article, Kind: o.Say, Question: beginning(l.redact(o.Question), longestQuestion), Source: o.Source, ByName: o.By.Name, At: l.now()}
	r.Wins, r.Losses = o.weights()
	err := l.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if ok, err := tx.NewSelect().Model((*articleRow)(nil)).Where("id = ?", o.Article).Exists(ctx); err != nil || !ok {
			if err == nil {
				err = ErrNotFound
			}
			return err
		}
		known, err := tx.NewSelect().Model((*opinionRow)(nil)).Where("source = ?", o.Source).Exists(ctx)
		if err != nil {
			return fmt.Errorf("reading opinions: %w", err)
		}
		_, err = tx.NewInsert().Model(&r).
			On("CONFLICT (source) DO UPDATE").Set("kind = EXCLUDED.kind, wins = EXCLUDED.wins, losses = EXCLUDED.losses, at = EXCLUDED.at").Exec(ctx)
		if err != nil {
			return fmt.Errorf("writing an opinion: %w", err)
		}
		if o.Say != ThisWasIt || known {
			return nil
		}
		if _, err := tx.NewUpdate().Model((*articleRow)(nil)).Set("uses = uses + 1, used_at = ?", l.now()).Where("id = ?", o.Article).Exec(ctx); err != nil {
			return fmt.Errorf("counting a use: %w", err)
		}
		return nil
	})
	if err == nil {
		l.wake() // the ranking takes it up
	}
	return err
}

// longestQuestion is how much of a question is kept, in characters.
const longestQuestion = 200

func (o Opinion) weights() (wins, losses float64) {
	switch o.Say {
	case ThisWasIt:
		return ofStaff, 0
	case NotThis:
		return 0, ofStaff
	case Helpful:
		return ofReader, 0
	case Unhelpful:
		return 0, ofReader
	case Rating:
		if o.Grade >= 4 || o.Solved == "no" {
			return 0, ofRating
		}
		if o.Grade == 1 || o.Grade == 2 {
			return ofRating, 0
		}
	}
	return 0, 0
}

// UseOpinions switches the opinions' part in the ranking on or off.
func (l *Library) UseOpinions(ctx context.Context, by staff.Member, on bool) error {
	if by.Reach(staff.PublishKnowledge) == staff.None {
		return ErrNotAllowed
	}
	if _, err := l.db.NewUpdate().Model((*stateRow)(nil)).Set("opinions = ?", on).Where("id = 1").Exec(ctx); err != nil {
		return fmt.Errorf("switching opinions: %w", err)
	}
	return l.opinions.load(ctx, l)
}

// OpinionsUsed says whether opinions move the ranking.
func (l *Library) OpinionsUsed() bool {
	l.opinions.mu.RLock()
	defer l.opinions.mu.RUnlock()
	return l.opinions.on
}

type opinionRow struct {
	bun.BaseModel `bun:"table:article_opinions"`

	ID        int64 `bun:"id,pk,autoincrement"`
	ArticleID int64
	Kind      Say
	Wins      float64
	Losses    float64
	Question  string
	Source    string
	ByName    string
	At        time.Time
}

// opinions are the last year's, laid out by the character pairs of their
// questions, so that a match costs no query.
type opinions struct {
	mu    sync.RWMutex
	on    bool
	all   []opinion
	holds map[string][]int32 // character pair → opinions whose question has it
}

type opinion struct {
	document     string
	wins, losses float64
	pairs        int
}

const (
	opinionsLast = 365 * 24 * time.Hour
	mostOpinions = 20_000
	likeEnough   = 0.5
	mostPairs    = 120 // of a question; what matters stands in front
)

func (o *opinions) load(ctx context.Context, l *Library) error {
	s, err := l.state(ctx, l.db)
	if err != nil {
		return err
	}
	var rows []opinionRow
	if s.Opinions {
		err := l.db.NewSelect().Model(&rows).Where("at > ? AND question <> '' AND wins + losses > 0", l.now().Add(-opinionsLast)).Order("at DESC").Limit(mostOpinions).Scan(ctx)
		if err != nil {
			return fmt.Errorf("reading opinions: %w", err)
		}
	}
	all, holds := make([]opinion, 0, len(rows)), map[string][]int32{}
	for _, r := range rows {
		pairs := pairsOf(r.Question)
		for p := range pairs {
			holds[p] = append(holds[p], int32(len(all)))
		}
		all = append(all, opinion{strconv.FormatInt(r.ArticleID, 10), r.Wins, r.Losses, len(pairs)})
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.on, o.all, o.holds = s.Opinions, all, holds
	return nil
}

// about returns what people said of articles when they were offered for
// questions like this one; nil when nobody said anything.
func (o *opinions) about(question string) map[string]search.Feedback {
	o.mu.RLock()
	defer o.mu.RUnlock()
	if len(o.all) == 0 {
		return nil
	}
	pairs := pairsOf(question)
	shared := map[int32]int{}
	for p := range pairs {
		for _, i := range o.holds[p] {
			shared[i]++
		}
	}
	var out map[string]search.Feedback
	for i, n := range shared {
		x := o.all[i]
		if float64(2*n) < likeEnough*float64(len(pairs)+x.pairs) {
			continue
		}
		if out == nil {
			out = map[string]search.Feedback{}
		}
		f := out[x.document]
		f.Wins, f.Losses = f.Wins+x.wins, f.Losses+x.losses
		out[x.document] = f
	}
	return out
}

// pairsOf are the character pairs of a question, as it is compared.
func pairsOf(question string) map[string]struct{} {
	out := map[string]struct{}{}
	for _, run := range strings.FieldsFunc(search.Fold(beginning(question, longestQuestion)), func(r rune) bool { return !isWord(r) }) {
		chars := []rune(run)
		if len(chars) == 1 {
			out[run] = struct{}{}
		}
		for i := 0; i+2 <= len(chars) && len(out) < mostPairs; i++ {
			out[string(chars[i:i+2])] = struct{}{}
		}
	}
	return out
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
