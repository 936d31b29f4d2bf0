package pages

import (
	"net/http"

	"nengban/tickets/triage"
	"nengban/web/page"
)

// learnedPage says how good the desk's proposals are now, on tickets it had
// not seen.
type learnedPage struct {
	page.Base
	Models  *triage.Models // nil: nothing was learned yet
	Version int
	Unseen  triage.Step // on tickets that were not learned yet
}

// Percent is a share as people read it.
func (learnedPage) Percent(share float64) int { return int(share*100 + 0.5) }

// Latest is the last step as a list.
func (v learnedPage) Latest() []triage.Step { return []triage.Step{v.Unseen} }

// Learned shows what proposals rest on.
func (p *Pages) Learned(w http.ResponseWriter, r *http.Request) error {
	v := learnedPage{Base: p.Base(r)}
	if p.Hooks.Learned != nil {
		v.Models, v.Version = p.Hooks.Learned()
	}
	if p.Hooks.Unseen != nil {
		var err error
		if v.Unseen, err = p.Hooks.Unseen(r.Context()); err != nil {
			p.Log.Warn("trying proposals on tickets they have not seen", "error", err)
		}
	}
	return p.show(w, "learned", v)
}
