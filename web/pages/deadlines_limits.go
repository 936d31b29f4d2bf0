package pages

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"nengban/tickets"
	"nengban/tickets/sla"
	"nengban/web/page"
)

// limitsPage shows one version of the limits, the one in force unless another
// is asked for.
type limitsPage struct {
	deadlineBase
	Versions []tickets.PolicyVersion
	InForce  int // the version that tickets received now are promised under
	Shown    sla.Policy
	Groups   []ruleGroup
}

// ruleGroup are the rules of one clock.
type ruleGroup struct {
	Clock sla.ClockName
	Rules []ruleLine
}

// ruleLine is a rule as people read it.
type ruleLine struct {
	sla.Rule
	N       int // its place in the policy, for the address of its form
	Wrong   bool
	ForWhom string
	Words   string // the limit
	Alerts  []string
}

// Limits shows the limits.
func (p *Pages) Limits(w http.ResponseWriter, r *http.Request) error {
	v := limitsPage{deadlineBase: p.deadlineBase(r, "limits")}
	limits := p.Desk.Limits()
	var err error
	if v.Versions, err = limits.PolicyVersions(r.Context()); err != nil {
		return err
	}
	now, ok := limits.Policies().InForce(v.Now)
	if !ok {
		now = limits.Policies()[0]
	}
	v.InForce, v.Shown = now.Version, now
	if n, err := strconv.Atoi(v.Query.Get("version")); err == nil {
		if v.Shown, ok = limits.Policy(n); !ok {
			return page.ErrNotFound
		}
	}
	v.Groups = groupsOf(v.Base, v.Shown, "")
	return p.show(w, "limits", v)
}

// groupsOf sorts rules by clock, in the order that a ticket meets the clocks.
func groupsOf(b page.Base, policy sla.Policy, wrong string) []ruleGroup {
	var out []ruleGroup
	for _, clock := range sla.Clocks {
		g := ruleGroup{Clock: clock}
		for i, rule := range policy.Rules {
			if rule.Clock == clock {
				g.Rules = append(g.Rules, ruleLine{Rule: rule, N: i, Wrong: wrong != "" && rule.Name == wrong, ForWhom: forWhom(b, rule.When),
					Words: rule.Limit.Text(b.Lang), Alerts: alertLines(b, rule.Alerts)})
			}
		}
		if len(g.Rules) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// forWhom says which tickets a rule is for.
func forWhom(b page.Base, w sla.When) string {
	var parts []string
	if w.Round != "" {
		parts = append(parts, b.T("round."+string(w.Round)))
	}
	for _, list := range []struct {
		group string
		words []string
	}{{"urgency.", w.Urgencies}, {"class.", w.Classes}, {"complexity.", w.Complexities}, {"kind.", w.Kinds}, {"channel.", w.Channels}} {
		var names []string
		for _, word := range list.words {
			names = append(names, b.T(list.group+word))
		}
		if len(names) > 0 {
			parts = append(parts, strings.Join(names, b.T("form.comma")))
		}
	}
	if len(w.Categories) > 0 {
		parts = append(parts, b.T("field.category")+" "+strings.Join(w.Categories, b.T("form.comma")))
	}
	if len(parts) == 0 {
		return b.T("deadlines.everybody")
	}
	return strings.Join(parts, " · ")
}

// alertLines says who is told when; nothing for a rule that follows its policy.
func alertLines(b page.Base, a *sla.Alerts) []string {
	if a == nil {
		return nil
	}
	var out []string
	for _, share := range a.Shares {
		out = append(out, b.T("deadlines.alert_share", "Share", share))
	}
	for _, before := range a.Before {
		out = append(out, b.T("deadlines.alert_before", "Limit", before.Text(b.Lang)))
	}
	for _, o := range a.Overdue {
		when := b.T("deadlines.alert_due")
		if !o.After.IsZero() {
			when = b.T("deadlines.alert_after", "Limit", o.After.Text(b.Lang))
		}
		out = append(out, b.T("level."+string(o.Level))+b.T("form.colon")+when+" → "+b.T("told."+string(o.To)))
	}
	if len(out) == 0 {
		out = append(out, b.T("deadlines.alert_none"))
	}
	return out
}

// Alerting says it of the whole policy.
func (v limitsPage) Alerting() []string { return alertLines(v.Base, &v.Shown.Alerts) }

// nextMidnight is when a new version can begin at the earliest without cutting
// a day in two.
func nextMidnight(now time.Time) time.Time {
	y, m, d := now.In(tickets.Shanghai).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, tickets.Shanghai)
}
