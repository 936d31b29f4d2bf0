package pages

import (
	"errors"
	"net/http"
	"slices"

	"nengban/tickets"
	"nengban/tickets/duplicates"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// hotPage shows the matters that many bring at once, with their tickets and
// what every next caller is told.
type hotPage struct {
	page.Base
	Matters   []hotMatter
	MayManage bool
	Wrong     int64     // whose form came back
	Form      page.Form // the one that came back
}

// hotMatter is a hot matter with those of its tickets that the reader may read.
type hotMatter struct {
	duplicates.Hot
	Rows   []row
	Open   int // of them
	Joined int // of them, into another of the matter
	More   int // tickets that are not shown
}

// hotForm is the answer for the next caller.
type hotForm struct {
	Answer string `json:"answer" field:"area,max=2000"`
}

// FormOf is the form of one matter: as it is kept, or as it came back.
func (v hotPage) FormOf(h duplicates.Hot) page.Form {
	if v.Wrong == h.ID {
		return v.Form
	}
	return page.Empty("hot", &hotForm{Answer: h.Answer})
}

// Hot shows the open hot matters.
func (p *Pages) Hot(w http.ResponseWriter, r *http.Request) error {
	v, err := p.hotPage(r)
	if err != nil {
		return err
	}
	return p.show(w, "hot", v)
}

// shownOfHot is how many tickets of a matter its card shows; the rest are like them.
const shownOfHot = 8

func (p *Pages) hotPage(r *http.Request) (hotPage, error) {
	v := hotPage{Base: p.Base(r)}
	v.Path = "/hot"
	v.MayManage = v.May(string(staff.ManageHot))
	open, err := p.Hooks.Duplicates.Open(r.Context())
	if err != nil {
		return v, err
	}
	for _, h := range open {
		h, parts, err := p.Hooks.Duplicates.Matter(r.Context(), v.Me, h.ID)
		if errors.Is(err, duplicates.ErrNoMatter) { // closed since it was listed
			continue
		}
		if err != nil {
			return v, err
		}
		m, err := p.hotMatter(v.Me, h, parts)
		if err != nil {
			return v, err
		}
		v.Matters = append(v.Matters, m)
	}
	return v, nil
}

// hotMatter counts a matter's tickets and shows the newest of them.
func (p *Pages) hotMatter(by staff.Member, h duplicates.Hot, parts []duplicates.Part) (hotMatter, error) {
	m := hotMatter{Hot: h, More: max(0, len(parts)-shownOfHot)}
	var newest []*tickets.Ticket
	for _, x := range slices.Backward(parts) {
		if x.Open() {
			m.Open++
		}
		if x.Joined {
			m.Joined++
		}
		if len(newest) < shownOfHot {
			newest = append(newest, x.Ticket)
		}
	}
	var err error
	m.Rows, err = p.rows(by, newest)
	return m, err
}

// SayHot keeps what the next caller is told.
func (p *Pages) SayHot(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	f := hotForm{}
	form := page.Decode(r, "hot", &f)
	form.Errors = append(form.Errors, tickets.Check(&f)...)
	if len(form.Errors) == 0 {
		if err := p.Hooks.Duplicates.Say(r.Context(), me(r), id, f.Answer); err != nil {
			return err
		}
		return p.done(w, r, "done.hot_said", "/hot")
	}
	v, err := p.hotPage(r)
	if err != nil {
		return err
	}
	v.Wrong, v.Form = id, form
	return p.Render.Render(w, http.StatusUnprocessableEntity, "staff/hot", v)
}

// CloseHot ends a hot matter.
func (p *Pages) CloseHot(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	if err := p.Hooks.Duplicates.Close(r.Context(), me(r), id); err != nil {
		return err
	}
	return p.done(w, r, "done.hot_closed", "/hot")
}
