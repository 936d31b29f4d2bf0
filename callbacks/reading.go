package callbacks

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"nengban/callbacks/surveys"
	"nengban/tickets"
)

// heard is what was asked of the phone that a text came from.
type heard struct {
	open     []surveyRow // an answer is waited for
	late     []surveyRow // closed without one, and still welcome
	answered []surveyRow // answered a short while ago
}

func (h heard) waiting() []surveyRow {
	if len(h.open) > 0 {
		return h.open
	}
	return h.late
}

func (h heard) none() bool { return len(h.open)+len(h.late)+len(h.answered) == 0 }

// heardFrom finds the surveys that a text from a phone can be about.
func (e *Engine) heardFrom(ctx context.Context, tx bun.IDB, phoneIndex string) (heard, error) {
	var rows []surveyRow
	if phoneIndex == "" {
		return heard{}, nil
	}
	now := e.now()
	err := tx.NewSelect().Model(&rows).Where("phone_index = ? AND first_asked_at IS NOT NULL AND tag <> ''", phoneIndex).
		WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("state IN ('planned', 'asking', 'with_person')").
				WhereOr("state = 'answered' AND answered_at >= ?", now.Add(-e.policy.CorrectionSpan)).
				WhereOr("state = 'closed' AND reason <> ? AND closed_at >= ?", cancelled, now.Add(-tickets.LateAnswer))
		}).Order("first_asked_at", "id").Scan(ctx)
	if err != nil {
		return heard{}, fmt.Errorf("finding what a phone was asked: %w", err)
	}
	var h heard
	for _, s := range rows {
		switch s.State {
		case HasAnswer:
			h.answered = append(h.answered, s)
		case Closed:
			h.late = append(h.late, s)
		default:
			h.open = append(h.open, s)
		}
	}
	return h, nil
}

// interpret reads a text and says which survey it is about; nil when that is
// not certain. One phone may have several surveys open: then only a tail or
// short code decides, never the order in which they were sent.
func interpret(h heard, text string) (surveys.Reading, *surveyRow) {
	if f := h.followedUp(); f != nil {
		r := surveys.Context{Answered: true, Asked: surveys.Question(f.FollowUp)}.Read(text)
		if r.Kind == surveys.KindAnswer && (r.Why == surveys.RuleYesOrNo || r.Why == surveys.RuleReason) && (r.Tail == "" || r.Tail == f.Tag) {
			return r, f
		}
	}
	waiting := h.waiting()
	r := surveys.Context{Tails: tags(waiting), Answered: len(h.answered) > 0}.Read(text)
	switch {
	case r.Why == surveys.RuleUnknownTicket:
		s := h.called(r.Tail)
		if s == nil {
			return r, nil
		}
		again := surveys.Context{Tails: []string{r.Tail}, Answered: s.State == HasAnswer}
		return again.Read(text), s
	case r.Tail != "":
		return r, h.called(r.Tail)
	case r.Correction && len(h.answered) == 1:
		return r, &h.answered[0] // 刚才按错了: what is taken back is what was said
	case len(waiting) == 1:
		return r, &waiting[0]
	case len(waiting) == 0 && len(h.answered) == 1:
		return r, &h.answered[0]
	}
	return r, nil
}

// followedUp is the survey whose answer we asked one more thing about, if it
// is the only one.
func (h heard) followedUp() *surveyRow {
	var found *surveyRow
	for i := range h.answered {
		if h.answered[i].FollowUp == "" {
			continue
		}
		if found != nil {
			return nil
		}
		found = &h.answered[i]
	}
	return found
}

// called finds a survey by its tag, or by the tail of its ticket where that
// says only one.
func (h heard) called(tail string) *surveyRow {
	all := slices.Concat(h.open, h.late, h.answered)
	var byNumber []*surveyRow
	for i := range all {
		if all[i].Tag == tail {
			return &all[i]
		}
		if len(tail) >= 4 && strings.HasSuffix(all[i].Number, tail) {
			byNumber = append(byNumber, &all[i])
		}
	}
	if len(byNumber) == 1 {
		return byNumber[0]
	}
	return nil
}

func tags(rows []surveyRow) []string {
	out := make([]string, 0, len(rows))
	for _, s := range rows {
		out = append(out, s.Tag)
	}
	return out
}

// understand does what a text asks for, or finds somebody who can.
func (e *Engine) understand(ctx context.Context, tx bun.IDB, r *inboundRow, text string) error {
	h, err := e.heardFrom(ctx, tx, r.PhoneIndex)
	if err != nil {
		return err
	}
	reading, s := interpret(h, text)
	r.State, r.Kind, r.Rule = WasRead, string(reading.Kind), string(reading.Why)
	if s != nil {
		r.SurveyID = s.ID
	}
	switch reading.Kind {
	case surveys.KindStop:
		return e.stop(ctx, tx, r, h, s, reading)
	case surveys.KindStart:
		if err := e.allow(ctx, tx, r.PhoneIndex); err != nil {
			return err
		}
		return e.confirm(ctx, tx, r, h, ToConfirmStart, surveys.TemplateStartAgain)
	case surveys.KindAuto:
		return nil
	case surveys.KindAnswer:
		if s != nil {
			return e.keepText(ctx, tx, r, s, reading)
		}
	default:
	}
	return e.unclear(ctx, tx, r, h, s, reading)
}

func (e *Engine) keepText(ctx context.Context, tx bun.IDB, r *inboundRow, s *surveyRow, reading surveys.Reading) error {
	a := saidBy(r, reading)
	kept, err := e.keep(ctx, tx, s, a)
	if err != nil || !kept {
		return err
	}
	return e.reply(ctx, tx, s, r, a)
}

// saidBy is the answer that a text was read as.
func saidBy(r *inboundRow, reading surveys.Reading) said {
	return said{way: BySMS, source: "sms:" + r.CarrierID, rating: int(reading.Rating), solved: tickets.Solved(reading.Solved), comment: reading.Comment,
		rule: string(reading.Why), at: r.At}
}

// stop honours a refusal (回T退订) whatever else the text says, and keeps the
// answer that may stand beside it.
func (e *Engine) stop(ctx context.Context, tx bun.IDB, r *inboundRow, h heard, s *surveyRow, reading surveys.Reading) error {
	if reading.Answers() && s != nil {
		if _, err := e.keep(ctx, tx, s, saidBy(r, reading)); err != nil {
			return err
		}
	}
	if err := e.refuse(ctx, tx, r.PhoneIndex, "text"); err != nil {
		return err
	}
	return e.confirm(ctx, tx, r, h, ToConfirmStop, surveys.TemplateStopped)
}

// confirm tells once that a wish for no texts, or for texts again, was heard.
func (e *Engine) confirm(ctx context.Context, tx bun.IDB, r *inboundRow, h heard, purpose Purpose, template string) error {
	all := slices.Concat(h.open, h.late, h.answered)
	if len(all) == 0 || !e.policy.Confirm {
		return nil
	}
	return e.answerBack(ctx, tx, r, &all[0], purpose, template)
}

// unclear asks again once, and the second time gives it to a person. Where
// several surveys are open and none was named, it asks which.
func (e *Engine) unclear(ctx context.Context, tx bun.IDB, r *inboundRow, h heard, s *surveyRow, reading surveys.Reading) error {
	waiting := h.waiting()
	switch {
	case h.none():
		r.State = Orphan
		return nil
	case s != nil && s.State == HasAnswer, s == nil && len(waiting) == 0:
		if reading.Why != surveys.RulePolite && reading.Why != surveys.RuleEmpty {
			r.State = ForEyes // he has answered, and now he writes something else
		}
		return nil
	case s == nil:
		return e.askWhich(ctx, tx, r, waiting, reading)
	}
	may, err := e.mayAnswerBack(ctx, tx, r)
	if err != nil {
		return err
	}
	if s.AskedAgain > 0 || !may {
		return e.giveToPeople(ctx, tx, r, s, reading)
	}
	s.AskedAgain++
	if s.State == Asking {
		s.NextAt = e.now().Add(e.policy.pace(s.Urgent).Remind) // he is writing; a reminder now would be rude
	}
	if ok, err := e.change(ctx, tx, s, "asked_again", "next_at"); err != nil || !ok {
		return errOr(err, ErrChanged)
	}
	return e.answerBack(ctx, tx, r, s, ToAskAgain, surveys.TemplateAskAgain)
}

// askWhich asks which of several surveys is meant, once a day; then a person
// calls about all of them.
func (e *Engine) askWhich(ctx context.Context, tx bun.IDB, r *inboundRow, waiting []surveyRow, reading surveys.Reading) error {
	asked, err := tx.NewSelect().Model((*attemptRow)(nil)).Where("phone_index = ? AND purpose = ? AND created_at > ?", r.PhoneIndex, ToAskWhich, e.now().Add(-24*time.Hour)).Count(ctx)
	if err != nil {
		return fmt.Errorf("looking for an earlier question: %w", err)
	}
	may, err := e.mayAnswerBack(ctx, tx, r)
	if err != nil {
		return err
	}
	if asked == 0 && may {
		return e.answerBack(ctx, tx, r, &waiting[0], ToAskWhich, surveys.TemplateWhich)
	}
	for i := range waiting {
		if err := e.giveToPeople(ctx, tx, r, &waiting[i], reading); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) giveToPeople(ctx context.Context, tx bun.IDB, r *inboundRow, s *surveyRow, reading surveys.Reading) error {
	if e.policy.PeopleTries == 0 {
		r.State = ForEyes
		return nil
	}
	ok, err := e.putOnList(ctx, tx, s, reading.Explain(surveys.Chinese))
	if err != nil || !ok {
		return errOr(err, ErrChanged)
	}
	return e.withdraw(ctx, tx, "with a person", "survey_id = ?", s.ID)
}

// mayAnswerBack keeps two machines from writing to each other for ever, and
// keeps texts from those who refused them.
func (e *Engine) mayAnswerBack(ctx context.Context, tx bun.IDB, r *inboundRow) (bool, error) {
	if no, err := e.refused(ctx, tx, r.PhoneIndex); err != nil || no {
		return false, err
	}
	n, err := tx.NewSelect().Model((*attemptRow)(nil)).Where("phone_index = ? AND priority = ? AND created_at > ?", r.PhoneIndex, replyFirst, e.now().Add(-time.Hour)).Count(ctx)
	if err != nil {
		return false, fmt.Errorf("counting replies to a phone: %w", err)
	}
	return int(n) < e.policy.RepliesPerHour && e.carries(BySMS), nil
}

// replyTime is how long an answer to a text may take; who has put the phone
// away by then is left alone.
const replyTime = time.Hour

// answerBack queues a text to somebody who has just written. It need not wait
// for the hours: he is awake.
func (e *Engine) answerBack(ctx context.Context, tx bun.IDB, r *inboundRow, s *surveyRow, purpose Purpose, template string) error {
	if purpose != ToConfirmStop {
		if may, err := e.mayAnswerBack(ctx, tx, r); err != nil || !may {
			return err
		}
	}
	now := e.now()
	_, err := e.queue(ctx, tx, attemptRow{Occasion: "reply:" + r.CarrierID, TicketID: s.TicketID, SurveyID: s.ID, Campaign: s.Campaign, Purpose: purpose, Way: BySMS,
		Template: template, Lang: s.Lang, PhoneIndex: r.PhoneIndex, Priority: replyFirst, NotBefore: now, NotAfter: now.Add(replyTime)})
	return err
}

// reply thanks for an answer, or asks the one thing that it left open.
func (e *Engine) reply(ctx context.Context, tx bun.IDB, s *surveyRow, r *inboundRow, a said) error {
	unhappy := s.Rating >= int(surveys.Dissatisfied) || s.Solved == tickets.SolvedNo
	purpose, template, follow := ToThank, surveys.TemplateThanks, ""
	switch {
	case s.FollowUp != "": // one question more is enough
	case e.policy.AskSolved && s.Rating != 0 && s.Solved == tickets.SolvedUnknown:
		purpose, template, follow = ToAskSolved, surveys.TemplateAskSolved, string(surveys.QuestionSolved)
		s.RecordAt = e.now().Add(e.policy.FollowWait)
	case e.policy.AskReason && unhappy && a.comment == "":
		purpose, template, follow = ToAskReason, surveys.TemplateAskReason, string(surveys.QuestionReason)
	}
	if purpose == ToThank && s.Solved == tickets.SolvedNo {
		template = surveys.TemplateRework
	}
	if purpose == ToThank && !e.policy.Thank {
		return nil
	}
	if may, err := e.mayAnswerBack(ctx, tx, r); err != nil || !may {
		return err
	}
	if follow != "" {
		s.FollowUp = follow
		if ok, err := e.change(ctx, tx, s, "follow_up", "record_at"); err != nil || !ok {
			return errOr(err, ErrChanged)
		}
	}
	return e.answerBack(ctx, tx, r, s, purpose, template)
}
