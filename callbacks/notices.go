package callbacks

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"nengban/callbacks/surveys"
	"nengban/tickets"
	"nengban/tickets/staff"
)

// Notice is something citizens are told by text while their matter is handled.
// Each can be switched off in the Policy. No notice tells who somebody is: the
// ticket is named by its tail, the matter by its category.
type Notice string

// The notices; each is also the name of its template.
const (
	Accepted   Notice = "notice_accepted"
	Dispatched Notice = "notice_dispatched"
	Extended   Notice = "notice_extended" // with the new date and why
	Completed  Notice = "notice_completed"
)

// noticeSpan is how long a notice is worth sending; a late one only confuses.
const noticeSpan = 48 * time.Hour

// noticeOf says which notice an act gives rise to, "" for none.
func noticeOf(en tickets.Entry) Notice {
	switch {
	case en.Act == staff.Register:
		return Accepted
	case en.Act == staff.Dispatch && en.Round == 1:
		return Dispatched
	case en.Act == staff.RuleOnExtension && en.Decision == string(tickets.Yes):
		return Extended
	case en.To == tickets.ToCallBack && en.From != tickets.ToCallBack:
		return Completed
	default:
		return ""
	}
}

// Notify is what the outbox delivers to: it queues the texts that tell citizens
// of acts. It is safe to run twice.
func (e *Engine) Notify(ctx context.Context, ms []tickets.Message) error {
	for _, m := range ms {
		if err := e.notify(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) notify(ctx context.Context, m tickets.Message) error {
	if !e.carries(BySMS) {
		return nil
	}
	t, err := e.desk.ByID(ctx, m.TicketID)
	if err != nil {
		return err
	}
	entries, err := e.desk.Timeline(ctx, m.TicketID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(entries, func(en tickets.Entry) bool { return en.ID == m.EntryID })
	if i < 0 || !e.policy.Notices[noticeOf(entries[i])] {
		return nil
	}
	if e.now().After(entries[i].At.Add(noticeSpan)) {
		return nil // the outbox stood still for too long
	}
	n := news{ticket: t, entries: entries[:i+1], notice: noticeOf(entries[i])}
	if err := e.tell(ctx, n, t); err != nil {
		return err
	}
	if n.notice != Extended && n.notice != Completed {
		return nil
	}
	merged, err := e.desk.Merged(ctx, t.Number)
	if err != nil {
		return err
	}
	for _, x := range merged {
		if err := e.tell(ctx, n, x); err != nil {
			return err
		}
	}
	return nil
}

// news is an act on a ticket of which citizens are told: its own, and those
// whose tickets were merged into it.
type news struct {
	ticket  *tickets.Ticket
	entries []tickets.Entry // up to the act
	notice  Notice
}

// template is what the news is called to the citizen of a ticket. Who was
// merged gets a result and no survey.
func (n news) template(t *tickets.Ticket) string {
	if n.notice == Completed && t.ID != n.ticket.ID {
		return completedTogether
	}
	return string(n.notice)
}

// tell queues the text for one citizen, if he can be texted.
func (e *Engine) tell(ctx context.Context, n news, t *tickets.Ticket) error {
	if t.Anonymous || t.Channel == tickets.Imported {
		return nil
	}
	c, err := e.desk.CallerForContact(t)
	if err != nil {
		return err
	}
	phone := tickets.Phone(c.Phone)
	if c.NoTexts || !tickets.IsMobile(phone) {
		return nil
	}
	return e.queueNotice(ctx, n, t, c, e.vault.Index("phone", phone))
}

// queueNotice puts the notice in place of earlier ones about the same ticket
// that still wait for their hour: who is woken by three texts at nine reads none.
// Entries are numbered through all tickets, so that news of a main ticket has
// its place among those of the ticket itself.
func (e *Engine) queueNotice(ctx context.Context, n news, t *tickets.Ticket, c tickets.Caller, phoneIndex string) error {
	entry := n.entries[len(n.entries)-1].ID
	params, err := e.noticeParams(n, c)
	if err != nil {
		return err
	}
	at, err := e.hours.Load().next(BySMS, e.now())
	if err != nil {
		return err
	}
	newer, err := e.db.NewSelect().Model((*attemptRow)(nil)).Where("ticket_id = ? AND survey_id = 0 AND campaign > ?", t.ID, entry).Count(ctx)
	if err != nil {
		return fmt.Errorf("looking for a newer notice: %w", err)
	}
	if newer > 0 {
		return nil
	}
	fresh, err := e.queue(ctx, e.db, attemptRow{Occasion: fmt.Sprintf("notice:%d:%d", t.ID, entry), TicketID: t.ID, Campaign: int(entry), Purpose: Purpose(n.notice), Way: BySMS,
		Template: n.template(t), Params: params, Lang: c.Lang, PhoneIndex: phoneIndex, Priority: inTurn, NotBefore: at, NotAfter: at.Add(noticeSpan)})
	if err != nil || !fresh {
		return err
	}
	return e.withdraw(ctx, e.db, "superseded", "ticket_id = ? AND survey_id = 0 AND campaign < ?", t.ID, entry)
}

// noticeParams are the new date and the reason of an extension. The reason was
// written by an official for officials: if it holds anything that points to a
// person it is replaced by a general word.
func (e *Engine) noticeParams(n news, c tickets.Caller) (string, error) {
	if n.notice != Extended {
		return "", nil
	}
	t := n.ticket
	reason, due := "情况复杂", t.DueAt.In(tickets.Shanghai).Format("1月2日")
	english := langOf(c.Lang) == surveys.English
	if english {
		reason, due = "complex", t.DueAt.In(tickets.Shanghai).Format("2 Jan")
	}
	if t.DueAt.IsZero() {
		due = "另行告知"
		if english {
			due = "to follow"
		}
	}
	for _, en := range slices.Backward(n.entries) {
		if en.Act != staff.AskExtension {
			continue
		}
		own, err := e.desk.CallerForContact(t)
		if err != nil {
			return "", err
		}
		clean, pointed := tickets.Redact(en.Reason, own)
		clean, also := tickets.Redact(clean, c)
		if !pointed && !also && clean != "" && !english {
			reason = surveys.ShortMatter(clean)
		}
		break
	}
	b, err := json.Marshal(map[string]string{paramDue: due, paramReason: reason})
	if err != nil {
		return "", fmt.Errorf("writing down a notice: %w", err)
	}
	return string(b), nil
}
