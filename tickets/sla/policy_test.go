package sla_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nengban/tickets/sla"
	"nengban/tickets/worktime"
)

func TestTheDefaultPolicyPromisesWhatItShould(t *testing.T) {
	t.Parallel()
	policy := sla.DefaultPolicy()
	if err := policy.Validate(calendars(t)); err != nil {
		t.Fatal(err)
	}
	facts := func(class, kind, urgency string) sla.Facts {
		return sla.Facts{Class: class, Kind: kind, Urgency: urgency}
	}
	complexMatter := facts("ordinary", "complaint", "routine")
	complexMatter.Complexity = "complex"
	for _, row := range []struct {
		what  string
		clock sla.ClockName
		facts sla.Facts
		round int
		limit string
	}{
		{"办不了当日答复", sla.ClockAnswer, facts("cannot_do", "complaint", "routine"), 1, "1 working day, first day counted"},
		{"很难办十个工作日", sla.ClockAnswer, facts("hard_to_do", "complaint", "routine"), 1, "10 working days"},
		{"很难办第五日报进展", sla.ClockProgress, facts("hard_to_do", "complaint", "routine"), 1, "5 working days"},
		{"不给办两小时签收", sla.ClockSignFor, facts("refused", "complaint", "routine"), 1, "2 hours"},
		{"不给办一个工作日办结", sla.ClockHandle, facts("refused", "complaint", "routine"), 1, "1 working day"},
		{"咨询一个工作日", sla.ClockAnswer, facts("ordinary", "inquiry", "routine"), 1, "1 working day"},
		{"求助五个工作日", sla.ClockAnswer, facts("ordinary", "assistance", "routine"), 1, "5 working days"},
		{"投诉五个工作日", sla.ClockAnswer, facts("", "complaint", "routine"), 1, "5 working days"},
		{"复杂事项十五个工作日", sla.ClockAnswer, complexMatter, 1, "15 working days"},
		{"紧急二十四小时", sla.ClockAnswer, facts("hard_to_do", "inquiry", "urgent"), 1, "24 hours"},
		{"特急两小时", sla.ClockHandle, facts("ordinary", "complaint", "critical"), 1, "2 hours"},
		{"特急一小时派单", sla.ClockDispatch, facts("", "complaint", "critical"), 1, "1 hour"},
		{"紧急两小时派单", sla.ClockDispatch, facts("", "complaint", "urgent"), 1, "2 hours"},
		{"一般二十四小时派单", sla.ClockDispatch, facts("", "complaint", "routine"), 1, "24 hours"},
		{"一个工作日签收", sla.ClockSignFor, facts("ordinary", "complaint", "routine"), 1, "1 working day"},
		{"一个工作日内退单", sla.ClockReturn, facts("ordinary", "complaint", "routine"), 1, "1 working day"},
		{"重办三个工作日", sla.ClockAnswer, facts("hard_to_do", "complaint", "routine"), 2, "3 working days"},
		{"特急的重办仍是两小时", sla.ClockAnswer, facts("hard_to_do", "complaint", "critical"), 2, "2 hours"},
		{"差评一个工作日认定", sla.ClockJudge, facts("", "complaint", "routine"), 1, "1 working day"},
	} {
		rule, ok := policy.Rule(row.clock, row.facts, row.round)
		if !ok || rule.Limit != limit(t, row.limit) {
			t.Errorf("%s: rule %+v, want %s", row.what, rule, row.limit)
		}
	}
	if rule, ok := policy.Rule(sla.ClockProgress, facts("ordinary", "complaint", "routine"), 1); ok {
		t.Errorf("an ordinary ticket owes a progress report: %+v", rule)
	}
	for _, rule := range policy.Rules {
		if rule.Basis == "" {
			t.Errorf("rule %s does not say where its number comes from", rule.Name)
		}
	}
}

func TestAPolicySurvivesTheDatabase(t *testing.T) {
	t.Parallel()
	policy := sla.DefaultPolicy()
	policy.InForceUntil = policy.InForceFrom.AddDate(30, 0, 0)
	policy.Reclassified = sla.FromChange
	stored, err := json.Marshal(policy)
	if err != nil {
		t.Fatal(err)
	}
	var back sla.Policy
	if err := json.Unmarshal(stored, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(policy, back); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(string(stored), `"limit":"10 working days"`) {
		t.Errorf("limits are not written as people say them: %s", stored)
	}
	if err := json.Unmarshal([]byte(`{"rules":[{"limit":"soon"}]}`), &back); !errors.Is(err, sla.ErrLimit) {
		t.Errorf("a policy with the limit \"soon\" was read: %v", err)
	}
}

func TestTheMostSpecificRuleWins(t *testing.T) {
	t.Parallel()
	rule := func(name string, w sla.When) sla.Rule {
		return sla.Rule{Name: name, Clock: sla.ClockAnswer, When: w, Limit: sla.WorkingDays(1)}
	}
	policy := sla.Policy{Rules: []sla.Rule{
		rule("any", sla.When{}),
		rule("channel", sla.When{Channels: []string{"window"}}),
		rule("kind", sla.When{Kinds: []string{"complaint", "assistance"}}),
		rule("kind and channel", sla.When{Kinds: []string{"complaint"}, Channels: []string{"window"}}),
		rule("category", sla.When{Categories: []string{"城乡建设", "交通"}}),
		rule("longer category", sla.When{Categories: []string{"城乡建设/物业"}}),
		rule("complexity", sla.When{Complexities: []string{"complex"}}),
		rule("class", sla.When{Classes: []string{"refused"}}),
		rule("rework", sla.When{Round: sla.Rework}),
		rule("urgency", sla.When{Urgencies: []string{"critical"}}),
		rule("urgency and class", sla.When{Urgencies: []string{"critical"}, Classes: []string{"refused"}}),
	}}
	for _, row := range []struct {
		facts sla.Facts
		round int
		want  string
	}{
		{sla.Facts{}, 1, "any"},
		{sla.Facts{Kind: "praise", Channel: "online"}, 1, "any"},
		{sla.Facts{Channel: "window"}, 1, "channel"},
		{sla.Facts{Kind: "complaint"}, 1, "kind"},
		{sla.Facts{Kind: "complaint", Channel: "window"}, 1, "kind and channel"},
		{sla.Facts{Kind: "complaint", Channel: "window", Category: "城乡建设/公园"}, 1, "category"},
		{sla.Facts{Kind: "complaint", Category: "城乡建设/物业/电梯"}, 1, "longer category"},
		{sla.Facts{Category: "城乡建设/物业", Complexity: "complex"}, 1, "complexity"},
		{sla.Facts{Complexity: "complex", Class: "refused"}, 1, "class"},
		{sla.Facts{Class: "refused"}, 2, "rework"},
		{sla.Facts{Urgency: "critical"}, 2, "urgency"},
		{sla.Facts{Urgency: "critical", Class: "refused"}, 1, "urgency and class"},
	} {
		got, ok := policy.Rule(sla.ClockAnswer, row.facts, row.round)
		if !ok || got.Name != row.want {
			t.Errorf("%+v in round %d: %+v, want rule %q", row.facts, row.round, got, row.want)
		}
		slices.Reverse(policy.Rules) // the order of the rules must not matter
	}
}

func TestPoliciesThatCannotBeKeptAreRefused(t *testing.T) {
	t.Parallel()
	never, err := worktime.New(worktime.Spec{
		Name: "almost closed", Version: 1, Zone: worktime.Shanghai,
		Week: worktime.Week{time.Sunday: {{From: 0, To: 60}}},
	}, worktime.Embedded())
	if err != nil {
		t.Fatal(err)
	}
	cals := sla.Calendars{"department": calendars(t)["department"], "hotline": calendars(t)["hotline"], "almost closed": never}
	find := func(p *sla.Policy, name string) *sla.Rule {
		i := slices.IndexFunc(p.Rules, func(r sla.Rule) bool { return r.Name == name })
		return &p.Rules[i]
	}
	for _, row := range []struct {
		what   string
		change func(*sla.Policy)
		rule   string
		says   string
	}{
		{"no version", func(p *sla.Policy) { p.Version = 0 }, "", "version"},
		{"no beginning", func(p *sla.Policy) { p.InForceFrom = time.Time{} }, "", "from when"},
		{"ends before it begins", func(p *sla.Policy) { p.InForceUntil = p.InForceFrom }, "", "ends before it begins"},
		{"unknown calendar", func(p *sla.Policy) { p.Calendar = "town hall" }, "", `no calendar "town hall"`},
		{"a rule with an unknown calendar", func(p *sla.Policy) { find(p, "handle").Calendar = "town hall" }, "handle", `no calendar "town hall"`},
		{"a rule without a name", func(p *sla.Policy) { find(p, "handle").Name = "" }, "#10", "no name"},
		{"two rules of one name", func(p *sla.Policy) { find(p, "handle").Name = "answer" }, "answer", "another rule"},
		{"an unknown clock", func(p *sla.Policy) { find(p, "handle").Clock = "lunch" }, "handle", `no clock "lunch"`},
		{"no limit", func(p *sla.Policy) { find(p, "handle").Limit = sla.Limit{} }, "handle", "the limit cannot be used"},
		{"a limit in a calendar that hardly opens", func(p *sla.Policy) {
			find(p, "handle").Calendar = "almost closed"
			find(p, "handle").Limit = sla.Limit{N: 3000, Unit: sla.Hour, InWorkingTime: true}
		}, "handle", "could never be met"},
		{"signing that starts with signing", func(p *sla.Policy) { find(p, "sign_for").Start = sla.FromSigning }, "sign_for", "when it is over"},
		{"a start for the desk's clock", func(p *sla.Policy) { find(p, "review").Start = sla.FromDispatch }, "review", "start of review is fixed"},
		{"an unknown start", func(p *sla.Policy) { find(p, "handle").Start = "sunrise" }, "handle", "none of receipt"},
		{"overlapping rules of equal rank", func(p *sla.Policy) {
			p.Rules = append(p.Rules, sla.Rule{Name: "again", Clock: sla.ClockAnswer, When: sla.When{Kinds: []string{"praise", "inquiry"}}, Limit: sla.Hours(1)})
		}, "again", `overlaps rule "answer_inquiry"`},
		{"overlapping categories", func(p *sla.Policy) {
			p.Rules = append(
				p.Rules,
				sla.Rule{Name: "parks", Clock: sla.ClockAnswer, When: sla.When{Categories: []string{"parks", "trees"}}, Limit: sla.WorkingDays(2)},
				sla.Rule{Name: "trees", Clock: sla.ClockAnswer, When: sla.When{Categories: []string{"trees"}}, Limit: sla.WorkingDays(3)},
			)
		}, "trees", `overlaps rule "parks"`},
		{"an empty category", func(p *sla.Policy) { find(p, "handle").When.Categories = []string{""} }, "handle", "leave the list out"},
		{"no rule that fits all", func(p *sla.Policy) { find(p, "answer").When.Kinds = []string{"praise"} }, "", "no rule for answer fits every ticket"},
		{"signing due after handling", func(p *sla.Policy) { find(p, "sign_for_critical").Limit = sla.Hours(3) }, "sign_for_critical", `after rule "handle_critical"`},
		{"progress due after the answer", func(p *sla.Policy) { find(p, "progress_hard_to_do").Limit = sla.WorkingDays(11) }, "progress_hard_to_do", `after rule "handle_hard_to_do"`},
		{"a share of 100 %", func(p *sla.Policy) { p.Alerts.Shares = []int{100} }, "", "not a share"},
		{"a distance in days", func(p *sla.Policy) { p.Alerts.Before = []sla.Limit{sla.WorkingDays(1)} }, "", "not a distance"},
		{"a level nobody knows", func(p *sla.Policy) { p.Alerts.Overdue[0].Level = "purple" }, "", "none of blue"},
		{"a recipient nobody knows", func(p *sla.Policy) { p.Alerts.Overdue[0].To = "mayor" }, "", "nobody who could be told"},
		{"alerts in an unknown calendar", func(p *sla.Policy) { find(p, "return").Alerts.Calendar = "night" }, "return", `no calendar "night"`},
		{"an unknown way to reclassify", func(p *sla.Policy) { p.Reclassified = "never" }, "", "none of from_start"},
	} {
		policy := sla.DefaultPolicy()
		row.change(&policy)
		err := policy.Validate(cals)
		var wrong *sla.PolicyError
		if !errors.As(err, &wrong) || wrong.Rule != row.rule || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: %v, want rule %q and %q", row.what, err, row.rule, row.says)
		}
	}
}

func TestThePolicyInForce(t *testing.T) {
	t.Parallel()
	policies := sla.Policies{
		{Version: 3, InForceFrom: at(t, "2026-03-01 00:00"), InForceUntil: at(t, "2026-06-01 00:00")},
		{Version: 1, InForceFrom: at(t, "2025-01-01 00:00")},
		{Version: 2, InForceFrom: at(t, "2026-01-01 00:00")},
		{Version: 4, InForceFrom: at(t, "2026-03-01 00:00")},
	}
	for _, row := range []struct {
		at   string
		want int
	}{
		{"2024-12-31 23:59", 0},
		{"2025-01-01 00:00", 1},
		{"2026-02-28 23:59", 2},
		{"2026-03-01 00:00", 4},
		{"2026-07-01 00:00", 4},
	} {
		got, ok := policies.InForce(at(t, row.at))
		if got.Version != row.want || ok != (row.want != 0) {
			t.Errorf("at %s version %d is in force, want %d", row.at, got.Version, row.want)
		}
	}
	if p, ok := policies.Version(2); !ok || p.Version != 2 {
		t.Errorf("version 2 is %+v", p)
	}
	if _, ok := policies.Version(9); ok {
		t.Error("version 9 exists")
	}
}
