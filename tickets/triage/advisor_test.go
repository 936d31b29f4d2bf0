package triage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nengban/tickets/departments"
)

// townDirectory is the invented town's: four bureaus, two districts, a tree of
// matters and the rows that join them.
func townDirectory() *departments.Directory {
	ds := []departments.Department{
		{Code: "housing", Name: "住房和城乡建设局", Active: true}, {Code: "transport", Name: "交通运输局", Active: true},
		{Code: "schools", Name: "教育局", Active: true}, {Code: "labour", Name: "人力资源和社会保障局", Active: true},
		{Code: "water", Name: "水务公司", Active: true}, {Code: "east", Name: "东区街道办", Active: true}, {Code: "gone", Name: "撤销的局"},
	}
	as := []departments.Area{{Code: "370101", Name: "东区"}, {Code: "370102", Name: "西区"}}
	cs := []departments.Category{
		{Code: "01", Name: "城乡建设"}, {Code: "0101", Parent: "01", Name: "供水停水"}, {Code: "0102", Parent: "01", Name: "物业管理"},
		{Code: "02", Name: "交通运输"}, {Code: "0201", Parent: "02", Name: "公交出租"}, {Code: "03", Name: "劳动保障"}, {Code: "0301", Parent: "03", Name: "拖欠工资"},
	}
	duties := []departments.Duty{
		{ID: 1, Matter: "停水", Lead: "water", Basis: "供水条例第十条", Active: true},
		{ID: 2, Category: "01", Lead: "housing", Basis: "三定方案：住建局", Active: true},
		{ID: 3, Category: "0201", Lead: "transport", Basis: "三定方案：交通局", Active: true},
		{ID: 4, Category: "0301", Lead: "labour", Basis: "保障农民工工资支付条例", Active: true},
		{ID: 5, Area: "370101", Lead: "east", Basis: "属地管理", Active: true},
		{ID: 6, Matter: "出国护照", Lead: "gone", Basis: "旧文件", Active: true},
	}
	return departments.New(ds, as, cs, duties)
}

func codes(cs []Candidate) string {
	var out []string
	for _, c := range cs {
		out = append(out, c.Code)
	}
	return strings.Join(out, " ")
}

func TestAFreshDeskProposesFromItsDirectoryAndSaysSo(t *testing.T) {
	t.Parallel()
	a := NewAdvisor(townDirectory(), nil)
	for _, c := range []struct {
		name  string
		q     Asked
		first string
		known bool
	}{
		{"a row names the matter", Asked{Title: "小区停水两天", Area: "370102"}, "water", true},
		{"the branch somebody chose", Asked{Title: "司机绕路", Category: "0201"}, "transport", true},
		{"the branch its words lead to", Asked{Title: "工地拖欠工资", Text: "三个月没有发。"}, "labour", true},
		{"only the area is known", Asked{Title: "有一件事想说", Area: "370101001"}, "east", false},
		{"nothing is known", Asked{Title: "有一件事想说"}, "", false},
		{"the department is no more", Asked{Title: "办理出国护照"}, "", false},
		{"nothing at all", Asked{}, "", false},
	} {
		p := a.Propose(c.q, nil)
		first := ""
		if len(p.Departments) > 0 {
			first = p.Departments[0].Code
		}
		if first != c.first || p.Known != c.known || !p.Fresh {
			t.Errorf("%s: proposed %+v, known %t, fresh %t; want %q, %t, true", c.name, p.Departments, p.Known, p.Fresh, c.first, c.known)
		}
	}
	row := a.Propose(Asked{Title: "小区停水两天"}, nil).Departments[0].Grounds
	want := []Ground{{Source: FromDirectory, Text: "供水条例第十条", Words: []string{"停水"}, Duty: 1}}
	if diff := cmp.Diff(want, row); diff != "" {
		t.Errorf("evidence (-want +got):\n%s", diff)
	}
}

func TestEarlierTicketsSpeakForTheirDepartment(t *testing.T) {
	t.Parallel()
	a := NewAdvisor(townDirectory(), nil)
	q := Asked{Title: "河边有怪味"}
	near := []Earlier{{"20260301-1", "河边怪味", "housing", 0.6}, {"20260302-7", "河边怪味很大", "housing", 0.5}, {"20260303-2", "怪味", "water", 0.2}}
	p := a.Propose(q, near)
	if codes(p.Departments) != "housing water" || !p.Known {
		t.Errorf("proposed %+v", p.Departments)
	}
	if g := p.Departments[0].Grounds; len(g) != 2 || g[0].Number != "20260301-1" || g[0].Source != FromEarlier {
		t.Errorf("evidence %+v does not name the tickets", g)
	}
	if p := a.Propose(q, near[2:]); p.Known {
		t.Errorf("one ticket a little alike is taken for knowledge: %+v", p.Departments)
	}
	if p := a.Propose(q, []Earlier{{"1", "x", "water", 0.01}, {"2", "y", "", 0.9}}); len(p.Departments) != 0 {
		t.Errorf("tickets that are not alike, or undecided, speak: %+v", p.Departments)
	}
}

// townDecisions are a year of accepted dispatches.
func townDecisions() []Decided {
	var out []Decided
	kinds := map[string]string{"housing": Complaint, "transport": Complaint, "schools": Inquiry, "labour": Assistance}
	for i, e := range townExamples() {
		out = append(out, Decided{Title: e.Title, Text: e.Text, Department: e.Label, Kind: kinds[e.Label], Group: e.Group,
			At: monday.Add(time.Duration(i*89%144) * time.Hour)})
	}
	return out
}

var townModels = sync.OnceValues(func() (*Models, error) {
	return Learn(context.Background(), townDecisions(), townDirectory(), monday.AddDate(1, 0, 0), Options{})
})

func learned(t testing.TB) *Models {
	t.Helper()
	m, err := townModels()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestADeskThatHasDecidedProposesWhatItDecided(t *testing.T) {
	t.Parallel()
	m := learned(t)
	if diff := cmp.Diff([]string{ForDepartment, ForKind}, m.Learned()); diff != "" {
		t.Errorf("learned (-want +got):\n%s", diff)
	}
	a := NewAdvisor(townDirectory(), m)
	p := a.Propose(Asked{Title: "学校强制补课", Text: "周末集体上课还收费，请问教育局管不管。"}, nil)
	if p.Fresh || !p.Known || p.Departments[0].Code != "schools" {
		t.Fatalf("%+v", p)
	}
	g := p.Departments[0].Grounds
	if len(g) == 0 || g[0].Source != FromLearning || len(g[0].Words) == 0 {
		t.Errorf("evidence %+v names no words", g)
	}
	if p.Kind.Value != Inquiry || p.Kind.Source != FromLearning {
		t.Errorf("kind %+v, want what was decided on such tickets", p.Kind)
	}
	for _, c := range p.Departments {
		if c.Confidence < 0 || c.Confidence > 1 {
			t.Errorf("confidence %f", c.Confidence)
		}
	}
}

func TestTheDirectoryStillSpeaksBesideWhatWasLearned(t *testing.T) {
	t.Parallel()
	p := NewAdvisor(townDirectory(), learned(t)).Propose(Asked{Title: "小区停水两天"}, nil)
	if !slices.ContainsFunc(p.Departments, func(c Candidate) bool { return c.Code == "water" }) {
		t.Errorf("the row for 停水 is not among %+v", p.Departments)
	}
}

func TestProgressIsMeasuredOnTicketsBeforeTheyAreLearned(t *testing.T) {
	t.Parallel()
	steps := learned(t).Progress.Steps
	var at []string
	for _, s := range steps {
		at = append(at, fmt.Sprintf("%d+%d", s.Learned, s.Tested))
	}
	if diff := cmp.Diff("0+50 50+50 100+44", strings.Join(at, " ")); diff != "" {
		t.Fatalf("steps (-want +got):\n%s", diff)
	}
	if first, last := steps[0], steps[2]; last.First < 0.9 || last.First <= first.First || last.Three < last.First {
		t.Errorf("from %+v to %+v: a desk that decides gets better", first, last)
	}
	if got := NewAdvisor(townDirectory(), learned(t)).Test(townDecisions()[:20]); got.Tested != 20 || got.Learned != 144 {
		t.Errorf("tested %+v", got)
	}
}

func TestAreasAreLearnedToo(t *testing.T) {
	t.Parallel()
	var ds []Decided
	for i := range 120 {
		d := Decided{Title: "路灯坏了 " + corners[i%6], Text: "晚上很黑，请派人来修一修路灯。", Area: "370102", Department: "housing", At: monday.Add(time.Duration(i) * time.Hour)}
		if i%2 == 0 {
			d.Area, d.Department = "370101", "east"
		}
		ds = append(ds, d)
	}
	m, err := Learn(context.Background(), ds, departments.New(townDirectory().Departments(), nil, nil, nil), monday, Options{})
	if err != nil {
		t.Fatal(err)
	}
	a := NewAdvisor(townDirectory(), m)
	for area, want := range map[string]string{"370101": "east", "370102": "housing", "370102004": "housing"} {
		if p := a.Propose(Asked{Title: "路灯不亮", Area: area}, nil); codes(p.Departments[:1]) != want {
			t.Errorf("in %s: %+v, want %s", area, p.Departments, want)
		}
	}
}

func TestLearnedModelsAreReadBack(t *testing.T) {
	t.Parallel()
	m := learned(t)
	data, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	back, err := LoadModels(data)
	if err != nil {
		t.Fatal(err)
	}
	q := Asked{Title: "公司不缴社保", Text: "辞职后也不发工资。"}
	if diff := cmp.Diff(NewAdvisor(townDirectory(), m).Propose(q, nil), NewAdvisor(townDirectory(), back).Propose(q, nil)); diff != "" {
		t.Errorf("proposes otherwise (-learned +read):\n%s", diff)
	}
	if diff := cmp.Diff(m.Progress.Steps, back.Progress.Steps); diff != "" || !back.TrainedAt.Equal(m.TrainedAt) || !back.Through.Equal(m.Through) {
		t.Errorf("trained %s through %s; steps %s", back.TrainedAt, back.Through, diff)
	}
	again, err := back.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(data, again) {
		t.Error("read and written again, the bytes differ")
	}
	for name, broken := range map[string][]byte{"nothing": nil, "a single model": []byte(magic), "cut short": data[:len(data)/2]} {
		if _, err := LoadModels(broken); !errors.Is(err, ErrNotAModel) {
			t.Errorf("%s: got %v, want ErrNotAModel", name, err)
		}
	}
}

func TestTooLittleWasDecided(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, LeastExamples - 1} {
		if _, err := Learn(context.Background(), townDecisions()[:n], townDirectory(), monday, Options{}); !errors.Is(err, ErrTooFew) {
			t.Errorf("%d decisions: got %v, want ErrTooFew", n, err)
		}
	}
}

func TestChancesAreCorrectedByTheRecord(t *testing.T) {
	t.Parallel()
	var r record
	if got := r.corrected(0.8); got != 0.8 {
		t.Errorf("without a record 0.8 became %f", got)
	}
	for i := range 400 {
		r.add(0.8, i%2 == 0)
		r.add(0.3, i%10 < 3)
	}
	if got := r.corrected(0.8); got < 0.5 || got > 0.53 {
		t.Errorf("0.8 came true half the time; corrected to %f", got)
	}
	if got := r.corrected(0.3); got < 0.28 || got > 0.32 {
		t.Errorf("0.3 came true as told; corrected to %f", got)
	}
}

func TestOddTextsGetAnOrdinaryProposal(t *testing.T) {
	t.Parallel()
	a := NewAdvisor(townDirectory(), learned(t))
	for name, text := range oddTexts {
		p := a.Propose(Asked{Title: text, Text: text, Area: text, Matter: text, Category: text}, nil)
		if len(p.Departments) > candidatesShown || p.Urgency == "" {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

func BenchmarkPropose(b *testing.B) {
	a := NewAdvisor(townDirectory(), learned(b))
	q := Asked{Title: "小区电梯经常停运", Text: strings.Repeat("您好，电梯经常停运，已经三个月了，物业一直不修，老人出不了门。", 5), Area: "370101"}
	for b.Loop() {
		a.Propose(q, nil)
	}
}
