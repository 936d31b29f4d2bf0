package callbacks

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets"
)

// Held is all that the callbacks hold of a person, in clear.
type Held struct {
	Surveys  []HeldSurvey `json:"surveys"`
	Received []HeldText   `json:"texts_received"`
	Sent     []HeldText   `json:"sent"`
	// since when his phone gets no texts
	RefusesSince *time.Time `json:"refuses_texts_since,omitempty"`
}

// HeldSurvey is one survey and what he said in it, the last answer last.
type HeldSurvey struct {
	Ticket  string         `json:"ticket"`
	Round   int            `json:"round"`
	State   State          `json:"state"`
	AskedAt *time.Time     `json:"asked_at,omitempty"`
	Note    string         `json:"note,omitempty"` // a colleague's, for the next call
	Answers []HeldAnswer   `json:"answers,omitempty"`
	Rating  int            `json:"rating,omitempty"`
	Solved  tickets.Solved `json:"solved,omitempty"`
}

// HeldAnswer is what he said once.
type HeldAnswer struct {
	At      time.Time      `json:"at"`
	Way     Way            `json:"way"`
	Rating  int            `json:"rating,omitempty"`
	Solved  tickets.Solved `json:"solved,omitempty"`
	Comment string         `json:"comment,omitempty"`
}

// HeldText is a text that came from him, or a text or call to him.
type HeldText struct {
	At      time.Time `json:"at"`
	Way     Way       `json:"way"`
	Words   string    `json:"words,omitempty"`   // of his
	Purpose Purpose   `json:"purpose,omitempty"` // of ours
	Params  string    `json:"params,omitempty"`  // what it named
}

// Held returns what the callbacks hold of a caller, found by his phone: the
// other half of [tickets.Desk.ExportPerson].
func (e *Engine) Held(ctx context.Context, phone string) (Held, error) {
	index := e.vault.Index("phone", tickets.Phone(phone))
	var h Held
	if index == "" {
		return h, nil
	}
	for _, read := range []func(context.Context, string, *Held) error{e.heldSurveys, e.heldReceived, e.heldSent, e.heldRefusal} {
		if err := read(ctx, index, &h); err != nil {
			return Held{}, fmt.Errorf("reading what the callbacks hold of a person: %w", err)
		}
	}
	return h, nil
}

// heldSurveys are those of his tickets; some were never sent to a phone.
func (e *Engine) heldSurveys(ctx context.Context, index string, h *Held) error {
	var rows []surveyRow
	err := e.db.NewSelect().Model(&rows).Where("s.ticket_id IN (SELECT id FROM tickets WHERE phone_index = ? OR alt_phone_index = ?)", index, index).Order("s.id").Scan(ctx)
	if err != nil {
		return err
	}
	for i := range rows {
		s := &rows[i]
		x := HeldSurvey{Ticket: s.Number, Round: s.Round, State: s.State, Note: s.Note, Rating: s.Rating, Solved: s.Solved}
		if !s.FirstAskedAt.IsZero() {
			at := s.FirstAskedAt.UTC()
			x.AskedAt = &at
		}
		if x.Answers, err = e.heldAnswers(ctx, s); err != nil {
			return err
		}
		h.Surveys = append(h.Surveys, x)
	}
	return nil
}

func (e *Engine) heldAnswers(ctx context.Context, s *surveyRow) ([]HeldAnswer, error) {
	var rows []answerRow
	if err := e.db.NewSelect().Model(&rows).Where("survey_id = ?", s.ID).Order("id").Scan(ctx); err != nil {
		return nil, err
	}
	var out []HeldAnswer
	for _, w := range rows {
		of := *s
		of.Comment = w.Comment
		comment, err := e.openComment(&of)
		if err != nil {
			return nil, err
		}
		out = append(out, HeldAnswer{At: w.At.UTC(), Way: w.Way, Rating: w.Rating, Solved: w.Solved, Comment: comment})
	}
	return out, nil
}

func (e *Engine) heldReceived(ctx context.Context, index string, h *Held) error {
	var rows []inboundRow
	if err := e.db.NewSelect().Model(&rows).Where("phone_index = ?", index).Order("id").Scan(ctx); err != nil {
		return err
	}
	for i := range rows {
		words, err := e.wordsOf(&rows[i])
		if err != nil {
			return err
		}
		h.Received = append(h.Received, HeldText{At: rows[i].At.UTC(), Way: BySMS, Words: words})
	}
	return nil
}

func (e *Engine) heldSent(ctx context.Context, index string, h *Held) error {
	var rows []attemptRow
	err := e.db.NewSelect().Model(&rows).Where("phone_index = ?", index).Where("state NOT IN (?)", bun.List([]AttemptState{Waiting, Withdrawn, Expired})).Order("id").Scan(ctx)
	if err != nil {
		return err
	}
	for _, r := range rows {
		at := r.OutAt
		if at.IsZero() {
			at = r.CreatedAt
		}
		h.Sent = append(h.Sent, HeldText{At: at.UTC(), Way: r.Way, Purpose: r.Purpose, Params: r.Params})
	}
	return nil
}

func (e *Engine) heldRefusal(ctx context.Context, index string, h *Held) error {
	var r refusalRow
	err := e.db.NewSelect().Model(&r).Where("phone_index = ?", index).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err == nil {
		at := r.At.UTC()
		h.RefusesSince = &at
	}
	return err
}
