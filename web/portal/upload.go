package portal

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"strings"

	"nengban/tickets"
	"nengban/web/page"
)

// MostFiles is how many files one form brings.
const MostFiles = 3

// MaxForm bounds a form with files, in bytes. It is far more than is taken, so
// that whoever picked a long video is told so beside his text, instead of
// seeing his phone's own page about a broken connection.
const MaxForm = 512 << 20

// maxText bounds all typed text of a form together, in bytes.
const maxText = page.MaxBody

// file is a file of a form, waiting in the machine's folder for such things;
// on is nil when it was one too many or did not arrive whole.
type file struct {
	name string
	on   *os.File
	many bool
}

// posted is a form as it came in.
type posted struct {
	url.Values
	files []file
	cut   bool // the line broke or the form was endless: what came before is here
}

// read takes a posted form in, field by field, each file up to just over what
// may be taken; the rest of it is read and thrown away. It returns
// page.ErrBadForm or page.ErrTooLarge when nothing can be made of it. close
// throws the files away.
func read(w http.ResponseWriter, r *http.Request) (*posted, error) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		r.Body = http.MaxBytesReader(w, r.Body, maxText)
		if err := page.ParseForm(r); err != nil {
			return nil, err
		}
		return &posted{Values: r.PostForm}, nil
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, page.ErrBadForm
	}
	f := &posted{Values: url.Values{}}
	if err := f.take(parts); err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

func (f *posted) take(parts *multipart.Reader) error {
	left := int64(maxText)
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			f.cut = true
			if len(f.Values) == 0 {
				return page.ErrBadForm
			}
			return nil
		}
		if part.FileName() != "" {
			err = f.takeFile(part)
		} else if part.FormName() != "" {
			var n int64
			n, err = f.takeText(part, left)
			left -= n
		}
		if err != nil {
			return err
		}
	}
}

func (f *posted) takeText(part *multipart.Part, left int64) (int64, error) {
	text, err := io.ReadAll(io.LimitReader(part, left+1))
	if int64(len(text)) > left {
		return 0, page.ErrTooLarge
	}
	f.Add(part.FormName(), string(text))
	f.cut = f.cut || err != nil
	return int64(len(text)), nil
}

func (f *posted) takeFile(part *multipart.Part) error {
	name := part.FileName()
	switch n := len(f.files); {
	case n > 4*MostFiles:
		return page.ErrTooLarge
	case n >= MostFiles:
		f.files = append(f.files, file{name: name, many: true})
		return nil
	}
	on, err := os.CreateTemp("", "nengban-upload-*")
	if err != nil {
		return fmt.Errorf("keeping an upload: %w", err)
	}
	f.files = append(f.files, file{name: name, on: on})
	if _, err := io.Copy(on, io.LimitReader(part, tickets.MaxAttachment+1)); err != nil {
		f.cut = true
	}
	if _, err = on.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("keeping an upload: %w", err)
	}
	return nil
}

func (f *posted) close() {
	for _, x := range f.files {
		if x.on != nil {
			_ = x.on.Close() // it was only read
			_ = os.Remove(x.on.Name())
		}
	}
}
