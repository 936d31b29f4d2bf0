package pages

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"nengban/tickets"
	"nengban/tickets/duplicates"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// hotMatterPage shows one hot matter with all its tickets, to be joined under a
// main one in one act, or split again.
type hotMatterPage struct {
	page.Base
	Hot    duplicates.Hot
	Open   []hotPart // those that are no part of the main one, the oldest first
	Joined []hotPart // those that are
	Main   string    // chosen, or proposed
	Can    int       // how many can be joined
	Join   page.Form
	Split  page.Form
	Told   *hotTold // what the last act did not do
}

// hotPart is a ticket of it in a list to choose from.
type hotPart struct {
	duplicates.Part
	Ticked bool
	Seen   int64  // the version that the reader decides on
	Why    string // why it cannot be joined
}

// hotTold says what became of an act on many tickets that left some.
type hotTold struct {
	Act  tickets.Act
	Done int
	Main string
	Left []hotLeft
}

type hotLeft struct{ Number, Why string }

// splitForm is why they are split; the tickets are ticked beside it.
type splitForm struct {
	Reason string `json:"reason" field:"area,need,max=1000"`
}

// HotMatter shows one open hot matter.
func (p *Pages) HotMatter(w http.ResponseWriter, r *http.Request) error {
	v, err := p.hotMatterPage(r)
	if err != nil {
		return err
	}
	return p.show(w, "hot_matter", v)
}

func (p *Pages) hotMatterPage(r *http.Request) (*hotMatterPage, error) {
	id, err := idOf(r)
	if err != nil {
		return nil, err
	}
	v := &hotMatterPage{Base: p.Base(r), Join: page.Empty("hot_join", &tickets.Merge{}), Split: page.Empty("hot_split", &splitForm{})}
	v.Path = "/hot/" + strconv.FormatInt(id, 10)
	h, parts, err := p.Hooks.Duplicates.Matter(r.Context(), v.Me, id)
	if err != nil {
		return nil, err
	}
	v.Hot, v.Main = h, duplicates.Proposed(h, parts)
	for _, x := range parts {
		part := hotPart{Part: x, Ticked: x.Joined || x.Why == nil && x.Number != h.Into, Seen: x.Version, Why: v.whyLeft(x.Why)}
		if x.Joined {
			v.Joined = append(v.Joined, part)
			continue
		}
		if x.Why == nil && x.Number != h.Into {
			v.Can++
		}
		v.Open = append(v.Open, part)
	}
	return v, nil
}

// whyLeft says why a ticket is not merged or split.
func (v *hotMatterPage) whyLeft(why error) string {
	var refusal *tickets.Refusal
	var conflict *tickets.Conflict
	switch {
	case why == nil:
		return ""
	case errors.As(why, &refusal):
		return v.Refused(refusal)
	case errors.As(why, &conflict):
		return v.T("hot.changed")
	case errors.Is(why, tickets.ErrNotFound):
		return v.T("problem.no_ticket")
	default:
		return v.T("problem.not_allowed")
	}
}

// JoinHot merges the ticked tickets of a hot matter into the chosen one.
func (p *Pages) JoinHot(w http.ResponseWriter, r *http.Request) error {
	m := tickets.Merge{}
	form := page.Decode(r, "hot_join", &m)
	return p.actOnHot(w, r, staff.Merge, form, "done.hot_merge", func(id int64, refs []tickets.Ref) (duplicates.Joined, error) {
		return p.Hooks.Duplicates.Join(r.Context(), me(r), id, m, refs)
	})
}

// SplitHot takes the ticked ones out of it again.
func (p *Pages) SplitHot(w http.ResponseWriter, r *http.Request) error {
	f := splitForm{}
	form := page.Decode(r, "hot_split", &f)
	return p.actOnHot(w, r, staff.Unmerge, form, "done.hot_unmerge", func(id int64, refs []tickets.Ref) (duplicates.Joined, error) {
		return p.Hooks.Duplicates.Split(r.Context(), me(r), id, tickets.Unmerge{Reason: f.Reason}, refs)
	})
}

// actOnHot does one of the two. When something is wrong with the form it comes
// back as it was sent; when some tickets were left, they are named and stand
// ticked in the form as they are now, ready to be sent again.
func (p *Pages) actOnHot(w http.ResponseWriter, r *http.Request, act tickets.Act, form page.Form, flash string, do func(int64, []tickets.Ref) (duplicates.Joined, error)) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	refs, err := refsOf(r.PostForm["tickets"])
	if err != nil {
		return err
	}
	got, err := do(id, refs)
	var fields tickets.FieldErrors
	switch {
	case errors.As(err, &fields):
		form.Errors = fields
		v, err := p.hotMatterPage(r)
		if err != nil {
			return err
		}
		v.keep(act, form, refs, true)
		return p.Render.Render(w, http.StatusUnprocessableEntity, "staff/hot_matter", v)
	case err != nil:
		return err
	case len(got.Left) == 0:
		return p.done(w, r, flash, "/hot/"+strconv.FormatInt(id, 10))
	}
	v, err := p.hotMatterPage(r)
	if err != nil {
		return err
	}
	v.Told = &hotTold{Act: act, Done: len(got.Done), Main: got.Main}
	var again []tickets.Ref
	for _, l := range got.Left {
		v.Told.Left = append(v.Told.Left, hotLeft{l.Number, v.whyLeft(l.Why)})
		again = append(again, tickets.Ref{Number: l.Number})
	}
	v.keep(act, form, again, false)
	return p.show(w, "hot_matter", v)
}

// keep shows a form as it was sent: its ticks, its main ticket and its reason,
// and where asked at the versions that were seen then.
func (v *hotMatterPage) keep(act tickets.Act, form page.Form, refs []tickets.Ref, asSeen bool) {
	list := v.Joined
	if act == staff.Merge {
		list, v.Join = v.Open, form
		if into := form.Value("into"); into != "" {
			v.Main = into
		}
	} else {
		v.Split = form
	}
	for i := range list {
		n := slices.IndexFunc(refs, func(r tickets.Ref) bool { return r.Number == list[i].Number })
		list[i].Ticked = n >= 0 && (act != staff.Merge || list[i].Part.Why == nil)
		if n >= 0 && asSeen {
			list[i].Seen = refs[n].Version
		}
	}
}

// refsOf reads what was ticked: a number and the version that was seen of it.
func refsOf(ticked []string) ([]tickets.Ref, error) {
	var out []tickets.Ref
	for _, x := range ticked {
		number, seen, _ := strings.Cut(x, ".")
		n, ok := page.Number(number)
		version, err := strconv.ParseInt(seen, 10, 64)
		if !ok || err != nil || version < 1 {
			return nil, page.ErrBadForm
		}
		out = append(out, tickets.Ref{Number: n, Version: version})
	}
	return out, nil
}

// mainOf is the main ticket that the hot matter of a ticket was joined under,
// when the ticket could be merged into it; help that fails is left out.
func (p *Pages) mainOf(ctx context.Context, t *tickets.Ticket) string {
	if p.Hooks.Duplicates == nil {
		return ""
	}
	h, err := p.Hooks.Duplicates.Holding(ctx, t.Number)
	if err != nil {
		p.Log.Warn("looking for a ticket's hot matter", "error", err)
	}
	if h == nil || h.Into == t.Number {
		return ""
	}
	return h.Into
}
