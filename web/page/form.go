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
	Fields []tickets.Field
	Values url.Values // as posted, so that nothing that was typed is lost
	Errors tickets.FieldErrors
}

// Decode reads a posted form into a struct of the tickets package and returns
// the form for showing it again. What does not fit its field is in its Errors.
func Decode(r *http.Request, into any) Form {
	f := Form{Fields: tickets.Fields(into), Values: r.PostForm}
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
func Empty(from any) Form {
	f := Form{Fields: tickets.Fields(from), Values: url.Values{}}
	for _, field := range f.Fields {
		switch v := field.Value(from).(type) {
		case string:
			if v != "" {
				f.Values.Set(field.Name, v)
			}
		case []string:
			f.Values[field.Name] = v
		case bool:
			if v {
				f.Values.Set(field.Name, "yes")
			}
		case int:
			if v != 0 {
				f.Values.Set(field.Name, strconv.Itoa(v))
			}
		case *time.Time:
			if v != nil {
				f.Values.Set(field.Name, v.In(tickets.Shanghai).Format("2006-01-02T15:04"))
			}
		}
	}
	return f
}

// Value returns what stands in a field.
func (f Form) Value(name string) string { return f.Values.Get(name) }

// Chosen says whether an option of a field with several is chosen.
func (f Form) Chosen(name, option string) bool { return contains(f.Values[name], option) }

// Error returns a field's trouble, or nil.
func (f Form) Error(name string) *tickets.FieldError { return f.Errors.Of(name) }
