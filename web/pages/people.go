package pages

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// staffPage lists the members, with the form of one of them.
type staffPage struct {
	page.Base
	Members  []staff.Member
	Edit     page.Form
	Editing  *staff.Member // nil: a new one
	Roles    []staff.Role
	Password string // the one just set, shown once
	Of       string // whose it is
}

// memberForm is a member as the administrator fills him in.
type memberForm struct {
	Login      string   `json:"login" field:"text,need,max=64"`
	Name       string   `json:"name" field:"text,need,max=40"`
	Roles      []string `json:"roles" field:"roles,need"`
	Department string   `json:"department" field:"department"`
	Hall       string   `json:"hall" field:"text,max=40"`
	WindowNo   string   `json:"window_no" field:"text,max=20"`
	Phone      string   `json:"desk_phone" field:"text,max=40"`
}

// People lists the staff.
func (p *Pages) People(w http.ResponseWriter, r *http.Request) error {
	v, err := p.staffPage(r)
	if err != nil {
		return err
	}
	if id, err := strconv.ParseInt(r.URL.Query().Get("edit"), 10, 64); err == nil {
		if i := slices.IndexFunc(v.Members, func(m staff.Member) bool { return m.ID == id }); i >= 0 {
			v.Editing = &v.Members[i]
			v.Edit = page.Empty("member", formOf(v.Members[i]))
		}
	}
	return p.show(w, "staff", v)
}

func (p *Pages) staffPage(r *http.Request) (staffPage, error) {
	v := staffPage{Base: p.Base(r), Roles: staff.Roles, Edit: page.Empty("member", &memberForm{})}
	v.Path = "/staff"
	var err error
	v.Members, err = p.Staff.All(r.Context())
	return v, err
}

func formOf(m staff.Member) *memberForm {
	f := &memberForm{Login: m.Login, Name: m.Name, Department: m.Department, Hall: m.Hall, WindowNo: m.WindowNo, Phone: m.Phone}
	for _, role := range m.Roles {
		f.Roles = append(f.Roles, string(role))
	}
	return f
}

// AddMember takes in somebody new with a password that is shown once.
func (p *Pages) AddMember(w http.ResponseWriter, r *http.Request) error {
	var f memberForm
	form := p.readMember(r, &f)
	if len(form.Errors) > 0 {
		return p.staffAgain(w, r, form, nil)
	}
	password, err := proposePassword()
	if err != nil {
		return err
	}
	m, err := p.Staff.Add(r.Context(), f.member(0), password)
	if errors.Is(err, staff.ErrTaken) {
		form.Errors = tickets.FieldErrors{{Field: "login", Code: "login_taken"}}
		return p.staffAgain(w, r, form, nil)
	}
	if errors.Is(err, staff.ErrMixedOffices) {
		form.Errors = tickets.FieldErrors{{Field: "roles", Code: "mixed_offices"}}
		return p.staffAgain(w, r, form, nil)
	}
	if err != nil {
		return err
	}
	p.noteMember(r, "member_added", m, f.Roles)
	return p.showPassword(w, r, m, password)
}

// ChangeMember changes roles, department and the rest of a member; his login stays.
func (p *Pages) ChangeMember(w http.ResponseWriter, r *http.Request) error {
	m, err := p.memberAt(r)
	if err != nil {
		return err
	}
	if r.PostForm == nil {
		return page.ErrBadForm
	}
	r.PostForm.Set("login", m.Login)
	var f memberForm
	form := p.readMember(r, &f)
	if m.ID == me(r).ID && !slices.Contains(f.Roles, string(staff.Administrator)) {
		form.Errors = append(form.Errors, tickets.FieldError{Field: "roles", Code: "own_rights"})
	}
	if len(form.Errors) > 0 {
		return p.staffAgain(w, r, form, &m)
	}
	err = p.Staff.Change(r.Context(), f.member(m.ID))
	if errors.Is(err, staff.ErrMixedOffices) {
		form.Errors = tickets.FieldErrors{{Field: "roles", Code: "mixed_offices"}}
		return p.staffAgain(w, r, form, &m)
	}
	if err != nil {
		return err
	}
	p.noteMember(r, "member_changed", m, f.Roles)
	return p.done(w, r, "done.saved", "/staff")
}

// SwitchMember switches an account off, or on again. Nobody switches off his own.
func (p *Pages) SwitchMember(w http.ResponseWriter, r *http.Request) error {
	m, err := p.memberAt(r)
	if err != nil {
		return err
	}
	on := r.PostForm.Get("active") == "yes"
	if m.ID == me(r).ID && !on {
		return page.ErrForbidden
	}
	if err := p.Staff.SetActive(r.Context(), m.ID, on); err != nil {
		return err
	}
	p.noteMember(r, "member_switched", m, nil)
	if err := p.Sessions.EndOthers(r.Context(), m.ID); err != nil {
		return err
	}
	return p.done(w, r, "done.saved", "/staff")
}

// ResetPassword gives a member a fresh random password, shown once.
func (p *Pages) ResetPassword(w http.ResponseWriter, r *http.Request) error {
	m, err := p.memberAt(r)
	if err != nil {
		return err
	}
	password, err := proposePassword()
	if err != nil {
		return err
	}
	if err := p.Staff.SetPassword(r.Context(), m.ID, password); err != nil {
		return err
	}
	p.noteMember(r, "password_reset", m, nil)
	if err := p.Sessions.EndOthers(r.Context(), m.ID); err != nil {
		return err
	}
	return p.showPassword(w, r, m, password)
}

// DropMembersFactor takes away the second factor of a member who lost his
// telephone and his recovery codes.
func (p *Pages) DropMembersFactor(w http.ResponseWriter, r *http.Request) error {
	m, err := p.memberAt(r)
	if err != nil {
		return err
	}
	if err := p.Staff.DropFactor(r.Context(), m.ID); err != nil {
		return err
	}
	p.noteMember(r, "factor_dropped", m, nil)
	return p.done(w, r, "done.saved", "/staff")
}

// noteMember writes into the security log what was done to an account.
func (p *Pages) noteMember(r *http.Request, act string, m staff.Member, roles []string) {
	about := m.Name + " · " + m.Login
	if len(roles) > 0 {
		about += " · " + strings.Join(roles, ",")
	}
	p.Sessions.Note(r.Context(), me(r), act, about, p.Address(r))
}

func (p *Pages) memberAt(r *http.Request) (staff.Member, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return staff.Member{}, staff.ErrUnknown
	}
	return p.Staff.Member(r.Context(), id)
}

func (p *Pages) readMember(r *http.Request, f *memberForm) page.Form {
	form := page.Decode(r, "member", f)
	form.Errors = append(form.Errors, tickets.Check(f)...)
	for _, role := range f.Roles {
		if !slices.Contains(staff.Roles, staff.Role(role)) {
			form.Errors = append(form.Errors, tickets.FieldError{Field: "roles", Code: "not_an_option"})
		}
	}
	if _, ok := p.Places.Directory().Department(f.Department); f.Department != "" && !ok {
		form.Errors = append(form.Errors, tickets.FieldError{Field: "department", Code: "unknown_department", Args: []any{f.Department}})
	}
	unit := slices.Contains(f.Roles, string(staff.Caseworker)) || slices.Contains(f.Roles, string(staff.DepartmentLeader))
	if unit && f.Department == "" {
		form.Errors = append(form.Errors, tickets.FieldError{Field: "department", Code: "role_needs_department"})
	}
	return form
}

func (f memberForm) member(id int64) staff.Member {
	m := staff.Member{ID: id, Login: f.Login, Name: f.Name, Department: f.Department, Hall: f.Hall, WindowNo: f.WindowNo, Phone: f.Phone}
	for _, role := range f.Roles {
		m.Roles = append(m.Roles, staff.Role(role))
	}
	return m
}

func (p *Pages) staffAgain(w http.ResponseWriter, r *http.Request, form page.Form, editing *staff.Member) error {
	v, err := p.staffPage(r)
	if err != nil {
		return err
	}
	v.Edit, v.Editing = form, editing
	return p.Render.Render(w, http.StatusUnprocessableEntity, "staff/staff", v)
}

// showPassword answers with the password itself instead of a redirect: it
// stands on this one page and nowhere else.
func (p *Pages) showPassword(w http.ResponseWriter, r *http.Request, m staff.Member, password string) error {
	v, err := p.staffPage(r)
	if err != nil {
		return err
	}
	v.Password, v.Of = password, m.Name+" · "+m.Login
	return p.show(w, "staff", v)
}

// proposePassword makes a password that can be read out and typed: four groups
// of four, without letters that look like digits. 16 characters of 30 are 78 bits.
func proposePassword() (string, error) {
	const letters = "abcdefghjkmnpqrstuvwxyz2346789"
	b := make([]byte, 64)
	if _, err := rand.Read(b); err != nil {
		return "", fmt.Errorf("making a password: %w", err)
	}
	var out strings.Builder
	n := 0
	for _, x := range b {
		if int(x) >= 256/len(letters)*len(letters) || n == 16 {
			continue // so that every letter is as likely
		}
		if n > 0 && n%4 == 0 {
			out.WriteByte('-')
		}
		out.WriteByte(letters[int(x)%len(letters)])
		n++
	}
	if n < 16 {
		return proposePassword()
	}
	return out.String(), nil
}
