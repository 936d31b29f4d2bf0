package pages

import (
	"strings"

	"nengban/tickets"
	"nengban/tickets/sla"
)

// clockChoice, startChoice and roundChoice are the closed lists of a rule's form.
type (
	clockChoice string
	startChoice string
	roundChoice string
)

// Options are the clocks, in the order that a ticket meets them.
func (clockChoice) Options() []string {
	out := make([]string, len(sla.Clocks))
	for i, c := range sla.Clocks {
		out[i] = string(c)
	}
	return out
}

// Options are the moments that a unit's clock can count from.
func (startChoice) Options() []string {
	return []string{string(sla.FromReceipt), string(sla.FromDispatch), string(sla.FromSigning)}
}

// Options are the rounds.
func (roundChoice) Options() []string { return []string{string(sla.FirstRound), string(sla.Rework)} }

// ruleForm is one rule of the limits.
type ruleForm struct {
	Name         string      `json:"name" field:"text,need,max=60"`
	Clock        clockChoice `json:"clock" field:"select,need"`
	Limit        string      `json:"limit" field:"text,need,max=60"`
	Start        startChoice `json:"start" field:"select"`
	Calendar     string      `json:"calendar" field:"calendar"`
	Basis        string      `json:"basis" field:"text,max=200"`
	Round        roundChoice `json:"round" field:"select"`
	Classes      []string    `json:"classes" field:"choices"`
	Urgencies    []string    `json:"urgencies" field:"choices"`
	Kinds        []string    `json:"kinds" field:"choices"`
	Channels     []string    `json:"channels" field:"choices"`
	Complexities []string    `json:"complexities" field:"choices"`
	Categories   string      `json:"categories" field:"text,max=200"`
	Own          bool        `json:"own_alerts" field:"check"`
	alertsForm
}

func formOfRule(r sla.Rule, lang string) ruleForm {
	f := ruleForm{Name: r.Name, Clock: clockChoice(r.Clock), Start: startChoice(r.Start), Calendar: r.Calendar, Basis: r.Basis, Round: roundChoice(r.When.Round),
		Classes: r.When.Classes, Urgencies: r.When.Urgencies, Kinds: r.When.Kinds, Channels: r.When.Channels, Complexities: r.When.Complexities,
		Categories: strings.Join(r.When.Categories, ", ")}
	if !r.Limit.IsZero() {
		f.Limit = r.Limit.Text(lang)
	}
	if r.Alerts != nil {
		f.Own, f.alertsForm = true, formOfAlerts(*r.Alerts, lang)
	}
	return f
}

// complexities are the words that triage has for how hard a matter is.
var complexities = []string{"simple", "complex"}

// rule reads the form into a rule beside those of its policy. was is what the
// rule looked like before, for what forms leave alone.
func (f *ruleForm) rule(was sla.Rule, beside []sla.Rule, calendars sla.Calendars) (sla.Rule, tickets.FieldErrors) {
	var es tickets.FieldErrors
	wrong := func(field, code string) { es = append(es, tickets.FieldError{Field: field, Code: code}) }
	r := sla.Rule{Name: f.Name, Clock: sla.ClockName(f.Clock), Start: sla.Start(f.Start), Calendar: f.Calendar, Basis: f.Basis,
		When: sla.When{Round: sla.Round(f.Round), Classes: among(f.Classes, tickets.Class("").Options()), Urgencies: among(f.Urgencies, tickets.Urgency("").Options()),
			Kinds: among(f.Kinds, tickets.Kind("").Options()), Channels: among(f.Channels, tickets.Channel("").Options()), Complexities: among(f.Complexities, complexities),
			Categories: strings.FieldsFunc(f.Categories, func(c rune) bool { return strings.ContainsRune(",，、;； ", c) })}}
	for _, other := range beside {
		if other.Name == r.Name && r.Name != "" {
			wrong("name", "name_taken")
		}
	}
	var err error
	if f.Limit != "" {
		if r.Limit, err = sla.ParseLimit(f.Limit); err != nil {
			wrong("limit", "limit_unreadable")
		}
	}
	switch {
	case r.Start == "":
	case r.Clock.Side() != sla.UnitSide && (r.Clock != sla.ClockAnswer || r.Start != sla.FromReceipt):
		wrong("start", "start_fixed")
	case r.Clock == sla.ClockSignFor && r.Start == sla.FromSigning:
		wrong("start", "start_after_end")
	}
	if r.Calendar != "" && calendars[r.Calendar] == nil {
		wrong("calendar", "not_an_option")
	}
	if f.Own {
		calendar := ""
		if was.Alerts != nil {
			calendar = was.Alerts.Calendar
		}
		a, more := f.alerts(calendar)
		r.Alerts, es = &a, append(es, more...)
	}
	return r, es
}
