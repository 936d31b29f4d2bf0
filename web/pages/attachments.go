package pages

import (
	"net/http"
	"strconv"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// MaxUpload bounds one form with files, in bytes: three of the largest size.
const MaxUpload = 3*tickets.MaxAttachment + page.MaxBody

// Attach puts the files of a form on a ticket.
func (p *Pages) Attach(w http.ResponseWriter, r *http.Request) error {
	number, err := page.TicketNumber(r)
	if err != nil {
		return err
	}
	rule, _ := tickets.RuleFor(staff.Attach)
	form := page.Form{Of: string(staff.Attach)}
	if r.MultipartForm == nil || len(r.MultipartForm.File["file"]) == 0 {
		return p.again(w, r, rule, form, tickets.FieldErrors{{Field: "file", Code: "missing"}})
	}
	for _, h := range r.MultipartForm.File["file"] {
		f, err := h.Open()
		if err != nil {
			return err
		}
		_, err = p.Desk.AddAttachment(r.Context(), me(r), tickets.Ref{Number: number}, p.Files, tickets.Upload{Name: h.Filename, Body: f})
		_ = f.Close() // it was only read
		if err != nil {
			return p.again(w, r, rule, form, err)
		}
	}
	return p.done(w, r, "done.attached", "/tickets/"+number)
}

// Download sends an attachment to be saved, never to be shown: what a citizen
// sent must not run in a colleague's browser.
func (p *Pages) Download(w http.ResponseWriter, r *http.Request) error {
	number, err := page.TicketNumber(r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return page.ErrNotFound
	}
	a, body, err := p.Desk.Attachment(r.Context(), me(r), number, id, p.Files)
	if err != nil {
		return err
	}
	return page.SendFile(w, a.Name, a.MediaType, a.Size, body)
}
