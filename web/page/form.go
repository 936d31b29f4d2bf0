package page

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"nengban/tickets"
)

// Form is a form as a page shows it: its fields, what stands in them, and
// what is wrong. The fields come from the struct that the use-case takes.
type Form struct {
	Of      string // the act, or what else the form is for: it chooses the words
	Fields  []tickets.Field
	Values  url.Values // as posted, so that nothing that was typed is lost
	Errors  tickets.FieldErrors
	Choices map[string][]string // a narrower choice of departments, by field
}

// Decode reads a posted form into a struct of the tickets package and returns
// the form for showing it again. What does not fit its field is in its Errors.
func Decode(r *http.Request, of string, into any) Form {
	f := Form{Of: of, Fields: tickets.Fields(into), Values: r.PostForm}
	for _, field := range f.Fields {
		posted, ok := r.PostForm[field.Name]
		if !ok {
			continue
		}
		if code := field.Set(into, posted, tickets.Shanghai); code != "" {
			f.Errors = append(f.Errors, tickets.FieldError{Field: field.Name, Code: code})
		}
	}
	return f
}

// Empty returns the form of a struct with what stands in it.
func Empty(of string, from any) Form {
	f := Form{Of: of, Fields: tickets.Fields(from), Values: url.Values{}}
	for _, field := range f.Fields {
		f.Values[field.Name] = written(field.Value(from))
	}
	return f
}

// written is how a form shows a value.
func written(v any) []string {
	switch v := v.(type) {
	case string:
		if v != "" {
			return []string{v}
		}
	case []string:
		return v
	case bool:
		if v {
			return []string{"yes"}
		}
	case int:
		if v != 0 {
			return []string{strconv.Itoa(v)}
		}
	case *time.Time:
		if v != nil {
			return []string{v.In(tickets.Shanghai).Format("2006-01-02T15:04")}
		}
	}
	return nil
}

// Field returns one field by its name, for forms that are laid out by hand.
func (f Form) Field(name string) tickets.Field {
	for _, x := range f.Fields {
		if x.Name == name {
			return x
		}
	}
	return tickets.Field{Name: name, Widget: "text"}
}

// Value returns what stands in a field.
func (f Form) Value(name string) string { return f.Values.Get(name) }

// Chosen says whether an option of a field with several is chosen.
func (f Form) Chosen(name, option string) bool { return contains(f.Values[name], option) }

// Error returns a field's trouble, or nil.
func (f Form) Error(name string) *tickets.FieldError { return f.Errors.Of(name) }

// Typed says whether anything stands in the form at all.
func (f Form) Typed() bool {
	for _, field := range f.Fields {
		if f.Value(field.Name) != "" {
			return true
		}
	}
	return false
}
