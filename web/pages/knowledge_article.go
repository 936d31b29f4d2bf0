package pages

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strconv"

	"nengban/knowledge"
	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// articlePage is an article with its versions, and what the reader may do.
type articlePage struct {
	page.Base
	knowledge.File
	Asked    string // the question that led here
	Compared []knowledge.Change
	Against  int // the version that it is compared with
	Changed  bool
	Refused  string
	Wrong    tickets.FieldErrors
	MayFile  bool
}

// Needs says whether a step wants a reason.
func (articlePage) Needs(s knowledge.Step) bool { return s.Needs() }

// Article shows an article: its newest version, another one, or what differs
// between two.
func (p *Pages) Article(w http.ResponseWriter, r *http.Request) error {
	v, err := p.articlePage(r)
	if err != nil {
		return err
	}
	if !v.MayEdit { // who keeps it looks at it often
		p.Knowledge.Seen(v.ID)
	}
	return p.show(w, "article", v)
}

// Waits says whether the version waits for a review that is not the reader's.
func (v *articlePage) Waits() bool {
	return v.State == knowledge.InReview && v.N == v.Head && !slices.Contains(v.Allowed, knowledge.Approve)
}

func (p *Pages) articlePage(r *http.Request) (*articlePage, error) {
	id, err := articleID(r)
	if err != nil {
		return nil, err
	}
	n, _ := strconv.Atoi(r.URL.Query().Get("n"))
	v := &articlePage{Base: p.Base(r), Asked: page.Clean(r.URL.Query().Get("q"), 200)}
	if v.File, err = p.Knowledge.Open(r.Context(), v.Me, id, max(n, 0)); err != nil {
		return nil, err
	}
	v.Path = "/knowledge/" + v.Code()
	if against, _ := strconv.Atoi(r.URL.Query().Get("with")); against > 0 {
		other, err := p.Knowledge.Article(r.Context(), v.Me, id, against)
		if err != nil {
			return nil, err
		}
		v.Against = against
		v.Compared = knowledge.Compare(other.Content, v.Content)
	}
	return v, nil
}

// TakeStep submits, approves, sends back, publishes or takes off.
func (p *Pages) TakeStep(w http.ResponseWriter, r *http.Request) error {
	ref, err := refOf(r)
	if err != nil {
		return err
	}
	step := r.PostForm.Get("step")
	_, err = p.Knowledge.Do(r.Context(), me(r), ref, knowledge.Step(step), page.Clean(r.PostForm.Get("note"), 600))
	if err != nil {
		return p.articleAgain(w, r, err)
	}
	return p.done(w, r, "done.article."+step, "/knowledge/"+knowledge.CodeOf(ref.ID))
}

// articleAgain shows the article with why nothing was done to it.
func (p *Pages) articleAgain(w http.ResponseWriter, r *http.Request, because error) error {
	v, err := p.articlePage(r)
	if err != nil {
		return err
	}
	var refusal *knowledge.Refusal
	var conflict *knowledge.Conflict
	status := http.StatusConflict
	switch {
	case errors.As(because, &refusal):
		v.Refused = v.T("article.refused." + refusal.Code)
	case errors.As(because, &conflict):
		v.Changed = true
	default:
		fields, ok := fieldsOf(because)
		if !ok {
			return because
		}
		v.Wrong, status = fields, http.StatusUnprocessableEntity
	}
	return p.Render.Render(w, status, "staff/article", v)
}

// RestoreVersion makes an earlier version the newest draft.
func (p *Pages) RestoreVersion(w http.ResponseWriter, r *http.Request) error {
	ref, err := refOf(r)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(r.PostForm.Get("n"))
	if err != nil || n < 1 {
		return page.ErrBadForm
	}
	if _, err := p.Knowledge.Restore(r.Context(), me(r), ref, n); err != nil {
		return p.articleAgain(w, r, err)
	}
	return p.done(w, r, "done.restored", "/knowledge/"+knowledge.CodeOf(ref.ID))
}

// Opine takes "this was it" or "not this" about the question that led here.
func (p *Pages) Opine(w http.ResponseWriter, r *http.Request) error {
	id, err := articleID(r)
	if err != nil {
		return err
	}
	say := knowledge.Say(r.PostForm.Get("say"))
	asked := page.Clean(r.PostForm.Get("q"), 200)
	if say != knowledge.ThisWasIt && say != knowledge.NotThis || asked == "" {
		return page.ErrBadForm
	}
	by := me(r)
	o := knowledge.Opinion{Article: id, Say: say, Question: asked, Source: "staff:" + strconv.FormatInt(by.ID, 10) + ":" + knowledge.CodeOf(id) + ":" + digestOf(asked), By: by}
	if err := p.Knowledge.Opine(r.Context(), o); err != nil {
		return err
	}
	return p.done(w, r, "done.opinion", page.OwnPath(r.PostForm.Get("back"), "/knowledge/"+knowledge.CodeOf(id)))
}

// digestOf tells two questions apart without keeping what was asked.
func digestOf(asked string) string {
	sum := sha256.Sum256([]byte(asked))
	return hex.EncodeToString(sum[:8])
}

// notThis notes that an article beside a call is no answer to it, and shows
// the form again without it, as it was typed.
func (p *Pages) notThis(w http.ResponseWriter, r *http.Request, v intakePage, code string) error {
	id, ok := knowledge.ParseCode(code)
	if !ok {
		return knowledge.ErrNotFound
	}
	o := knowledge.Opinion{Article: id, Say: knowledge.NotThis, Question: v.Form.Value("content"), By: v.Me,
		Source: "call:" + strconv.FormatInt(v.Me.ID, 10) + ":" + knowledge.CodeOf(id) + ":" + strconv.FormatInt(p.Now().UnixNano(), 10)}
	if err := p.Knowledge.Opine(r.Context(), o); err != nil {
		return err
	}
	if err := p.sides(r.Context(), &v); err != nil {
		return err
	}
	v.Help.Matches = slices.DeleteFunc(v.Help.Matches, func(m Match) bool { return m.ID == code })
	v.Flash = "done.opinion"
	return p.Render.Render(w, http.StatusOK, "staff/intake", v)
}

// AttachToArticle stores a file with the newest version.
func (p *Pages) AttachToArticle(w http.ResponseWriter, r *http.Request) error {
	ref, err := refOf(r)
	if err != nil {
		return err
	}
	if r.MultipartForm == nil || len(r.MultipartForm.File["file"]) == 0 {
		return p.articleAgain(w, r, knowledge.FieldErrors{{Field: "file", Code: "missing"}})
	}
	h := r.MultipartForm.File["file"][0]
	f, err := h.Open()
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	if _, err := p.Knowledge.Attach(r.Context(), me(r), ref, h.Filename, f); err != nil {
		return p.articleAgain(w, r, err)
	}
	return p.done(w, r, "done.attached", "/knowledge/"+knowledge.CodeOf(ref.ID))
}

// DetachFromArticle leaves a file out of the newest version.
func (p *Pages) DetachFromArticle(w http.ResponseWriter, r *http.Request) error {
	ref, err := refOf(r)
	if err != nil {
		return err
	}
	file, err := strconv.ParseInt(r.PathValue("n"), 10, 64)
	if err != nil {
		return knowledge.ErrNotFound
	}
	if _, err := p.Knowledge.Detach(r.Context(), me(r), ref, file); err != nil {
		return p.articleAgain(w, r, err)
	}
	return p.done(w, r, "done.saved", "/knowledge/"+knowledge.CodeOf(ref.ID))
}

// ArticleFile sends a file of an article, to be saved.
func (p *Pages) ArticleFile(w http.ResponseWriter, r *http.Request) error {
	id, err := articleID(r)
	if err != nil {
		return err
	}
	file, err := strconv.ParseInt(r.PathValue("n"), 10, 64)
	if err != nil {
		return knowledge.ErrNotFound
	}
	a, body, err := p.Knowledge.Attachment(r.Context(), id, file, false)
	if err != nil {
		return err
	}
	return page.SendFile(w, a.Name, a.MediaType, a.Size, body)
}

// ArticleFromTicket makes a draft of a finished ticket, without what points to
// a person, and opens it for editing.
func (p *Pages) ArticleFromTicket(w http.ResponseWriter, r *http.Request) error {
	number, err := page.TicketNumber(r)
	if err != nil {
		return err
	}
	by := me(r)
	t, err := p.Desk.Ticket(r.Context(), by, number)
	if err != nil {
		return err
	}
	if t.Answer == nil || !by.May(staff.ReadTicket, t.Subject()) {
		return tickets.ErrNotFound
	}
	text := t.Answer.PublicText
	if text == "" {
		text = t.Answer.Text
	}
	caller, err := p.Desk.CallerForContact(t) // taken out of the texts, and shown to nobody
	if err != nil {
		return err
	}
	clean := func(s string) string { s, _ = tickets.Redact(s, caller); return s }
	unit := t.Answer.Department
	if by.Department != "" {
		unit = by.Department
	}
	a, err := p.Knowledge.DraftFrom(r.Context(), by, knowledge.Case{Number: t.Number, Title: clean(t.Title), Question: clean(t.Content), Answer: clean(text),
		Basis: t.Answer.Basis, Department: unit, Path: p.Places.Directory().CategoryPath(t.Category, "zh-CN")})
	if fields, ok := fieldsOf(err); ok {
		return fields
	}
	if err != nil {
		return err
	}
	return p.done(w, r, "done.drafted", "/knowledge/"+a.Code()+"/edit")
}
