package tickets

import (
	"errors"
	"slices"

	"nengban/tickets/staff"
)

// Blocked says why acts that belong to the ticket's status and to the member's
// rights are not possible just now, in the order of the state table: the
// buttons that he looks for and does not find.
func (d *Desk) Blocked(by staff.Member, t *Ticket) []*Refusal {
	var out []*Refusal
	for _, r := range Table {
		if !by.May(r.Act, t.Subject()) || !slices.Contains(r.From, t.Status) {
			continue
		}
		var refusal *Refusal
		if errors.As(possible(d.scene(t, by, d.Now(), r.Act), r, r.New()), &refusal) {
			out = append(out, refusal)
		}
	}
	return out
}
