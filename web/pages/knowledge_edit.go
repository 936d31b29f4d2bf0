package pages

import (
	"errors"
	"net/http"
	"slices"

	"nengban/knowledge"
	"nengban/tickets"
	"nengban/web/page"
)

// articleEditPage is the form of an article: a new one, or the next version of
// one that is there.
type articleEditPage struct {
	page.Base
	Article *knowledge.Article // nil: a new one
	Form    page.Form
	Paths   []knowledge.Path
	Now     *knowledge.Article // what somebody else wrote meanwhile
	Since   []knowledge.Change
}

// NewArticle shows the empty form. A category in the address is chosen already.
func (p *Pages) NewArticle(w http.ResponseWriter, r *http.Request) error {
	by := me(r)
	v := articleEditPage{Base: p.Base(r), Form: page.Empty("article", &knowledge.Content{Kind: knowledge.FAQ, Access: knowledge.Public, Department: by.Department,
		Path: page.Clean(r.URL.Query().Get("path"), 200), Title: page.Clean(r.URL.Query().Get("title"), 128)})}
	return p.showArticleForm(w, r, http.StatusOK, v)
}

// EditArticle shows an article's newest version as a form.
func (p *Pages) EditArticle(w http.ResponseWriter, r *http.Request) error {
	id, err := articleID(r)
	if err != nil {
		return err
	}
	a, err := p.Knowledge.Article(r.Context(), me(r), id, 0)
	if err != nil {
		return err
	}
	v := articleEditPage{Base: p.Base(r), Article: a, Form: page.Empty("article", &a.Content)}
	return p.showArticleForm(w, r, http.StatusOK, v)
}

func (p *Pages) showArticleForm(w http.ResponseWriter, r *http.Request, status int, v articleEditPage) error {
	var err error
	if v.Paths, err = p.Knowledge.Paths(r.Context()); err != nil {
		return err
	}
	for _, name := range []string{"keywords", "matters"} { // one line each, as people type them
		if all := v.Form.Values[name]; len(all) > 1 {
			v.Form.Values.Set(name, joinWords(all))
		}
	}
	return p.Render.Render(w, status, "staff/article_edit", v)
}

func joinWords(all []string) string {
	out := ""
	for i, w := range all {
		if i > 0 {
			out += "，"
		}
		out += w
	}
	return out
}

// CreateArticle takes in a new draft.
func (p *Pages) CreateArticle(w http.ResponseWriter, r *http.Request) error {
	return p.saveArticle(w, r, nil, knowledge.Ref{})
}

// SaveArticle writes the next text of an article.
func (p *Pages) SaveArticle(w http.ResponseWriter, r *http.Request) error {
	ref, err := refOf(r)
	if err != nil {
		return err
	}
	a, err := p.Knowledge.Article(r.Context(), me(r), ref.ID, 0)
	if err != nil {
		return err
	}
	a.Version = ref.Version
	return p.saveArticle(w, r, a, ref)
}

func (p *Pages) saveArticle(w http.ResponseWriter, r *http.Request, a *knowledge.Article, ref knowledge.Ref) error {
	var c knowledge.Content
	for _, name := range []string{"keywords", "matters"} {
		r.PostForm[name] = knowledge.Words(r.PostForm.Get(name))
	}
	v := articleEditPage{Base: p.Base(r), Article: a, Form: page.Decode(r, "article", &c)}
	if a != nil {
		c.Nature = a.Nature
		if c.Kind != a.Kind {
			c.Nature = ""
		}
	}
	if len(v.Form.Errors) == 0 {
		v.Form.Errors = p.checkArticle(&c)
	}
	var saved *knowledge.Article
	var err error
	switch {
	case len(v.Form.Errors) > 0:
		return p.showArticleForm(w, r, http.StatusUnprocessableEntity, v)
	case a == nil:
		saved, err = p.Knowledge.Create(r.Context(), v.Me, c)
	default:
		saved, err = p.Knowledge.Save(r.Context(), v.Me, ref, c)
	}
	var conflict *knowledge.Conflict
	if errors.As(err, &conflict) {
		v.Now, v.Since = conflict.Now, knowledge.Compare(conflict.Now.Content, c)
		v.Article.Version = conflict.Now.Version
		return p.showArticleForm(w, r, http.StatusConflict, v)
	}
	if fields, ok := fieldsOf(err); ok {
		v.Form.Errors = fields
		return p.showArticleForm(w, r, http.StatusUnprocessableEntity, v)
	}
	if err != nil {
		return err
	}
	return p.done(w, r, "done.saved", "/knowledge/"+saved.Code())
}

// checkArticle finds what an article names that nobody knows.
func (p *Pages) checkArticle(c *knowledge.Content) tickets.FieldErrors {
	var es tickets.FieldErrors
	dir := p.Places.Directory()
	if _, ok := dir.Department(c.Department); c.Department != "" && !ok {
		es = append(es, tickets.FieldError{Field: "department", Code: "unknown_department", Args: []any{c.Department}})
	}
	if !slices.ContainsFunc(c.Kind.Options(), func(k string) bool { return k == string(c.Kind) }) {
		es = append(es, tickets.FieldError{Field: "kind", Code: "missing"})
	}
	return es
}

// Main, Side and Dates are the fields of the form, by where they stand.
func (articleEditPage) Main() []string { return []string{"title", "body", "answer", "basis"} }

// Side are the short fields beside the text.
func (articleEditPage) Side() []string {
	return []string{"department", "issuer", "keywords", "matters", "area"}
}

// Dates are the days that the article has.
func (articleEditPage) Dates() []string { return []string{"valid_from", "valid_until", "review_at"} }

// Kinds are the kinds of articles.
func (articleEditPage) Kinds() []string { return knowledge.Kind("").Options() }

// Accesses are who may read an article.
func (articleEditPage) Accesses() []string { return knowledge.Access("").Options() }

// Day is what stands in a field of a day.
func (v articleEditPage) Day(field string) string {
	day := v.Form.Value(field)
	return day[:min(len(day), len("2006-01-02"))]
}
