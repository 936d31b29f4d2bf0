package knowledge

import (
	"strings"
	"time"
)

// Change is a field that differs between two versions.
type Change struct {
	Field    string // as in Content's JSON
	From, To string
	Pieces   []Piece // of texts: what stayed, went and came
}

// Piece is a run of text that stayed ("same"), went ("del") or came ("ins").
type Piece struct {
	Kind string
	Text string
}

// Compare lists what changed from one version to another, field by field.
func Compare(from, to Content) []Change {
	var out []Change
	a, b := from.fields(), to.fields()
	for i := range a {
		if a[i].value == b[i].value {
			continue
		}
		c := Change{Field: a[i].name, From: a[i].value, To: b[i].value}
		if a[i].text {
			c.Pieces = diff(sentences(a[i].value), sentences(b[i].value))
		}
		out = append(out, c)
	}
	return out
}

type fieldValue struct {
	name, value string
	text        bool
}

func (c Content) fields() []fieldValue {
	return []fieldValue{
		{"title", c.Title, true}, {"kind", string(c.Kind), false}, {"path", c.Path, false}, {"access", string(c.Access), false},
		{"body", c.Body, true}, {"answer", c.Answer, true}, {"basis", c.Basis, true}, {"department", c.Department, false}, {"issuer", c.Issuer, false},
		{"matters", strings.Join(c.Matters, "，"), false}, {"keywords", strings.Join(c.Keywords, "，"), false}, {"area", c.Area, false},
		{"valid_from", day(c.ValidFrom), false}, {"valid_until", day(c.ValidUntil), false}, {"review_at", day(c.ReviewAt), false},
	}
}

// china is the zone that dates of articles are read in.
var china = time.FixedZone("CST", 8*60*60)

func day(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.In(china).Format(time.DateOnly)
}

// sentences cuts a text after its stops, so that a change is shown as a whole
// sentence and not as scattered characters.
func sentences(s string) []string {
	var out []string
	start := 0
	for i, r := range s {
		if strings.ContainsRune("。！？；;\n，,、", r) {
			end := i + len(string(r))
			out = append(out, s[start:end])
			start = end
		}
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}

// mostCells bounds the table of a comparison; longer texts are shown whole.
const mostCells = 4 << 20

// diff compares two lists of sentences by their longest common subsequence.
func diff(a, b []string) []Piece {
	if len(a)*len(b) > mostCells {
		return []Piece{{"del", strings.Join(a, "")}, {"ins", strings.Join(b, "")}}
	}
	width := len(b) + 1
	longest := make([]int32, (len(a)+1)*width)
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				longest[i*width+j] = longest[(i+1)*width+j+1] + 1
			} else {
				longest[i*width+j] = max(longest[(i+1)*width+j], longest[i*width+j+1])
			}
		}
	}
	var out []Piece
	add := func(kind, text string) {
		if n := len(out); n > 0 && out[n-1].Kind == kind {
			out[n-1].Text += text
			return
		}
		out = append(out, Piece{kind, text})
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			add("same", a[i])
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && longest[(i+1)*width+j] >= longest[i*width+j+1]:
			add("del", a[i])
			i++
		default:
			add("ins", b[j])
			j++
		}
	}
	return out
}
