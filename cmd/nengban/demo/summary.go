package demo

import (
	"context"
	"fmt"
	"time"

	"nengban/callbacks"
	"nengban/tickets"
	"nengban/tickets/staff"
)

// Login is somebody who can log in.
type Login struct {
	Member   staff.Member `json:"member"`
	Password string       `json:"password"`
	Where    string       `json:"where,omitempty"` // department or hall, by its name
}

// String keeps the password out of logs and error texts.
func (l Login) String() string { return l.Member.Login }

// Story is a storyline that is worth looking at: its ticket, the query code its
// citizen was given, and the telephone he can be reached by, which is no real one.
type Story struct {
	Key    string         `json:"key"`
	Zh     string         `json:"zh"`
	En     string         `json:"en"`
	Number string         `json:"number"`
	Code   string         `json:"code"`
	Phone  string         `json:"phone,omitempty"`
	Status tickets.Status `json:"status"`
}

// Summary is what there is to see when the play is over.
type Summary struct {
	From     time.Time              `json:"from"`
	Now      time.Time              `json:"now"`
	People   []Login                `json:"people"`
	Stories  []Story                `json:"stories"`
	Statuses map[tickets.Status]int `json:"statuses"`
	Tickets  int                    `json:"tickets"`
	Acts     int                    `json:"acts"`  // of people; the desk's own come on top
	Texts    int                    `json:"texts"` // that left the desk
	Calls    int                    `json:"calls"` // with keys
}

// Member returns the member of this login, or nobody.
func (s *Summary) Member(login string) staff.Member {
	for _, l := range s.People {
		if l.Member.Login == login {
			return l.Member
		}
	}
	return staff.Member{}
}

func (d *director) summary(ctx context.Context, logins []Login) (*Summary, error) {
	s := &Summary{From: d.begins, Now: d.Now, People: logins, Statuses: map[tickets.Status]int{}, Acts: d.acts}
	for _, told := range d.stories {
		if told.number == "" {
			continue
		}
		t, err := d.Desk.Ticket(ctx, staff.TheSystem, told.number)
		if err != nil {
			return nil, fmt.Errorf("looking at what came of %s: %w", told.key, err)
		}
		s.Tickets++
		s.Statuses[t.Status]++
		if told.zh != "" {
			s.Stories = append(s.Stories, Story{told.key, told.zh, told.en, told.number, told.code, told.in.Phone, t.Status})
		}
	}
	if d.Phones != nil {
		for _, sent := range d.Phones.Ledger() {
			if sent.Way == callbacks.ByVoice {
				s.Calls++
			} else {
				s.Texts++
			}
		}
	}
	return s, nil
}
