package duplicates

import (
	"context"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/tickets/triage"
)

// neighbours is how many earlier tickets speak for a department.
const neighbours = 5

// Earlier returns the recent tickets about the same thing that have a lead
// department, the likest first: what people decided before on such a matter.
// They are for the desk's own reckoning; whoever shows them asks whether the
// reader may see them.
func (b *Book) Earlier(ctx context.Context, q triage.Question) ([]triage.Earlier, error) {
	var near []triage.Neighbour
	var numbers []string
	for _, x := range b.now.Load().Like(q, 2*neighbours) {
		if x.Likeness >= triage.SameMatter {
			near = append(near, x)
			numbers = append(numbers, x.Document.ID)
		}
	}
	if len(near) == 0 {
		return nil, nil
	}
	page, err := b.Desk.List(ctx, staff.TheSystem, tickets.Filter{Numbers: numbers, Newest: true}, "")
	if err != nil {
		return nil, err
	}
	lead := map[string]string{}
	for _, t := range page.Tickets {
		if !t.Confidential {
			lead[t.Number] = t.Lead
		}
	}
	var out []triage.Earlier
	for _, x := range near {
		if to := lead[x.Document.ID]; to != "" && len(out) < neighbours {
			out = append(out, triage.Earlier{Number: x.Document.ID, Title: x.Document.Title, Department: to, Likeness: x.Likeness})
		}
	}
	return out, nil
}
