package tickets_test

import (
	"nengban/tickets"
	tt "nengban/tickets/ticketstest"
)

// filled returns the act's move with believable words in every field that must be filled.
func filled(r tickets.Rule, tw *tt.Town) tickets.Move {
	in5 := tw.Clock.Now().AddDate(0, 0, 5).UTC()
	past := tw.Clock.Now().UTC()
	m := r.New()
	for _, f := range tickets.Fields(m) {
		words := map[string]string{"area": "情况说明", "text": "说明", "number": "1", "department": tt.Housing, "article": "", "category": "", "time": past.Format("2006-01-02T15:04:05Z")}
		switch {
		case f.Name == "until":
			f.Set(m, []string{in5.Format("2006-01-02T15:04:05Z")}, tickets.Shanghai)
		case f.Options != nil:
			f.Set(m, []string{f.Options[0]}, tickets.Shanghai)
		case f.Widget == "departments":
			if f.Name == "departments" {
				f.Set(m, []string{tt.Housing, tt.Planning}, tickets.Shanghai)
			}
		case f.Need:
			f.Set(m, []string{words[f.Widget]}, tickets.Shanghai)
		}
	}
	if a, ok := m.(*tickets.Attach); ok {
		a.Attachments = []int64{1}
	}
	return m
}
