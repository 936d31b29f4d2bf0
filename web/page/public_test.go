package page

import (
	"strings"
	"testing"
	"time"

	"nengban/tickets"
	"nengban/tickets/departments"
	"nengban/tickets/sla"
	"nengban/tickets/staff"
	"nengban/web/i18n"
)

func TestEveryActIsShownToTheCitizenOrKeptFromHimByDecision(t *testing.T) {
	t.Parallel()
	acts := []tickets.Act{staff.Register}
	for _, r := range tickets.Table {
		acts = append(acts, r.Act)
	}
	for _, a := range acts {
		if publicActs[a] == nil {
			t.Errorf("nobody decided whether the citizen is told of %s", a)
		}
	}
	if len(publicActs) != len(acts) {
		t.Errorf("%d acts are decided about; there are %d", len(publicActs), len(acts))
	}
}

func TestEveryStatusHasItsStation(t *testing.T) {
	t.Parallel()
	for _, s := range tickets.Statuses {
		if n := stepOf[s]; (n < 1 || n > len(Steps)) && s != tickets.MergedAway {
			t.Errorf("%s is at station %d of %d", s, n, len(Steps))
		}
	}
}

func TestEveryStatusAndEveryEndHasPlainWords(t *testing.T) {
	t.Parallel()
	c, err := i18n.Load(tickets.Shanghai)
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range i18n.Languages {
		b := For(c.Locale(lang, ""), staff.Member{}, time.Now(), departments.New(nil, nil, nil, nil))
		for _, s := range tickets.Statuses {
			for _, o := range []tickets.Outcome{"", tickets.Answered, tickets.Handled, tickets.Declined, tickets.HandedOver, tickets.Withdrawn} {
				p := b.Public(&tickets.Ticket{State: tickets.State{Status: s, Outcome: o}}, nil, sla.Ledger{}, nil)
				if p.Says == "" || p.Next == "" || strings.HasPrefix(p.Says, "public.") || strings.HasPrefix(p.Next, "public.") {
					t.Errorf("%s, %s in %s: %q, %q", s, o, lang, p.Says, p.Next)
				}
			}
		}
	}
}
