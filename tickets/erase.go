package tickets

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets/evidence"
	"nengban/tickets/staff"
)

// Why a caller's data is gone.
const (
	ErasedByAge   = "retention" // it was kept as long as the desk's rule says
	ErasedOnAsked = "asked"     // the citizen asked (Personal Information Protection Law, article 47)
)

// Gone is a caller who is being taken out of a ticket, for the rooms that hold
// something of him too.
type Gone struct {
	TicketID int64  // 0: only his phones are taken out
	Caller   Caller // as he was, to be looked for in texts
	Phones   []string
	At       time.Time
}

// Eraser takes what another room holds of a person out of it, in the
// transaction that takes him out of the ticket. Phones are the blind indexes of
// those of his numbers under which no ticket is left. It is safe to run twice.
type Eraser func(ctx context.Context, tx bun.Tx, g Gone) error

// AlsoErase has another room erase whenever the desk does. It is called while
// the program is put together.
func (d *Desk) AlsoErase(e Eraser) { d.erasers = append(d.erasers, e) }

// eraseBatch is how many tickets one run of the job takes.
const eraseBatch = 200

// EraseOld takes the callers out of tickets that were archived before a
// moment, and returns how many; a job of the timetable. What the desk counts
// stays: kind, class, category, department, times, rating.
func (d *Desk) EraseOld(ctx context.Context, before time.Time, files *Files) (int, error) {
	var rows []ticketRow
	err := d.db.NewSelect().Model(&rows).Where("archived_at < ? AND erased = ''", before.UTC()).Order("archived_at").Limit(eraseBatch).Scan(ctx)
	if err != nil {
		return 0, fmt.Errorf("finding old tickets: %w", err)
	}
	for i, r := range rows {
		if err := d.erase(ctx, r, ErasedByAge, files); err != nil {
			return i, fmt.Errorf("erasing the caller of %s: %w", r.Number, err)
		}
	}
	return len(rows), nil
}

// ErasePerson takes a caller, found by his phone, out of all his tickets that
// are archived, and returns their numbers. Those that are still worked on are
// kept: there the desk's duty comes first (article 13, and 47 second paragraph).
// A phone that stands on no ticket, or on none any more, is taken out of the
// other rooms.
func (d *Desk) ErasePerson(ctx context.Context, phone string, files *Files) (erased, kept []string, err error) {
	rows, err := d.ofPerson(ctx, phone)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range rows {
		if r.ArchivedAt == nil {
			kept = append(kept, r.Number)
			continue
		}
		if err := d.erase(ctx, r, ErasedOnAsked, files); err != nil {
			return erased, kept, fmt.Errorf("erasing the caller of %s: %w", r.Number, err)
		}
		erased = append(erased, r.Number)
	}
	if len(kept) > 0 {
		return erased, kept, nil
	}
	err = d.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		return d.eraseElsewhere(ctx, tx, Gone{Phones: []string{d.vault.Index("phone", Phone(phone))}})
	})
	return erased, kept, err
}

// Held is all that the desk holds of a person on one ticket, in clear.
type Held struct {
	Number     string    `json:"number"`
	ReceivedAt time.Time `json:"received_at"`
	Caller     Caller    `json:"caller"`
	Title      string    `json:"title"`
	Address    string    `json:"address"`
	Content    string    `json:"content"`
	Timeline   []Entry   `json:"timeline"`
	Files      []string  `json:"files,omitempty"`
	SeenBy     []Read    `json:"seen_by"`
}

// ExportPerson returns all that the desk holds of a caller, found by his
// phone: what he may ask for (article 45). Who looked at it is part of it.
func (d *Desk) ExportPerson(ctx context.Context, phone string) ([]Held, error) {
	rows, err := d.ofPerson(ctx, phone)
	if err != nil {
		return nil, err
	}
	var out []Held
	for _, r := range rows {
		h, err := d.held1(ctx, r)
		if err != nil {
			return nil, err
		}
		out = append(out, h)
	}
	return out, nil
}

func (d *Desk) held1(ctx context.Context, r ticketRow) (Held, error) {
	t, err := d.fromRow(r)
	if err != nil {
		return Held{}, err
	}
	clear, err := d.clear(t)
	if err != nil {
		return Held{}, err
	}
	h := Held{Number: t.Number, ReceivedAt: t.ReceivedAt.UTC(), Caller: clear.Caller, Title: clear.Title, Address: clear.Address, Content: clear.Content}
	if h.Timeline, err = timeline(ctx, d.db, t.ID); err != nil {
		return Held{}, err
	}
	attached, err := d.attachmentsOf(ctx, t.ID)
	if err != nil {
		return Held{}, err
	}
	for _, a := range attached {
		h.Files = append(h.Files, a.Name)
	}
	h.SeenBy, err = d.Readers(ctx, t)
	return h, err
}

func (d *Desk) ofPerson(ctx context.Context, phone string) ([]ticketRow, error) {
	index := d.vault.Index("phone", Phone(phone))
	if index == "" {
		return nil, FieldErrors{{Field: "phone", Code: "missing"}}
	}
	var rows []ticketRow
	err := d.db.NewSelect().Model(&rows).Where("phone_index = ? OR alt_phone_index = ?", index, index).Order("id").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("finding a person's tickets: %w", err)
	}
	return rows, nil
}

// erase takes the caller out of one ticket in one transaction, and links every
// changed row anew, so that the chain knows the change for a lawful one.
func (d *Desk) erase(ctx context.Context, r ticketRow, why string, files *Files) error {
	c, err := unseal(d.vault, r.Caller, r.Number)
	if err != nil {
		return err
	}
	var orphans []string
	err = d.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		chain := evidence.NewChain(tx, d.clock, d.vault)
		if err := d.eraseTicket(ctx, tx, r, c, why); err != nil {
			return err
		}
		if err := chain.Erase(ctx, tx, evidence.Tickets, r.ID); err != nil {
			return err
		}
		if err := d.eraseStory(ctx, tx, chain, r.ID, c); err != nil {
			return err
		}
		if err := d.refold(ctx, tx, r.ID, c); err != nil {
			return err
		}
		if orphans, err = eraseFiles(ctx, tx, chain, r.ID); err != nil {
			return err
		}
		return d.eraseElsewhere(ctx, tx, Gone{TicketID: r.ID, Caller: c, Phones: []string{r.PhoneIndex, r.AltPhoneIndex}})
	})
	if err != nil {
		return err
	}
	for _, sum := range orphans { // the rows are gone already: a file that stays for a while shows to nobody
		if err := files.Remove(sum); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) eraseTicket(ctx context.Context, tx bun.Tx, r ticketRow, c Caller, why string) error {
	nobody, err := seal(d.vault, Caller{Lang: c.Lang}, r.Number)
	if err != nil {
		return err
	}
	code, err := newCode() // nobody knows it: the citizen's page is closed
	if err != nil {
		return err
	}
	codeSealed, err := d.vault.Seal([]byte(code), "tickets.query_code:"+r.Number)
	if err != nil {
		return err
	}
	var facts IntakeFacts
	if err := json.Unmarshal([]byte(r.Intake), &facts); err != nil {
		return fmt.Errorf("reading the intake: %w", err)
	}
	kept, err := json.Marshal(IntakeFacts{WindowNo: facts.WindowNo, MatterCode: facts.MatterCode, AppliedAt: facts.AppliedAt, VisitCount: facts.VisitCount,
		OccurredAt: facts.OccurredAt, About: facts.About, Tags: facts.Tags, SourceStatus: facts.SourceStatus})
	if err != nil {
		return fmt.Errorf("writing down the intake: %w", err)
	}
	res, err := tx.NewUpdate().Table("tickets").Set("version = version + 1").Set("caller = ?", nobody.whole).Set("query_code = ?", codeSealed).
		Set("phone_index = ''").Set("alt_phone_index = ''").Set("content_sealed = NULL").Set("title = ?", Hush(r.Title, c)).Set("content = ?", Hush(r.Content, c)).
		Set("address = ''").Set("intake = ?", string(kept)).Set("erased = ?", why).Where("id = ? AND version = ?", r.ID, r.Version).Exec(ctx)
	if err != nil {
		return fmt.Errorf("writing a ticket: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errStale
	}
	return nil
}

// eraseStory takes what points to a person out of the texts of the timeline.
func (d *Desk) eraseStory(ctx context.Context, tx bun.Tx, chain *evidence.Chain, ticketID int64, c Caller) error {
	var rows []entryRow
	if err := tx.NewSelect().Model(&rows).Where("ticket_id = ?", ticketID).Order("seq").Scan(ctx); err != nil {
		return fmt.Errorf("reading the timeline: %w", err)
	}
	for _, r := range rows {
		var x Details
		if err := json.Unmarshal([]byte(r.Details), &x); err != nil {
			return fmt.Errorf("reading entry %d: %w", r.Seq, err)
		}
		x.hush(c)
		if r.Act == staff.Attach || r.Act == staff.RecordRating {
			x.Text = "" // the name of a file; what he wrote beside his grade
		}
		details, err := json.Marshal(x)
		if err != nil {
			return fmt.Errorf("writing down entry %d: %w", r.Seq, err)
		}
		if string(details) == r.Details {
			continue
		}
		r.Details = string(details)
		r.At = r.At.UTC()
		r.Stamp = r.line().Stamp(d.vault)
		if _, err := tx.NewUpdate().Model(&r).Column("details", "stamp").WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("writing the timeline: %w", err)
		}
		if err := chain.Erase(ctx, tx, evidence.Timeline, r.ID); err != nil {
			return err
		}
	}
	return nil
}

// refold makes the state anew from the timeline, and the rows that repeat it.
func (d *Desk) refold(ctx context.Context, tx bun.Tx, ticketID int64, c Caller) error {
	entries, err := timeline(ctx, tx, ticketID)
	if err != nil {
		return err
	}
	state, err := json.Marshal(Fold(entries))
	if err != nil {
		return fmt.Errorf("writing down the state: %w", err)
	}
	if _, err := tx.NewUpdate().Table("tickets").Set("state = ?", string(state)).Where("id = ?", ticketID).Exec(ctx); err != nil {
		return fmt.Errorf("writing a ticket: %w", err)
	}
	var orders []orderRow
	if err := tx.NewSelect().Model(&orders).Where("ticket_id = ?", ticketID).Scan(ctx); err != nil {
		return fmt.Errorf("reading the orders: %w", err)
	}
	for _, r := range orders {
		r.Reason = Hush(r.Reason, c)
		if _, err := tx.NewUpdate().Model(&r).Column("reason").WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("writing an order: %w", err)
		}
	}
	var accounts []accountingRow
	if err := tx.NewSelect().Model(&accounts).Where("ticket_id = ?", ticketID).Scan(ctx); err != nil {
		return fmt.Errorf("reading the accountability records: %w", err)
	}
	for _, r := range accounts {
		r.Reason, r.Decision = Hush(r.Reason, c), Hush(r.Decision, c)
		if _, err := tx.NewUpdate().Model(&r).Column("reason", "decision").WherePK().Exec(ctx); err != nil {
			return fmt.Errorf("writing an accountability record: %w", err)
		}
	}
	return nil
}

// eraseElsewhere has the other rooms erase. Of the phones it passes on those
// that stand on no ticket any more.
func (d *Desk) eraseElsewhere(ctx context.Context, tx bun.Tx, g Gone) error {
	var phones []string
	for _, p := range g.Phones {
		if p == "" {
			continue
		}
		n, err := tx.NewSelect().Table("tickets").Where("phone_index = ? OR alt_phone_index = ?", p, p).Count(ctx)
		if err != nil {
			return fmt.Errorf("counting a phone's tickets: %w", err)
		}
		if n == 0 {
			phones = append(phones, p)
		}
	}
	g.Phones, g.At = phones, d.Now()
	for _, erase := range d.erasers {
		if err := erase(ctx, tx, g); err != nil {
			return err
		}
	}
	return nil
}

// eraseFiles takes the names off a ticket's files and returns the digests that
// no other ticket has.
func eraseFiles(ctx context.Context, tx bun.Tx, chain *evidence.Chain, ticketID int64) ([]string, error) {
	var rows []attachmentRow
	if err := tx.NewSelect().Model(&rows).Where("ticket_id = ? AND sha256 <> ''", ticketID).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the attachments: %w", err)
	}
	var orphans []string
	for _, r := range rows {
		if _, err := tx.NewUpdate().Table("attachments").Set("name = ''").Set("sha256 = ''").Where("id = ?", r.ID).Exec(ctx); err != nil {
			return nil, fmt.Errorf("writing an attachment: %w", err)
		}
		if err := chain.Erase(ctx, tx, evidence.Attachments, r.ID); err != nil {
			return nil, err
		}
		others, err := tx.NewSelect().Table("attachments").Where("sha256 = ?", r.SHA256).Count(ctx)
		if err != nil {
			return nil, fmt.Errorf("counting a file's tickets: %w", err)
		}
		if others == 0 && strings.TrimSpace(r.SHA256) != "" {
			orphans = append(orphans, r.SHA256)
		}
	}
	return orphans, nil
}
