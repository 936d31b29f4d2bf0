package pages

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"nengban/knowledge"
	"nengban/tickets"
	"nengban/tickets/sheet"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// keepingPage is what keeps the knowledge base in order: four lists of what to
// write and to mend, the words, the categories, and files in and out.
type keepingPage struct {
	page.Base
	Tab      string
	Unit     string
	Missed   []knowledge.Missed
	Articles []*knowledge.Article
	Rated    []knowledge.Doubted
	Synonyms knowledge.Synonyms
	Typed    string // the synonyms as they were typed, when they are wrong
	Wrong    tickets.FieldErrors
	Paths    []knowledge.Path
	Opinions bool
	Index    string // what the index holds, in words
	Report   *knowledge.Report
	NoColumn string // the column that a file lacks
}

// keeping are the lists and pages in order.
var keeping = []string{"review", "rated", "nothing", "unused", "words", "categories", "files"}

// Tabs are those that the reader may open.
func (v keepingPage) Tabs() []string { return keeping }

// MayPublish says whether the reader keeps the words, categories and files.
func (v keepingPage) MayPublish() bool { return v.Me.Reach(staff.PublishKnowledge) != staff.None }

// Keeping shows one of them.
func (p *Pages) Keeping(w http.ResponseWriter, r *http.Request) error {
	v, err := p.keepingPage(r, r.URL.Query().Get("tab"))
	if err != nil {
		return err
	}
	return p.show(w, "keeping", v)
}

func (p *Pages) keepingPage(r *http.Request, tab string) (keepingPage, error) {
	v := keepingPage{Base: p.Base(r), Tab: tab, Opinions: p.Knowledge.OpinionsUsed()}
	v.Path = "/knowledge/keeping"
	if !slices.Contains(keeping, tab) {
		v.Tab = keeping[0]
	}
	if _, ok := p.Places.Directory().Department(r.URL.Query().Get("department")); ok {
		v.Unit = r.URL.Query().Get("department")
	}
	if v.Me.Reach(staff.EditKnowledge) == staff.OwnDepartment {
		v.Unit = v.Me.Department
	}
	ctx := r.Context()
	var err error
	switch v.Tab {
	case "review":
		v.Articles, err = p.Knowledge.PastReview(ctx, v.Unit)
	case "rated":
		v.Rated, err = p.Knowledge.Rated(ctx, v.Unit)
	case "nothing":
		v.Missed, err = p.Knowledge.FoundNothing(ctx)
	case "unused":
		v.Articles, err = p.Knowledge.Unused(ctx, v.Unit)
	case "words":
		v.Synonyms, err = p.Knowledge.Synonyms(ctx)
		v.Typed = v.Synonyms.Words
	case "categories":
		v.Paths, err = p.Knowledge.Paths(ctx)
	case "files":
		if s, broken := p.Knowledge.Index(); broken == nil {
			v.Index = v.T("knowledge.index_holds", "N", s.Documents, "Size", v.Size(s.Bytes))
		}
	}
	return v, err
}

// keepingAgain shows a tab with what is wrong with what was posted.
func (p *Pages) keepingAgain(w http.ResponseWriter, r *http.Request, tab, typed string, because error) error {
	fields, ok := fieldsOf(because)
	if !ok {
		return because
	}
	v, err := p.keepingPage(r, tab)
	if err != nil {
		return err
	}
	v.Wrong = fields
	if typed != "" {
		v.Typed = typed
	}
	return p.Render.Render(w, http.StatusUnprocessableEntity, "staff/keeping", v)
}

// SeenTo takes a search that found nothing off its list.
func (p *Pages) SeenTo(w http.ResponseWriter, r *http.Request) error {
	if err := p.Knowledge.SeenTo(r.Context(), me(r), page.Clean(r.PostForm.Get("key"), 200)); err != nil {
		return err
	}
	return p.done(w, r, "done.saved", "/knowledge/keeping?tab=nothing")
}

// SaveWords saves the synonyms.
func (p *Pages) SaveWords(w http.ResponseWriter, r *http.Request) error {
	seen, err := strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
	if err != nil {
		return page.ErrBadForm
	}
	typed := r.PostForm.Get("synonyms")
	if err := p.Knowledge.SaveSynonyms(r.Context(), me(r), seen, typed); err != nil {
		return p.keepingAgain(w, r, "words", typed, err)
	}
	return p.done(w, r, "done.saved", "/knowledge/keeping?tab=words")
}

// SwitchOpinions lets what people say move the ranking, or not.
func (p *Pages) SwitchOpinions(w http.ResponseWriter, r *http.Request) error {
	on := r.PostForm.Get("on")
	if on != "yes" && on != "no" {
		return page.ErrBadForm
	}
	if err := p.Knowledge.UseOpinions(r.Context(), me(r), on == "yes"); err != nil {
		return err
	}
	return p.done(w, r, "done.saved", "/knowledge/keeping?tab=words")
}

// SaveCategory takes a category in.
func (p *Pages) SaveCategory(w http.ResponseWriter, r *http.Request) error {
	x := knowledge.Path{Path: r.PostForm.Get("path"), Department: r.PostForm.Get("department")}
	if _, ok := p.Places.Directory().Department(x.Department); x.Department != "" && !ok {
		return p.keepingAgain(w, r, "categories", "", knowledge.FieldErrors{{Field: "department", Code: "unknown_department", Args: []any{x.Department}}})
	}
	if err := p.Knowledge.AddPath(r.Context(), me(r), x); err != nil {
		return p.keepingAgain(w, r, "categories", x.Path, err)
	}
	return p.done(w, r, "done.saved", "/knowledge/keeping?tab=categories")
}

// DropCategory takes one out.
func (p *Pages) DropCategory(w http.ResponseWriter, r *http.Request) error {
	if err := p.Knowledge.RemovePath(r.Context(), me(r), r.PostForm.Get("path")); err != nil {
		return p.keepingAgain(w, r, "categories", "", err)
	}
	return p.done(w, r, "done.saved", "/knowledge/keeping?tab=categories")
}

// ImportArticles takes a file of the 信阳 layout and reports row by row.
func (p *Pages) ImportArticles(w http.ResponseWriter, r *http.Request) error {
	if r.MultipartForm == nil || len(r.MultipartForm.File["file"]) == 0 {
		return p.keepingAgain(w, r, "files", "", knowledge.FieldErrors{{Field: "file", Code: "missing"}})
	}
	h := r.MultipartForm.File["file"][0]
	f, err := h.Open()
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	options := knowledge.ImportOptions{Source: "xinyang", Draft: r.FormValue("draft") == "yes", MakePaths: r.FormValue("paths") == "yes", Most: knowledge.MostXinyangRows}
	report, err := p.Knowledge.Import(r.Context(), me(r), knowledge.Xinyang(sheet.Read(h.Filename, f)), options)
	if errors.Is(err, knowledge.ErrNotAllowed) {
		return err
	}
	v, pageErr := p.keepingPage(r, "files")
	if pageErr != nil {
		return pageErr
	}
	status := http.StatusOK
	var lacks *knowledge.HeadingError
	switch {
	case errors.As(err, &lacks):
		v.NoColumn, status = lacks.Heading, http.StatusUnprocessableEntity
	case err != nil:
		p.Log.Info("a file of articles could not be read", "error", err)
		v.Wrong, status = tickets.FieldErrors{{Field: "file", Code: "file_unreadable"}}, http.StatusUnprocessableEntity
	case report.Taken+report.Replaced+report.Known == 0:
		status = http.StatusUnprocessableEntity
	}
	if report.Trouble = report.Trouble[:min(len(report.Trouble), mostTrouble)]; err == nil || report.Taken+report.Replaced+report.Known > 0 {
		v.Report = &report
	}
	return p.Render.Render(w, status, "staff/keeping", v)
}

// Saying is what is wrong with a row, in words.
func (v keepingPage) Saying(t knowledge.Trouble) string {
	if t.Code == "row_unreadable" && t.Column != "" {
		return v.T("knowledge.cell_unreadable")
	}
	return v.Invalid(tickets.FieldError{Field: t.Field, Code: t.Code, Args: t.Args})
}

// ExportArticles sends the articles that serve as CSV or XLSX.
func (p *Pages) ExportArticles(w http.ResponseWriter, r *http.Request) error {
	ending := r.URL.Query().Get("as")
	failed := error(nil)
	rows := func(yield func([]string) bool) {
		for cells, err := range p.Knowledge.Exported(r.Context()) {
			if err != nil {
				failed = err
				return
			}
			if !yield(cells) {
				return
			}
		}
	}
	h := w.Header()
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="knowledge-%s.%s"`, p.Now().In(tickets.Shanghai).Format("20060102"), map[bool]string{true: "xlsx", false: "csv"}[ending == "xlsx"]))
	if ending == "xlsx" {
		h.Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
		return errors.Join(sheet.WriteXLSX(w, "知识库", knowledge.Headings(), rows), failed)
	}
	h.Set("Content-Type", "text/csv; charset=utf-8")
	return errors.Join(sheet.WriteCSV(w, knowledge.Headings(), rows), failed)
}
