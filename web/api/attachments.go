package api

import (
	"fmt"
	"net/http"
	"strconv"

	"nengban/tickets"
	"nengban/web/page"
)

// maxUpload bounds a request with a file, in bytes.
const maxUpload = tickets.MaxAttachment + page.MaxBody

func attachmentOf(number string, x tickets.Attachment) Attachment {
	return Attachment{x.ID, x.Name, x.MediaType, x.Size, x.SHA256, x.AddedBy, x.AddedAt.UTC(), fmt.Sprintf("%s/tickets/%s/attachments/%d", Base, number, x.ID)}
}

// attach puts the one file of a multipart body on a ticket.
func (a *API) attach(w http.ResponseWriter, r *http.Request) error {
	by, number, err := a.about(r)
	if err != nil {
		return err
	}
	if r.MultipartForm == nil || len(r.MultipartForm.File["file"]) == 0 {
		return tickets.FieldErrors{{Field: "file", Code: "missing"}}
	}
	if len(r.MultipartForm.File["file"]) > 1 {
		return tickets.FieldErrors{{Field: "file", Code: "too_many", Args: []any{1}}}
	}
	h := r.MultipartForm.File["file"][0]
	f, err := h.Open()
	if err != nil {
		return fmt.Errorf("reading an upload: %w", err)
	}
	defer func() { _ = f.Close() }()
	t, err := a.Desk.AddAttachment(r.Context(), by, tickets.Ref{Number: number}, a.Files, tickets.Upload{Name: h.Filename, Body: f})
	if err != nil {
		return err
	}
	return a.after(w, r, by, t)
}

// download sends a file to be saved, never to be shown: what a citizen sent
// must not run in a colleague's browser.
func (a *API) download(w http.ResponseWriter, r *http.Request) error {
	by, number, err := a.about(r)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return tickets.ErrNotFound
	}
	x, content, err := a.Desk.Attachment(r.Context(), by, number, id, a.Files)
	if err != nil {
		return err
	}
	return page.SendFile(w, x.Name, x.MediaType, x.Size, content)
}
