package tickets_test

import (
	"testing"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/staff"
	tt "nengban/tickets/ticketstest"
)

func TestWhoMissesAButtonIsToldWhy(t *testing.T) {
	t.Parallel()
	tw := tt.New(t, dbtest.SQLite(t))
	hard := tw.Ticket(tickets.ToTriage)
	hard = tw.Act(tw.Dispatcher, hard.Number, tt.Triage(tickets.HardToDo))
	wantBlocked(t, tw.Desk.Blocked(tw.Dispatcher, hard), staff.Dispatch, "consult_first")

	helped := tw.Ticket(tickets.ToDispatch)
	tw.Act(tw.Dispatcher, helped.Number, tt.Dispatch(tt.Housing, tt.Planning))
	helped = tw.Act(tw.Caseworker, helped.Number, &tickets.SignFor{})
	wantBlocked(t, tw.Desk.Blocked(tw.Caseworker, helped), staff.Reply, "assistance_outstanding")
	if got := tw.Desk.Blocked(tw.Auditor, helped); len(got) != 0 {
		t.Errorf("an auditor, who may do nothing, is told %v", got)
	}
}

func wantBlocked(t *testing.T, got []*tickets.Refusal, act tickets.Act, code string) {
	t.Helper()
	for _, r := range got {
		if r.Act == act {
			if r.Code != code {
				t.Errorf("%s is blocked by %s; want %s", act, r.Code, code)
			}
			return
		}
	}
	t.Errorf("nobody says why %s is not possible: %v", act, got)
}
