package page

import "errors"

// What a page can refuse before any use-case is asked.
var (
	ErrNotFound  = errors.New("no such page")
	ErrMethod    = errors.New("this page does not take that method")
	ErrLogin     = errors.New("somebody must log in first")
	ErrForbidden = errors.New("this page is not for this member")
	ErrForeign   = errors.New("the request comes from another site's page")
	ErrBadForm   = errors.New("the form could not be read")
	ErrTooLarge  = errors.New("the request is too large")
	ErrTooOften  = errors.New("too many requests from one place")
	ErrGuessing  = errors.New("too many wrong query codes")
	ErrNotJSON   = errors.New("the body is not said to be JSON")
	ErrBadJSON   = errors.New("the body is not the JSON that was asked for")
)

// Explained is an error that says more to whoever asked than its problem's
// sentence does: where in a body the trouble is, what the address takes.
type Explained interface {
	error
	Explain(b Base) string
}
