package tickets

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// What can be refused without a word about the ticket itself.
var (
	ErrNotFound   = errors.New("no such ticket")
	ErrNotAllowed = errors.New("this member may not do this to this ticket")
	ErrUnknownAct = errors.New("no such act")
)

// Refusal says that an act is not possible now. Code is a word that the
// pages translate (refusal.<code>); Args fill its sentence.
type Refusal struct {
	Act    Act
	Status Status
	Code   string
	Args   []any
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("%s is refused while the ticket is %s: %s %v", r.Act, r.Status, r.Code, r.Args)
}

// WrongStatus is the code of a Refusal whose act does not belong to the
// status at all, whoever asks.
const WrongStatus = "wrong_status"

// Conflict says that the ticket was changed since it was opened: it was seen
// at version Seen and now stands at Now. Nothing was written; whoever asked
// still has his text.
type Conflict struct {
	Seen int64
	Now  *Ticket
}

func (c *Conflict) Error() string {
	return fmt.Sprintf("ticket %s was changed since it was opened: seen at version %d, now at %d", c.Now.Number, c.Seen, c.Now.Version)
}

// FieldErrors says what is wrong with what was typed, field by field. Codes
// are words that the pages translate (invalid.<code>).
type FieldErrors []FieldError

// FieldError is one field's trouble.
type FieldError struct {
	Field string `json:"field"`
	Code  string `json:"code"`
	Args  []any  `json:"args,omitempty"`
}

func (es FieldErrors) Error() string {
	var out []string
	for _, e := range es {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%s: %s %v", e.Field, e.Code, e.Args)))
	}
	slices.Sort(out)
	return "input is not right: " + strings.Join(out, "; ")
}

// Of returns the trouble of one field, or nil.
func (es FieldErrors) Of(field string) *FieldError {
	for i := range es {
		if es[i].Field == field {
			return &es[i]
		}
	}
	return nil
}

// orNil returns the errors as an error, nil when there is none.
func (es FieldErrors) orNil() error {
	if len(es) == 0 {
		return nil
	}
	return es
}

func (es *FieldErrors) add(field, code string, args ...any) {
	*es = append(*es, FieldError{field, code, args})
}
