package hooks

import (
	"encoding/json"
	"fmt"
	"time"

	"nengban/tickets"
	"nengban/tickets/staff"
)

// Listener is the name under which the desk's outbox tells this package of acts.
const Listener = "webhooks"

// EventType says what happened.
type EventType string

// What others can be told of. Trial is sent by hand and belongs to no ticket.
const (
	Registered EventType = "ticket_registered"
	Triaged    EventType = "ticket_triaged"
	Dispatched EventType = "ticket_dispatched" // to a department, the first time or another
	Returned   EventType = "ticket_returned"   // a department gives it back; a ruling is awaited
	Replied    EventType = "ticket_replied"    // the department has answered; a review is awaited
	Closed     EventType = "ticket_closed"     // handling has ended: answered, reviewed, declined, handed over, withdrawn or merged
	Surveyed   EventType = "ticket_surveyed"   // the citizen has said how it went
	Reopened   EventType = "ticket_reopened"   // another round begins
	Archived   EventType = "ticket_archived"
	Trial      EventType = "trial"
)

// EventTypes are those that can be subscribed to, in the order of a ticket's life.
var EventTypes = []EventType{Registered, Triaged, Dispatched, Returned, Replied, Closed, Surveyed, Reopened, Archived}

// events are the acts that others are told of.
var events = map[tickets.Act]EventType{
	staff.Register:     Registered,
	staff.Triage:       Triaged,
	staff.Dispatch:     Dispatched,
	staff.Redirect:     Dispatched,
	staff.Return:       Returned,
	staff.Reply:        Replied,
	staff.AnswerAtOnce: Closed,
	staff.Complete:     Closed,
	staff.Decline:      Closed,
	staff.HandOver:     Closed,
	staff.Withdraw:     Closed,
	staff.Merge:        Closed,
	staff.RecordRating: Surveyed,
	staff.Rework:       Reopened,
	staff.Reopen:       Reopened,
	staff.Unmerge:      Reopened,
	staff.Archive:      Archived,
}

// Listeners are what the desk must be built with, so that this package hears
// of acts; deliver to [Sender.Take].
func Listeners() []tickets.Listener {
	return []tickets.Listener{{Name: Listener, Wants: func(e tickets.Entry) bool { return events[e.Act] != "" }}}
}

// message is the body that is sent. It holds nothing that a person wrote and
// nothing about one.
type message struct {
	ID         string         `json:"id"`
	Type       EventType      `json:"type"`
	At         time.Time      `json:"at"`
	Ticket     string         `json:"ticket,omitempty"`
	Seq        int            `json:"seq,omitempty"` // of the act within the ticket: 1, 2, 3 …
	Status     tickets.Status `json:"status,omitempty"`
	Class      tickets.Class  `json:"class,omitempty"`
	Department string         `json:"department,omitempty"`
	DueAt      *time.Time     `json:"due_at,omitempty"`
}

func (m message) body() (string, error) {
	b, err := json.Marshal(m)
	if err != nil {
		return "", fmt.Errorf("writing a message: %w", err)
	}
	return string(b), nil
}
