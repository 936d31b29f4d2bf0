package api

import (
	"errors"
	"net/http"
	"slices"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// registration is what registering asks for: what every form of intake asks,
// and where it came from.
type registration struct {
	tickets.Intake
	Way      way    `json:"channel,omitempty" field:"select"`
	System   string `json:"source_system,omitempty" field:"text,max=40"`
	External string `json:"external_no,omitempty" field:"text,max=64"`
}

// way is a channel that a member of staff or his program may register by.
type way string

// Options lists them.
func (way) Options() []string {
	return []string{string(tickets.Hotline), string(tickets.Window), string(tickets.Referred)}
}

// Receipt answers a registration.
type Receipt struct {
	Code   string `json:"code" doc:"The query code, for the citizen; show it once and keep it nowhere"`
	Again  bool   `json:"again" doc:"The same source_system and external_no had been registered before; this is that ticket"`
	Ticket Ticket `json:"ticket"`
}

func (a *API) register(w http.ResponseWriter, r *http.Request) error {
	by, err := a.me(r)
	if err != nil {
		return err
	}
	o, err := body(r)
	if err != nil {
		return err
	}
	in := registration{}
	if err := o.into(&in); err != nil {
		return err
	}
	intake := in.Intake
	if intake.Channel = tickets.Channel(in.Way); intake.Channel == "" {
		intake.Channel = tickets.Hotline
	}
	if intake.Channel == tickets.Window {
		intake.Hall, intake.WindowNo = by.Hall, by.WindowNo
	}
	if in.External != "" {
		if intake.SourceSystem, intake.ExternalNo = in.System, in.External; intake.SourceSystem == "" {
			intake.SourceSystem = "api"
		}
	}
	made, err := a.Desk.Register(r.Context(), by, intake)
	if err != nil {
		return err
	}
	f, err := a.Desk.Open(r.Context(), by, made.Ticket.Number)
	if err != nil {
		return err
	}
	status := http.StatusCreated
	if made.Again {
		status = http.StatusOK
	}
	w.Header().Set("Location", Base+"/tickets/"+made.Ticket.Number)
	return give(w, status, Receipt{made.Code, made.Again, a.ticket(f)})
}

func (a *API) show(w http.ResponseWriter, r *http.Request) error {
	by, number, err := a.about(r)
	if err != nil {
		return err
	}
	f, err := a.Desk.Open(r.Context(), by, number)
	if err != nil {
		return err
	}
	return give(w, http.StatusOK, a.ticket(f))
}

// act returns the handler of one line of the state table.
func (a *API) act(rule tickets.Rule) page.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		by, number, err := a.about(r)
		if err != nil {
			return err
		}
		o, err := body(r)
		if err != nil {
			return err
		}
		version, m := o.version(), rule.New()
		if err := o.into(m); err != nil {
			return err
		}
		t, err := a.Desk.Act(r.Context(), by, tickets.Ref{Number: number, Version: version}, m)
		if err != nil {
			return err
		}
		return a.after(w, r, by, t)
	}
}

// after answers an act with the ticket as it stands, or with nothing when it
// is out of the asker's reach now.
func (a *API) after(w http.ResponseWriter, r *http.Request, by staff.Member, t *tickets.Ticket) error {
	f, err := a.Desk.Open(r.Context(), by, t.Number)
	if errors.Is(err, tickets.ErrNotFound) {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	if err != nil {
		return err
	}
	return give(w, http.StatusOK, a.ticket(f))
}

// Field is one thing that an act asks for.
type Field struct {
	Name     string   `json:"name"`
	Label    Words    `json:"label"`
	Type     string   `json:"type" doc:"Of its JSON value" enum:"string,boolean,integer,strings,time"`
	Widget   string   `json:"widget" doc:"How a form asks for it"`
	Need     bool     `json:"need"`
	Options  []string `json:"options,omitempty"`
	Min      int      `json:"min,omitempty"`
	Max      int      `json:"max,omitempty" doc:"Characters, or the largest number"`
	Personal bool     `json:"personal,omitempty" doc:"Sealed at rest, masked in answers"`
}

func (a *API) fields(of string, form any) []Field {
	if form == nil {
		return []Field{}
	}
	return each(tickets.Fields(form), func(f tickets.Field) Field {
		label := a.said(func(b page.Base) string { return b.FieldName(of, f.Name) })
		return Field{f.Name, label, kindOf(f, form), f.Widget, f.Need, f.Options, f.Min, f.Max, f.Personal}
	})
}

// formOf is the form of an act; attaching takes files and no JSON.
func formOf(r tickets.Rule) any {
	if r.Act == staff.Attach {
		return nil
	}
	return r.New()
}

// rules are the lines of the state table whose acts take JSON.
func rules() []tickets.Rule {
	return slices.DeleteFunc(slices.Clone(tickets.Table), func(r tickets.Rule) bool { return r.Act == staff.Attach })
}
