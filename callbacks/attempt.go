package callbacks

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets"
)

// Purpose is what an attempt is for.
type Purpose string

// The purposes. A notice's purpose is the notice's own word.
const (
	ToAsk       Purpose = "survey"
	ToRemind    Purpose = "reminder"
	ToCall      Purpose = "call"       // a survey call with keys
	ByCaller    Purpose = "caller"     // a call by a person; written down when it is over
	ToAskAgain  Purpose = "ask_again"  // what came back could not be read
	ToAskWhich  Purpose = "ask_which"  // it could be read, but not which survey it answers
	ToAskSolved Purpose = "ask_solved" // only the grade came
	ToAskReason Purpose = "ask_reason" // somebody is not content and did not say why
	ToThank     Purpose = "thanks"

	ToConfirmStop  Purpose = "confirm_stop" // the one text that somebody gets who refused texts
	ToConfirmStart Purpose = "confirm_start"
)

// AttemptState is how far an attempt is.
type AttemptState string

// The states. The last four end it; a person can wake a dead one.
const (
	Waiting   AttemptState = "waiting"   // for its hour or its turn
	Claimed   AttemptState = "claimed"   // an instance is handing it over
	Doubtful  AttemptState = "unclear"   // nobody knows whether it went out
	HandedOn  AttemptState = "handed"    // the carrier has it
	Over      AttemptState = "over"      // what became of it is known, or nobody will know
	Expired   AttemptState = "expired"   // its time passed before it left
	Withdrawn AttemptState = "cancelled" // an answer, a refusal or something newer came first
	Dead      AttemptState = "dead"      // it failed too often and waits for a person
)

// The priorities: an answer to somebody who has just written goes first.
const (
	replyFirst = iota
	urgentNext
	inTurn
)

// Attempt is one text or call in the ledger, without phone.
type Attempt struct {
	ID        int64
	Ref       string
	SurveyID  int64
	TicketID  int64
	Campaign  int
	Purpose   Purpose
	Way       Way
	Template  string
	Lang      string
	State     AttemptState
	NotBefore time.Time
	NotAfter  time.Time
	DueAt     time.Time
	Tries     int
	Carrier   string
	CarrierID string
	Delivery  Delivery
	Trouble   Kind
	Code      string
	CreatedAt time.Time
	HandedAt  time.Time
	OutAt     time.Time // when it really went out
	OverAt    time.Time
	By        string // who called
	Rating    int    // pressed in the call
	Solved    tickets.Solved
}

type attemptRow struct {
	bun.BaseModel `bun:"table:attempts,alias:a"`

	ID              int64 `bun:"id,pk,autoincrement"`
	Ref             string
	Occasion        string
	TicketID        int64
	SurveyID        int64
	Campaign        int
	Purpose         Purpose
	Way             Way
	Template        string
	TemplateVersion int
	Params          string
	Lang            string
	PhoneIndex      string
	Priority        int
	State           AttemptState
	NotBefore       time.Time
	NotAfter        time.Time
	DueAt           time.Time
	ClaimedUntil    time.Time
	ClaimedAt       time.Time `bun:",nullzero"`
	Tries           int
	Carrier         string
	CarrierID       string
	Delivery        Delivery
	Rank            int
	Trouble         Kind
	Code            string
	CreatedAt       time.Time
	HandedAt        time.Time `bun:",nullzero"`
	OutAt           time.Time `bun:",nullzero"`
	OverAt          time.Time `bun:",nullzero"`
	PollAt          time.Time `bun:",nullzero"`
	Polls           int
	ByName          string
	Question        string
	Turn            int
	Rating          int
	Solved          tickets.Solved
}

func (r *attemptRow) attempt() Attempt {
	return Attempt{ID: r.ID, Ref: r.Ref, SurveyID: r.SurveyID, TicketID: r.TicketID, Campaign: r.Campaign, Purpose: r.Purpose, Way: r.Way, Template: r.Template,
		Lang: r.Lang, State: r.State, NotBefore: r.NotBefore.UTC(), NotAfter: r.NotAfter.UTC(), DueAt: r.DueAt.UTC(), Tries: r.Tries, Carrier: r.Carrier,
		CarrierID: r.CarrierID, Delivery: r.Delivery, Trouble: r.Trouble, Code: r.Code, CreatedAt: r.CreatedAt.UTC(), HandedAt: utc(r.HandedAt), OutAt: utc(r.OutAt),
		OverAt: utc(r.OverAt), By: r.ByName, Rating: r.Rating, Solved: r.Solved}
}

// queue writes an attempt that has no row for its occasion yet, and says
// whether it was new. The unique occasion is what keeps two instances, or a
// second run after a crash, from asking twice.
func (e *Engine) queue(ctx context.Context, db bun.IDB, r attemptRow) (bool, error) {
	now := e.now()
	r.Ref, r.State, r.CreatedAt, r.ClaimedUntil = newRef(), Waiting, now, now
	r.DueAt = r.NotBefore
	if r.Params == "" {
		r.Params = "{}"
	}
	if r.Way == BySMS {
		t, err := newestTemplate(r.Template, r.Lang)
		if err != nil {
			return false, err
		}
		r.TemplateVersion = t.Version
	}
	res, err := db.NewInsert().Model(&r).On("CONFLICT (occasion) DO NOTHING").Returning("NULL").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("queueing a %s: %w", r.Purpose, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("queueing a %s: %w", r.Purpose, err)
	}
	return n == 1, nil
}

// withdraw cancels what still waits and fits the condition.
func (e *Engine) withdraw(ctx context.Context, db bun.IDB, why, where string, args ...any) error {
	now := e.now()
	var rows []attemptRow
	err := db.NewUpdate().Model(&rows).Set("state = ?, code = ?, over_at = ?", Withdrawn, why, now).
		Where("state = ?", Waiting).Where(where, args...).Returning("id, survey_id").Scan(ctx)
	if err != nil {
		return fmt.Errorf("withdrawing attempts: %w", err)
	}
	events := make([]eventRow, 0, len(rows))
	for _, r := range rows {
		events = append(events, eventRow{AttemptID: r.ID, What: string(Withdrawn), Code: why, At: now, NotedAt: now})
	}
	return note(ctx, db, events...)
}

// attemptsOf reads a survey's part of the ledger, oldest first.
func (e *Engine) attemptsOf(ctx context.Context, db bun.IDB, surveyIDs ...int64) ([]attemptRow, error) {
	var rows []attemptRow
	if len(surveyIDs) == 0 {
		return nil, nil
	}
	if err := db.NewSelect().Model(&rows).Where("survey_id IN (?)", bun.List(surveyIDs)).Order("id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading attempts: %w", err)
	}
	return rows, nil
}

// eventRow is one line of the ledger: what happened to an attempt, and when.
type eventRow struct {
	bun.BaseModel `bun:"table:attempt_events"`

	ID        int64 `bun:"id,pk,autoincrement"`
	AttemptID int64
	What      string
	Status    string
	CarrierID string
	Code      string
	At        time.Time
	NotedAt   time.Time
}

// Event is one line of the ledger as pages show it: claimed, handed, found,
// not_found, trouble, report, cancelled, expired, dead, again.
type Event struct {
	AttemptID int64
	What      string
	Status    Delivery
	Code      string
	At        time.Time
	NotedAt   time.Time
}

func note(ctx context.Context, db bun.IDB, events ...eventRow) error {
	if len(events) == 0 {
		return nil
	}
	if _, err := db.NewInsert().Model(&events).Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("writing the ledger: %w", err)
	}
	return nil
}
