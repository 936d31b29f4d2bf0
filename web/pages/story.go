package pages

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// storyRound is one round of handling, told line by line.
type storyRound struct {
	N     int
	Lines []storyLine
}

// storyLine is one entry of the timeline as a person reads it.
type storyLine struct {
	tickets.Entry
	Icon  string
	Short string // the gist
	Facts []fact // all that the act said
}

// fact is a name and what stands for it.
type fact struct{ Name, Value string }

// storyOf tells a timeline, round by round, from the call on.
func storyOf(b page.Base, entries []tickets.Entry) []storyRound {
	var out []storyRound
	for _, e := range entries {
		if len(out) == 0 || out[len(out)-1].N != e.Round {
			out = append(out, storyRound{N: e.Round})
		}
		r := &out[len(out)-1]
		r.Lines = append(r.Lines, storyLine{Entry: e, Icon: actIcon(e.Act), Short: gist(b, e), Facts: factsOf(b, e)})
	}
	return out
}

// gist is what one would say of an act in a few words.
func gist(b page.Base, e tickets.Entry) string {
	parts := []string{}
	add := func(s string) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	switch e.Act {
	case staff.Register:
		add(b.Word("channel", e.Channel))
		add(b.Word("kind", e.Kind))
	case staff.Dispatch, staff.Redirect, staff.ConcludeConsultation:
		add(b.Department(e.Lead))
		if len(e.Assisting) > 0 {
			add(b.Word("part", tickets.Assisting) + b.T("form.colon") + b.DepartmentNames(e.Assisting))
		}
	case staff.Merge:
		add(e.Into)
	case staff.RecordRating:
		if e.Rating > 0 {
			add(b.T("rating." + fmt.Sprint(e.Rating)))
		}
		add(b.Word("solved", e.Solved))
	case staff.OpenConsultation:
		add(b.DepartmentNames(e.Departments))
	default: // its texts say enough
	}
	if e.Opens != nil {
		add(b.Word("colour", e.Opens.Colour) + b.T("form.colon") + b.Department(e.Opens.Department))
	}
	add(b.Word("class", e.Class))
	add(b.Option(string(e.Act), "decision", e.Decision))
	add(b.Option(string(e.Act), "code", e.Code))
	if e.Days > 0 {
		add(b.T("ticket.days", "N", e.Days))
	}
	add(brief(cmp.Or(e.PublicText, e.Text, e.Reason, openedFor(e)), 70))
	return strings.Join(parts, " · ")
}

func openedFor(e tickets.Entry) string {
	if e.Opens == nil {
		return ""
	}
	return e.Opens.Reason
}

// brief cuts a text to its first line and n characters.
func brief(s string, n int) string {
	s, _, more := strings.Cut(strings.TrimSpace(s), "\n")
	r := []rune(s)
	if len(r) > n {
		return string(r[:n]) + "…"
	}
	if more {
		return s + "…"
	}
	return s
}

// factsOf lists what an act filled in, by the names of its fields.
func factsOf(b page.Base, e tickets.Entry) []fact {
	var out []fact
	v := reflect.ValueOf(e.Details)
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if name == "policy" || v.Field(i).IsZero() {
			continue
		}
		if words := said(b, string(e.Act), name, v.Field(i).Interface()); words != "" {
			out = append(out, fact{b.FieldName(string(e.Act), name), words})
		}
	}
	return out
}

// closed are the fields that hold a word of a closed list.
var closed = []string{"kind", "class", "urgency", "channel", "decision", "code", "contact_way", "facts", "demand", "result", "solved", "colour", "complexity"}

func said(b page.Base, act, name string, value any) string {
	switch x := value.(type) {
	case *time.Time:
		return b.Timed(x)
	case []string:
		return b.DepartmentNames(x)
	case []int64:
		return fmt.Sprint(len(x))
	case bool:
		return b.T("form.yes")
	case *tickets.Opening:
		return strings.Join([]string{b.Word("colour", x.Colour), b.Department(x.Department), x.Reason}, " · ")
	}
	s := fmt.Sprint(value)
	switch {
	case name == "department" || name == "lead":
		return b.Department(s)
	case name == "category":
		return b.Category(s)
	case slices.Contains(closed, name):
		return b.Option(act, name, s)
	case name == "rating":
		return b.T("rating." + s)
	case name == "way":
		return b.Way(s)
	default:
		return s
	}
}
