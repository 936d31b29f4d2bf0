package main

import (
	"context"

	"nengban/tickets"
	"nengban/tickets/triage"
)

// openAdvice reads what was learned. What cannot be read is told and left
// aside: the desk then knows less, and works on.
func (d *desk) openAdvice() (err error) {
	d.learned, err = openLearning(d.folder.in("models"))
	if d.learned == nil {
		return err
	}
	if err != nil {
		d.log.Warn("what was learned", "error", err)
	}
	return nil
}

// propose says how a ticket might be triaged and to whom it might go, from the
// directory, what was learned, and earlier tickets about the same thing.
func (d *desk) propose(ctx context.Context, t *tickets.Ticket) (triage.Proposal, error) {
	earlier, err := d.like.Earlier(ctx, triage.Question{Title: t.Title, Text: t.Content, Except: t.Number})
	if err != nil {
		return triage.Proposal{}, err
	}
	asked := triage.Asked{Title: t.Title, Text: t.Content, Area: t.Area, Matter: t.Matter, Category: t.Category, Window: t.Channel == tickets.Window}
	return d.learned.Advisor(d.places.Directory()).Propose(asked, earlier), nil
}

// unseen is how good proposals are on what was dispatched since they were learned.
func (d *desk) unseen(ctx context.Context) (triage.Step, error) {
	return d.learned.Unseen(ctx, d.db, d.places.Directory())
}

// keepLearning learns anew once enough dispatches were accepted since the last time.
func (d *desk) keepLearning(ctx context.Context) (int, error) {
	return d.learned.learn(ctx, d.db, d.places.Directory(), d.clock.Now(), newsToLearn)
}
