package pages

import (
	"errors"
	"net/http"
	"strconv"

	"nengban/tickets"
	"nengban/web/hooks"
	"nengban/web/page"
)

// webhooksPage lists who is told of tickets, with the form of another one.
type webhooksPage struct {
	page.Base
	Rows  []webhookRow
	Types []hooks.EventType
	Form  page.Form
}

type webhookRow struct {
	To   hooks.Subscription
	Open hooks.Count
}

// Webhooks lists the subscriptions.
func (p *Pages) Webhooks(w http.ResponseWriter, r *http.Request) error {
	v, err := p.webhooks(r)
	if err != nil {
		return err
	}
	return p.show(w, "webhooks", v)
}

func (p *Pages) webhooks(r *http.Request) (webhooksPage, error) {
	v := webhooksPage{Base: p.Base(r), Types: hooks.EventTypes, Form: page.Empty("webhook", &hooks.Wanted{})}
	v.Path = "/webhooks"
	all, err := p.Hooks.Webhooks.Subscriptions(r.Context())
	if err != nil {
		return v, err
	}
	counts, err := p.Hooks.Webhooks.Counts(r.Context())
	for _, s := range all {
		v.Rows = append(v.Rows, webhookRow{s, counts[s.Code]})
	}
	return v, err
}

// AddWebhook subscribes an address and answers with its secret, which stands
// on this one page and nowhere else.
func (p *Pages) AddWebhook(w http.ResponseWriter, r *http.Request) error {
	var want hooks.Wanted
	form := page.Decode(r, "webhook", &want)
	sub, secret, err := p.Hooks.Webhooks.Add(r.Context(), me(r), want)
	var es tickets.FieldErrors
	if errors.As(err, &es) {
		v, err := p.webhooks(r)
		if err != nil {
			return err
		}
		v.Form = form
		v.Form.Errors = append(v.Form.Errors, es...)
		return p.Render.Render(w, http.StatusUnprocessableEntity, "staff/webhooks", v)
	}
	if err != nil {
		return err
	}
	p.noteWebhook(r, "webhook_added", sub)
	return p.showWebhook(w, r, sub, secret)
}

// webhookPage is one subscription with what it was last told.
type webhookPage struct {
	page.Base
	To         hooks.Subscription
	Open       hooks.Count
	Secret     string // the one just made, shown once
	Deliveries []hooks.Delivery
	More       int64 // id to go on from; 0: that was all
}

// perWebhookPage is how many deliveries a page shows.
const perWebhookPage = 50

// Webhook shows a subscription and its last deliveries.
func (p *Pages) Webhook(w http.ResponseWriter, r *http.Request) error {
	sub, err := p.Hooks.Webhooks.Subscription(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	return p.showWebhook(w, r, sub, "")
}

func (p *Pages) showWebhook(w http.ResponseWriter, r *http.Request, sub hooks.Subscription, secret string) error {
	v := webhookPage{Base: p.Base(r), To: sub, Secret: secret}
	v.Path = "/webhooks/" + sub.Code
	counts, err := p.Hooks.Webhooks.Counts(r.Context())
	if err != nil {
		return err
	}
	v.Open = counts[sub.Code]
	before, _ := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	if v.Deliveries, err = p.Hooks.Webhooks.Deliveries(r.Context(), sub.Code, before, perWebhookPage); err != nil {
		return err
	}
	if n := len(v.Deliveries); n == perWebhookPage {
		v.More = v.Deliveries[n-1].ID
	}
	return p.show(w, "webhook", v)
}

// TryWebhook sends a trial; what comes of it stands at the top of the list.
func (p *Pages) TryWebhook(w http.ResponseWriter, r *http.Request) error {
	code := r.PathValue("code")
	d, err := p.Hooks.Webhooks.Try(r.Context(), code)
	if err != nil {
		return err
	}
	if d.State != hooks.Delivered {
		return p.done(w, r, "webhooks.trial_failed", "/webhooks/"+code)
	}
	return p.done(w, r, "webhooks.trial_done", "/webhooks/"+code)
}

// PauseWebhook holds its events back.
func (p *Pages) PauseWebhook(w http.ResponseWriter, r *http.Request) error {
	return p.changeWebhook(w, r, "webhook_paused", p.Hooks.Webhooks.Pause(r.Context(), r.PathValue("code")))
}

// ResumeWebhook sends them.
func (p *Pages) ResumeWebhook(w http.ResponseWriter, r *http.Request) error {
	return p.changeWebhook(w, r, "webhook_resumed", p.Hooks.Webhooks.Resume(r.Context(), r.PathValue("code")))
}

func (p *Pages) changeWebhook(w http.ResponseWriter, r *http.Request, act string, err error) error {
	if err != nil {
		return err
	}
	sub, err := p.Hooks.Webhooks.Subscription(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	p.noteWebhook(r, act, sub)
	return p.done(w, r, "done.saved", "/webhooks/"+sub.Code)
}

// RotateWebhook makes a fresh secret and answers with it.
func (p *Pages) RotateWebhook(w http.ResponseWriter, r *http.Request) error {
	sub, secret, err := p.Hooks.Webhooks.Rotate(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	p.noteWebhook(r, "webhook_secret", sub)
	return p.showWebhook(w, r, sub, secret)
}

// RetryWebhook makes one dead delivery due again, or with no id all of them.
// Whoever presses twice finds nothing dead.
func (p *Pages) RetryWebhook(w http.ResponseWriter, r *http.Request) error {
	code, which := r.PathValue("code"), r.PostForm.Get("id")
	id, err := strconv.ParseInt(which, 10, 64)
	if which != "" && (err != nil || id < 1) {
		return page.ErrNotFound
	}
	if _, err := p.Hooks.Webhooks.Again(r.Context(), code, id); err != nil {
		return err
	}
	return p.done(w, r, "webhooks.revived", "/webhooks/"+code)
}

// RemoveWebhook ends a subscription: with it goes its ledger, and what waits in
// it is never sent.
func (p *Pages) RemoveWebhook(w http.ResponseWriter, r *http.Request) error {
	sub, err := p.Hooks.Webhooks.Subscription(r.Context(), r.PathValue("code"))
	if err != nil {
		return err
	}
	if err := p.Hooks.Webhooks.Remove(r.Context(), sub.Code); err != nil {
		return err
	}
	p.noteWebhook(r, "webhook_removed", sub)
	return p.done(w, r, "webhooks.removed", "/webhooks")
}

// noteWebhook writes into the security log where data leaves the desk: the
// host, not what may stand behind it.
func (p *Pages) noteWebhook(r *http.Request, act string, sub hooks.Subscription) {
	p.Sessions.Note(r.Context(), me(r), act, sub.Name+" · "+sub.Host(), p.Address(r))
}
