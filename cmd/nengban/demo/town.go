package demo

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"nengban/tickets"
	"nengban/tickets/departments"
	"nengban/tickets/sheet"
	"nengban/tickets/staff"
)

// The town is a folder of tables that anybody can read and change: departments,
// areas, categories and directory in the columns that the directory's own
// upload takes, people, what stands where, what citizens say, and articles.
//
//go:embed town
var files embed.FS

// town is all that was read from the folder.
type town struct {
	contents departments.Contents
	people   []staff.Member
	places   []place
	matters  []matter
}

// place is a name that can stand in what somebody says.
type place struct{ area, kind, name string }

// matter is one thing that people come with: what is said, and how it goes.
// {estate}, {road} and the like are filled in when somebody says it.
type matter struct {
	Key      string          `json:"key"`
	Kind     tickets.Kind    `json:"kind"`
	Channel  tickets.Channel `json:"channel"`
	Category string          `json:"category"`
	Matter   string          `json:"matter"`
	Class    tickets.Class   `json:"class"`
	Urgency  tickets.Urgency `json:"urgency"`
	Place    string          `json:"place"` // the kind of place it is about
	Content  string          `json:"content"`
	Weight   int             `json:"weight"` // how often it comes, 1 where it is not said

	Answer  string `json:"answer"` // at once; without one a department handles it
	Basis   string `json:"basis"`
	Article string `json:"article"` // the title of the one that the answer is taken from

	Contact  string         `json:"contact"`
	Progress string         `json:"progress"`
	Reply    string         `json:"reply"`
	Public   string         `json:"public"`
	Result   tickets.Result `json:"result"`
	Fix      string         `json:"fix"`
}

// readTown reads the embedded folder; a table that cannot be read is a mistake
// in the program, which its tests find.
func readTown() (*town, error) {
	tw := &town{}
	for name, take := range map[string]func(sheet.Row) error{
		"departments.csv": func(r sheet.Row) error {
			tw.contents.Departments = append(tw.contents.Departments, departments.Department{Code: r.Cell("编码"), Parent: r.Cell("上级编码"), Name: r.Cell("名称"),
				NameEn: r.Cell("英文名称"), Kind: r.Cell("类型"), Leader: r.Cell("负责人"), Contact: r.Cell("联系人"), DutyPhone: r.Cell("值班电话"),
				Calendar: r.Cell("工作日历"), Active: true})
			return nil
		},
		"areas.csv": func(r sheet.Row) error {
			tw.contents.Areas = append(tw.contents.Areas, departments.Area{Code: r.Cell("编码"), Parent: r.Cell("上级编码"), Name: r.Cell("名称")})
			return nil
		},
		"categories.csv": func(r sheet.Row) error {
			tw.contents.Categories = append(tw.contents.Categories, departments.Category{Code: r.Cell("编码"), Parent: r.Cell("上级编码"), Name: r.Cell("名称"), NameEn: r.Cell("英文名称")})
			return nil
		},
		"directory.csv": func(r sheet.Row) error {
			tw.contents.Duties = append(tw.contents.Duties, departments.Duty{Matter: r.Cell("事项"), Category: r.Cell("分类编码"), Area: r.Cell("区域编码"),
				Lead: r.Cell("主办单位编码"), Assisting: split(r.Cell("协办单位编码")), Basis: r.Cell("依据"), Leader: r.Cell("负责人"), Active: true})
			return nil
		},
		"places.csv": func(r sheet.Row) error {
			tw.places = append(tw.places, place{area: r.Cell("区域编码"), kind: r.Cell("种类"), name: r.Cell("名称")})
			return nil
		},
		"people.csv": tw.takePerson,
	} {
		if err := readTable(name, take); err != nil {
			return nil, err
		}
	}
	return tw, readLines("matters.jsonl", &tw.matters)
}

func (tw *town) takePerson(r sheet.Row) error {
	roles, unknown := staff.ParseRoles(r.Cell("角色"))
	if unknown != "" {
		return fmt.Errorf("there is no role %q", unknown)
	}
	tw.people = append(tw.people, staff.Member{Login: r.Cell("登录名"), Name: r.Cell("姓名"), Roles: roles, Department: r.Cell("部门编码"),
		Hall: r.Cell("大厅"), WindowNo: r.Cell("窗口"), Phone: r.Cell("分机")})
	return nil
}

// Found settles the town on an empty desk without playing anything:
// departments, areas, categories, directory and members, all of them or those
// of the logins. It returns the members with their ids.
func Found(ctx context.Context, places *departments.Store, people *staff.Store, password func() string, logins ...string) ([]Login, error) {
	tw, err := readTown()
	if err != nil {
		return nil, err
	}
	if len(logins) > 0 {
		tw.people = slices.DeleteFunc(tw.people, func(m staff.Member) bool { return !slices.Contains(logins, m.Login) })
	}
	return tw.settle(ctx, places, people, password)
}

func (tw *town) settle(ctx context.Context, places *departments.Store, people *staff.Store, password func() string) ([]Login, error) {
	if err := places.Save(ctx, tw.contents); err != nil {
		return nil, err
	}
	var out []Login
	for _, m := range tw.people {
		secret := password()
		added, err := people.Add(ctx, m, secret)
		if err != nil {
			return nil, fmt.Errorf("taking in %s: %w", m.Login, err)
		}
		out = append(out, Login{Member: added, Password: secret, Where: tw.where(m)})
	}
	return out, nil
}

// where is the name of the department or hall that a member belongs to.
func (tw *town) where(m staff.Member) string {
	i := slices.IndexFunc(tw.contents.Departments, func(d departments.Department) bool { return d.Code == m.Department })
	if i < 0 {
		return m.Hall
	}
	return tw.contents.Departments[i].Name
}

// at returns the places of a kind, in the order of the table.
func (tw *town) at(kind string) []place {
	var out []place
	for _, p := range tw.places {
		if p.kind == kind {
			out = append(out, p)
		}
	}
	return out
}

// readTable hands every row of a table of the folder to take.
func readTable(name string, take func(sheet.Row) error) error {
	body, err := files.ReadFile("town/" + name)
	if err != nil {
		return fmt.Errorf("reading the town: %w", err)
	}
	for row, err := range sheet.Read(name, bytes.NewReader(body)) {
		if err == nil {
			err = take(row)
		}
		if err != nil {
			return fmt.Errorf("reading the town, %s, line %d: %w", name, row.Line, err)
		}
	}
	return nil
}

// readLines reads a file of the folder with one JSON object a line.
func readLines[T any](name string, out *[]T) error {
	body, err := files.ReadFile("town/" + name)
	if err != nil {
		return fmt.Errorf("reading the town: %w", err)
	}
	n := 0
	for line := range bytes.Lines(body) {
		var x T
		in := json.NewDecoder(bytes.NewReader(line))
		in.DisallowUnknownFields()
		if err := in.Decode(&x); err != nil {
			return fmt.Errorf("reading the town, %s, line %d: %w", name, n+1, err)
		}
		*out, n = append(*out, x), n+1
	}
	if n == 0 {
		return errors.New("reading the town: " + name + " is empty")
	}
	return nil
}

func split(s string) []string {
	return slices.Collect(strings.FieldsFuncSeq(s, func(r rune) bool { return r == ',' }))
}
