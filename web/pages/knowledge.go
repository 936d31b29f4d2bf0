package pages

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"nengban/knowledge"
	"nengban/knowledge/search"
	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// knowledgePage is the articles: what a search found, or a list by state.
type knowledgePage struct {
	page.Base
	Asked    string // what was looked for
	Filter   knowledge.Filter
	Filtered bool
	Found    *knowledge.Found
	Articles []*knowledge.Article
	Next     string
	Counts   map[knowledge.State]int
	Paths    []knowledge.Path
	Trouble  string // why the index does not answer, if so
}

// States, Kinds and Accesses are what the filter offers.
func (knowledgePage) States() []knowledge.State {
	return []knowledge.State{knowledge.Draft, knowledge.InReview, knowledge.Approved, knowledge.Published, knowledge.Expired}
}

// Kinds are the kinds of articles.
func (knowledgePage) Kinds() []string { return knowledge.Kind("").Options() }

// Accesses are who may read an article.
func (knowledgePage) Accesses() []string { return knowledge.Access("").Options() }

// KnowledgeList searches the articles that serve, or lists all by their newest
// version.
func (p *Pages) KnowledgeList(w http.ResponseWriter, r *http.Request) error {
	v := knowledgePage{Base: p.Base(r)}
	q, ctx := v.Query, r.Context()
	v.Asked = page.Clean(q.Get("q"), 200)
	v.Filter = p.articleFilter(q)
	v.Filtered = v.Filter.Kind != "" || v.Filter.Path != "" || v.Filter.Department != "" || v.Filter.Area != "" || v.Filter.Access != "" || v.Filter.State != ""
	if id, ok := knowledge.ParseCode(v.Asked); ok && len(v.Asked) > 1 && (v.Asked[0] == 'K' || v.Asked[0] == 'k') {
		http.Redirect(w, r, "/knowledge/"+knowledge.CodeOf(id), http.StatusSeeOther)
		return nil
	}
	var err error
	if v.Paths, err = p.Knowledge.Paths(ctx); err != nil {
		return err
	}
	if v.Counts, err = p.Knowledge.Count(ctx); err != nil {
		return err
	}
	if err := p.Knowledge.Health(ctx); err != nil {
		v.Trouble = "knowledge.no_index"
	}
	if v.Asked != "" && (v.Filter.State == "" || v.Filter.State == knowledge.Published) {
		return p.foundArticles(w, r, v)
	}
	v.Filter.Title = v.Asked
	return p.listedArticles(w, r, v)
}

func (p *Pages) foundArticles(w http.ResponseWriter, r *http.Request, v knowledgePage) error {
	f := v.Filter
	from, _ := strconv.Atoi(v.Query.Get("from"))
	from = min(max(from, 0), search.Window)
	const size = 20
	got, err := p.Knowledge.Search(r.Context(), knowledge.Query{Text: v.Asked, Kind: f.Kind, Path: f.Path, Department: f.Department, Area: f.Area, From: from, Size: size})
	if err != nil {
		return err
	}
	if from == 0 && !v.Filtered {
		if err := p.Knowledge.Searched(r.Context(), v.Asked, got.Fits(v.Asked), false); err != nil {
			p.Log.Warn("noting a search", "error", err)
		}
	}
	if from+size < got.Total {
		v.Next = v.With("from", strconv.Itoa(from+size))
	}
	v.Found = &got
	return p.show(w, "knowledge", v)
}

func (p *Pages) listedArticles(w http.ResponseWriter, r *http.Request, v knowledgePage) error {
	all, more, err := p.Knowledge.List(r.Context(), v.Me, v.Filter)
	if err != nil {
		return err
	}
	v.Articles = all
	if more {
		v.Next = v.With() + join(v.With(), "after="+strconv.FormatInt(all[len(all)-1].ID, 10))
	}
	return p.show(w, "knowledge", v)
}

// join says what goes between an address and one more value of its query.
func join(address, value string) string {
	if u, err := url.Parse(address); err == nil && u.RawQuery != "" {
		return "&" + value
	}
	return "?" + value
}

// articleFilter reads a filter from an address. Words that are none of ours are
// left out.
func (p *Pages) articleFilter(q url.Values) knowledge.Filter {
	f := knowledge.Filter{Kind: oneOf(q, "kind", knowledge.Kind("")), Access: oneOf(q, "access", knowledge.Access("")), Path: page.Clean(q.Get("path"), 200)}
	for _, s := range knowledge.States {
		if q.Get("state") == string(s) {
			f.State = s
		}
	}
	dir := p.Places.Directory()
	if _, ok := dir.Department(q.Get("department")); ok {
		f.Department = q.Get("department")
	}
	if _, ok := dir.Area(q.Get("area")); ok {
		f.Area = q.Get("area")
	}
	if id, err := strconv.ParseInt(q.Get("after"), 10, 64); err == nil {
		f.After = id
	}
	return f
}

// articleID is the article in a request's address.
func articleID(r *http.Request) (int64, error) {
	id, ok := knowledge.ParseCode(r.PathValue("id"))
	if !ok {
		return 0, knowledge.ErrNotFound
	}
	return id, nil
}

// refOf names the article of a form, and the version that it was opened at.
func refOf(r *http.Request) (knowledge.Ref, error) {
	id, err := articleID(r)
	if err != nil {
		return knowledge.Ref{}, err
	}
	version, err := strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
	if err != nil || version < 1 {
		return knowledge.Ref{}, page.ErrBadForm
	}
	return knowledge.Ref{ID: id, Version: version}, nil
}

// fieldsOf turns what the library finds wrong into what a form shows.
func fieldsOf(err error) (tickets.FieldErrors, bool) {
	var wrong knowledge.FieldErrors
	if !errors.As(err, &wrong) {
		return nil, false
	}
	out := make(tickets.FieldErrors, 0, len(wrong))
	for _, e := range wrong {
		out = append(out, tickets.FieldError{Field: e.Field, Code: e.Code, Args: e.Args})
	}
	return out, true
}

// MayEdit says whether the reader writes articles.
func (v knowledgePage) MayEdit() bool { return v.Me.Reach(staff.EditKnowledge) != staff.None }
