package pages

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets/staff"
	"nengban/web/page"
)

// A draft is a form as somebody left it: kept while he types, there again
// after a crash, gone when it was sent. It holds what a caller said, so it is
// sealed like everything else that does.

type draftRow struct {
	bun.BaseModel `bun:"table:drafts"`

	StaffID int64  `bun:"staff_id,pk"`
	Form    string `bun:"form,pk"`
	Body    []byte
	SavedAt time.Time
}

// forms that have drafts: the two intakes, and each act of each ticket.
var draftable = regexp.MustCompile(`^(?:hotline|window|\d{1,32}\.[a-z-]{1,40})$`)

// perMember bounds how many drafts somebody can leave lying.
const perMember = 200

// SaveDraft keeps a form while it is being typed. It answers nothing.
func (p *Pages) SaveDraft(w http.ResponseWriter, r *http.Request) error {
	form := r.PathValue("form")
	if !draftable.MatchString(form) {
		return page.ErrNotFound
	}
	if err := p.keepDraft(r.Context(), me(r), form, r.PostForm); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// DropDraft forgets a form's draft at its owner's wish.
func (p *Pages) DropDraft(w http.ResponseWriter, r *http.Request) error {
	form := r.PathValue("form")
	if !draftable.MatchString(form) {
		return page.ErrNotFound
	}
	if err := p.dropDraft(r.Context(), me(r), form); err != nil {
		return err
	}
	http.Redirect(w, r, page.OwnPath(r.PostForm.Get("back"), "/desk"), http.StatusSeeOther) //nolint:gosec // OwnPath keeps it here
	return nil
}

func (p *Pages) keepDraft(ctx context.Context, m staff.Member, form string, values url.Values) error {
	if n, err := p.DB.NewSelect().Model((*draftRow)(nil)).Where("staff_id = ?", m.ID).Count(ctx); err != nil || n >= perMember {
		return err
	}
	plain, err := json.Marshal(values)
	if err != nil {
		return fmt.Errorf("writing down a draft: %w", err)
	}
	body, err := p.Vault.Seal(plain, draftPlace(m, form))
	if err != nil {
		return fmt.Errorf("sealing a draft: %w", err)
	}
	d := draftRow{StaffID: m.ID, Form: form, Body: body, SavedAt: p.Now()}
	_, err = p.DB.NewInsert().Model(&d).On("CONFLICT (staff_id, form) DO UPDATE").Set("body = EXCLUDED.body, saved_at = EXCLUDED.saved_at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("keeping a draft: %w", err)
	}
	return nil
}

// draft returns what a member left in a form, and when; nil when there is
// nothing, or nothing that opens.
func (p *Pages) draft(ctx context.Context, m staff.Member, form string) (url.Values, time.Time, error) {
	var d draftRow
	err := p.DB.NewSelect().Model(&d).Where("staff_id = ? AND form = ?", m.ID, form).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, time.Time{}, nil
	}
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("reading a draft: %w", err)
	}
	return p.opened(m, d), d.SavedAt.UTC(), nil
}

// draftsOf returns a member's drafts of a ticket's acts, by the act's path.
func (p *Pages) draftsOf(ctx context.Context, m staff.Member, number string) (map[string]url.Values, error) {
	var rows []draftRow
	if err := p.DB.NewSelect().Model(&rows).Where("staff_id = ? AND form LIKE ?", m.ID, number+".%").Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading drafts: %w", err)
	}
	out := map[string]url.Values{}
	for _, d := range rows {
		if v := p.opened(m, d); v != nil {
			out[strings.TrimPrefix(d.Form, number+".")] = v
		}
	}
	return out, nil
}

func (p *Pages) opened(m staff.Member, d draftRow) url.Values {
	plain, err := p.Vault.Open(d.Body, draftPlace(m, d.Form))
	if err != nil {
		p.Log.Warn("a draft does not open", "form", d.Form, "error", err)
		return nil
	}
	var v url.Values
	if err := json.Unmarshal(plain, &v); err != nil {
		return nil
	}
	return v
}

func (p *Pages) dropDraft(ctx context.Context, m staff.Member, form string) error {
	_, err := p.DB.NewDelete().Model((*draftRow)(nil)).Where("staff_id = ? AND form = ?", m.ID, form).Exec(ctx)
	if err != nil {
		return fmt.Errorf("dropping a draft: %w", err)
	}
	return nil
}

// CleanDrafts deletes drafts that nobody touched for a month; a job of the timetable.
func (p *Pages) CleanDrafts(ctx context.Context) (int, error) {
	res, err := p.DB.NewDelete().Model((*draftRow)(nil)).Where("saved_at < ?", p.Now().AddDate(0, -1, 0)).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("deleting old drafts: %w", err)
	}
	n, err := res.RowsAffected()
	return int(n), err
}

func draftPlace(m staff.Member, form string) string { return fmt.Sprintf("drafts:%d:%s", m.ID, form) }
