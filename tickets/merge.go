package tickets

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"nengban/tickets/staff"
)

// Merge (并案) joins a ticket to the main one about the same thing. It keeps
// its own citizen, number and code, and can be taken apart again.
type Merge struct {
	free
	Into   string `json:"into" field:"text,need,max=32"` // number of the main ticket
	Reason string `json:"reason" field:"area,need,max=1000"`
}

// Act is staff.Merge.
func (Merge) Act() Act { return staff.Merge }

func (m Merge) decide(sc *scene) (Details, Status, error) {
	switch {
	case sc.other == nil:
		return Details{}, "", FieldErrors{{Field: "into", Code: "unknown_ticket", Args: []any{m.Into}}}
	case sc.other.ID == sc.t.ID:
		return Details{}, "", FieldErrors{{Field: "into", Code: "is_itself"}}
	case !sc.other.Open():
		return Details{}, "", FieldErrors{{Field: "into", Code: "is_closed", Args: []any{m.Into}}}
	}
	return Details{Into: m.Into, Reason: m.Reason}, MergedAway, nil
}

// Unmerge takes it apart again.
type Unmerge struct {
	free
	Reason string `json:"reason" field:"area,need,max=1000"`
}

// Act is staff.Unmerge.
func (Unmerge) Act() Act { return staff.Unmerge }

func (m Unmerge) decide(*scene) (Details, Status, error) {
	return Details{Reason: m.Reason}, ToTriage, nil
}

// Merged returns the tickets that are merged into one, directly or by way of
// others, for listeners: their citizens wait for the same result.
func (d *Desk) Merged(ctx context.Context, number string) ([]*Ticket, error) {
	var out []*Ticket
	for into := []string{number}; len(into) > 0; {
		var rows []ticketRow
		// The second condition is the index's own; see byExternal.
		err := d.db.NewSelect().Model(&rows).Where("merged_into IN (?) AND merged_into <> ''", bun.List(into)).Order("id").Scan(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading what was merged into %s: %w", number, err)
		}
		into = nil
		for _, r := range rows {
			t, err := d.fromRow(r)
			if err != nil {
				return nil, err
			}
			out, into = append(out, t), append(into, t.Number)
		}
	}
	return out, nil
}
