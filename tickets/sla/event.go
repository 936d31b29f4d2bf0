package sla

import (
	"errors"
	"fmt"
	"time"
)

// EventKind names what happened to a ticket.
type EventKind string

// The events clocks know. What else happens to a ticket moves no clock.
const (
	Received           EventKind = "received"            // the ticket came in; carries Facts; always the first
	Classified         EventKind = "classified"          // facts changed; carries those that did
	WaitingForCitizen  EventKind = "waiting_for_citizen" // the citizen owes something
	CitizenSupplied    EventKind = "citizen_supplied"    // and gave it
	ConsultationOpened EventKind = "consultation_opened" // 会商: every unit's part ends, the desk has the ticket
	ConsultationClosed EventKind = "consultation_closed" //
	Dispatched         EventKind = "dispatched"          // to Unit, as lead or Assisting
	Redirected         EventKind = "redirected"          // from the lead to Unit
	Released           EventKind = "released"            // the part of Unit, which assists, ends
	SignedFor          EventKind = "signed_for"          // by Unit
	ReturnAsked        EventKind = "return_asked"        // by Unit
	ReturnRuled        EventKind = "return_ruled"        // Accepted: every unit's part ends, the desk has the ticket
	ExtensionAsked     EventKind = "extension_asked"     // by Unit; empty means the lead
	ExtensionGranted   EventKind = "extension_granted"   // to Unit, by Extra
	ExtensionRefused   EventKind = "extension_refused"   //
	SuspensionAsked    EventKind = "suspension_asked"    // stops nothing yet
	SuspensionGranted  EventKind = "suspension_granted"  // everything stands still
	SuspensionRefused  EventKind = "suspension_refused"  //
	Resumed            EventKind = "resumed"             // and goes on
	Progressed         EventKind = "progressed"          // Unit reported its progress
	Replied            EventKind = "replied"             // by Unit; empty means the lead
	SentBack           EventKind = "sent_back"           // the lead's reply was not good enough
	Completed          EventKind = "completed"           // the citizen was answered: after review, at once, declined or handed over
	Withdrawn          EventKind = "withdrawn"           // by the citizen; nobody owes an answer
	Merged             EventKind = "merged"              // into another ticket, whose clocks count
	Unmerged           EventKind = "unmerged"            // it was not the same matter after all
	RatedBad           EventKind = "rated_bad"           // the desk must judge and act
	Judged             EventKind = "judged"              // Accepted: the ticket is to be reopened, which then meets the clock
	Reopened           EventKind = "reopened"            // a new round begins; with Unit, that unit has it in hand at once
)

// Event is one thing that happened to a ticket, as far as clocks are concerned.
// Package tickets translates its timeline into events one to one.
type Event struct {
	Kind      EventKind `json:"kind"`
	At        time.Time `json:"at"`
	Unit      string    `json:"unit,omitempty"`
	Assisting bool      `json:"assisting,omitempty"`
	Accepted  bool      `json:"accepted,omitempty"`
	Facts     Facts     `json:"facts,omitzero"`
	Extra     Limit     `json:"extra,omitzero"`
	Reason    string    `json:"reason,omitempty"` // shown in the explanation
}

// ErrTimeline is what every refusal of a timeline is.
var ErrTimeline = errors.New("the timeline does not hold together")

// EventError says which event does not follow from those before it.
type EventError struct {
	N     int // counted from 1
	Event Event
	Why   string
}

// Error reads "event 4, resumed at 2026-09-24T16:50:00+08:00: nothing is suspended".
func (e *EventError) Error() string {
	return fmt.Sprintf("event %d, %s at %s: %s", e.N, e.Event.Kind, e.Event.At.Format(time.RFC3339), e.Why)
}

// Unwrap makes the error an ErrTimeline.
func (e *EventError) Unwrap() error { return ErrTimeline }
