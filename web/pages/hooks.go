package pages

import (
	"context"
	"time"

	"nengban/callbacks"
	"nengban/tickets"
	"nengban/tickets/duplicates"
	"nengban/tickets/triage"
	"nengban/web/hooks"
	"nengban/web/page"
)

// Hooks are what other rooms add to the staff's screens. Each may be nil; the
// screen then leaves its corner out.
type Hooks struct {
	// Match finds the n knowledge articles that fit a text best.
	Match func(ctx context.Context, text string, n int) ([]Match, error)
	// Duplicates finds the open tickets about the same thing, and what is hot.
	Duplicates *duplicates.Book
	// Propose says how a ticket might be triaged, and why. A person decides.
	Propose func(ctx context.Context, t *tickets.Ticket) (triage.Proposal, error)
	// Learned are the models that proposals come from, with their version; nil and
	// 0 while nothing was learned.
	Learned func() (*triage.Models, int)
	// Unseen is how good proposals are on tickets that were dispatched since they
	// were learned, which they have not seen; nil: nobody can say.
	Unseen func(ctx context.Context) (triage.Step, error)
	// Callbacks asks citizens how it went; its pages are there only with it.
	Callbacks *callbacks.Engine
	// Webhooks tells other systems of tickets; its pages are there only with it.
	Webhooks *hooks.Sender
	// Jobs lists the timetable with each job's last run.
	Jobs func() []Job
	// Listeners are the names of those who are told through the outbox.
	Listeners []string
}

// Match is a knowledge article that may answer a text.
type Match struct {
	ID      string // what an answer names as its article
	Title   string
	Snippet string
	Answer  string // what the citizen can be told
	Basis   string // the policy it rests on
	Href    string // its page; "" when it has none
}

// Job is one line of the timetable.
type Job struct {
	Name  string
	Every string // in words: 1m, 08:30
	Last  time.Time
	Took  time.Duration
	Count int
	Err   string // "" when it went well
	Next  time.Time
}

// Check is one line of /healthz and of the system page: nil says that all is well.
type Check struct {
	Name string // where check.<name> is written, that is what it is called
	Do   func(ctx context.Context) error
	// Minor says that the desk serves on when this is not well: a person is
	// told, and nobody takes the desk out of service over it.
	Minor bool
	// Facts are the figures behind it, for whoever watches; nil: there are none.
	Facts func(ctx context.Context) map[string]any
	// Note tells a person more where all is well; nil: there is nothing to tell.
	Note func(b page.Base) string
}
