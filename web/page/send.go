package page

import (
	"io"
	"mime"
	"net/http"
	"strconv"
)

// SendFile answers with a file to be saved, never to be shown: what somebody
// sent in must not run in a reader's browser. It closes the body.
func SendFile(w http.ResponseWriter, name, mediaType string, size int64, body io.ReadCloser) error {
	defer func() { _ = body.Close() }() // it was only read
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
	_, err := io.Copy(w, body)
	return err
}
