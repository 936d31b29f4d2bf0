package migrations

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// surveys: whom to call back and what came of it; the ledger of everything that
// was sent or dialled; what citizens wrote back. The struct list is long
// because a callback is; there is no logic in it.
var surveys = func() step {
	type survey struct {
		bun.BaseModel `bun:"table:surveys"`

		ID           int64     `bun:"id,pk,autoincrement"`
		TicketID     int64     `bun:"ticket_id,notnull"`
		Round        int       `bun:"round,notnull"`
		Number       string    `bun:"number,notnull"`
		Version      int64     `bun:"version,notnull"`
		Cause        string    `bun:"cause,notnull"`
		Campaign     int       `bun:"campaign,notnull"`
		Period       string    `bun:"period,notnull"` // of the last sweep that took it up
		Lead         string    `bun:"lead,notnull"`
		Class        string    `bun:"class,notnull"`
		Urgent       bool      `bun:"urgent,notnull"`
		Unreachable  bool      `bun:"unreachable,notnull"` // anonymous or without a number
		Drawn        bool      `bun:"drawn,notnull"`
		PhoneIndex   string    `bun:"phone_index,notnull"`
		CodeIndex    string    `bun:"code_index,notnull"`
		Tag          string    `bun:"tag,notnull"`
		Lang         string    `bun:"lang,notnull"`
		State        string    `bun:"state,notnull"`
		Reason       string    `bun:"reason,notnull"`
		EndedAt      time.Time `bun:"ended_at,notnull"` // when the handling ended
		NextAt       time.Time `bun:"next_at,notnull"`
		ClaimedUntil time.Time `bun:"claimed_until,notnull"`
		FirstAskedAt time.Time `bun:"first_asked_at,nullzero"`
		ClosedAt     time.Time `bun:"closed_at,nullzero"`
		AskedAgain   int       `bun:"asked_again,notnull"`
		FollowUp     string    `bun:"follow_up,notnull"`

		Calls     int       `bun:"calls,notnull"`
		CallAt    time.Time `bun:"call_at,nullzero"`
		Appointed bool      `bun:"appointed,notnull"`
		HeldBy    int64     `bun:"held_by,notnull"`
		HeldUntil time.Time `bun:"held_until,notnull"`
		Note      string    `bun:"note,notnull"`

		Rating     int       `bun:"rating,notnull"`
		Solved     string    `bun:"solved,notnull"`
		Way        string    `bun:"way,notnull"`
		Comment    []byte    `bun:"comment"` // sealed
		AnsweredAt time.Time `bun:"answered_at,nullzero"`
		RecordAt   time.Time `bun:"record_at,nullzero"`
		RecordedAt time.Time `bun:"recorded_at,nullzero"`
		Trouble    string    `bun:"trouble,notnull"`
		Counts     string    `bun:"counts,notnull"`
	}
	type answer struct {
		bun.BaseModel `bun:"table:survey_answers"`

		ID       int64     `bun:"id,pk,autoincrement"`
		SurveyID int64     `bun:"survey_id,notnull"`
		Source   string    `bun:"source,notnull,unique"` // the same source twice is one answer
		Way      string    `bun:"way,notnull"`
		Rating   int       `bun:"rating,notnull"`
		Solved   string    `bun:"solved,notnull"`
		Comment  []byte    `bun:"comment"` // sealed
		Rule     string    `bun:"rule,notnull"`
		State    string    `bun:"state,notnull"`
		At       time.Time `bun:"at,notnull"`
	}
	type attempt struct {
		bun.BaseModel `bun:"table:attempts"`

		ID              int64     `bun:"id,pk,autoincrement"`
		Ref             string    `bun:"ref,notnull,unique"`
		Occasion        string    `bun:"occasion,notnull,unique"` // what it is for: the same occasion twice is one attempt
		TicketID        int64     `bun:"ticket_id,notnull"`
		SurveyID        int64     `bun:"survey_id,notnull"` // 0: a notice, or an answer to a text that belongs to none
		Campaign        int       `bun:"campaign,notnull"`
		Purpose         string    `bun:"purpose,notnull"`
		Way             string    `bun:"way,notnull"`
		Template        string    `bun:"template,notnull"`
		TemplateVersion int       `bun:"template_version,notnull"`
		Params          string    `bun:"params,type:text,notnull"`
		Lang            string    `bun:"lang,notnull"`
		PhoneIndex      string    `bun:"phone_index,notnull"`
		Priority        int       `bun:"priority,notnull"`
		State           string    `bun:"state,notnull"`
		NotBefore       time.Time `bun:"not_before,notnull"`
		NotAfter        time.Time `bun:"not_after,notnull"`
		DueAt           time.Time `bun:"due_at,notnull"`
		ClaimedUntil    time.Time `bun:"claimed_until,notnull"`
		ClaimedAt       time.Time `bun:"claimed_at,nullzero"`
		Tries           int       `bun:"tries,notnull"`
		Carrier         string    `bun:"carrier,notnull"`
		CarrierID       string    `bun:"carrier_id,notnull"`
		Delivery        string    `bun:"delivery,notnull"`
		Rank            int       `bun:"rank,notnull"`
		Trouble         string    `bun:"trouble,notnull"`
		Code            string    `bun:"code,notnull"`
		CreatedAt       time.Time `bun:"created_at,notnull"`
		HandedAt        time.Time `bun:"handed_at,nullzero"`
		OutAt           time.Time `bun:"out_at,nullzero"`
		OverAt          time.Time `bun:"over_at,nullzero"`
		PollAt          time.Time `bun:"poll_at,nullzero"`
		Polls           int       `bun:"polls,notnull"`
		ByName          string    `bun:"by_name,notnull"` // of a person's call
		Question        string    `bun:"question,notnull"`
		Turn            int       `bun:"turn,notnull"`
		Rating          int       `bun:"rating,notnull"`
		Solved          string    `bun:"solved,notnull"`
	}
	type event struct {
		bun.BaseModel `bun:"table:attempt_events"`

		ID        int64     `bun:"id,pk,autoincrement"`
		AttemptID int64     `bun:"attempt_id,notnull"` // 0: news of something that we do not know
		What      string    `bun:"what,notnull"`
		Status    string    `bun:"status,notnull"`
		CarrierID string    `bun:"carrier_id,notnull"`
		Code      string    `bun:"code,notnull"`
		At        time.Time `bun:"at,notnull"`
		NotedAt   time.Time `bun:"noted_at,notnull"`
	}
	type inbound struct {
		bun.BaseModel `bun:"table:inbound_texts"`

		ID         int64     `bun:"id,pk,autoincrement"`
		CarrierID  string    `bun:"carrier_id,notnull,unique"`
		PhoneIndex string    `bun:"phone_index,notnull"`
		Phone      []byte    `bun:"phone,notnull"` // sealed
		Words      []byte    `bun:"words,notnull"` // sealed
		At         time.Time `bun:"at,notnull"`
		ReceivedAt time.Time `bun:"received_at,notnull"`
		State      string    `bun:"state,notnull"`
		SurveyID   int64     `bun:"survey_id,notnull"`
		Kind       string    `bun:"kind,notnull"`
		Rule       string    `bun:"rule,notnull"`
		SettledBy  string    `bun:"settled_by,notnull"`
		SettledAt  time.Time `bun:"settled_at,nullzero"`
		Note       string    `bun:"note,notnull"`
	}
	type refusal struct {
		bun.BaseModel `bun:"table:text_refusals"`

		PhoneIndex string    `bun:"phone_index,pk"`
		At         time.Time `bun:"at,notnull"`
		Source     string    `bun:"source,notnull"`
	}
	type carrier struct {
		bun.BaseModel `bun:"table:carriers"`

		Name     string    `bun:"name,pk"`
		State    string    `bun:"state,notnull"`
		Failures int       `bun:"failures,notnull"`
		Opened   int       `bun:"opened,notnull"` // how often in a row
		OpenedAt time.Time `bun:"opened_at,nullzero"`
		ProbeAt  time.Time `bun:"probe_at,nullzero"`
		Trouble  string    `bun:"trouble,notnull"`
		Code     string    `bun:"code,notnull"`
	}
	type sample struct {
		bun.BaseModel `bun:"table:samples"`

		ID         int64     `bun:"id,pk,autoincrement"`
		Kind       string    `bun:"kind,notnull"`
		Period     string    `bun:"period,notnull"`
		Seed       string    `bun:"seed,notnull"`
		Population string    `bun:"population,type:text,notnull"` // what was drawn from, as JSON
		Digest     string    `bun:"digest,notnull"`               // of the numbers drawn from
		Of         int       `bun:"of_count,notnull"`
		Size       int       `bun:"size,notnull"`
		Share      float64   `bun:"share,notnull"`
		Chosen     string    `bun:"chosen,type:text,notnull"` // numbers, one a line
		DrawnAt    time.Time `bun:"drawn_at,notnull"`
		DrawnBy    string    `bun:"drawn_by,notnull"`
		PlannedAt  time.Time `bun:"planned_at,nullzero"`
	}
	type appeal struct {
		bun.BaseModel `bun:"table:appeals"`

		ID         int64     `bun:"id,pk,autoincrement"`
		TicketID   int64     `bun:"ticket_id,notnull"`
		Round      int       `bun:"round,notnull"`
		Number     string    `bun:"number,notnull"`
		Department string    `bun:"department,notnull"`
		Reason     string    `bun:"reason,type:text,notnull"`
		Evidence   string    `bun:"evidence,notnull"` // attachment ids, comma-separated
		AskedAt    time.Time `bun:"asked_at,notnull"`
		AskedBy    string    `bun:"asked_by,notnull"`
		DueAt      time.Time `bun:"due_at,notnull"`
		State      string    `bun:"state,notnull"`
		Ruling     string    `bun:"ruling,type:text,notnull"`
		RuledAt    time.Time `bun:"ruled_at,nullzero"`
		RuledBy    string    `bun:"ruled_by,notnull"`
	}
	type reconciliation struct {
		bun.BaseModel `bun:"table:reconciliations"`

		Day      string    `bun:"day,pk"`
		Carrier  string    `bun:"carrier,pk"`
		At       time.Time `bun:"at,notnull"`
		Theirs   int       `bun:"theirs,notnull"`
		Ours     int       `bun:"ours,notnull"`
		Mended   int       `bun:"mended,notnull"`
		Differed int       `bun:"differed,notnull"`
	}
	type difference struct {
		bun.BaseModel `bun:"table:differences"`

		Day       string    `bun:"day,pk"`
		Carrier   string    `bun:"carrier,pk"`
		CarrierID string    `bun:"carrier_id,pk"`
		AttemptID int64     `bun:"attempt_id,notnull"`
		Kind      string    `bun:"kind,notnull"`
		Ours      string    `bun:"ours,notnull"`
		Theirs    string    `bun:"theirs,notnull"`
		NotedAt   time.Time `bun:"noted_at,notnull"`
	}
	s := create("20261121_06", "surveys",
		table{(*survey)(nil), []string{
			`CREATE UNIQUE INDEX surveys_round ON surveys (ticket_id, round)`,
			`CREATE UNIQUE INDEX surveys_code ON surveys (code_index)`,
			`CREATE UNIQUE INDEX surveys_tag ON surveys (phone_index, tag) WHERE tag <> ''`,
			`CREATE INDEX surveys_phone ON surveys (phone_index, first_asked_at) WHERE phone_index <> ''`,
			`CREATE INDEX surveys_next ON surveys (next_at) WHERE state IN ('planned', 'asking')`,
			`CREATE INDEX surveys_call ON surveys (call_at) WHERE state = 'with_person'`,
			`CREATE INDEX surveys_record ON surveys (record_at) WHERE record_at IS NOT NULL AND recorded_at IS NULL`,
			`CREATE INDEX surveys_ended ON surveys (ended_at, lead)`,
		}},
		table{(*answer)(nil), []string{
			`CREATE INDEX survey_answers_survey ON survey_answers (survey_id, id)`,
			`CREATE INDEX survey_answers_pending ON survey_answers (at) WHERE state = 'to_decide'`,
		}},
		table{(*attempt)(nil), []string{
			`CREATE INDEX attempts_due ON attempts (way, priority, due_at) WHERE state = 'waiting'`,
			`CREATE INDEX attempts_expiring ON attempts (not_after) WHERE state = 'waiting'`,
			`CREATE INDEX attempts_doubtful ON attempts (claimed_until) WHERE state IN ('claimed', 'unclear')`,
			`CREATE INDEX attempts_dead ON attempts (due_at) WHERE state = 'dead'`,
			`CREATE INDEX attempts_poll ON attempts (poll_at) WHERE state = 'handed'`,
			`CREATE INDEX attempts_carrier_id ON attempts (carrier_id) WHERE carrier_id <> ''`,
			`CREATE INDEX attempts_survey ON attempts (survey_id) WHERE survey_id <> 0`,
			`CREATE INDEX attempts_ticket ON attempts (ticket_id)`,
			`CREATE INDEX attempts_phone ON attempts (phone_index, created_at) WHERE phone_index <> ''`,
			`CREATE INDEX attempts_handed ON attempts (handed_at) WHERE handed_at IS NOT NULL`,
		}},
		table{(*event)(nil), []string{
			`CREATE INDEX attempt_events_attempt ON attempt_events (attempt_id, id)`,
			`CREATE UNIQUE INDEX attempt_events_report ON attempt_events (carrier_id, status) WHERE what = 'report'`,
		}},
		table{(*inbound)(nil), []string{
			`CREATE INDEX inbound_texts_state ON inbound_texts (state, received_at)`,
			`CREATE INDEX inbound_texts_phone ON inbound_texts (phone_index, at)`,
		}},
		table{(*refusal)(nil), nil},
		table{(*carrier)(nil), nil},
		table{(*sample)(nil), []string{`CREATE UNIQUE INDEX samples_period ON samples (kind, period) WHERE period <> ''`}},
		table{(*appeal)(nil), []string{
			`CREATE UNIQUE INDEX appeals_round ON appeals (ticket_id, round)`,
			`CREATE INDEX appeals_open ON appeals (due_at) WHERE state = 'open'`,
		}},
		table{(*reconciliation)(nil), nil},
		table{(*difference)(nil), nil},
	)
	return alsoIndexing(s, "tickets_completed", `CREATE INDEX tickets_completed ON tickets (completed_at) WHERE completed_at IS NOT NULL`)
}()

// alsoIndexing is the step that also puts an index on a table of an earlier one.
func alsoIndexing(s step, index, statement string) step {
	up, down := s.up, s.down
	s.up = func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("making index %s: %w", index, err)
		}
		return up(ctx, tx)
	}
	s.down = func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, "DROP INDEX "+index); err != nil {
			return fmt.Errorf("dropping index %s: %w", index, err)
		}
		return down(ctx, tx)
	}
	return s
}
