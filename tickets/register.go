package tickets

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets/sla"
	"nengban/tickets/staff"
)

// Receipt is what the citizen goes home with: the ticket's number and the
// query code (提取码), which is shown this once and then only sealed.
type Receipt struct {
	Ticket *Ticket
	Code   string
	Again  bool // the same source and number had been registered before
}

// Register takes a matter in (受理登记): one transaction that gives it a number
// and a query code, seals the caller, starts the clocks and tells the
// listeners. The same source system and external number register once; the
// second time returns the first ticket. It refuses with FieldErrors or
// ErrNotAllowed.
func (d *Desk) Register(ctx context.Context, by staff.Member, in Intake) (Receipt, error) {
	if !by.May(staff.Register, staff.Subject{}) {
		return Receipt{}, ErrNotAllowed
	}
	now := d.Now()
	if es := d.checkIntake(&in, now); len(es) > 0 {
		return Receipt{}, es
	}
	in.fill(now)
	code, err := newCode()
	if err != nil {
		return Receipt{}, err
	}
	r := Receipt{Code: code}
	err = d.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var err error
		r.Ticket, err = d.register(ctx, tx, by, in, code)
		return err
	})
	if errors.Is(err, errTwice) {
		return d.registered(ctx, in)
	}
	if err != nil {
		return Receipt{}, fmt.Errorf("registering a ticket: %w", err)
	}
	d.wake()
	return r, nil
}

// checkIntake looks at shapes, then at what only the directory knows.
func (d *Desk) checkIntake(in *Intake, now time.Time) FieldErrors {
	es := in.check()
	sc := &scene{dir: d.Directory()}
	sc.department("about", in.About, &es)
	if in.ReceivedAt.After(now.Add(time.Minute)) {
		es.add("received_at", "in_the_future")
	}
	if in.OccurredAt != nil && in.OccurredAt.After(now.Add(time.Minute)) {
		es.add("occurred_at", "in_the_future")
	}
	return es
}

func (d *Desk) register(ctx context.Context, tx bun.Tx, by staff.Member, in Intake, code string) (*Ticket, error) {
	number, err := nextNumber(ctx, tx, in.ReceivedAt)
	if err != nil {
		return nil, err
	}
	t, sealed, err := d.newTicket(by, in, number, code)
	if err != nil {
		return nil, err
	}
	e := Entry{Seq: 1, Act: staff.Register, At: in.ReceivedAt.UTC().Truncate(time.Microsecond), ByID: by.ID, ByName: by.Name, Role: actingRole(by, staff.Register),
		ByDepartment: by.Department, To: ToTriage, Round: 1, Details: Details{Kind: in.Kind, Urgency: in.Urgency, Category: in.Category,
			Matter: in.Matter, Channel: in.Channel, Policy: d.limits.policyAt(in.ReceivedAt)}}
	t.apply(e)
	is, err := d.limits.ledger([]Entry{e}, e.At)
	if err != nil {
		return nil, fmt.Errorf("reckoning the deadlines: %w", err)
	}
	t.take(is)
	if err := insert(ctx, tx, t, sealed); err != nil {
		return nil, err
	}
	e.TicketID = t.ID
	if err := d.insertEntry(ctx, tx, &e); err != nil {
		return nil, err
	}
	if err := saveClocks(ctx, tx, t.ID, sla.Ledger{}, is); err != nil {
		return nil, err
	}
	return t, d.tell(ctx, tx, e)
}

// newTicket seals what is personal and keeps the rest. Title and content are
// stored without what points to a person; the full text is sealed beside them
// when something had to be taken out.
func (d *Desk) newTicket(by staff.Member, in Intake, number, code string) (*Ticket, sealedCaller, error) {
	sealed, err := seal(d.vault, in.Caller, number)
	if err != nil {
		return nil, sealedCaller{}, err
	}
	codeSealed, err := d.vault.Seal([]byte(code), "tickets.query_code:"+number)
	if err != nil {
		return nil, sealedCaller{}, err
	}
	t := &Ticket{Number: number, Version: 1, Channel: in.Channel, SourceSystem: in.SourceSystem, ExternalNo: in.ExternalNo,
		ReceivedAt: in.ReceivedAt.UTC().Truncate(time.Microsecond), RegisteredBy: by.ID, Hall: in.Hall, Confidential: in.Confidential, Anonymous: in.Anonymous,
		Area: in.Area, callerSealed: sealed.whole, codeSealed: codeSealed,
		Intake: IntakeFacts{WindowNo: in.WindowNo, CallID: in.CallID, MatterCode: in.MatterCode, ApplicationNo: in.ApplicationNo,
			AppliedAt: in.AppliedAt, VisitCount: in.VisitCount, OccurredAt: in.OccurredAt, About: in.About, Tags: in.Tags, SourceStatus: in.SourceStatus}}
	var a, b, c bool
	t.Title, a = Redact(in.Title, in.Caller)
	t.Content, b = Redact(in.Content, in.Caller)
	t.Address, c = Redact(in.Address, in.Caller)
	if t.Masked = a || b || c; t.Masked {
		t.contentSealed, err = d.vault.Seal([]byte(in.Title+"\n"+in.Address+"\n"+in.Content), "tickets.content:"+number)
	}
	return t, sealed, err
}

// registered finds the ticket that the same source and number made before.
func (d *Desk) registered(ctx context.Context, in Intake) (Receipt, error) {
	t, err := d.byExternal(ctx, in.SourceSystem, in.ExternalNo)
	if err != nil {
		return Receipt{}, fmt.Errorf("finding the ticket registered before: %w", err)
	}
	code, err := d.vault.Open(t.codeSealed, "tickets.query_code:"+t.Number)
	if err != nil {
		return Receipt{}, err
	}
	return Receipt{Ticket: t, Code: string(code), Again: true}, nil
}

// nextNumber is the day in Shanghai and a running number within it:
// 20260924000042. Callers read it out, so it is digits only.
func nextNumber(ctx context.Context, tx bun.Tx, at time.Time) (string, error) {
	day := at.In(Shanghai).Format("20060102")
	var n int64
	err := tx.NewRaw(`INSERT INTO numbering (day, last) VALUES (?, 1)
		ON CONFLICT (day) DO UPDATE SET last = numbering.last + 1 RETURNING last`, day).Scan(ctx, &n)
	if err != nil {
		return "", fmt.Errorf("taking the next number: %w", err)
	}
	return fmt.Sprintf("%s%06d", day, n), nil
}

// newCode makes a query code of eight digits: digits, because it is typed on
// cheap phones, eight, because it is guessed at by machines.
func newCode() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(100_000_000))
	if err != nil {
		return "", fmt.Errorf("making a query code: %w", err)
	}
	return fmt.Sprintf("%08d", n), nil
}
