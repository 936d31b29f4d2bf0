package callbacks

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"nengban/callbacks/surveys"
	"nengban/tickets"
)

// Answered takes the news that a survey call was picked up and returns what to
// say first; nil hangs up. A machine is told nothing and has answered nothing.
func (e *Engine) Answered(ctx context.Context, carrierID, ref string, machine bool) (*Prompt, error) {
	a, err := e.callOf(ctx, carrierID, ref)
	if err != nil {
		return nil, err
	}
	status := InCall
	if machine {
		status = Machine
	}
	if err := e.Report(ctx, Report{CarrierID: carrierID, Ref: a.Ref, Way: ByVoice, Status: status, At: e.now()}); err != nil || machine {
		return nil, err
	}
	s, script, err := e.scriptOf(ctx, a)
	if err != nil {
		return nil, err
	}
	if s.State != Asking {
		return &Prompt{Say: script.Thanks, Lang: string(script.Lang)}, nil // he has answered by another way meanwhile
	}
	q := nextQuestion(script, a)
	if q == nil {
		return &Prompt{Say: script.Thanks, Lang: string(script.Lang)}, nil
	}
	if a.Question == "" {
		if a, err = e.turn(ctx, a, string(q.Question), 1); err != nil {
			return nil, err
		}
	}
	return prompt(script, q, a.Turn, script.Greeting), nil
}

// Pressed takes the keys of one turn and returns what to say next. No key, a
// wrong one and a wish to hear it again put the question once more, three
// times at most; none of them is an answer. The same turn twice is one answer.
func (e *Engine) Pressed(ctx context.Context, k Keys) (*Prompt, error) {
	a, err := e.callOf(ctx, k.CarrierID, k.Ref)
	if err != nil {
		return nil, err
	}
	s, script, err := e.scriptOf(ctx, a)
	if err != nil {
		return nil, err
	}
	if k.Question != a.Question || k.Try != 0 && k.Try != a.Turn || s.State != Asking {
		return e.sayAgain(script, a, s), nil // this turn was taken before
	}
	r := surveys.ReadKeys(surveys.Question(k.Question), k.Digits)
	switch {
	case r.Kind == surveys.KindAnswer:
		return e.pressed(ctx, a, s, script, r)
	case r.Why == surveys.RuleKeyPerson:
		return e.wantsPerson(ctx, a, s, script, r)
	}
	q := question(script, a.Question)
	if q == nil || a.Turn >= q.Times {
		return &Prompt{Say: script.Goodbye, Lang: string(script.Lang)}, e.endTalk(ctx, a, s)
	}
	before := q.Unheard
	if r.Why == surveys.RuleKeyRepeat {
		before = ""
	}
	if a, err = e.turn(ctx, a, a.Question, a.Turn+1); err != nil {
		return nil, err
	}
	return prompt(script, q, a.Turn, before), nil
}

// callOf finds the attempt that a call belongs to.
func (e *Engine) callOf(ctx context.Context, carrierID, ref string) (*attemptRow, error) {
	a := new(attemptRow)
	q := e.db.NewSelect().Model(a).Where("way = ?", ByVoice)
	if ref != "" {
		q = q.Where("ref = ?", ref)
	} else {
		q = q.Where("carrier_id = ? AND carrier_id <> ''", carrierID)
	}
	err := q.Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("finding a call: %w", err)
	}
	return a, nil
}

// scriptOf returns the survey of a call and what is said in it.
func (e *Engine) scriptOf(ctx context.Context, a *attemptRow) (*surveyRow, surveys.VoiceScript, error) {
	s, err := e.survey(ctx, e.db, a.SurveyID)
	if err != nil {
		return nil, surveys.VoiceScript{}, err
	}
	t, err := e.desk.ByID(ctx, a.TicketID)
	if err != nil {
		return nil, surveys.VoiceScript{}, err
	}
	args := map[string]string{surveys.ParamSender: e.policy.DeskName, surveys.ParamMatter: e.matterOf(t, a.Lang), surveys.ParamTail: s.Tag}
	script, err := surveys.Voice(langOf(a.Lang), args)
	if err != nil {
		return nil, surveys.VoiceScript{}, fmt.Errorf("preparing a survey call: %w", err)
	}
	return s, script, nil
}

func question(script surveys.VoiceScript, name string) *surveys.VoiceQuestion {
	for i := range script.Questions {
		if string(script.Questions[i].Question) == name {
			return &script.Questions[i]
		}
	}
	return nil
}

// nextQuestion is the first that has no answer; nil when all have.
func nextQuestion(script surveys.VoiceScript, a *attemptRow) *surveys.VoiceQuestion {
	for i := range script.Questions {
		q := &script.Questions[i]
		if q.Question == surveys.QuestionSolved && a.Solved == tickets.SolvedUnknown || q.Question == surveys.QuestionRating && a.Rating == 0 {
			return q
		}
	}
	return nil
}

func prompt(script surveys.VoiceScript, q *surveys.VoiceQuestion, try int, before string) *Prompt {
	return &Prompt{Say: before + q.Prompt, Lang: string(script.Lang), Question: string(q.Question), Try: try, Digits: 1}
}

// sayAgain repeats what was said after a turn that is over.
func (e *Engine) sayAgain(script surveys.VoiceScript, a *attemptRow, s *surveyRow) *Prompt {
	q := question(script, a.Question)
	if q == nil || s.State != Asking {
		return &Prompt{Say: script.Thanks, Lang: string(script.Lang)}
	}
	return prompt(script, q, a.Turn, "")
}

// turn writes down which question is being put for which time.
func (e *Engine) turn(ctx context.Context, a *attemptRow, question string, n int) (*attemptRow, error) {
	a.Question, a.Turn = question, n
	_, err := e.db.NewUpdate().Model(a).Column("question", "turn", "rating", "solved").WherePK().Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("writing down a turn of a call: %w", err)
	}
	return a, nil
}

// pressed takes a key with a meaning, and puts the next question or says goodbye.
func (e *Engine) pressed(ctx context.Context, a *attemptRow, s *surveyRow, script surveys.VoiceScript, r surveys.Reading) (*Prompt, error) {
	if r.Rating.Known() {
		a.Rating = int(r.Rating)
	}
	if r.Solved != surveys.SolvedUnknown {
		a.Solved = tickets.Solved(r.Solved)
	}
	if q := nextQuestion(script, a); q != nil {
		a, err := e.turn(ctx, a, string(q.Question), 1)
		if err != nil {
			return nil, err
		}
		return prompt(script, q, a.Turn, ""), nil
	}
	if _, err := e.turn(ctx, a, "", 0); err != nil {
		return nil, err
	}
	return &Prompt{Say: script.Thanks, Lang: string(script.Lang)}, e.endTalk(ctx, a, s)
}

// wantsPerson keeps what was pressed so far for the colleague who will call.
func (e *Engine) wantsPerson(ctx context.Context, a *attemptRow, s *surveyRow, script surveys.VoiceScript, r surveys.Reading) (*Prompt, error) {
	if e.policy.PeopleTries == 0 {
		return &Prompt{Say: script.Goodbye, Lang: string(script.Lang)}, e.endTalk(ctx, a, s)
	}
	ok, err := e.putOnList(ctx, e.db, s, r.Explain(surveys.Chinese))
	if err != nil || !ok {
		return nil, errOr(err, ErrChanged)
	}
	return &Prompt{Say: script.Goodbye, Lang: string(script.Lang)}, nil
}

// endTalk keeps what keys said. Half an answer is one: who pressed 未解决 and
// hung up has said so. A talk without a key has said nothing.
func (e *Engine) endTalk(ctx context.Context, a *attemptRow, s *surveyRow) error {
	if a.Rating == 0 && a.Solved == tickets.SolvedUnknown {
		return nil
	}
	_, err := e.keepNow(ctx, s.ID, said{way: ByVoice, source: "voice:" + a.Ref, rating: a.Rating, solved: a.Solved, rule: string(surveys.RuleKey), at: e.now()})
	return err
}

// callEnded keeps what was pressed before the line went dead; who asked for a
// person is called by one.
func (e *Engine) callEnded(ctx context.Context, id int64) error {
	a := new(attemptRow)
	if err := e.db.NewSelect().Model(a).Where("id = ?", id).Scan(ctx); err != nil {
		return fmt.Errorf("reading a call: %w", err)
	}
	if a.Delivery != HungUp {
		return nil
	}
	s, err := e.survey(ctx, e.db, a.SurveyID)
	if err != nil || s.State != Asking {
		return err
	}
	return e.endTalk(ctx, a, s)
}
