package page

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"sync"

	"nengban/web/assets"
)

// Renderer holds the parsed templates: one set per page, each with the layout
// and the shared parts.
type Renderer struct {
	shared *template.Template
	sets   map[string]*template.Template
}

// Templates lie in three folders: layouts that pages stand in, parts that
// pages share, and pages/<layout>/<name>.html.
const (
	layouts = "layouts"
	parts   = "parts"
	pages   = "pages"
)

// NewRenderer returns the renderer of all embedded templates. They are parsed
// once in a process: they cannot change, and their trees take 10 MB and more.
func NewRenderer() (*Renderer, error) { return embedded() }

var embedded = sync.OnceValues(func() (*Renderer, error) { return newRenderer(assets.Templates()) })

func newRenderer(files fs.FS) (*Renderer, error) {
	r := &Renderer{sets: map[string]*template.Template{}}
	shared, err := template.New("").Funcs(funcs).ParseFS(files, parts+"/*.html")
	if err != nil {
		return nil, fmt.Errorf("parsing the shared templates: %w", err)
	}
	names, err := fs.Glob(files, pages+"/*/*.html")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		set, err := shared.Clone()
		if err != nil {
			return nil, err
		}
		layout := layouts + "/" + path.Base(path.Dir(name)) + ".html"
		if _, err := set.ParseFS(files, layout, name); err != nil {
			return nil, fmt.Errorf("parsing the template %s: %w", name, err)
		}
		r.sets[strings.TrimSuffix(strings.TrimPrefix(name, pages+"/"), ".html")] = set
	}
	r.shared, err = shared.Clone() // a set that was executed cannot be cloned any more
	return r, err
}

// Names returns the pages that there are: staff/ticket, portal/look.
func (r *Renderer) Names() []string {
	var out []string
	for n := range r.sets {
		out = append(out, n)
	}
	return out
}

// Render writes a whole page, such as staff/ticket, with a status.
func (r *Renderer) Render(w http.ResponseWriter, status int, name string, data any) error {
	return r.write(w, status, name, "layout", data)
}

// Fragment writes one block of a page's template, for scripts.
func (r *Renderer) Fragment(w http.ResponseWriter, name, block string, data any) error {
	return r.write(w, http.StatusOK, name, block, data)
}

// Part writes one of the shared parts.
func (r *Renderer) Part(w http.ResponseWriter, status int, part string, data any) error {
	return send(w, status, r.shared, part, data)
}

func (r *Renderer) write(w http.ResponseWriter, status int, name, block string, data any) error {
	set, ok := r.sets[name]
	if !ok {
		return fmt.Errorf("there is no page %s", name)
	}
	if err := send(w, status, set, block, data); err != nil {
		return fmt.Errorf("page %s: %w", name, err)
	}
	return nil
}

// send renders into memory first, so that a page that breaks half way is an
// error page and not half a page.
func send(w http.ResponseWriter, status int, set *template.Template, block string, data any) error {
	var out bytes.Buffer
	if err := set.ExecuteTemplate(&out, block, data); err != nil {
		return fmt.Errorf("rendering %s: %w", block, err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, err := out.WriteTo(w)
	return err
}

// funcs are what templates may call beside the methods of their page.
var funcs = template.FuncMap{
	"asset": assets.URL,
	"icon":  icon,
	"dict":  dict,
	"lines": func(s string) []string { return strings.Split(s, "\n") },
	"join":  strings.Join,
	"str":   func(v any) string { return fmt.Sprint(v) },
	"has":   func(list []string, s string) bool { return contains(list, s) },
	"add":   func(a, b int) int { return a + b },
}

// icon draws one of the vendored icons, hidden from screen readers: the words
// beside it say the same.
func icon(name string) template.HTML {
	return template.HTML(`<svg class="icon" aria-hidden="true"><use href="` + //nolint:gosec // both parts are ours
		template.HTMLEscapeString(assets.URL("vendor/icons.svg")) + `#` + template.HTMLEscapeString(name) + `"/></svg>`)
}

// dict lets a page hand several values to a shared part.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict takes names and values in turn")
	}
	out := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		out[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return out, nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
