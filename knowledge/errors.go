package knowledge

import (
	"errors"
	"fmt"
	"strings"
)

// What can be refused without a word about the article itself.
var (
	ErrNotFound   = errors.New("no such article")
	ErrNotAllowed = errors.New("this member may not do this to this article")
)

// Refusal says that a step is not possible now. Code is a word that the pages
// translate.
type Refusal struct {
	Step Step
	Code string
}

func (r *Refusal) Error() string { return fmt.Sprintf("%s is refused: %s", r.Step, r.Code) }

// The codes of a Refusal.
const (
	WrongState = "wrong_state" // the step does not belong to the state
	OwnWork    = "own_work"    // whoever wrote it may not vouch for it
	OutOfForce = "out_of_force"
)

// Conflict says that the article was changed since it was opened: nothing was
// written, and whoever asked still has his text.
type Conflict struct{ Now *Article }

func (c *Conflict) Error() string {
	return fmt.Sprintf("article %s was changed since it was opened, by %s", c.Now.Code(), c.Now.WrittenName)
}

// FieldErrors says what is wrong with what was typed, field by field. Codes
// are words that the pages translate.
type FieldErrors []FieldError

// FieldError is one field's trouble.
type FieldError struct {
	Field string
	Code  string
	Args  []any
}

func (es FieldErrors) Error() string {
	out := make([]string, 0, len(es))
	for _, e := range es {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s: %s %s", e.Field, e.Code, strings.Trim(fmt.Sprint(e.Args...), "[]"))))
	}
	return "input is not right: " + strings.Join(out, "; ")
}

func (es *FieldErrors) add(field, code string, args ...any) {
	*es = append(*es, FieldError{field, code, args})
}

func (es FieldErrors) orNil() error {
	if len(es) == 0 {
		return nil
	}
	return es
}
