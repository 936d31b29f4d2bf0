package callbacks

import (
	"context"
	"database/sql"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets"
)

// State is how far a survey is.
type State string

// The states. The last two end it, but for a late answer.
const (
	Planned    State = "planned"
	Asking     State = "asking"
	WithPerson State = "with_person"
	HasAnswer  State = "answered"
	Closed     State = "closed"
)

// Cause is why a survey is held.
type Cause string

// The causes.
const (
	AfterEnd Cause = "after_end" // 办结后: the handling ended
	Sweep    Cause = "sweep"     // 每月回访: a case of 办不成事 that was missed
	Sampled  Cause = "sample"    // 抽查回访
	AtWish   Cause = "wish"      // somebody asked for it
	Recorded Cause = "recorded"  // somebody wrote a rating on the ticket without a survey
)

// The reasons for which a survey closes are tickets.UnratedCode and this one.
const cancelled = "cancelled" // the ticket went another way

// Survey (测评) is one round of handling about which one citizen is asked once.
type Survey struct {
	ID       int64
	TicketID int64
	Number   string
	Round    int
	Cause    Cause
	Campaign int    // 1; 2 when a sweep took it up again
	Lead     string // the department that led when the handling ended
	Class    tickets.Class
	Urgent   bool
	Tag      string // what tells it from others on the same phone: the ticket's tail, or a short code
	Lang     string
	State    State
	Reason   string // why it was closed
	EndedAt  time.Time
	NextAt   time.Time // when it is looked at again
	AskedAt  time.Time // first; zero: nobody was asked yet
	ClosedAt time.Time

	Rating     int // 1 very satisfied … 5 very dissatisfied; 0 none
	Solved     tickets.Solved
	Way        Way
	AnsweredAt time.Time
	RecordedAt time.Time // when it was written on the ticket
	Trouble    string    // why it could not be
	Counts     string    // "no": excluded after review

	Calls  int       // by people, in this campaign
	CallAt time.Time // when a person calls
	Note   string    // for that person
}

// Open says whether somebody is still to be asked or heard.
func (s *Survey) Open() bool { return s.State == Planned || s.State == Asking || s.State == WithPerson }

type surveyRow struct {
	bun.BaseModel `bun:"table:surveys,alias:s"`

	ID           int64 `bun:"id,pk,autoincrement"`
	TicketID     int64
	Round        int
	Number       string
	Version      int64
	Cause        Cause
	Campaign     int
	Period       string
	Lead         string
	Class        tickets.Class
	Urgent       bool
	Unreachable  bool
	Drawn        bool
	PhoneIndex   string
	CodeIndex    string
	Tag          string
	Lang         string
	State        State
	Reason       string
	EndedAt      time.Time
	NextAt       time.Time
	ClaimedUntil time.Time
	FirstAskedAt time.Time `bun:",nullzero"`
	ClosedAt     time.Time `bun:",nullzero"`
	AskedAgain   int
	FollowUp     string

	Calls     int
	CallAt    time.Time `bun:",nullzero"`
	Appointed bool
	HeldBy    int64
	HeldUntil time.Time
	Note      string

	Rating     int
	Solved     tickets.Solved
	Way        Way
	Comment    []byte
	AnsweredAt time.Time `bun:",nullzero"`
	RecordAt   time.Time `bun:",nullzero"`
	RecordedAt time.Time `bun:",nullzero"`
	Trouble    string
	Counts     string
}

func (s *surveyRow) survey() *Survey {
	return &Survey{ID: s.ID, TicketID: s.TicketID, Number: s.Number, Round: s.Round, Cause: s.Cause, Campaign: s.Campaign, Lead: s.Lead, Class: s.Class,
		Urgent: s.Urgent, Tag: s.Tag, Lang: s.Lang, State: s.State, Reason: s.Reason, EndedAt: s.EndedAt.UTC(), NextAt: s.NextAt.UTC(), AskedAt: utc(s.FirstAskedAt),
		ClosedAt: utc(s.ClosedAt), Rating: s.Rating, Solved: s.Solved, Way: s.Way, AnsweredAt: utc(s.AnsweredAt), RecordedAt: utc(s.RecordedAt),
		Trouble: s.Trouble, Counts: s.Counts, Calls: s.Calls, CallAt: utc(s.CallAt), Note: s.Note}
}

// utc leaves the zero time zero.
func utc(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC()
}

// grave says that the matter is a case of 办不成事.
func (s *surveyRow) grave() bool {
	return s.Class == tickets.CannotDo || s.Class == tickets.HardToDo || s.Class == tickets.Refused
}

// ref is what the ticket's timeline calls the survey by.
func (s *surveyRow) ref() string { return strconv.FormatInt(s.ID, 10) }

// code is the survey's own, which opens its page: unguessable, the same
// whenever it is asked for, and nowhere stored.
func (e *Engine) code(ticketID int64, round int) string {
	digest, err := hex.DecodeString(e.vault.Index("survey_code", fmt.Sprintf("%d.%d", ticketID, round)))
	if err != nil {
		return "" // an index is hexadecimal
	}
	const unlike = "0123456789abcdefghjkmnpqrstvwxyz" // without i, l, o, u, which are misread
	return base32.NewEncoding(unlike).WithPadding(base32.NoPadding).EncodeToString(digest[:8])
}

func (e *Engine) codeIndex(code string) string {
	return e.vault.Index("survey", strings.ToLower(strings.TrimSpace(code)))
}

// link is the address of the survey's page, "" where no address is set.
func (e *Engine) link(s *surveyRow) string {
	if e.policy.LinkBase == "" {
		return ""
	}
	return e.policy.LinkBase + e.code(s.TicketID, s.Round)
}

func (e *Engine) survey(ctx context.Context, db bun.IDB, id int64) (*surveyRow, error) {
	return one(ctx, db.NewSelect().Model((*surveyRow)(nil)).Where("s.id = ?", id))
}

// one reads the survey that the query finds, or ErrNotFound.
func one(ctx context.Context, q *bun.SelectQuery) (*surveyRow, error) {
	r := new(surveyRow)
	err := q.Scan(ctx, r)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("reading a survey: %w", err)
	}
	return r, nil
}

// change writes columns of a survey if nobody else wrote since it was read,
// and says whether it did.
func (e *Engine) change(ctx context.Context, db bun.IDB, s *surveyRow, columns ...string) (bool, error) {
	seen := s.Version
	s.Version++
	res, err := db.NewUpdate().Model(s).Column(append(columns, "version")...).Where("id = ? AND version = ?", s.ID, seen).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("writing a survey: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("writing a survey: %w", err)
	}
	return n == 1, nil
}

// lookAgain makes a survey that is being asked due at once, because something
// happened to one of its attempts.
func (e *Engine) lookAgain(ctx context.Context, db bun.IDB, id int64) error {
	if id == 0 {
		return nil
	}
	_, err := db.NewUpdate().Model((*surveyRow)(nil)).Set("next_at = ?", e.now()).Set("version = version + 1").
		Where("id = ? AND state IN (?)", id, bun.List([]State{Planned, Asking})).Exec(ctx)
	if err != nil {
		return fmt.Errorf("making a survey due: %w", err)
	}
	return nil
}
