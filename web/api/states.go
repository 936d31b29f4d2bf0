package api

import (
	"net/http"

	"nengban/tickets"
	"nengban/tickets/staff"
)

// States is the life of a ticket as a table: what can be done from where, by
// whom, asking for what, leading where.
type States struct {
	Statuses []Status `json:"statuses"`
	Acts     []Act    `json:"acts"`
}

// Status is one status with its names.
type Status struct {
	Status tickets.Status `json:"status"`
	Name   Words          `json:"name"`
	Open   bool           `json:"open" doc:"Somebody still owes work"`
}

// Act is one line of the table.
type Act struct {
	Act    tickets.Act      `json:"act"`
	Name   Words            `json:"name"`
	Path   string           `json:"path" doc:"The last part of its address: /tickets/{number}/{path}"`
	From   []tickets.Status `json:"from"`
	To     []tickets.Status `json:"to" doc:"Empty: the status stays"`
	Who    []Who            `json:"who"`
	Fields []Field          `json:"fields"`
}

// Who is a role with how far its right reaches.
type Who struct {
	Role  staff.Role `json:"role"`
	Scope string     `json:"scope" enum:"own,own_hall,own_department,all"`
}

func (a *API) states(w http.ResponseWriter, _ *http.Request) error {
	out := States{}
	for _, s := range tickets.Statuses {
		open := (&tickets.Ticket{State: tickets.State{Status: s}}).Open()
		out.Statuses = append(out.Statuses, Status{s, a.words("status." + string(s)), open})
	}
	for _, r := range tickets.Table {
		x := Act{Act: r.Act, Name: a.words("act." + string(r.Act)), Path: r.Path, From: r.From, To: each(r.To, func(s tickets.Status) tickets.Status { return s }),
			Who: []Who{}, Fields: a.fields(string(r.Act), formOf(r))}
		for _, role := range append([]staff.Role{staff.Citizen, staff.System}, staff.Roles...) {
			if scope := staff.Table[r.Act][role]; scope != staff.None {
				x.Who = append(x.Who, Who{role, scope.String()})
			}
		}
		out.Acts = append(out.Acts, x)
	}
	return give(w, http.StatusOK, out)
}

// Me is who asks.
type Me struct {
	Login      string       `json:"login"`
	Name       string       `json:"name"`
	Roles      []staff.Role `json:"roles"`
	Department string       `json:"department,omitempty"`
	Hall       string       `json:"hall,omitempty"`
}

func (a *API) whoami(w http.ResponseWriter, r *http.Request) error {
	m, err := a.me(r)
	if err != nil {
		return err
	}
	return give(w, http.StatusOK, Me{m.Login, m.Name, each(m.Roles, func(x staff.Role) staff.Role { return x }), m.Department, m.Hall})
}
