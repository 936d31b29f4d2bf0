package knowledge

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"nengban/knowledge/search"
)

// Query is what somebody looks for among the articles that serve.
type Query struct {
	Text       string
	Citizen    bool // only what is public
	Kind       Kind
	Path       string // this category and those below it
	Department string
	Area       string
	Matter     string
	From, Size int // articles to skip and to return; Size 0 is ten
}

// Found is what was found.
type Found struct {
	Total    int // at most search.Window
	Hits     []Hit
	Paths    []search.Count // how many lie in each category, of all that were found
	Kinds    []search.Count
	Whole    bool // one of the hits holds all the words
	Database bool // the index did not answer: the plain search of the database did
}

// shortSearch is how many characters of words a search has at most; longer
// ones are sentences, of which an answer need not hold every word.
const shortSearch = 8

// Fits says how many hits answer the words of a search: of a few words, those
// that bring a hit with all of them, of a sentence any.
func (f Found) Fits(text string) int {
	if !f.Whole && !f.Database && utf8.RuneCountInString(text) <= shortSearch {
		return 0
	}
	return len(f.Hits)
}

// Hit is an article found. Title and Snippet are text in pieces, what matched
// marked.
type Hit struct {
	*Article
	Title, Snippet []search.Piece
	telling        bool // it shares more with the words than common turns of phrase
}

// Search finds articles in force for words that somebody typed. Words of
// nothing but punctuation find nothing.
func (l *Library) Search(ctx context.Context, q Query) (Found, error) {
	return l.find(ctx, q, search.Typed)
}

// Match is an article that may answer a text.
type Match struct {
	ID      string // its code, which an answer names
	Title   string
	Snippet string
	Answer  string // what the citizen can be told; "" when it was not written for him
	Basis   string // the document that the answer rests on
}

// Match finds the n articles in force that fit a whole text best: what an
// operator types while he listens. An article that shares only common turns of
// phrase with the text is none: no answer is better than one about something
// else. It stops when ctx ends.
func (l *Library) Match(ctx context.Context, text string, n int) ([]Match, error) {
	found, err := l.find(ctx, Query{Text: text, Size: n}, search.Similar)
	if err != nil {
		return nil, err
	}
	out := make([]Match, 0, len(found.Hits))
	for _, h := range found.Hits {
		if !h.telling {
			continue
		}
		out = append(out, Match{ID: h.Code(), Title: h.Article.Title, Snippet: Plain(h.Snippet), Answer: h.Telling(), Basis: h.Grounds()})
	}
	return out, nil
}

// Plain is the text of pieces.
func Plain(pieces []search.Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.Text)
	}
	return b.String()
}

// find asks the index, and the database where the index does not answer.
func (l *Library) find(ctx context.Context, q Query, mode search.Mode) (Found, error) {
	if q.Size == 0 {
		q.Size = 10
	}
	sq := search.Query{Text: q.Text, Mode: mode, InForce: l.clock.Now(), From: q.From, Size: q.Size, Filters: q.filters(), Feedback: l.opinions.about(q.Text)}
	if mode == search.Typed {
		sq.Facets = []string{"path", "kind"}
	}
	if l.broken.Load() != nil { // until it is whole again it may not hold what it should
		return l.findInDatabase(ctx, q)
	}
	got, err := l.index.Search(ctx, sq)
	var unusable *search.UnusableError
	switch {
	case errors.As(err, &unusable):
		l.trouble(unusable)
		return l.findInDatabase(ctx, q)
	case err != nil:
		return Found{}, fmt.Errorf("searching articles: %w", err)
	}
	return l.loaded(ctx, q, got)
}

func (q Query) filters() map[string][]string {
	out := map[string][]string{}
	for name, value := range map[string]string{"kind": string(q.Kind), "path": q.Path, "department": q.Department, "area": q.Area, "matter": q.Matter} {
		if value != "" {
			out[name] = []string{value}
		}
	}
	if q.Citizen {
		out["access"] = []string{string(Public)}
	}
	return out
}

// loaded turns hits into articles as the database has them now: the index may
// be a moment behind, and what was taken off or made internal since then must
// not be shown.
func (l *Library) loaded(ctx context.Context, q Query, got search.Result) (Found, error) {
	found := make([]int64, 0, len(got.Hits))
	for _, h := range got.Hits {
		if id, err := strconv.ParseInt(h.ID, 10, 64); err == nil {
			found = append(found, id)
		}
	}
	articles, err := l.liveOf(ctx, found, q.Citizen)
	if err != nil {
		return Found{}, err
	}
	out := Found{Total: got.Total, Paths: got.Facets["path"], Kinds: got.Facets["kind"]}
	for _, h := range got.Hits {
		id, err := strconv.ParseInt(h.ID, 10, 64)
		if a := articles[id]; err == nil && a != nil {
			out.Whole = out.Whole || h.All
			out.Hits = append(out.Hits, Hit{a, h.Title, h.Snippet, h.All || len(h.Why) > 0})
		} else {
			out.Total--
		}
	}
	return out, nil
}

// liveOf reads the serving versions of articles that are in force, by id.
func (l *Library) liveOf(ctx context.Context, found []int64, citizen bool) (map[int64]*Article, error) {
	out := map[int64]*Article{}
	if len(found) == 0 {
		return out, nil
	}
	all, err := fetch(ctx, l.db, byLive, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("a.id IN (?)", bun.List(found)) })
	if err != nil {
		return nil, err
	}
	for _, a := range all {
		if a.InForce(l.now()) && (!citizen || a.Access == Public) {
			out[a.ID] = a
		}
	}
	return out, nil
}

// findInDatabase is the plain search that serves while there is no index: the
// pieces of the text that stand in an article count, those of its title three
// times.
func (l *Library) findInDatabase(ctx context.Context, q Query) (Found, error) {
	pieces := piecesOf(q.Text)
	if len(pieces) == 0 {
		return Found{Database: true}, nil
	}
	score, args := "0", []any{}
	for _, p := range pieces {
		like := "%" + likeEscaper.Replace(p) + "%"
		score += ` + CASE WHEN lower(v.title) LIKE ? ESCAPE '\' OR lower(v.keywords) LIKE ? ESCAPE '\' THEN 3 WHEN lower(v.body) LIKE ? ESCAPE '\' THEN 1 ELSE 0 END`
		args = append(args, like, like, like)
	}
	least := min(3, len(pieces))
	now := l.now()
	found, err := fetch(ctx, l.db, byLive, func(s *bun.SelectQuery) *bun.SelectQuery {
		s = s.Where("("+score+") >= ?", append(args[:len(args):len(args)], least)...).OrderExpr("("+score+") DESC, a.id", args...)
		s = s.Where("(v.valid_from IS NULL OR v.valid_from <= ?) AND (v.valid_until IS NULL OR v.valid_until > ?)", now, now)
		return q.narrow(s).Offset(int64(q.From)).Limit(int64(q.Size))
	})
	if err != nil {
		return Found{}, err
	}
	out := Found{Database: true, Total: q.From + len(found)}
	for _, a := range found {
		out.Hits = append(out.Hits, Hit{a, []search.Piece{{Text: a.Title}}, []search.Piece{{Text: beginning(a.Body, 90)}}, true})
	}
	return out, nil
}

// narrow adds the filters of a query to a selection of versions.
func (q Query) narrow(s *bun.SelectQuery) *bun.SelectQuery {
	for column, value := range map[string]string{"kind": string(q.Kind), "department": q.Department, "area": q.Area} {
		if value != "" {
			s = s.Where("v.? = ?", bun.Ident(column), value)
		}
	}
	if q.Path != "" {
		s = s.Where(`(v.path = ? OR v.path LIKE ? ESCAPE '\')`, q.Path, likeEscaper.Replace(q.Path)+"/%")
	}
	if q.Citizen {
		s = s.Where("v.access = ?", Public)
	}
	return s
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// mostPieces bounds the plain search: each piece is looked for in every text.
const mostPieces = 12

// piecesOf cuts a text into what the plain search looks for: words of Latin
// letters and digits whole, Chinese in overlapping pairs.
func piecesOf(text string) []string {
	var out []string
	add := func(p string) {
		for _, had := range out {
			if had == p {
				return
			}
		}
		if len(out) < mostPieces {
			out = append(out, p)
		}
	}
	for _, run := range strings.FieldsFunc(strings.ToLower(search.Fold(beginning(text, 400))), func(r rune) bool { return !isWord(r) }) {
		chars := []rune(run)
		if chars[0] < utf8.RuneSelf || len(chars) == 1 {
			add(run)
			continue
		}
		for i := 0; i+2 <= len(chars); i++ {
			add(string(chars[i : i+2]))
		}
	}
	return out
}

func beginning(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
