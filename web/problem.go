package web

import (
	"errors"
	"net/http"

	"nengban/callbacks"
	"nengban/knowledge"
	"nengban/tickets"
	"nengban/tickets/duplicates"
	"nengban/tickets/staff"
	"nengban/web/hooks"
	"nengban/web/page"
	"nengban/web/session"
)

// problem is what a stranger or colleague is told of an error: a status and
// the key of a sentence (problem.<key>). The error's own text goes to the log.
type problem struct {
	status int
	key    string
}

// problems is the one table from errors to answers. A test walks every
// exported error of the domain, so that none is forgotten.
var problems = []struct {
	err error
	problem
}{
	{tickets.ErrNotFound, problem{http.StatusNotFound, "no_ticket"}},
	{tickets.ErrNotAllowed, problem{http.StatusForbidden, "not_allowed"}},
	{tickets.ErrUnknownAct, problem{http.StatusNotFound, "no_act"}},
	{staff.ErrUnknown, problem{http.StatusNotFound, "no_member"}},
	{staff.ErrTaken, problem{http.StatusConflict, "login_taken"}},
	{staff.ErrWrong, problem{http.StatusUnauthorized, "login_wrong"}},
	{staff.ErrNotActive, problem{http.StatusForbidden, "not_active"}},
	{staff.ErrWrongCode, problem{http.StatusUnauthorized, "wrong_code"}},
	{staff.ErrMixedOffices, problem{http.StatusConflict, "mixed_offices"}},
	{staff.ErrKey, problem{http.StatusUnprocessableEntity, "key_wrong"}},
	{session.ErrCode, problem{http.StatusUnauthorized, "login_needed"}},
	{session.ErrSignOn, problem{http.StatusUnauthorized, "sign_on"}},
	{session.ErrTooMany, problem{http.StatusTooManyRequests, "too_many_tries"}},
	{callbacks.ErrNotFound, problem{http.StatusNotFound, "no_survey"}},
	{callbacks.ErrNotAllowed, problem{http.StatusForbidden, "not_allowed"}},
	{callbacks.ErrAskedBefore, problem{http.StatusConflict, "asked_before"}},
	{callbacks.ErrNotAskable, problem{http.StatusConflict, "not_askable"}},
	{callbacks.ErrAnswered, problem{http.StatusConflict, "call_answered"}},
	{callbacks.ErrTooLate, problem{http.StatusConflict, "too_late"}},
	{callbacks.ErrNotHeld, problem{http.StatusConflict, "call_lost"}},
	{callbacks.ErrOwnWork, problem{http.StatusForbidden, "own_work"}},
	{callbacks.ErrAppealed, problem{http.StatusConflict, "appealed"}},
	{callbacks.ErrNotOpen, problem{http.StatusConflict, "decided_before"}},
	{callbacks.ErrChanged, problem{http.StatusConflict, "changed"}},
	{hooks.ErrNotFound, problem{http.StatusNotFound, "no_webhook"}},
	{duplicates.ErrNoMatter, problem{http.StatusNotFound, "no_matter"}},
	{knowledge.ErrNotFound, problem{http.StatusNotFound, "no_article"}},
	{knowledge.ErrNotAllowed, problem{http.StatusForbidden, "not_allowed"}},
	{page.ErrNotFound, problem{http.StatusNotFound, "no_page"}},
	{page.ErrMethod, problem{http.StatusMethodNotAllowed, "no_method"}},
	{page.ErrForeign, problem{http.StatusForbidden, "foreign"}},
	{page.ErrLogin, problem{http.StatusUnauthorized, "login_needed"}},
	{page.ErrForbidden, problem{http.StatusForbidden, "not_allowed"}},
	{page.ErrBadForm, problem{http.StatusBadRequest, "bad_form"}},
	{page.ErrTooLarge, problem{http.StatusRequestEntityTooLarge, "too_large"}},
	{page.ErrTooOften, problem{http.StatusTooManyRequests, "too_often"}},
	{page.ErrGuessing, problem{http.StatusTooManyRequests, "guessing"}},
	{page.ErrNotJSON, problem{http.StatusUnsupportedMediaType, "not_json"}},
	{page.ErrBadJSON, problem{http.StatusBadRequest, "bad_json"}},
}

// problemOf finds what an error is to the outside; an unknown one is ours.
func problemOf(err error) problem {
	for _, p := range problems {
		if errors.Is(err, p.err) {
			return p.problem
		}
	}
	var fields tickets.FieldErrors
	var refusal *tickets.Refusal
	var conflict *tickets.Conflict
	var weak *staff.WeakPassword
	switch {
	case errors.As(err, &fields):
		return problem{http.StatusUnprocessableEntity, "fields"}
	case errors.As(err, &refusal):
		return problem{http.StatusConflict, "refused"}
	case errors.As(err, &conflict):
		return problem{http.StatusConflict, "changed"}
	case errors.As(err, &weak):
		return problem{http.StatusUnprocessableEntity, "weak_password"}
	default:
		return problem{http.StatusInternalServerError, "ours"}
	}
}
