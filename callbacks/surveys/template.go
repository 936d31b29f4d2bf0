package surveys

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Template is a text message as a carrier approves it: a name, a version and
// parameters. Carriers send name and parameters, never sentences, so a change of
// wording is a new version with its own approval, and an old version stays
// readable for the messages sent under it.
type Template struct {
	Name    string
	Version int
	Lang    Lang
	Body    string // with {parameters}
}

// The names of the templates, in the order a survey uses them.
const (
	TemplateAsk        = "survey_ask"
	TemplateRemind     = "survey_remind"
	TemplateAskAgain   = "survey_ask_again"
	TemplateWhich      = "survey_which_ticket"
	TemplateAskSolved  = "survey_ask_solved"
	TemplateAskReason  = "survey_ask_reason"
	TemplateLink       = "survey_link"
	TemplateThanks     = "survey_thanks"
	TemplateRework     = "survey_thanks_unsolved"
	TemplateStopped    = "survey_stopped"
	TemplateStartAgain = "survey_started"
)

// The parameters a template may have. None of them tells who someone is: matter
// is a category's short name, tail the last digits of the ticket's number.
const (
	ParamSender = "sender"
	ParamMatter = "matter"
	ParamTail   = "tail"
	ParamLink   = "link"
)

// longestParam is the most characters each parameter may have.
var longestParam = map[string]int{ParamSender: 16, ParamMatter: 14, ParamTail: 8, ParamLink: 60}

// ErrNoTemplate is returned when no template has the name, version and language asked for.
var ErrNoTemplate = errors.New("no such survey template")

// ParamError refuses a parameter of a template.
type ParamError struct {
	Template, Param, Problem string
}

func (e *ParamError) Error() string {
	return fmt.Sprintf("filling template %s: parameter %s %s", e.Template, e.Param, e.Problem)
}

// Templates lists every template in every version and language.
func Templates() []Template { return slices.Clone(templates) }

// Find returns the newest version of the named template, or ErrNoTemplate.
func Find(name string, lang Lang) (Template, error) {
	var found Template
	for _, t := range templates {
		if t.Name == name && t.Lang == lang && t.Version > found.Version {
			found = t
		}
	}
	if found.Version == 0 {
		return Template{}, fmt.Errorf("finding template %s in %s: %w", name, lang, ErrNoTemplate)
	}
	return found, nil
}

// FindVersion returns one version of the named template, or ErrNoTemplate.
func FindVersion(name string, version int, lang Lang) (Template, error) {
	for _, t := range templates {
		if t.Name == name && t.Lang == lang && t.Version == version {
			return t, nil
		}
	}
	return Template{}, fmt.Errorf("finding template %s version %d in %s: %w", name, version, lang, ErrNoTemplate)
}

// Params lists the parameters of t in the order they first stand in it.
func (t Template) Params() []string {
	var names []string
	for _, piece := range strings.Split(t.Body, "{")[1:] {
		if name, _, ok := strings.Cut(piece, "}"); ok && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// Render fills t. It returns a *ParamError when a parameter is missing, unknown,
// too long, or holds what must never stand in a text: a phone or identity number,
// an address of mail, a line break or a carrier's signature brackets.
func Render(t Template, args map[string]string) (string, error) {
	return fill(t.Name, t.Body, t.Params(), args)
}

func fill(name, body string, params []string, args map[string]string) (string, error) {
	for param := range args {
		if !slices.Contains(params, param) {
			return "", &ParamError{name, param, "is not in the template"}
		}
	}
	pairs := make([]string, 0, 2*len(params))
	for _, param := range params {
		value, ok := args[param]
		if !ok || value == "" {
			return "", &ParamError{name, param, "is missing"}
		}
		if problem := unfit(param, value); problem != "" {
			return "", &ParamError{name, param, problem}
		}
		pairs = append(pairs, "{"+param+"}", value)
	}
	return strings.NewReplacer(pairs...).Replace(body), nil
}

// unfit says what keeps value out of a message, "" when nothing does.
func unfit(param, value string) string {
	switch {
	case !utf8.ValidString(value):
		return "is not text"
	case utf8.RuneCountInString(value) > longestParam[param]:
		return fmt.Sprintf("has more than %d characters", longestParam[param])
	case strings.ContainsAny(value, "【】{}\n\r") || strings.ContainsFunc(value, unicode.IsControl):
		return "has a line break, a brace or signature brackets"
	case param == ParamLink:
		return ""
	case strings.Contains(value, "@"), param != ParamTail && digitsInRow(value) >= 7:
		return "holds personal detail"
	}
	return ""
}

func digitsInRow(s string) int {
	most, run := 0, 0
	for _, r := range s {
		run++
		if !unicode.IsDigit(r) {
			run = 0
		}
		most = max(most, run)
	}
	return most
}

// ShortMatter makes a matter's title fit for a text: numbers longer than a house
// number go, and what is longer than the parameter allows is cut with an ellipsis.
// It cannot see names; give it a category rather than a title where there is one.
func ShortMatter(title string) string {
	var out []rune
	digits := 0
	for _, r := range strings.Join(strings.Fields(title), "") {
		if strings.ContainsRune("【】{}@", r) || unicode.IsControl(r) || r == utf8.RuneError {
			continue
		}
		if digits++; !unicode.IsDigit(r) {
			digits = 0
		}
		if digits > 4 {
			continue
		}
		out = append(out, r)
	}
	if limit := longestParam[ParamMatter]; len(out) > limit {
		return string(out[:limit-1]) + "…"
	}
	return string(out)
}

// Segments counts the messages a carrier sends and bills for text: 70 characters
// of UCS-2 alone, 67 each when joined (3GPP TS 23.040). A character beyond the
// basic plane takes two and is not split. Domestic carriers count Latin text the same.
func Segments(text string) int {
	units := 0
	for _, r := range text {
		units += utf16Len(r)
	}
	if units <= 70 {
		return min(units, 1)
	}
	segments, room := 1, 67
	for _, r := range text {
		if n := utf16Len(r); n > room {
			segments, room = segments+1, 67-n
		} else {
			room -= n
		}
	}
	return segments
}

func utf16Len(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}
