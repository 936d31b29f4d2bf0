package pages

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"nengban/tickets/staff"
	"nengban/web/page"
)

// systemPage shows whoever runs the desk how it runs.
type systemPage struct {
	page.Base
	Health  []checked
	Jobs    []Job
	Outbox  []outboxRow
	MayWake bool
}

type checked struct {
	Name  string
	Cause string // "" when it is well
	Note  string
	Took  time.Duration
}

type outboxRow struct {
	Name          string
	Waiting, Dead int
}

// System shows health, the timetable's last runs and the outbox.
func (p *Pages) System(w http.ResponseWriter, r *http.Request) error {
	v := systemPage{Base: p.Base(r)}
	v.MayWake = v.Me.Reach(staff.ManageStaff) != staff.None
	for _, c := range p.Checks {
		v.Health = append(v.Health, p.checked(r.Context(), v.Base, c))
	}
	if p.Hooks.Jobs != nil {
		v.Jobs = p.Hooks.Jobs()
	}
	for _, name := range p.Hooks.Listeners {
		waiting, dead, err := p.Desk.Outstanding(r.Context(), name)
		if err != nil {
			return err
		}
		v.Outbox = append(v.Outbox, outboxRow{name, waiting, dead})
	}
	return p.show(w, "system", v)
}

func (p *Pages) checked(ctx context.Context, b page.Base, c Check) checked {
	start := p.Now()
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	out := checked{Name: c.Name}
	if key := "check." + c.Name; b.Has(key) {
		out.Name = b.T(key)
	}
	if c.Note != nil {
		out.Note = c.Note(b)
	}
	err := c.Do(ctx)
	var explained page.Explained
	switch {
	case errors.As(err, &explained):
		out.Cause = explained.Explain(b)
	case err != nil:
		out.Cause = err.Error() // those who may see this page may see causes
	}
	out.Took = p.Now().Sub(start)
	return out
}

// WakeMessages makes a listener's dead messages due again.
func (p *Pages) WakeMessages(w http.ResponseWriter, r *http.Request) error {
	name := r.PostForm.Get("listener")
	if !slices.Contains(p.Hooks.Listeners, name) {
		return page.ErrNotFound
	}
	if _, err := p.Desk.Retry(r.Context(), name); err != nil {
		return err
	}
	return p.done(w, r, "done.saved", "/system")
}
