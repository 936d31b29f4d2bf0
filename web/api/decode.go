package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"nengban/tickets"
	"nengban/web/page"
)

// Malformed says where a body stops being JSON that can be read.
type Malformed struct {
	Line, Column int
	Why          string // key of a sentence: api.bad.<why>
}

func (m *Malformed) Error() string {
	return fmt.Sprintf("the body is not JSON: line %d, column %d: %s", m.Line, m.Column, m.Why)
}

// Unwrap makes it a page.ErrBadJSON.
func (m *Malformed) Unwrap() error { return page.ErrBadJSON }

// Explain says it to whoever sent the body.
func (m *Malformed) Explain(b page.Base) string {
	return b.T("api.bad."+m.Why, "Line", m.Line, "Column", m.Column)
}

// object is the body of a request: its members, as they were written.
type object struct {
	members map[string]json.RawMessage
	order   []string
	errors  tickets.FieldErrors
}

// body reads a request's body, which has to be one JSON object in whole UTF-8
// that names nothing twice.
func body(r *http.Request) (*object, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		return nil, page.ErrNotJSON
	}
	text, err := io.ReadAll(r.Body)
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return nil, page.ErrTooLarge
	case err != nil:
		return nil, page.ErrBadForm
	}
	if at := brokenAt(text); at >= 0 {
		return nil, malformed(text, int64(at), "utf8")
	}
	return parse(text)
}

func parse(text []byte) (*object, error) {
	d := json.NewDecoder(bytes.NewReader(text))
	if first, err := d.Token(); err != nil || first != json.Delim('{') {
		return nil, malformed(text, d.InputOffset(), "object")
	}
	o := &object{members: map[string]json.RawMessage{}}
	for d.More() {
		name, err := d.Token()
		var raw json.RawMessage
		if err == nil {
			err = d.Decode(&raw)
		}
		if err != nil {
			return nil, malformed(text, d.InputOffset(), "syntax")
		}
		key, _ := name.(string)
		if _, twice := o.members[key]; twice {
			o.wrong(key, "twice")
		}
		o.members[key] = raw
		o.order = append(o.order, key)
	}
	if _, err := d.Token(); err != nil {
		return nil, malformed(text, d.InputOffset(), "syntax")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, malformed(text, d.InputOffset(), "more")
	}
	return o, nil
}

func (o *object) wrong(field, code string, args ...any) {
	o.errors = append(o.errors, tickets.FieldError{Field: clip(field), Code: code, Args: args})
}

// take removes a member and returns it; null is as good as nothing.
func (o *object) take(name string) (json.RawMessage, bool) {
	raw, ok := o.members[name]
	delete(o.members, name)
	return raw, ok && string(raw) != "null"
}

// version reads the version of the ticket that the asker had seen.
func (o *object) version() int64 {
	raw, ok := o.take("version")
	if !ok {
		o.wrong("version", "version_missing")
		return 0
	}
	var n int64
	if err := json.Unmarshal(raw, &n); err != nil || n < 1 {
		o.wrong("version", "wrong_type", kinds["integer"])
	}
	return n
}

// into fills the fields of a form and returns everything that is wrong: with
// the members there are, with those there should be, and those nobody asked for.
func (o *object) into(form any) error {
	fields := tickets.Fields(form)
	var names []string
	for _, f := range fields {
		names = append(names, f.Name)
		if raw, ok := o.take(f.Name); ok {
			o.set(form, f, raw)
		}
	}
	for _, name := range o.order {
		if _, left := o.members[name]; left {
			delete(o.members, name)
			o.wrong(name, "unknown_field", strings.Join(names, ", "))
		}
	}
	for _, e := range tickets.Check(form) {
		if o.errors.Of(e.Field) == nil {
			o.errors = append(o.errors, e)
		}
	}
	if len(o.errors) > 0 {
		return o.errors
	}
	return nil
}

// set reads one member into its field.
func (o *object) set(form any, f tickets.Field, raw json.RawMessage) {
	kind := kindOf(f, form)
	posted, ok := asPosted(kind, raw)
	if !ok {
		o.wrong(f.Name, "wrong_type", kinds[kind])
		return
	}
	if slices.ContainsFunc(posted, func(s string) bool {
		return strings.ContainsRune(s, utf8.RuneError) && !bytes.ContainsRune(raw, utf8.RuneError)
	}) {
		o.wrong(f.Name, "not_text") // half of a surrogate pair, which Go turns into a replacement character
		return
	}
	if code := f.Set(form, posted, tickets.Shanghai); code != "" {
		o.wrong(f.Name, code)
	}
}

// kinds are what a field can be, as a sentence names it.
var kinds = map[string]string{"string": "string", "boolean": "true / false", "integer": "integer", "strings": "array of strings", "time": "string (2026-09-24T16:50:00+08:00)"}

// kindOf says what a field is in JSON.
func kindOf(f tickets.Field, form any) string {
	switch f.Value(form).(type) {
	case bool:
		return "boolean"
	case int:
		return "integer"
	case []string:
		return "strings"
	case *time.Time:
		return "time"
	default:
		return "string"
	}
}

// asPosted turns a member into what a form would post for it.
func asPosted(kind string, raw json.RawMessage) ([]string, bool) {
	switch kind {
	case "boolean":
		var v bool
		err := json.Unmarshal(raw, &v)
		if v {
			return []string{"yes"}, err == nil
		}
		return []string{""}, err == nil
	case "integer":
		var v int64
		err := json.Unmarshal(raw, &v)
		return []string{string(raw)}, err == nil
	case "strings":
		var v []string
		err := json.Unmarshal(raw, &v)
		return v, err == nil
	default:
		var v string
		err := json.Unmarshal(raw, &v)
		return []string{v}, err == nil
	}
}

// brokenAt returns where a text stops being UTF-8, or -1.
func brokenAt(text []byte) int {
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return -1
}

func malformed(text []byte, at int64, why string) *Malformed {
	before := text[:min(at, int64(len(text)))]
	line := bytes.Count(before, []byte("\n"))
	return &Malformed{Line: line + 1, Column: len(before) - bytes.LastIndexByte(before, '\n'), Why: why}
}

// clip keeps a stranger's name for a field to what fits an answer.
func clip(s string) string {
	r := []rune(strings.ToValidUTF8(s, "?"))
	if len(r) > 60 {
		r = append(r[:59:59], '…')
	}
	return string(r)
}
