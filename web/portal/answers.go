package portal

import (
	"net/http"
	"strconv"
	"strings"

	"nengban/knowledge"
	"nengban/tickets"
	"nengban/web/page"
)

// answersPage is the public knowledge site: what a search found, a category,
// or all categories.
type answersPage struct {
	page.Base
	Asked    string
	In       string // the category
	Trail    []crumb
	Found    *knowledge.Found
	Articles []*knowledge.Article
	Groups   []group
	Next     string
	Data     any // for machines
}

// crumb is a category on the way to the one that is shown.
type crumb struct{ Name, Path string }

// group is a category of the top with those below it.
type group struct {
	Name  string
	Below []knowledge.Path
	N     int
}

// answersSize is how many articles a page of results shows.
const answersSize = 10

// Answers searches what citizens may read, or shows a category.
func (p *Portal) Answers(w http.ResponseWriter, r *http.Request) error {
	v := answersPage{Base: p.Base(r)}
	v.Asked, v.In = page.Clean(v.Query.Get("q"), 100), page.Clean(v.Query.Get("in"), 200)
	v.Trail = trail(v.In)
	from, _ := strconv.Atoi(v.Query.Get("from"))
	from = max(0, min(from, 10_000))
	var err error
	switch {
	case v.Asked != "":
		err = p.searchAnswers(r, &v, from)
	case v.In != "":
		err = p.category(r, &v, from)
	default:
		err = p.allCategories(r, &v)
	}
	if err != nil {
		return err
	}
	return p.show(w, http.StatusOK, "answers", v)
}

func (p *Portal) searchAnswers(r *http.Request, v *answersPage, from int) error {
	got, err := p.Knowledge.Search(r.Context(), knowledge.Query{Text: v.Asked, Citizen: true, Path: v.In, From: from, Size: answersSize})
	if err != nil {
		return err
	}
	if from == 0 && v.In == "" {
		if err := p.Knowledge.Searched(r.Context(), v.Asked, got.Fits(v.Asked), true); err != nil {
			p.Log.Warn("noting a search", "error", err)
		}
	}
	if from+answersSize < got.Total {
		v.Next = v.With("from", strconv.Itoa(from+answersSize))
	}
	v.Found = &got
	return nil
}

func (p *Portal) category(r *http.Request, v *answersPage, from int) error {
	all, more, err := p.Knowledge.InPath(r.Context(), v.In, from)
	if err != nil {
		return err
	}
	if len(all) == 0 && from == 0 {
		return knowledge.ErrNotFound
	}
	if v.Articles = all; more {
		v.Next = v.With("from", strconv.Itoa(from+len(all)))
	}
	v.Data = questionsOf(all)
	return nil
}

func (p *Portal) allCategories(r *http.Request, v *answersPage) error {
	paths, err := p.Knowledge.PublicPaths(r.Context())
	if err != nil {
		return err
	}
	for _, x := range paths {
		top, _, _ := strings.Cut(x.Path, "/")
		if n := len(v.Groups); n == 0 || v.Groups[n-1].Name != top {
			v.Groups = append(v.Groups, group{Name: top})
		}
		g := &v.Groups[len(v.Groups)-1]
		g.N += x.Articles
		if x.Path != top {
			g.Below = append(g.Below, x)
		}
	}
	return nil
}

// trail are the categories from the top down to one.
func trail(path string) []crumb {
	var out []crumb
	for i, name := range strings.Split(path, "/") {
		if name == "" {
			continue
		}
		at := name
		if i > 0 && len(out) > 0 {
			at = out[len(out)-1].Path + "/" + name
		}
		out = append(out, crumb{name, at})
	}
	return out
}

// Leaf is the last part of a category's name.
func (answersPage) Leaf(path string) string { return path[strings.LastIndex(path, "/")+1:] }

// answerPage is one article as citizens read it.
type answerPage struct {
	page.Base
	*knowledge.Article
	Files []knowledge.Attachment
	Trail []crumb
	Asked string // what was looked for, when a search led here
	Said  bool   // this reader has just said whether it helped
	Data  any
}

// Paragraphs are the text's.
func (v answerPage) Paragraphs() []string {
	return strings.FieldsFunc(v.Telling(), func(r rune) bool { return r == '\n' })
}

// Answer shows an article.
func (p *Portal) Answer(w http.ResponseWriter, r *http.Request) error {
	id, ok := knowledge.ParseCode(r.PathValue("id"))
	if !ok {
		return knowledge.ErrNotFound
	}
	a, files, err := p.Knowledge.Live(r.Context(), id)
	if err != nil {
		return err
	}
	p.Knowledge.Seen(id)
	v := answerPage{Base: p.Base(r), Article: a, Files: files, Trail: trail(a.Path), Data: dataOf(a, p.Name)}
	v.Asked, v.Said = page.Clean(v.Query.Get("q"), 100), v.Query.Has("said")
	return p.show(w, http.StatusOK, "answer", v)
}

// Helped takes "was this helpful". Nobody is asked who he is; the form's token
// makes one reader's second thought take the place of the first.
func (p *Portal) Helped(w http.ResponseWriter, r *http.Request) error {
	id, ok := knowledge.ParseCode(r.PathValue("id"))
	if !ok {
		return knowledge.ErrNotFound
	}
	say := knowledge.Say(r.PostForm.Get("say"))
	if say != knowledge.Helpful && say != knowledge.Unhelpful {
		return page.ErrBadForm
	}
	if _, _, err := p.Knowledge.Live(r.Context(), id); err != nil {
		return err
	}
	o := knowledge.Opinion{Article: id, Say: say, Question: page.Clean(r.PostForm.Get("q"), 100), Source: "reader:" + newToken()}
	if err := p.Knowledge.Opine(r.Context(), o); err != nil {
		return err
	}
	http.Redirect(w, r, "/answers/"+knowledge.CodeOf(id)+"?said="+string(say)+"#helped", http.StatusSeeOther) //nolint:gosec // a code of ours and one of two words
	return nil
}

// AnswerFile sends a file of an article.
func (p *Portal) AnswerFile(w http.ResponseWriter, r *http.Request) error {
	id, ok := knowledge.ParseCode(r.PathValue("id"))
	file, err := strconv.ParseInt(r.PathValue("n"), 10, 64)
	if !ok || err != nil {
		return knowledge.ErrNotFound
	}
	a, body, err := p.Knowledge.Attachment(r.Context(), id, file, true)
	if err != nil {
		return err
	}
	return page.SendFile(w, a.Name, a.MediaType, a.Size, body)
}

// bring puts the article into the form of whoever could not get it done: its
// title as the matter, its department, and a first line that says what he read.
func (p *Portal) bring(r *http.Request, v *filePage) {
	id, ok := knowledge.ParseCode(r.URL.Query().Get("article"))
	if !ok || p.Knowledge == nil {
		return
	}
	a, _, err := p.Knowledge.Live(r.Context(), id)
	if err != nil {
		return
	}
	v.Form.Values.Set("kind", string(tickets.Complaint))
	v.Form.Values.Set("matter", a.Title)
	if _, ok := p.Places().Department(a.Department); ok {
		v.Form.Values.Set("about", a.Department)
	}
	v.Form.Values.Set("content", v.T("answers.carried", "Title", a.Title, "Code", a.Code())+"\n")
}

// dataOf describes an article in schema.org's words: a guide is a government
// service, anything else a question and its answer.
func dataOf(a *knowledge.Article, desk string) any {
	if a.Kind != knowledge.ServiceGuide {
		return about(questionsOf([]*knowledge.Article{a}), a)
	}
	operator := a.Issuer
	if operator == "" {
		operator = desk
	}
	organization := map[string]any{"@type": "GovernmentOrganization", "name": operator}
	// A service has no language, date or keywords; the page about it has.
	return map[string]any{"@context": "https://schema.org", "@type": "GovernmentService", "identifier": a.Code(), "name": a.Title, "description": a.Telling(), "category": a.Path,
		"provider": organization, "serviceOperator": organization, "subjectOf": about(map[string]any{"@type": "WebPage", "name": a.Title}, a)}
}

// about adds what is known of an article to the page that shows it.
func about(page map[string]any, a *knowledge.Article) map[string]any {
	page["inLanguage"], page["dateModified"] = "zh-CN", a.PublishedAt.In(tickets.Shanghai).Format("2006-01-02")
	if len(a.Keywords) > 0 {
		page["keywords"] = a.Keywords
	}
	return page
}

func questionsOf(all []*knowledge.Article) map[string]any {
	var questions []any
	for _, a := range all {
		questions = append(questions, map[string]any{"@type": "Question", "name": a.Title, "acceptedAnswer": map[string]any{"@type": "Answer", "text": a.Telling()}})
	}
	return map[string]any{"@context": "https://schema.org", "@type": "FAQPage", "mainEntity": questions}
}
