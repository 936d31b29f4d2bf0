package pages

import (
	"net/http"
	"time"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// clocksPage holds the stored deadlines against the timelines.
type clocksPage struct {
	page.Base
	Checked bool // somebody asked for it
	All     bool // all tickets, not only those that are not over
	Rows    []differRow
	Tickets int
	More    bool
	MayMend bool
	Form    page.Form
	Mended  bool
}

// differRow is one thing that is not what its timeline says.
type differRow struct {
	Number, Clock, Field string
	Was, Is              string
}

// mendForm asks why stored deadlines are written anew.
type mendForm struct {
	Reason string `json:"reason" field:"text,need,max=200"`
}

// Clocks replays tickets where that is asked for, and lists what differs.
func (p *Pages) Clocks(w http.ResponseWriter, r *http.Request) error {
	v := p.clocksPage(r)
	v.Checked, v.All = v.Query.Has("check"), v.Query.Get("check") == "all"
	if v.Checked {
		for diff, err := range p.Desk.CheckClocks(r.Context(), !v.All) {
			if err != nil {
				return err
			}
			v.add(diff)
		}
	}
	return p.show(w, "clocks", v)
}

func (p *Pages) clocksPage(r *http.Request) clocksPage {
	return clocksPage{Base: p.Base(r), MayMend: me(r).Reach(staff.ManageStaff) != staff.None, Form: page.Empty("mend", &mendForm{})}
}

func (v *clocksPage) add(d tickets.Difference) {
	v.Tickets++
	for _, f := range d.Found {
		if len(v.Rows) == mostMoved {
			v.More = true
			return
		}
		row := differRow{Number: d.Number, Field: f.Field, Was: v.written(f.Was), Is: v.written(f.Is)}
		if f.Key.Clock != "" {
			row.Clock = keyName(v.Base, f.Key)
		}
		v.Rows = append(v.Rows, row)
	}
}

// written shows a moment as people read it, and any other word as it is.
func (v *clocksPage) written(s string) string {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return v.Timed(t)
	}
	if key := "clockstate." + s; s != "" && v.Has(key) {
		return v.T(key)
	}
	return s
}

// MendClocks writes what the timelines say over what is stored, with a reason
// that is kept.
func (p *Pages) MendClocks(w http.ResponseWriter, r *http.Request) error {
	v := p.clocksPage(r)
	var f mendForm
	v.Form = page.Decode(r, "mend", &f)
	if v.Form.Errors = append(v.Form.Errors, tickets.Check(&f)...); len(v.Form.Errors) > 0 {
		v.Checked = true
		return p.Render.Render(w, http.StatusUnprocessableEntity, "staff/clocks", v)
	}
	mended, err := p.Desk.MendClocks(r.Context(), v.Me.Name, f.Reason, r.PostForm.Get("check") != "all")
	if err != nil {
		return err
	}
	v.Checked, v.Mended = true, true
	for _, d := range mended {
		v.add(d)
	}
	return p.show(w, "clocks", v)
}
