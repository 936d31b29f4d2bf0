package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/i18n"
)

var update = flag.Bool("update", false, "write the documents that are drawn from tables")

// TestDocumentsAreDrawnFromTheTables keeps the drawing of the ticket's life and
// the list of rights what the code says they are.
func TestDocumentsAreDrawnFromTheTables(t *testing.T) {
	t.Parallel()
	words, err := i18n.Load(tickets.Shanghai)
	if err != nil {
		t.Fatal(err)
	}
	zh, en := words.Locale("zh-CN", ""), words.Locale("en", "")
	for name, want := range map[string]string{"ticket-states.md": drawStates(zh, en), "rights.md": drawRights(zh, en)} {
		path := filepath.Join("../../docs", name)
		if *update {
			if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("docs/%s is not what the table says; `go test ./cmd/nengban -run Documents -update` writes it (-table +file):\n%s", name, diff)
		}
	}
}

func drawStates(zh, en *i18n.Locale) string {
	var b strings.Builder
	b.WriteString("# The life of a ticket\n\nDrawn from the one state table, `tickets.Table`; do not edit. An act that leads nowhere leaves the ticket where it is.\n\n```mermaid\nstateDiagram-v2\n")
	for _, s := range tickets.Statuses {
		fmt.Fprintf(&b, "    state \"%s %s\" as %s\n", zh.T("status."+string(s)), s, s)
	}
	fmt.Fprintf(&b, "    [*] --> %s: %s\n", tickets.ToTriage, zh.T("act.register"))
	for _, r := range tickets.Table {
		for _, from := range r.From {
			for _, to := range r.To {
				if from != to && !slices.Contains(r.Stays, from) {
					fmt.Fprintf(&b, "    %s --> %s: %s\n", from, to, zh.T("act."+string(r.Act)))
				}
			}
		}
	}
	b.WriteString("```\n\n| act | 动作 | from | to | address |\n|---|---|---|---|---|\n")
	for _, r := range tickets.Table {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | `/tickets/{number}/%s` |\n", en.T("act."+string(r.Act)), zh.T("act."+string(r.Act)), list(r.From), list(r.To), r.Path)
	}
	return b.String()
}

func list(ss []tickets.Status) string {
	if len(ss) == len(tickets.Statuses) {
		return "any"
	}
	out := make([]string, 0, len(ss))
	for _, s := range ss {
		out = append(out, string(s))
	}
	if len(out) == 0 {
		return "stays"
	}
	return strings.Join(out, ", ")
}

func drawRights(zh, en *i18n.Locale) string {
	var b strings.Builder
	b.WriteString("# Who may do what\n\nDrawn from `staff.Table`; do not edit. Scopes: `own` tickets the member registered, `own_hall` of his hall, `own_department` of his department and those below it, `all`. What is not here may not be done.\n\n| right | 权限 |")
	roles := append(slices.Clone(staff.Roles), staff.Citizen, staff.System)
	for _, r := range roles {
		b.WriteString(" " + zh.T("role."+string(r)) + " |")
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(roles)) + "\n")
	rights := make([]string, 0, len(staff.Table))
	for r := range staff.Table {
		rights = append(rights, string(r))
	}
	slices.Sort(rights)
	for _, r := range rights {
		key := "right." + r
		if _, isAct := tickets.RuleFor(tickets.Act(r)); isAct || r == string(staff.Register) {
			key = "act." + r
		}
		fmt.Fprintf(&b, "| %s | %s |", en.T(key), zh.T(key))
		for _, role := range roles {
			scope := staff.Table[staff.Right(r)][role].String()
			if scope == "none" {
				scope = ""
			}
			b.WriteString(" " + scope + " |")
		}
		b.WriteString("\n")
	}
	return b.String()
}
