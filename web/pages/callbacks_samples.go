package pages

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"nengban/callbacks"
	"nengban/tickets"
	"nengban/web/page"
)

// samplesPage draws tickets at random and shows the draws that were made.
type samplesPage struct {
	callbackBase
	Samples []*callbacks.Sample
	Form    page.Form
}

// sampleForm is what a sample is drawn from, and how large it is.
type sampleForm struct {
	From  *time.Time    `json:"from" field:"time,need"`
	To    *time.Time    `json:"to" field:"time,need"`
	Class tickets.Class `json:"class" field:"select"`
	Kind  tickets.Kind  `json:"kind" field:"select"`
	Lead  string        `json:"lead" field:"department"`
	Area  string        `json:"area" field:"place"`
	Size  int           `json:"size" field:"number,need,min=1,max=1000"`
}

// Samples shows the draws, and the form of a new one with the last month in it.
func (p *Pages) Samples(w http.ResponseWriter, r *http.Request) error {
	v, err := p.samplesPage(r)
	if err != nil {
		return err
	}
	from, to := lastMonth(v.Now)
	v.Form = page.Empty("sample", &sampleForm{From: &from, To: &to, Size: 20})
	return p.show(w, "samples", v)
}

func (p *Pages) samplesPage(r *http.Request) (samplesPage, error) {
	v := samplesPage{callbackBase: p.callbackBase(r, "samples")}
	var err error
	v.Samples, err = p.Hooks.Callbacks.Samples(r.Context())
	return v, err
}

// lastMonth is the month before the one of now, up to now.
func lastMonth(now time.Time) (from, to time.Time) {
	y, m, _ := now.In(tickets.Shanghai).Date()
	return time.Date(y, m-1, 1, 0, 0, 0, 0, tickets.Shanghai), now
}

// Draw takes a sample and has its citizens asked.
func (p *Pages) Draw(w http.ResponseWriter, r *http.Request) error {
	var f sampleForm
	form := page.Decode(r, "sample", &f)
	form.Errors = append(form.Errors, tickets.Check(&f)...)
	if f.From != nil && f.To != nil && !f.To.After(*f.From) {
		form.Errors = append(form.Errors, tickets.FieldError{Field: "to", Code: "ends_before"})
	}
	var drawn *callbacks.Sample
	if len(form.Errors) == 0 {
		var err error
		drawn, err = p.Hooks.Callbacks.Draw(r.Context(), me(r), callbacks.Population{From: *f.From, To: *f.To, Class: f.Class, Kind: f.Kind, Lead: f.Lead, Area: f.Area}, f.Size)
		if err != nil && !errors.As(err, &form.Errors) {
			return err
		}
	}
	if len(form.Errors) > 0 {
		v, err := p.samplesPage(r)
		if err != nil {
			return err
		}
		v.Form = form
		return p.Render.Render(w, http.StatusUnprocessableEntity, "staff/samples", v)
	}
	return p.done(w, r, "done.drawn", sampleAddress(drawn.ID))
}

// samplePage is one draw, and the same draw made again.
type samplePage struct {
	callbackBase
	*callbacks.Sample
	Again *callbacks.Sample // nil until somebody asks for it
}

// Same says whether the draw made again chose the same tickets.
func (v samplePage) Same() bool {
	if v.Again == nil || len(v.Again.Chosen) != len(v.Chosen) {
		return false
	}
	for i, n := range v.Chosen {
		if v.Again.Chosen[i] != n {
			return false
		}
	}
	return v.Again.Digest == v.Digest
}

// Sample shows a draw, repeated where that is asked for.
func (p *Pages) Sample(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	v := samplePage{callbackBase: p.callbackBase(r, "samples")}
	if v.Query.Get("again") == "yes" {
		v.Sample, v.Again, err = p.Hooks.Callbacks.Redraw(r.Context(), id)
	} else {
		v.Sample, err = p.Hooks.Callbacks.Sample(r.Context(), id)
	}
	if err != nil {
		return err
	}
	return p.show(w, "sample", v)
}

func sampleAddress(id int64) string { return fmt.Sprintf("/callbacks/samples/%d", id) }
