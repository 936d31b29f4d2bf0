package knowledge

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets/staff"
)

// Step is something that is done to an article.
type Step string

// The steps.
const (
	Write       Step = "write"
	Import      Step = "import"
	RestoreStep Step = "restore"
	Submit      Step = "submit"    // 送审
	SendBack    Step = "send_back" // 退回
	Approve     Step = "approve"   // 审核通过
	Publish     Step = "publish"   // 发布
	TakeOff     Step = "take_off"  // 下架
	Lapse       Step = "lapse"     // 到期失效, by itself
)

// rule is a line of the table of steps: by which right, from which states of
// the newest version, and where it leads.
type rule struct {
	step  Step
	right staff.Right
	from  []State
	to    State
	own   bool // the writer himself may do it
	says  bool // a reason is needed
}

// rules are the steps that people take in turn. Publishing leaves the version
// approved: the index makes it published. Taking off is about the version that
// serves, whatever the newest one is.
var rules = []rule{
	{step: Submit, right: staff.EditKnowledge, from: []State{Draft}, to: InReview, own: true},
	{step: SendBack, right: staff.ReviewKnowledge, from: []State{InReview, Approved}, to: Draft, own: true, says: true},
	{step: Approve, right: staff.ReviewKnowledge, from: []State{InReview}, to: Approved},
	{step: Publish, right: staff.PublishKnowledge, from: []State{Approved}, to: Approved, own: true},
	{step: TakeOff, right: staff.PublishKnowledge, own: true, says: true},
}

// Allowed returns the steps that the member may take on the article now: the
// buttons of its page. Needs says which of them want a reason.
func (l *Library) Allowed(by staff.Member, a *Article) []Step {
	var out []Step
	for _, r := range rules {
		if l.may(by, r.right, a.Department) && r.refuse(by, a, l.now()) == "" {
			out = append(out, r.step)
		}
	}
	return out
}

// Needs says whether a step wants a reason.
func (s Step) Needs() bool {
	i := slices.IndexFunc(rules, func(r rule) bool { return r.step == s })
	return i >= 0 && rules[i].says
}

// Do takes a step. It refuses with ErrNotFound, ErrNotAllowed, FieldErrors, a
// *Refusal or a *Conflict. An article is published as soon as Tick has put it
// into the index; until then the version before it serves.
func (l *Library) Do(ctx context.Context, by staff.Member, ref Ref, s Step, why string) (*Article, error) {
	i := slices.IndexFunc(rules, func(r rule) bool { return r.step == s })
	if i < 0 {
		return nil, ErrNotFound
	}
	r := rules[i]
	if err := checkNote(why, r.says); err != nil {
		return nil, err
	}
	var out *Article
	err := l.write(ctx, func(ctx context.Context, tx bun.Tx) error {
		a, v, err := load(ctx, tx, ref.ID, 0)
		if err != nil {
			return err
		}
		was := articleOf(a, v)
		switch {
		case !l.may(by, r.right, v.Department):
			return ErrNotAllowed
		case ref.Version != 0 && ref.Version != a.Version:
			return &Conflict{was}
		}
		if code := r.refuse(by, was, l.now()); code != "" {
			return &Refusal{s, code}
		}
		if err := l.take(ctx, tx, r, a, v); err != nil {
			return err
		}
		if err := touch(ctx, tx, a, l.now()); err != nil {
			return err
		}
		out = articleOf(a, v)
		return note(ctx, tx, a, s, by, why, l.now())
	})
	return out, err
}

func checkNote(why string, need bool) error {
	var es FieldErrors
	switch {
	case !isText(why):
		es.add("note", "not_text")
	case need && why == "":
		es.add("note", "missing")
	case len([]rune(why)) > 500:
		es.add("note", "too_long", 500)
	}
	return es.orNil()
}

// take changes the rows as the step says.
func (l *Library) take(ctx context.Context, tx bun.Tx, r rule, a *articleRow, v *versionRow) error {
	var err error
	switch r.step {
	case TakeOff:
		if a.Wanted != a.Live && a.Wanted == v.N { // it was about to be published
			v.State = Expired
			if err := setState(ctx, tx, a.ID, v.N, Expired); err != nil {
				return err
			}
		}
		if a.Live == v.N {
			v.State = Expired
		}
		return l.end(ctx, tx, a)
	case Publish:
		a.Wanted = v.N
		a.Changed, err = nextChange(ctx, tx)
		return err
	default:
		v.State = r.to
		return setState(ctx, tx, a.ID, v.N, r.to)
	}
}

// end takes the serving version out of force, and the article out of the index.
func (l *Library) end(ctx context.Context, tx bun.Tx, a *articleRow) (err error) {
	if a.Live != 0 {
		if err := setState(ctx, tx, a.ID, a.Live, Expired); err != nil {
			return err
		}
	}
	a.Live, a.Wanted = 0, 0
	a.Changed, err = nextChange(ctx, tx)
	return err
}

// refuse returns why the step is not possible now, or "".
func (r rule) refuse(by staff.Member, a *Article, now time.Time) string {
	switch {
	case r.step == TakeOff:
		if a.Live == 0 && a.Wanted == 0 {
			return WrongState
		}
	case !slices.Contains(r.from, a.State) || a.Publishing():
		return WrongState
	case !r.own && by.ID != 0 && by.ID == a.WrittenBy:
		return OwnWork
	case r.step == Publish && a.ValidUntil != nil && !now.Before(*a.ValidUntil):
		return OutOfForce
	}
	return ""
}
