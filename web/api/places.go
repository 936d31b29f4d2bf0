package api

import (
	"net/http"

	"nengban/tickets/departments"
)

// Departments are the units that handle tickets.
type Departments struct {
	Departments []Department `json:"departments"`
}

// Department is one of them.
type Department struct {
	Code      string `json:"code"`
	Parent    string `json:"parent,omitempty"`
	Name      string `json:"name"`
	NameEn    string `json:"name_en,omitempty"`
	Kind      string `json:"kind,omitempty" doc:"Like is compared with like"`
	Leader    string `json:"leader,omitempty"`
	Contact   string `json:"contact,omitempty"`
	DutyPhone string `json:"duty_phone,omitempty"`
	Calendar  string `json:"calendar,omitempty" doc:"The working calendar that its clocks run by"`
}

// Categories is the tree of matters.
type Categories struct {
	Categories []Category `json:"categories" doc:"Parents before children"`
}

// Category is a node of it.
type Category struct {
	Code   string `json:"code"`
	Parent string `json:"parent,omitempty"`
	Name   string `json:"name"`
	NameEn string `json:"name_en,omitempty"`
}

// Areas are the administrative divisions.
type Areas struct {
	Areas []Area `json:"areas"`
}

// Area is one of them; its code begins with that of the area it lies in.
type Area struct {
	Code   string `json:"code"`
	Parent string `json:"parent,omitempty"`
	Name   string `json:"name"`
}

// Duties are rows of the dispatch directory.
type Duties struct {
	Duties []Duty `json:"duties" doc:"When matter, category or area is given: those that fit, the closest first"`
}

// Duty is one row: what is led by whom, on what basis. An empty field matches everything.
type Duty struct {
	ID        int64    `json:"id"`
	Matter    string   `json:"matter,omitempty"`
	Category  string   `json:"category,omitempty"`
	Area      string   `json:"area,omitempty"`
	Lead      string   `json:"lead"`
	Assisting []string `json:"assisting"`
	Basis     string   `json:"basis,omitempty"`
	Leader    string   `json:"leader,omitempty"`
	Closeness int      `json:"closeness,omitempty"`
}

func (a *API) departments(w http.ResponseWriter, _ *http.Request) error {
	return give(w, http.StatusOK, Departments{each(a.Places().Departments(), func(d departments.Department) Department {
		return Department{d.Code, d.Parent, d.Name, d.NameEn, d.Kind, d.Leader, d.Contact, d.DutyPhone, d.Calendar}
	})})
}

func (a *API) categories(w http.ResponseWriter, _ *http.Request) error {
	return give(w, http.StatusOK, Categories{each(a.Places().Categories(), func(c departments.Category) Category {
		return Category{c.Code, c.Parent, c.Name, c.NameEn}
	})})
}

func (a *API) areas(w http.ResponseWriter, _ *http.Request) error {
	return give(w, http.StatusOK, Areas{each(a.Places().Areas(), func(x departments.Area) Area { return Area{x.Code, x.Parent, x.Name} })})
}

// directory answers all rows, or those that fit what is asked about.
func (a *API) directory(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	if q.Get("matter")+q.Get("category")+q.Get("area") == "" {
		return give(w, http.StatusOK, Duties{each(a.Places().Duties(), func(d departments.Duty) Duty { return dutyOf(d, 0) })})
	}
	found := a.Places().Find(q.Get("matter"), q.Get("category"), q.Get("area"))
	return give(w, http.StatusOK, Duties{each(found, func(m departments.Match) Duty { return dutyOf(m.Duty, m.Closeness) })})
}

func dutyOf(d departments.Duty, closeness int) Duty {
	return Duty{d.ID, d.Matter, d.Category, d.Area, d.Lead, list(d.Assisting), d.Basis, d.Leader, closeness}
}
