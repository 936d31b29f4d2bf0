package demo

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"nengban/tickets"
	"nengban/tickets/departments"
	"nengban/tickets/staff"
)

var noon = time.Date(2026, 9, 24, 12, 0, 0, 0, tickets.Shanghai)

func whole(t *testing.T) (*town, *departments.Directory) {
	t.Helper()
	tw, err := readTown()
	if err != nil {
		t.Fatal(err)
	}
	c := tw.contents
	return tw, departments.New(c.Departments, c.Areas, c.Categories, c.Duties)
}

func TestTheTownFitsTogether(t *testing.T) {
	t.Parallel()
	tw, dir := whole(t)
	for _, d := range tw.contents.Departments {
		if _, ok := dir.Department(d.Parent); d.Parent != "" && !ok {
			t.Errorf("%s lies below %s, which is not there", d.Code, d.Parent)
		}
		if d.Name == "" || d.NameEn == "" || d.Leader == "" || d.DutyPhone == "" || d.Calendar == "" {
			t.Errorf("something is missing of %+v", d)
		}
	}
	for _, a := range tw.contents.Areas {
		if !strings.HasPrefix(a.Code, "9901") {
			t.Errorf("the area %s has a code that a real one could have", a.Code)
		}
	}
	for _, x := range tw.contents.Duties {
		for _, code := range append([]string{x.Lead}, x.Assisting...) {
			if _, ok := dir.Department(code); !ok {
				t.Errorf("the directory names the department %q in %+v", code, x)
			}
		}
		_, category := dir.Category(x.Category)
		_, area := dir.Area(x.Area)
		if x.Category != "" && !category || x.Area != "" && !area || x.Basis == "" || slices.Contains(x.Assisting, x.Lead) {
			t.Errorf("the row %+v does not fit", x)
		}
	}
	for name, n := range map[string]int{"departments": len(tw.contents.Departments), "categories": len(tw.contents.Categories), "rows": len(tw.contents.Duties)} {
		if least := map[string]int{"departments": 16, "categories": 60, "rows": 70}[name]; n < least {
			t.Errorf("there are %d %s; want %d", n, name, least)
		}
	}
}

func TestEveryRoleIsHeldAndEveryDepartmentHasSomebody(t *testing.T) {
	t.Parallel()
	tw, dir := whole(t)
	d := &director{town: tw}
	for _, role := range staff.Roles {
		if !slices.ContainsFunc(tw.people, func(m staff.Member) bool { return m.Is(role) }) {
			t.Errorf("nobody is %s", role)
		}
	}
	for _, x := range tw.contents.Departments {
		works := func(m staff.Member) bool {
			return m.Is(staff.Caseworker) && slices.Contains(dir.Above(x.Code), m.Department)
		}
		if !slices.ContainsFunc(tw.people, works) {
			t.Errorf("nobody works for %s", x.Code)
		}
	}
	if d.person("lin.yue").Name == "" {
		t.Error("the operator of the first story is not there")
	}
}

// TestEveryMatterHasItsDepartment: what citizens come with finds its row in the
// directory, so that no dispatch in the play is a guess.
func TestEveryMatterHasItsDepartment(t *testing.T) {
	t.Parallel()
	tw, dir := whole(t)
	titles := map[string]bool{}
	all, err := Articles(noon)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		titles[a.Title] = true
	}
	for _, m := range tw.matters {
		if _, ok := dir.Category(m.Category); !ok || len(m.Category) != 4 {
			t.Errorf("%s: there is no category %s", m.Key, m.Category)
		}
		for _, p := range tw.at(kindOfPlace(m)) {
			found := dir.Find(m.Matter, m.Category, p.area)
			if len(found) == 0 || found[0].Category == "" && found[0].Matter == "" {
				t.Errorf("%s in %s finds no row of its own: %+v", m.Key, p.name, found)
			}
		}
		if len(tw.at(kindOfPlace(m))) == 0 {
			t.Errorf("%s: there is no place of the kind %s", m.Key, m.Place)
		}
		if m.Article != "" && !titles[m.Article] {
			t.Errorf("%s is answered from %q, which is no article", m.Key, m.Article)
		}
		if (m.Answer == "") == (m.Reply == "") {
			t.Errorf("%s is either answered at once or by a department", m.Key)
		}
	}
}

func TestArticlesAreSuchAsACityImports(t *testing.T) {
	t.Parallel()
	_, dir := whole(t)
	all, err := Articles(noon)
	if err != nil {
		t.Fatal(err)
	}
	paths, seen := map[string]bool{}, map[string]bool{}
	for _, c := range dir.Categories() {
		paths[strings.ReplaceAll(dir.CategoryPath(c.Code, ""), " / ", "/")] = true
	}
	var review, over int
	for _, a := range all {
		if !paths[a.Path] {
			t.Errorf("%s: there is no category %q", a.Title, a.Path)
		}
		if seen[a.Title] || utf8.RuneCountInString(a.Title) > 128 {
			t.Errorf("%s: the title stands twice or is too long", a.Title)
		}
		seen[a.Title] = true
		if n := utf8.RuneCountInString(a.Body); n < 150 || n > 500 {
			t.Errorf("%s: the text has %d characters", a.Title, n)
		}
		for k := range strings.SplitSeq(a.Keywords, ",") {
			if k == "" || k == a.Title || utf8.RuneCountInString(k) > 20 {
				t.Errorf("%s: the keyword %q will not do", a.Title, k)
			}
		}
		if _, ok := dir.Department(a.Department); !ok || a.Issuer == "" || a.Nature == "" {
			t.Errorf("%s: department %q, issuer %q, nature %q", a.Title, a.Department, a.Issuer, a.Nature)
		}
		today := noon.Format(time.DateOnly)
		if a.ReviewAt < today {
			review++
		}
		if a.ValidUntil != "" && a.ValidUntil < today {
			over++
		}
	}
	if len(all) < 60 || review < 3 || over < 1 {
		t.Errorf("%d articles, %d due for review, %d out of force; want 60, some and some", len(all), review, over)
	}
}

var mobile = regexp.MustCompile(`1[3-9]\d{9}`)

// TestNoNumberIsAnybodys: every telephone number in the folder and the script
// is of the range that nobody has.
func TestNoNumberIsAnybodys(t *testing.T) {
	t.Parallel()
	entries, err := files.ReadDir("town")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		body, err := files.ReadFile("town/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if n := mobile.Find(body); n != nil {
			t.Errorf("%s holds %s", e.Name(), n)
		}
	}
	for _, n := range []int{1, 46, 1001, 1112} {
		if p := phone(n); !strings.HasPrefix(p, "1900000") || !tickets.IsMobile(tickets.Phone(p)) {
			t.Errorf("the telephone %d is %s", n, p)
		}
	}
}

func TestADateIsReckonedFromTheDayOfTheDemo(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"": "", "-30d": "2026-08-25", "+7d": "2026-10-01", "0d": "2026-09-24"} {
		if got, err := reckon(in, noon); err != nil || got != want {
			t.Errorf("reckon(%q) is %q, %v; want %q", in, got, err, want)
		}
	}
	if _, err := reckon("soon", noon); err == nil {
		t.Error("a date that is none is taken")
	}
}
