package page

import (
	"strconv"
	"strings"

	"nengban/tickets"
	"nengban/tickets/departments"
	"nengban/tickets/staff"
)

// FieldName returns what a field is called: in this form (field.<form>.<name>)
// where that has a name of its own, else everywhere (field.<name>).
func (b Base) FieldName(form, field string) string {
	return b.first("field."+form+"."+field, "field."+field)
}

// Hint returns a word of help under a field, or "".
func (b Base) Hint(form, field string) string {
	for _, key := range []string{"hint." + form + "." + field, "hint." + field} {
		if b.Has(key) {
			return b.T(key)
		}
	}
	return ""
}

// Option returns what a choice is called: in this form, else in this field.
// Fields that name the same thing share their words.
func (b Base) Option(form, field, value string) string {
	if value == "" {
		return ""
	}
	return b.first(field+"."+form+"."+value, field+"."+value)
}

// Word returns the word of a value of a named kind: Word "status" .Status.
func (b Base) Word(group string, value any) string {
	s := text(value)
	if s == "" {
		return ""
	}
	return b.T(group + "." + s)
}

// Invalid says what is wrong with a field.
func (b Base) Invalid(e tickets.FieldError) string {
	return b.T("invalid."+e.Code, "A", b.argument(e.Args))
}

// Refused says why an act is not possible.
func (b Base) Refused(r *tickets.Refusal) string {
	return b.T("refusal."+r.Code, "A", b.argument(r.Args), "Act", b.Word("act", r.Act), "Status", b.Word("status", r.Status))
}

// argument is what a sentence names: a department by its name, anything else
// as it is.
func (b Base) argument(args []any) any {
	if len(args) == 0 {
		return ""
	}
	if code, ok := args[0].(string); ok {
		return b.Department(code)
	}
	return args[0]
}

// Department returns a department's name.
func (b Base) Department(code string) string {
	if code == "" || b.dir == nil {
		return code
	}
	return b.dir.Name(code, b.Lang)
}

// DepartmentNames joins the names of several.
func (b Base) DepartmentNames(codes []string) string {
	names := make([]string, 0, len(codes))
	for _, c := range codes {
		names = append(names, b.Department(c))
	}
	return strings.Join(names, b.T("form.comma"))
}

// Category returns the names from the top of the tree down to a category.
func (b Base) Category(code string) string {
	if code == "" || b.dir == nil {
		return code
	}
	return b.dir.CategoryPath(code, b.Lang)
}

// Area returns an area's name.
func (b Base) Area(code string) string {
	if b.dir != nil {
		if a, ok := b.dir.Area(code); ok {
			return a.Name
		}
	}
	return code
}

// Departments returns the active departments, parents before children.
func (b Base) Departments() []departments.Department { return b.places().Departments() }

// Categories returns all categories, parents before children.
func (b Base) Categories() []departments.Category { return b.places().Categories() }

// Areas returns all areas by code.
func (b Base) Areas() []departments.Area { return b.places().Areas() }

func (b Base) places() *departments.Directory {
	if b.dir == nil {
		return departments.New(nil, nil, nil, nil)
	}
	return b.dir
}

// first returns the first key that is written.
func (b Base) first(keys ...string) string {
	for _, k := range keys[:len(keys)-1] {
		if b.Has(k) {
			return b.T(k)
		}
	}
	return b.T(keys[len(keys)-1])
}

// RightName returns what a right is called: an act by its button.
func (b Base) RightName(r staff.Right) string { return b.first("right."+string(r), "act."+string(r)) }

// keys are the shortcuts of forms that are filled in while somebody speaks.
// They are letters that no browser's menu takes with Alt.
var keys = map[string]map[string]string{
	"intake": {"phone": "alt+p", "name": "alt+n", "kind": "alt+k", "content": "alt+c", "area": "alt+a", "address": "alt+l", "category": "alt+g", "matter": "alt+m",
		"urgency": "alt+u", "anonymous": "alt+x", "confidential": "alt+z", "title": "alt+i"},
}

// KeyOf returns the shortcut to a field of a form, or "".
func (b Base) KeyOf(form, field string) string { return keys[form][field] }

// Tone says whose move a status is, which is all that its colour tells: the
// desk's, a department's, a ruling's, the citizen's, or nobody's any more.
func (b Base) Tone(s tickets.Status) string {
	switch s {
	case tickets.ToTriage, tickets.ToDispatch, tickets.ToReview, tickets.ToRework, tickets.ToJudge:
		return "desk"
	case tickets.ToRuleReturn, tickets.ToRuleExtension, tickets.ToRuleSuspension, tickets.InConsultation:
		return "rule"
	case tickets.ToSignFor, tickets.InHand:
		return "unit"
	case tickets.ToSupplement, tickets.ToCallBack, tickets.Suspended:
		return "citizen"
	default:
		return "over"
	}
}

// ClassTone and UrgencyTone choose a tag's colour.
func (b Base) ClassTone(c tickets.Class) string {
	return map[tickets.Class]string{tickets.Refused: "red", tickets.HardToDo: "amber", tickets.CannotDo: "violet"}[c]
}

// UrgencyTone is red for what concerns life, amber for what is urgent.
func (b Base) UrgencyTone(u tickets.Urgency) string {
	return map[tickets.Urgency]string{tickets.Critical: "red", tickets.Urgent: "amber"}[u]
}

// Way returns how an answer came: a word of ours, or what somebody wrote.
func (b Base) Way(s string) string {
	if b.Has("way." + s) {
		return b.T("way." + s)
	}
	return s
}

// Size writes a number of bytes for people.
func (b Base) Size(n int64) string {
	switch {
	case n >= 1<<20:
		return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MB"
	case n >= 1<<10:
		return strconv.FormatInt(n>>10, 10) + " KB"
	default:
		return strconv.FormatInt(n, 10) + " B"
	}
}

// Ratings are the five levels of the national review, best first (GB/T 39735).
func (Base) Ratings() []string { return []string{"1", "2", "3", "4", "5"} }
