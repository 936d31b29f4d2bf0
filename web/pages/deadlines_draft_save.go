package pages

import (
	"net/http"
	"slices"
	"strconv"

	"nengban/tickets"
	"nengban/tickets/sla"
	"nengban/web/page"
)

// editing returns the page of the draft that a form is posted for.
func (p *Pages) editing(r *http.Request) (*draftPage, error) {
	v, err := p.draftPage(r)
	if err == nil && v.Draft == nil {
		err = page.ErrNotFound
	}
	return v, err
}

// SaveHead changes what the draft says beside its rules.
func (p *Pages) SaveHead(w http.ResponseWriter, r *http.Request) error {
	v, err := p.editing(r)
	if err != nil {
		return err
	}
	var f headForm
	v.Head = page.Decode(r, "limits", &f)
	v.Head.Errors = append(v.Head.Errors, tickets.Check(&f)...)
	a, es := f.alerts(v.Draft.Alerts.Calendar)
	v.Head.Errors = append(v.Head.Errors, es...)
	if f.Calendar != "" && !slices.Contains(v.Calendars, f.Calendar) {
		v.Head.Errors = append(v.Head.Errors, tickets.FieldError{Field: "calendar", Code: "not_an_option"})
	}
	if len(v.Head.Errors) > 0 {
		return p.Render.Render(w, http.StatusUnprocessableEntity, "staff/draft", v)
	}
	v.Draft.Name, v.Draft.Calendar, v.Draft.Reclassified, v.Draft.Alerts = f.Name, f.Calendar, sla.Reclassified(f.Reclassified), a
	if err := p.keepLimits(r, v.Draft); err != nil {
		return err
	}
	return p.done(w, r, "done.saved", "/deadlines/draft")
}

// SaveRule adds a rule to the draft, changes one or takes it out.
func (p *Pages) SaveRule(w http.ResponseWriter, r *http.Request) error {
	v, err := p.editing(r)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(r.PathValue("n"))
	fresh := r.PathValue("n") == "new"
	if !fresh && (err != nil || n < 0 || n >= len(v.Draft.Rules)) {
		return page.ErrNotFound
	}
	beside := slices.Clone(v.Draft.Rules)
	was := sla.Rule{}
	if !fresh {
		was, beside = beside[n], slices.Delete(beside, n, n+1)
	}
	if !fresh && r.PostForm.Get("then") == "remove" {
		v.Draft.Rules = beside
		return p.ruleSaved(w, r, v)
	}
	var f ruleForm
	v.Rule, v.RuleN = page.Decode(r, "rule", &f), r.PathValue("n")
	v.Rule.Errors = append(v.Rule.Errors, tickets.Check(&f)...)
	rule, es := f.rule(was, beside, p.Desk.Limits().Calendars())
	if v.Rule.Errors = append(v.Rule.Errors, es...); len(v.Rule.Errors) > 0 {
		return p.Render.Render(w, http.StatusUnprocessableEntity, "staff/draft", v)
	}
	if fresh {
		v.Draft.Rules = append(v.Draft.Rules, rule)
	} else {
		v.Draft.Rules[n] = rule
	}
	return p.ruleSaved(w, r, v)
}

func (p *Pages) ruleSaved(w http.ResponseWriter, r *http.Request, v *draftPage) error {
	if err := p.keepLimits(r, v.Draft); err != nil {
		return err
	}
	return p.done(w, r, "done.saved", "/deadlines/draft")
}

// PublishLimits puts the draft in force from its date. Tickets that were
// received before keep what they were promised.
func (p *Pages) PublishLimits(w http.ResponseWriter, r *http.Request) error {
	v, err := p.editing(r)
	if err != nil {
		return err
	}
	var f publishForm
	v.Publish = page.Decode(r, "publish", &f)
	v.Publish.Errors = append(v.Publish.Errors, tickets.Check(&f)...)
	if f.From != nil && f.From.Before(nextMidnight(v.Now).AddDate(0, 0, -1)) {
		v.Publish.Errors = append(v.Publish.Errors, tickets.FieldError{Field: "from", Code: "before_today"})
	}
	if len(v.Publish.Errors) > 0 || v.Problem != "" {
		return p.Render.Render(w, http.StatusUnprocessableEntity, "staff/draft", v)
	}
	v.Draft.InForceFrom = f.From.UTC()
	if _, err := p.Desk.Limits().PublishPolicy(r.Context(), v.Me.Name, f.Note, *v.Draft); err != nil {
		return err
	}
	if err := p.dropDraft(r.Context(), v.Me, draftName); err != nil {
		return err
	}
	return p.done(w, r, "done.limits_published", "/deadlines/limits")
}
