package pages

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"nengban/tickets"
	"nengban/tickets/sla"
	"nengban/web/page"
)

// draftPage is the next version of the limits while somebody works on it: his
// own until he publishes it.
type draftPage struct {
	deadlineBase
	Draft     *sla.Policy // nil: there is none
	SavedAt   time.Time
	InForce   int // the version that he can start from
	Groups    []ruleGroup
	Problem   string // why it cannot be published as it stands
	Calendars []string
	Head      page.Form
	Rule      page.Form
	RuleN     string // "new", or the rule's place
	Publish   page.Form
	From, To  string // of the trial
	Tried     *triedView
}

// Alerting says who is told when, by the draft.
func (v draftPage) Alerting() []string { return alertLines(v.Base, &v.Draft.Alerts) }

// Lists are the choices of a rule with several of each.
func (draftPage) Lists() []choiceList {
	return []choiceList{
		{"classes", "class.", tickets.Class("").Options()}, {"urgencies", "urgency.", tickets.Urgency("").Options()}, {"kinds", "kind.", tickets.Kind("").Options()},
		{"channels", "channel.", tickets.Channel("").Options()}, {"complexities", "complexity.", complexities},
	}
}

// RuleFields are a rule's fields in the order of its form, as far as they are
// plain ones.
func (draftPage) RuleFields() []string { return []string{"name", "clock", "limit", "start", "basis"} }

// AlertFields and Levels are what the form of alerts begins and goes on with.
func (draftPage) AlertFields() []string { return []string{"shares", "before"} }

// Levels are the three colours.
func (draftPage) Levels() []string {
	return []string{string(sla.Blue), string(sla.Yellow), string(sla.Red)}
}

// AnyHour is the choice of the urgencies that are told at night too.
func (draftPage) AnyHour() choiceList {
	return choiceList{"any_hour", "urgency.", tickets.Urgency("").Options()}
}

// choiceList is a field of which several can be ticked.
type choiceList struct {
	Name, Group string
	Options     []string
}

// reclassifiedChoice is what a change of class does to clocks that run.
type reclassifiedChoice string

// Options are the two.
func (reclassifiedChoice) Options() []string {
	return []string{string(sla.FromStart), string(sla.FromChange)}
}

// headForm is what a version says beside its rules.
type headForm struct {
	Name         string             `json:"name" field:"text,need,max=60"`
	Calendar     string             `json:"calendar" field:"calendar,need"`
	Reclassified reclassifiedChoice `json:"reclassified" field:"select,need"`
	alertsForm
}

// publishForm puts the draft in force.
type publishForm struct {
	From *time.Time `json:"from" field:"time,need"`
	Note string     `json:"note" field:"text,need,max=200"`
}

// draftName is what the drafts' table calls it.
const draftName = "limits"

// LimitsDraft shows the draft, tried on past tickets where a span is asked for.
func (p *Pages) LimitsDraft(w http.ResponseWriter, r *http.Request) error {
	v, err := p.draftPage(r)
	if err != nil {
		return err
	}
	if v.Draft != nil && v.Query.Has("from") && v.Problem == "" {
		if v.Tried, err = p.try(r, sla.Regime{Policy: v.Draft}); err != nil {
			return err
		}
	}
	return p.show(w, "draft", v)
}

func (p *Pages) draftPage(r *http.Request) (*draftPage, error) {
	v := &draftPage{deadlineBase: p.deadlineBase(r, "draft"), RuleN: "new"}
	limits := p.Desk.Limits()
	if now, ok := limits.Policies().InForce(v.Now); ok {
		v.InForce = now.Version
	}
	for _, s := range limits.Specs() {
		v.Calendars = append(v.Calendars, s.Name)
	}
	from, to := trialSpan(r, v.Now)
	v.From, v.To = from.Format(time.DateOnly), to.AddDate(0, 0, -1).Format(time.DateOnly)
	var err error
	if v.Draft, v.SavedAt, err = p.limitsDraft(r.Context(), r); err != nil || v.Draft == nil {
		return v, err
	}
	wrong := ""
	if err := v.Draft.Validate(limits.Calendars()); err != nil {
		v.Problem, wrong = problemOfPolicy(v.Base, err)
	}
	v.Groups = groupsOf(v.Base, *v.Draft, wrong)
	head := headForm{v.Draft.Name, v.Draft.Calendar, reclassifiedChoice(v.Draft.Reclassified), formOfAlerts(v.Draft.Alerts, v.Lang)}
	if head.Reclassified == "" {
		head.Reclassified = reclassifiedChoice(sla.FromStart)
	}
	midnight := nextMidnight(v.Now)
	v.Head, v.Publish = page.Empty("limits", &head), page.Empty("publish", &publishForm{From: &midnight})
	rule := ruleForm{}
	if n, err := strconv.Atoi(v.Query.Get("rule")); err == nil && n >= 0 && n < len(v.Draft.Rules) {
		rule, v.RuleN = formOfRule(v.Draft.Rules[n], v.Lang), strconv.Itoa(n)
	}
	v.Rule = page.Empty("rule", &rule)
	return v, nil
}

// limitsDraft returns the reader's draft as the next version; nil when he has none.
func (p *Pages) limitsDraft(ctx context.Context, r *http.Request) (*sla.Policy, time.Time, error) {
	values, at, err := p.draft(ctx, me(r), draftName)
	if err != nil || values == nil {
		return nil, at, err
	}
	var policy sla.Policy
	if err := json.Unmarshal([]byte(values.Get("policy")), &policy); err != nil {
		return nil, at, fmt.Errorf("reading a draft of the limits: %w", err)
	}
	policy.Version = len(p.Desk.Limits().Policies()) + 1
	policy.InForceFrom, policy.InForceUntil = nextMidnight(p.Now()).UTC(), time.Time{}
	return &policy, at, nil
}

func (p *Pages) keepLimits(r *http.Request, policy *sla.Policy) error {
	body, err := json.Marshal(policy)
	if err != nil {
		return fmt.Errorf("writing down a draft of the limits: %w", err)
	}
	return p.keepDraft(r.Context(), me(r), draftName, url.Values{"policy": {string(body)}})
}

// problemOfPolicy says why a policy cannot be published, and which rule is to blame.
func problemOfPolicy(b page.Base, err error) (words, rule string) {
	var wrong *sla.PolicyError
	var reason *sla.Reason
	if errors.As(err, &wrong) {
		rule = wrong.Rule
	}
	if !errors.As(err, &reason) {
		return b.T("deadlines.reason.other", "Why", err.Error()), rule
	}
	clock := ""
	if reason.Clock != "" {
		clock = b.T("clock." + string(reason.Clock))
	}
	return b.T("deadlines.reason."+string(reason.Code), "Rule", rule, "Other", reason.Rule, "Clock", clock), rule
}

// StartDraft begins a draft with the rules of a version.
func (p *Pages) StartDraft(w http.ResponseWriter, r *http.Request) error {
	n, err := strconv.Atoi(r.PostForm.Get("version"))
	if err != nil {
		return page.ErrNotFound
	}
	policy, ok := p.Desk.Limits().Policy(n)
	if !ok {
		return page.ErrNotFound
	}
	if err := p.keepLimits(r, &policy); err != nil {
		return err
	}
	return p.done(w, r, "done.draft_begun", "/deadlines/draft")
}

// DropLimits forgets the draft.
func (p *Pages) DropLimits(w http.ResponseWriter, r *http.Request) error {
	if err := p.dropDraft(r.Context(), me(r), draftName); err != nil {
		return err
	}
	return p.done(w, r, "done.draft_dropped", "/deadlines/limits")
}
