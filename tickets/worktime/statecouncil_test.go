package worktime_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nengban/tickets/worktime"
)

// sharedFolder holds the second source of holidays, beside the repository.
const sharedFolder = "../../../shared/data/holiday_cn"

// packageFolder is where the npm package the table is made from is kept.
const packageFolder = "../../.cache/chinese-days"

// secondSource reads the holiday-cn file of a year, or steps aside saying why.
func secondSource(t testing.TB, year int) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(sharedFolder, fmt.Sprintf("%d.json", year)))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("stepping aside: no second source of holidays in %s", sharedFolder)
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestEmbeddedTableAgreesWithTheSecondSourceOnEveryDay(t *testing.T) {
	t.Parallel()
	type list struct {
		Days []struct {
			Name string
			Date worktime.Date
			Off  bool `json:"isOffDay"`
		}
	}
	off, on := map[worktime.Date]string{}, map[worktime.Date]string{}
	for year := 2007; year <= 2026; year++ {
		var in list
		if err := json.Unmarshal(secondSource(t, year), &in); err != nil {
			t.Fatal(err)
		}
		for _, day := range in.Days {
			if day.Off {
				off[day.Date] = day.Name
			} else {
				on[day.Date] = day.Name
			}
		}
	}
	c := calendar(t, worktime.Department)
	days := 0
	for d := worktime.DateOf(2007, 1, 1); d <= worktime.DateOf(2026, 12, 31); d++ {
		weekday := d.Weekday() >= 1 && d.Weekday() <= 5
		want := weekday && off[d] == "" || on[d] != ""
		got, err := c.Working(d)
		if err != nil || got != want {
			t.Errorf("%s: working %t, %v; the second source says %t", d, got, err, want)
		}
		days++
	}
	if days != 7305 {
		t.Errorf("compared %d days, want all 7,305", days)
	}
}

func TestEmbeddedTableNamesEveryDayItMoves(t *testing.T) {
	t.Parallel()
	table := worktime.Embedded()
	if got := table.Known(); len(got) != 20 || got[0] != 2007 || got[19] != 2026 {
		t.Fatalf("known years %v", got)
	}
	if got := table.Unknown(); got != 2027 {
		t.Errorf("first unknown year %d, want 2027", got)
	}
	for _, year := range table.Known() {
		list, _ := table.Year(year)
		for _, day := range list.Days {
			if en := worktime.HolidayName(day.Name, "en"); en == day.Name {
				t.Errorf("%s: %s has no English name", day.Date, day.Name)
			}
		}
	}
}

func TestEmbeddedTableIsWhatTheGeneratorWrites(t *testing.T) {
	t.Parallel()
	node := needNode(t)
	fresh := filepath.Join(t.TempDir(), "statecouncil.txt")
	if out, err := exec.CommandContext(t.Context(), node, "statecouncil.mjs", packageFolder, fresh).CombinedOutput(); err != nil {
		t.Skipf("stepping aside: the npm package chinese-days cannot be had: %v %s", err, out)
	}
	want, err := os.ReadFile(fresh)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("statecouncil.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("statecouncil.txt was changed by hand; run go generate")
	}
}

func needNode(t testing.TB) string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("stepping aside: node is not installed")
	}
	return node
}

func TestALoadedYearReplacesAndExtendsWithoutTouchingTheTable(t *testing.T) {
	t.Parallel()
	before := worktime.Embedded()
	invented := year2027(t)
	after, err := before.With(invented)
	if err != nil {
		t.Fatal(err)
	}
	if before.Unknown() != 2027 || after.Unknown() != 2028 {
		t.Errorf("first unknown year %d before and %d after", before.Unknown(), after.Unknown())
	}
	old, err := worktime.New(worktime.Defaults()[0], before)
	if err != nil {
		t.Fatal(err)
	}
	renewed, err := worktime.New(worktime.Defaults()[0], after)
	if err != nil {
		t.Fatal(err)
	}
	d := date(t, "2027-10-01")
	if day, _ := old.Day(d); !day.Working || day.UnknownYear != 2027 {
		t.Errorf("the old calendar has changed: %+v", day)
	}
	if day, _ := renewed.Day(d); day.Working || day.Name != "国庆节" || day.UnknownYear != 0 {
		t.Errorf("the new calendar has not: %+v", day)
	}
	if old.Edition() == renewed.Edition() {
		t.Errorf("both calendars call themselves edition %s", old.Edition())
	}
	// A corrected year replaces the embedded one whole.
	corrected, _ := before.Year(2026)
	corrected.Days = append(corrected.Days, worktime.Holiday{Date: date(t, "2026-11-02"), Off: true, Name: "临时放假"})
	again, err := before.With(corrected)
	if err != nil {
		t.Fatal(err)
	}
	c, err := worktime.New(worktime.Defaults()[0], again)
	if err != nil {
		t.Fatal(err)
	}
	if working, _ := c.Working(date(t, "2026-11-02")); working {
		t.Error("the corrected list is not in force")
	}
	if kept, _ := before.Year(2026); len(kept.Days) != len(corrected.Days)-1 {
		t.Error("correcting a copy changed the embedded list")
	}
}

func TestYearSurvivesTheDatabase(t *testing.T) {
	t.Parallel()
	for _, year := range worktime.Embedded().Known() {
		list, _ := worktime.Embedded().Year(year)
		stored, err := json.Marshal(list)
		if err != nil {
			t.Fatal(err)
		}
		var back worktime.Year
		if err := json.Unmarshal(stored, &back); err != nil {
			t.Fatalf("%d: %v", year, err)
		}
		list.Papers = []string{}
		if diff := cmp.Diff(list, back); diff != "" {
			t.Errorf("%d: %s", year, diff)
		}
	}
}
