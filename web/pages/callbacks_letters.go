package pages

import (
	"errors"
	"net/http"

	"nengban/callbacks"
	"nengban/web/page"
)

// lettersPage shows what could not be sent, how the carriers are, and where
// their ledgers and ours do not agree.
type lettersPage struct {
	callbackBase
	Letters     []callbacks.Attempt
	Waiting     int
	Carriers    []callbacks.Breaker
	Differences []callbacks.Difference
}

// Letters shows the texts and calls that failed too often and wait for a person.
func (p *Pages) Letters(w http.ResponseWriter, r *http.Request) error {
	v := lettersPage{callbackBase: p.callbackBase(r, "letters")}
	e, ctx := p.Hooks.Callbacks, r.Context()
	var err error
	if v.Letters, err = e.DeadLetters(ctx, v.Me); err != nil {
		return err
	}
	waiting, err := e.Queue(ctx, v.Me)
	if err != nil {
		return err
	}
	v.Waiting = len(waiting)
	if v.Carriers, err = e.Breakers(ctx); err != nil {
		return err
	}
	if _, v.Differences, err = e.Reconciliations(ctx, v.Me); err != nil {
		return err
	}
	return p.show(w, "letters", v)
}

// TryLetterAgain wakes one of them. Whoever presses twice finds it gone.
func (p *Pages) TryLetterAgain(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	if err := p.Hooks.Callbacks.TryAgain(r.Context(), me(r), id); err != nil && !errors.Is(err, callbacks.ErrNotFound) {
		return err
	}
	return p.done(w, r, "done.letter_again", "/callbacks/letters")
}

// ResumeCarrier has a carrier spoken to again, after what was wrong was mended.
func (p *Pages) ResumeCarrier(w http.ResponseWriter, r *http.Request) error {
	carriers, err := p.Hooks.Callbacks.Breakers(r.Context())
	if err != nil {
		return err
	}
	for _, c := range carriers {
		if c.Carrier == r.PathValue("name") {
			if err := p.Hooks.Callbacks.ResumeCarrier(r.Context(), me(r), c.Carrier); err != nil {
				return err
			}
			return p.done(w, r, "done.carrier_resumed", "/callbacks/letters")
		}
	}
	return page.ErrNotFound
}
