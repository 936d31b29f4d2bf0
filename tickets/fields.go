package tickets

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Field is one thing that a form asks for. The fields of a Move and of an
// Intake are read off its struct, so that the form, the check, the JSON body
// and its description cannot differ.
//
// A struct tag tells the rest: field:"area,need,max=2000" is a tall text box
// that must be filled with at most 2,000 characters.
type Field struct {
	Name     string // as in JSON and forms
	Widget   string // text, area, select, check, number, time, department, departments, category, place, files, article, tags
	Options  []string
	Need     bool
	Max      int  // characters, or the largest number
	Min      int  // the smallest number
	Personal bool // identifies the caller: sealed, masked, never logged
	index    []int
}

// Fields returns what a struct asks for, in order. Fields of embedded structs
// count as its own.
func Fields(form any) []Field {
	return fieldsOf(reflect.Indirect(reflect.ValueOf(form)).Type(), nil)
}

// Value returns the field's value in a form: string, []string, bool, int,
// int64s or *time.Time.
func (f Field) Value(form any) any {
	v := reflect.Indirect(reflect.ValueOf(form)).FieldByIndex(f.index)
	if v.Kind() == reflect.String {
		return v.String()
	}
	return v.Interface()
}

// Set reads the words that a form posted for this field into form. It returns
// a code of FieldError when they do not fit, "" when they do.
func (f Field) Set(form any, posted []string, zone *time.Location) (code string) {
	v := reflect.ValueOf(form).Elem().FieldByIndex(f.index)
	one := ""
	if len(posted) > 0 {
		one = posted[0]
	}
	switch v.Interface().(type) {
	case []string:
		v.Set(reflect.ValueOf(trimmed(posted)))
		return ""
	case *time.Time:
		return setTime(v, strings.TrimSpace(one), zone)
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(strings.TrimSpace(strings.ReplaceAll(one, "\r\n", "\n")))
	case reflect.Bool:
		v.SetBool(one != "" && one != "no" && one != "0" && one != "false")
	case reflect.Int:
		if one = strings.TrimSpace(one); one == "" {
			return ""
		}
		n, err := strconv.Atoi(one)
		if err != nil {
			return "not_a_number"
		}
		v.SetInt(int64(n))
	}
	return ""
}

// Check returns what is wrong with the fields of a form: missing, too long,
// not among the options, not text.
func Check(form any) FieldErrors {
	var es FieldErrors
	for _, f := range Fields(form) {
		f.check(form, &es)
	}
	return es
}

func (f Field) check(form any, es *FieldErrors) {
	switch x := f.Value(form).(type) {
	case string:
		f.checkText(x, es)
	case []string:
		if f.Need && len(x) == 0 {
			es.add(f.Name, "missing")
		}
		if len(x) > 50 {
			es.add(f.Name, "too_many", 50)
		}
		for _, s := range x {
			if !isText(s) || utf8.RuneCountInString(s) > 200 {
				es.add(f.Name, "not_text")
				return
			}
		}
	case int:
		switch {
		case f.Need && x == 0:
			es.add(f.Name, "missing")
		case x != 0 && x < f.Min:
			es.add(f.Name, "too_small", f.Min)
		case f.Max > 0 && x > f.Max:
			es.add(f.Name, "too_large", f.Max)
		}
	case *time.Time:
		if f.Need && x == nil {
			es.add(f.Name, "missing")
		}
	}
}

func (f Field) checkText(s string, es *FieldErrors) {
	switch {
	case !isText(s):
		es.add(f.Name, "not_text")
	case f.Need && strings.TrimSpace(s) == "":
		es.add(f.Name, "missing")
	case f.Max > 0 && utf8.RuneCountInString(s) > f.Max:
		es.add(f.Name, "too_long", f.Max)
	case s != "" && f.Options != nil && !slices.Contains(f.Options, s):
		es.add(f.Name, "not_an_option")
	}
}

// isText says whether s is whole UTF-8 without control characters other than
// line breaks and tabs. Neither database takes a NUL.
func isText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r'
	})
}

func fieldsOf(t reflect.Type, index []int) []Field {
	var out []Field
	for i := range t.NumField() {
		sf := t.Field(i)
		at := append(slices.Clone(index), i)
		if sf.Anonymous && sf.Type.Kind() == reflect.Struct {
			out = append(out, fieldsOf(sf.Type, at)...)
			continue
		}
		if tag, ok := sf.Tag.Lookup("field"); ok {
			out = append(out, fieldOf(sf, tag, at))
		}
	}
	return out
}

func fieldOf(sf reflect.StructField, tag string, index []int) Field {
	name, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
	parts := strings.Split(tag, ",")
	f := Field{Name: name, Widget: parts[0], index: index}
	for _, p := range parts[1:] {
		key, value, _ := strings.Cut(p, "=")
		n, _ := strconv.Atoi(value)
		switch key {
		case "need":
			f.Need = true
		case "max":
			f.Max = n
		case "min":
			f.Min = n
		case "personal":
			f.Personal = true
		}
	}
	if o, ok := reflect.Zero(sf.Type).Interface().(interface{ Options() []string }); ok {
		f.Options = o.Options()
	}
	return f
}

// setTime reads what an <input type=datetime-local> or an API posts.
func setTime(v reflect.Value, s string, zone *time.Location) string {
	if s == "" {
		v.SetZero()
		return ""
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"} {
		if at, err := time.ParseInLocation(layout, s, zone); err == nil {
			at = at.UTC()
			v.Set(reflect.ValueOf(&at))
			return ""
		}
	}
	return "not_a_time"
}

func trimmed(in []string) []string {
	var out []string
	for _, s := range in {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}
