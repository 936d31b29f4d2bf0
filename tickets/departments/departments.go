// Package departments knows who handles what and where: the tree of
// departments, the areas, the categories, and the directory (派单目录) that
// joins them.
//
// The rule it keeps: a dispatch names its basis. Every directory row says by
// which duty or document a department leads a matter, and the most specific
// row speaks first. A Directory is a snapshot that never changes; the Store
// hands out the newest one.
package departments

import (
	"cmp"
	"slices"
	"strings"
)

// Department is a unit that handles tickets (承办单位).
type Department struct {
	Code      string `bun:"code,pk" json:"code"`
	Parent    string `bun:"parent" json:"parent"` // code, empty at the top
	Name      string `bun:"name" json:"name"`
	NameEn    string `bun:"name_en" json:"name_en"`
	Kind      string `bun:"kind" json:"kind"` // bureau, area, utility, centre …: like is compared with like
	Leader    string `bun:"leader" json:"leader"`
	Contact   string `bun:"contact" json:"contact"`
	DutyPhone string `bun:"duty_phone" json:"duty_phone"`
	Calendar  string `bun:"calendar" json:"calendar"` // the working calendar its clocks run by
	Active    bool   `bun:"active" json:"active"`
}

// Area is an administrative division; codes of 6, 9 or 12 digits, each
// beginning with that of the area it lies in.
type Area struct {
	Code   string `bun:"code,pk" json:"code"`
	Parent string `bun:"parent" json:"parent"`
	Name   string `bun:"name" json:"name"`
}

// Category is a node of the tree of matters (诉求分类).
type Category struct {
	Code   string `bun:"code,pk" json:"code"`
	Parent string `bun:"parent" json:"parent"`
	Name   string `bun:"name" json:"name"`
	NameEn string `bun:"name_en" json:"name_en"`
}

// Duty is one row of the directory: this matter, of this category, in this
// area, is led by that department. An empty field matches everything.
type Duty struct {
	ID        int64    `json:"id"`
	Matter    string   `json:"matter"`
	Category  string   `json:"category"`
	Area      string   `json:"area"`
	Lead      string   `json:"lead"`
	Assisting []string `json:"assisting"`
	Basis     string   `json:"basis"`
	Leader    string   `json:"leader"` // the responsible leader for this matter
	Active    bool     `json:"active"`
}

// Directory is a snapshot of departments, areas, categories and duties.
type Directory struct {
	departments map[string]Department
	areas       map[string]Area
	categories  map[string]Category
	below       map[string][]string // department code → codes of its whole subtree, itself first
	duties      []Duty
}

// New builds a snapshot. Parents that do not exist are treated as the top.
func New(ds []Department, as []Area, cs []Category, duties []Duty) *Directory {
	d := &Directory{departments: map[string]Department{}, areas: map[string]Area{}, categories: map[string]Category{}, below: map[string][]string{}}
	for _, x := range ds {
		d.departments[x.Code] = x
	}
	for _, x := range as {
		d.areas[x.Code] = x
	}
	for _, x := range cs {
		d.categories[x.Code] = x
	}
	for _, x := range ds {
		for _, above := range d.Above(x.Code) {
			d.below[above] = append(d.below[above], x.Code)
		}
	}
	for code, all := range d.below {
		slices.SortFunc(all, func(a, b string) int {
			return cmp.Or(cmp.Compare(btoi(a != code), btoi(b != code)), cmp.Compare(a, b))
		})
	}
	for _, x := range duties {
		if x.Active {
			d.duties = append(d.duties, x)
		}
	}
	return d
}

// Department returns the department with this code.
func (d *Directory) Department(code string) (Department, bool) {
	x, ok := d.departments[code]
	return x, ok
}

// Name returns the department's name, in English where lang is en and there
// is one; an unknown code is its own name.
func (d *Directory) Name(code, lang string) string {
	x, ok := d.departments[code]
	switch {
	case !ok:
		return code
	case lang == "en" && x.NameEn != "":
		return x.NameEn
	default:
		return x.Name
	}
}

// Departments returns the active departments, parents before children, each
// level by code.
func (d *Directory) Departments() []Department {
	out := make([]Department, 0, len(d.departments))
	for _, x := range d.departments {
		if x.Active {
			out = append(out, x)
		}
	}
	slices.SortFunc(out, func(a, b Department) int { return cmp.Compare(d.path(a.Code), d.path(b.Code)) })
	return out
}

// Above returns the department's code and those of all above it, itself first.
func (d *Directory) Above(code string) []string {
	var out []string
	for code != "" && !slices.Contains(out, code) { // a ring in the data must not hang the desk
		out = append(out, code)
		code = d.departments[code].Parent
	}
	return out
}

// Below returns the codes of the department and of all below it, itself first.
func (d *Directory) Below(code string) []string {
	if all, ok := d.below[code]; ok {
		return all
	}
	return []string{code}
}

// Area returns the area with this code.
func (d *Directory) Area(code string) (Area, bool) {
	x, ok := d.areas[code]
	return x, ok
}

// Areas returns all areas by code.
func (d *Directory) Areas() []Area {
	return sorted(d.areas, func(x Area) string { return x.Code })
}

// Category returns the category with this code.
func (d *Directory) Category(code string) (Category, bool) {
	x, ok := d.categories[code]
	return x, ok
}

// Categories returns all categories, parents before children.
func (d *Directory) Categories() []Category {
	return sorted(d.categories, func(x Category) string { return d.CategoryPath(x.Code, "") })
}

// CategoryPath returns the names from the top down to this category, joined by " / ".
func (d *Directory) CategoryPath(code, lang string) string {
	var names []string
	seen := map[string]bool{}
	for code != "" && !seen[code] {
		seen[code] = true
		c, ok := d.categories[code]
		if !ok {
			names = append(names, code)
			break
		}
		name := c.Name
		if lang == "en" && c.NameEn != "" {
			name = c.NameEn
		}
		names = append(names, name)
		code = c.Parent
	}
	slices.Reverse(names)
	return strings.Join(names, " / ")
}

// Match is a directory row that fits, and how closely: the more of matter,
// category and area it names, the higher.
type Match struct {
	Duty
	Closeness int
}

// Find returns the directory rows that fit a ticket, the most specific first.
// A row's area covers the areas in it, its category the categories below it;
// its matter must be named in the ticket's matter.
func (d *Directory) Find(matter, category, area string) []Match {
	var out []Match
	for _, x := range d.duties {
		if n, ok := d.closeness(x, matter, category, area); ok {
			out = append(out, Match{x, n})
		}
	}
	slices.SortStableFunc(out, func(a, b Match) int {
		return cmp.Or(cmp.Compare(b.Closeness, a.Closeness), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// closeness weighs the matter above the category and the category above the
// area: what a thing is decides before where it is, since functional duty
// (职能) precedes territory (属地) where both are named.
func (d *Directory) closeness(x Duty, matter, category, area string) (int, bool) {
	n := 0
	if x.Matter != "" {
		if matter == "" || !strings.Contains(matter, x.Matter) {
			return 0, false
		}
		n += 100 + len(x.Matter)
	}
	if x.Category != "" {
		depth, ok := d.categoryDepth(category, x.Category)
		if !ok {
			return 0, false
		}
		n += 50 - depth
	}
	if x.Area != "" {
		if !strings.HasPrefix(area, x.Area) {
			return 0, false
		}
		n += len(x.Area)
	}
	return n, true
}

// categoryDepth says how many levels below ancestor the category lies.
func (d *Directory) categoryDepth(code, ancestor string) (int, bool) {
	for depth := 0; code != "" && depth < 10; depth++ {
		if code == ancestor {
			return depth, true
		}
		code = d.categories[code].Parent
	}
	return 0, false
}

// Duties returns all active rows in the order they were written.
func (d *Directory) Duties() []Duty { return d.duties }

func (d *Directory) path(code string) string {
	up := d.Above(code)
	slices.Reverse(up)
	return strings.Join(up, "/")
}

func sorted[T any](m map[string]T, key func(T) string) []T {
	out := make([]T, 0, len(m))
	for _, x := range m {
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
	return out
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
