package pages

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"nengban/tickets"
	"nengban/tickets/departments"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// directoryPage shows who handles what and where, and lets those who keep the
// directory change it.
type directoryPage struct {
	page.Base
	MayEdit bool
	Tab     string // departments, duties, areas, categories
	Tree    []treeRow
	Duties  []departments.Duty
	Edit    page.Form // of one row
	Saved   int       // rows taken from an upload
	Trouble []uploadTrouble
}

// Tabs are the four tables.
func (directoryPage) Tabs() []string { return tabs }

type treeRow struct {
	departments.Department
	Depth int
}

// tabs are the four tables of the directory.
var tabs = []string{"departments", "duties", "areas", "categories"}

// departmentForm, dutyForm, areaForm and categoryForm are the rows as forms.
type departmentForm struct {
	Code      string `json:"code" field:"text,need,max=64"`
	Name      string `json:"name" field:"text,need,max=100"`
	NameEn    string `json:"name_en" field:"text,max=100"`
	Parent    string `json:"parent" field:"department"`
	Type      string `json:"type" field:"text,max=40"`
	Leader    string `json:"leader" field:"text,max=40"`
	Contact   string `json:"contact" field:"text,max=40"`
	DutyPhone string `json:"duty_phone" field:"text,max=40"`
	Calendar  string `json:"calendar" field:"text,max=40"`
	Closed    bool   `json:"closed" field:"check"`
}

type dutyForm struct {
	ID        int      `json:"id" field:"number"`
	Matter    string   `json:"matter" field:"text,max=200"`
	Category  string   `json:"category" field:"category,max=64"`
	Area      string   `json:"area" field:"place,max=15"`
	Lead      string   `json:"lead" field:"department,need"`
	Assisting []string `json:"assisting" field:"departments"`
	Basis     string   `json:"basis" field:"text,need,max=500"`
	Leader    string   `json:"leader" field:"text,max=40"`
	Closed    bool     `json:"closed" field:"check"`
}

type areaForm struct {
	Code   string `json:"code" field:"text,need,max=15"`
	Name   string `json:"name" field:"text,need,max=100"`
	Parent string `json:"parent" field:"text,max=15"`
}

type categoryForm struct {
	Code   string `json:"code" field:"text,need,max=64"`
	Name   string `json:"name" field:"text,need,max=100"`
	NameEn string `json:"name_en" field:"text,max=100"`
	Parent string `json:"parent" field:"category,max=64"`
}

// Directory shows one of the four tables, and the row that is being edited.
func (p *Pages) Directory(w http.ResponseWriter, r *http.Request) error {
	v := p.directoryPage(r, r.URL.Query().Get("tab"))
	if id := page.Clean(r.URL.Query().Get("edit"), 64); id != "" && v.MayEdit {
		v.Edit = page.Empty("directory", p.rowOf(v.Tab, id))
	}
	return p.show(w, "directory", v)
}

func (p *Pages) directoryPage(r *http.Request, tab string) directoryPage {
	v := directoryPage{Base: p.Base(r), Tab: tab}
	if !slices.Contains(tabs, v.Tab) {
		v.Tab = tabs[0]
	}
	v.Path = "/directory"
	v.MayEdit = v.Me.Reach(staff.EditDirectory) != staff.None
	dir := p.Places.Directory()
	for _, d := range dir.Departments() {
		v.Tree = append(v.Tree, treeRow{d, len(dir.Above(d.Code)) - 1})
	}
	v.Duties = dir.Duties()
	v.Edit = page.Empty("directory", p.rowOf(v.Tab, ""))
	return v
}

// rowOf returns a row of a table as a form; a fresh one where there is none.
func (p *Pages) rowOf(tab, id string) any {
	dir := p.Places.Directory()
	switch tab {
	case "duties":
		for _, d := range dir.Duties() {
			if strconv.FormatInt(d.ID, 10) == id {
				return &dutyForm{int(d.ID), d.Matter, d.Category, d.Area, d.Lead, d.Assisting, d.Basis, d.Leader, false}
			}
		}
		return &dutyForm{}
	case "areas":
		a, _ := dir.Area(id)
		return &areaForm{a.Code, a.Name, a.Parent}
	case "categories":
		c, _ := dir.Category(id)
		return &categoryForm{c.Code, c.Name, c.NameEn, c.Parent}
	default:
		d, _ := dir.Department(id)
		return &departmentForm{d.Code, d.Name, d.NameEn, d.Parent, d.Kind, d.Leader, d.Contact, d.DutyPhone, d.Calendar, d.Code != "" && !d.Active}
	}
}

// SaveDirectory writes one row of one of the tables.
func (p *Pages) SaveDirectory(w http.ResponseWriter, r *http.Request) error {
	tab := r.PathValue("tab")
	if !slices.Contains(tabs, tab) {
		return page.ErrNotFound
	}
	row := p.rowOf(tab, "")
	form := page.Decode(r, "directory", row)
	form.Errors = append(form.Errors, tickets.Check(row)...)
	form.Errors = append(form.Errors, p.checkRow(row, nil)...)
	if len(form.Errors) > 0 {
		v := p.directoryPage(r, tab)
		v.Edit = form
		return p.Render.Render(w, http.StatusUnprocessableEntity, "staff/directory", v)
	}
	if err := p.Places.Save(r.Context(), contentsOf(row)); err != nil {
		return err
	}
	return p.done(w, r, "done.saved", "/directory?tab="+tab)
}

// checkRow finds what a row names that nobody knows. coming are the codes of
// the same upload.
func (p *Pages) checkRow(row any, coming map[string]bool) tickets.FieldErrors {
	dir := p.Places.Directory()
	var es tickets.FieldErrors
	unit := func(field, code string) {
		if _, ok := dir.Department(code); code != "" && !ok && !coming[code] {
			es = append(es, tickets.FieldError{Field: field, Code: "unknown_department", Args: []any{code}})
		}
	}
	known := func(field, code string, ok bool) {
		if code != "" && !ok && !coming[code] {
			es = append(es, tickets.FieldError{Field: field, Code: "unknown_code", Args: []any{code}})
		}
	}
	switch x := row.(type) {
	case *departmentForm:
		unit("parent", x.Parent)
		if x.Parent != "" && slices.Contains(dir.Above(x.Parent), x.Code) {
			es = append(es, tickets.FieldError{Field: "parent", Code: "is_below_itself"})
		}
	case *dutyForm:
		unit("lead", x.Lead)
		for _, code := range x.Assisting {
			unit("assisting", code)
		}
		_, ok := dir.Category(x.Category)
		known("category", x.Category, ok)
		_, ok = dir.Area(x.Area)
		known("area", x.Area, ok)
		if x.Matter+x.Category+x.Area == "" {
			es = append(es, tickets.FieldError{Field: "matter", Code: "duty_of_nothing"})
		}
	case *areaForm:
		_, ok := dir.Area(x.Parent)
		known("parent", x.Parent, ok)
		if strings.Trim(x.Code, "0123456789") != "" {
			es = append(es, tickets.FieldError{Field: "code", Code: "not_a_number"})
		}
	case *categoryForm:
		_, ok := dir.Category(x.Parent)
		known("parent", x.Parent, ok)
	}
	return es
}

// contentsOf turns checked rows into what the directory saves.
func contentsOf(rows ...any) departments.Contents {
	var c departments.Contents
	for _, row := range rows {
		switch x := row.(type) {
		case *departmentForm:
			calendar := x.Calendar
			if calendar == "" {
				calendar = "department"
			}
			c.Departments = append(c.Departments, departments.Department{Code: x.Code, Parent: x.Parent, Name: x.Name, NameEn: x.NameEn, Kind: x.Type,
				Leader: x.Leader, Contact: x.Contact, DutyPhone: x.DutyPhone, Calendar: calendar, Active: !x.Closed})
		case *dutyForm:
			c.Duties = append(c.Duties, departments.Duty{ID: int64(x.ID), Matter: x.Matter, Category: x.Category, Area: x.Area, Lead: x.Lead,
				Assisting: x.Assisting, Basis: x.Basis, Leader: x.Leader, Active: !x.Closed})
		case *areaForm:
			c.Areas = append(c.Areas, departments.Area{Code: x.Code, Parent: x.Parent, Name: x.Name})
		case *categoryForm:
			c.Categories = append(c.Categories, departments.Category{Code: x.Code, Parent: x.Parent, Name: x.Name, NameEn: x.NameEn})
		}
	}
	return c
}
