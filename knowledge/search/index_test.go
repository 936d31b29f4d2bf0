package search_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"nengban/knowledge/search"
)

// unusable asserts that err says why an index cannot be searched.
func unusable(t *testing.T, err error, want search.Reason) {
	t.Helper()
	var u *search.UnusableError
	if !errors.As(err, &u) || u.Reason != want {
		t.Errorf("got %v, want an index that is %s", err, want)
	}
}

// onDisk leaves a filled and closed index in a folder.
func onDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	x, _ := search.Open(dir, search.DefaultWords())
	if err := x.Rebuild(t.Context(), all(town), "7"); err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// files are the segments of the index in dir.
func files(t *testing.T, dir string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "generation-*", "store", "*.zap"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files in %s: %v", dir, err)
	}
	return paths
}

func reopen(t *testing.T, dir string) *search.Index {
	t.Helper()
	x, err := search.Open(dir, search.DefaultWords())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { x.Close() })
	return x
}

func TestAnIndexIsThereAgainAfterARestart(t *testing.T) {
	t.Parallel()
	x := reopen(t, onDisk(t))
	if got := typed(t, x, "路灯"); !slices.Equal(got, []string{"lamp"}) {
		t.Errorf("found %v", got)
	}
	if err := x.Check(len(town), "7"); err != nil {
		t.Error(err)
	}
	if err := x.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	s, err := x.State()
	if err != nil || s.Documents != len(town) || s.Mark != "7" || s.Bytes < 1000 {
		t.Errorf("it says of itself %+v, %v", s, err)
	}
}

// Segments are written and merged while the index is looked through.
func TestAFileThatIsBeingWrittenIsNoDamage(t *testing.T) {
	t.Parallel()
	dir := onDisk(t)
	x := reopen(t, dir)
	beside := filepath.Dir(files(t, dir)[0])
	must(t, os.WriteFile(filepath.Join(beside, "0000000000ff.zap"), nil, 0o600))
	must(t, os.WriteFile(filepath.Join(beside, "0000000000fe.zap"), []byte("the beginning of a segment"), 0o600))
	must(t, x.Verify(t.Context()))
}

func TestAFileThatIsDeletedUnderARunningDeskIsNoticed(t *testing.T) {
	t.Parallel()
	dir := onDisk(t)
	x := reopen(t, dir)
	for _, path := range files(t, dir) {
		must(t, os.Remove(path))
	}
	unusable(t, x.Verify(t.Context()), search.Missing)
}

func TestASecondProcessIsTurnedAway(t *testing.T) {
	t.Parallel()
	dir := onDisk(t)
	reopen(t, dir)
	if _, err := search.Open(dir, search.Words{}); !errors.Is(err, search.ErrInUse) {
		t.Errorf("got %v", err)
	}
}

func TestADamagedIndexIsNoticedAndRebuilt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what   string
		damage func(t *testing.T, dir string)
		reason search.Reason
	}{
		{"the folder was deleted", func(t *testing.T, dir string) { must(t, os.RemoveAll(dir)) }, search.Missing},
		{"the files were deleted", func(t *testing.T, dir string) {
			must(t, os.RemoveAll(filepath.Dir(filepath.Dir(files(t, dir)[0]))))
		}, search.Missing},
		{"a segment was deleted", eachFile(os.Remove), search.Corrupt},
		{"a segment is empty", eachFile(func(path string) error { return os.Truncate(path, 0) }), search.Corrupt},
		{"a segment is half there", eachFile(func(path string) error { return os.Truncate(path, 900) }), search.Corrupt},
		{"a bit fell over", eachFile(flip), search.Corrupt},
		{"the list of segments is gone", func(t *testing.T, dir string) {
			must(t, os.WriteFile(filepath.Join(filepath.Dir(files(t, dir)[0]), "root.bolt"), []byte("not a database"), 0o600))
		}, search.Corrupt},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			dir := onDisk(t)
			c.damage(t, dir)
			x, err := search.Open(dir, search.DefaultWords())
			if x == nil {
				t.Fatalf("no index to rebuild: %v", err)
			}
			defer x.Close()
			if err == nil {
				err = x.Verify(t.Context())
			}
			if err == nil && c.reason == search.Corrupt {
				// The library found an earlier state it could read: whole, but not what it should hold.
				unusable(t, x.Check(len(town), "7"), search.Stale)
			} else {
				unusable(t, err, c.reason)
				_, err = x.Search(t.Context(), search.Query{Text: "路灯"})
				unusable(t, err, c.reason)
				unusable(t, x.Check(len(town), "7"), c.reason)
			}
			must(t, x.Rebuild(t.Context(), all(town), "8"))
			must(t, x.Check(len(town), "8"))
			must(t, x.Verify(t.Context()))
			if got := typed(t, x, "路灯"); !slices.Equal(got, []string{"lamp"}) {
				t.Errorf("rebuilt, found %v", got)
			}
		})
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func eachFile(damage func(path string) error) func(t *testing.T, dir string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		for _, path := range files(t, dir) {
			must(t, damage(path))
		}
	}
}

// flip alters one bit in the middle of a file.
func flip(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	data[len(data)/2] ^= 0x10
	return os.WriteFile(path, data, 0o600)
}

func TestDeletedWhileItServes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	x := fresh(t, dir)
	must(t, x.Rebuild(t.Context(), all(town), "1"))
	must(t, os.RemoveAll(filepath.Dir(filepath.Dir(files(t, dir)[0]))))
	unusable(t, x.Check(len(town), "1"), search.Missing)
	unusable(t, x.Update(t.Context(), search.Change{Delete: []string{"lamp"}}), search.Missing)
	must(t, x.Rebuild(t.Context(), all(town), "2"))
	must(t, x.Check(len(town), "2"))
}

func TestAnIndexOfAnotherVersionIsForeign(t *testing.T) {
	t.Parallel()
	dir := onDisk(t)
	must(t, search.WriteVersion(dir, "nengban-search/0"))
	x, err := search.Open(dir, search.DefaultWords())
	unusable(t, err, search.Foreign)
	must(t, x.Rebuild(t.Context(), all(town), "1"))
	must(t, x.Close())
}

func TestItSaysWhenItDoesNotHoldWhatTheDatabaseHolds(t *testing.T) {
	t.Parallel()
	x := reopen(t, onDisk(t))
	unusable(t, x.Check(len(town)+1, "7"), search.Stale)
	unusable(t, x.Check(len(town), "8"), search.Stale)
	must(t, x.Update(t.Context(), search.Change{Delete: []string{"lamp"}, Mark: "8"}))
	must(t, x.Check(len(town)-1, "8"))
}

func TestChangesAreFoundAtOnce(t *testing.T) {
	t.Parallel()
	x := filled(t, town...)
	must(t, x.Update(t.Context(), search.Change{
		Put:    []search.Document{{ID: "lamp", Title: "路灯改由供电公司维护"}, {ID: "new", Title: "充电桩申请", Body: "路灯杆旁可装充电桩"}},
		Delete: []string{"noise", "never was"},
	}))
	if got := typed(t, x, "供电公司"); !slices.Equal(got, []string{"lamp"}) {
		t.Errorf("the new wording found %v", got)
	}
	if got := typed(t, x, "工作日内修复"); slices.Contains(got, "lamp") {
		t.Errorf("the old wording still finds %v", got)
	}
	if got := typed(t, x, "打桩扰民"); slices.Contains(got, "noise") {
		t.Errorf("what was taken out is found: %v", got)
	}
	if err := x.Update(t.Context(), search.Change{Put: []search.Document{{Title: "nobody"}}}); err == nil {
		t.Error("took a document without an ID")
	}
}

func TestSearchesGoOnWhileItIsRebuilt(t *testing.T) {
	t.Parallel()
	x := filled(t, town...)
	documents := func(yield func(search.Document, error) bool) {
		for i, d := range town {
			// Between any two documents the old index answers, and takes changes.
			if got := typed(t, x, "路灯"); len(got) == 0 || got[0] != "lamp" {
				t.Errorf("before document %d found %v", i, got)
			}
			if i == 2 {
				must(t, x.Update(t.Context(), search.Change{Put: []search.Document{{ID: "new", Title: "充电桩申请"}}, Delete: []string{"card"}, Mark: "late"}))
				if err := x.Rebuild(t.Context(), all(town), ""); !errors.Is(err, search.ErrRebuilding) {
					t.Errorf("a second rebuild: %v", err)
				}
			}
			if !yield(d, nil) {
				return
			}
		}
	}
	must(t, x.Rebuild(t.Context(), documents, "early"))
	must(t, x.Check(len(town), "late")) // one more, one less
	if got := typed(t, x, "充电桩"); !slices.Equal(got, []string{"new"}) {
		t.Errorf("what changed meanwhile: found %v", got)
	}
	if got := typed(t, x, "挂失补领新卡"); slices.Contains(got, "card") {
		t.Errorf("what was taken out meanwhile is back: %v", got)
	}
}

func TestARebuildThatFailsLeavesTheOldIndex(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	x := fresh(t, dir)
	must(t, x.Rebuild(t.Context(), all(town), "1"))
	broken := errors.New("database went away")
	err := x.Rebuild(t.Context(), func(yield func(search.Document, error) bool) {
		_ = yield(search.Document{ID: "a", Title: "半途"}, nil) && yield(search.Document{}, broken)
	}, "2")
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := x.Rebuild(ctx, all(town), "3"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	must(t, x.Check(len(town), "1"))
	if left, _ := filepath.Glob(filepath.Join(dir, "generation-*")); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestNothingAfterClose(t *testing.T) {
	t.Parallel()
	x := filled(t, town...)
	must(t, x.Close())
	must(t, x.Close())
	_, err := x.Search(t.Context(), search.Query{Text: "路灯"})
	_, state := x.State()
	for _, err := range []error{err, state, x.Verify(t.Context()), x.Check(0, ""), x.Update(t.Context(), search.Change{}), x.Rebuild(t.Context(), all(nil), "")} {
		if !errors.Is(err, search.ErrClosed) {
			t.Errorf("got %v", err)
		}
	}
}

func TestAnOvertakenSearchStops(t *testing.T) {
	t.Parallel()
	x := filled(t, town...)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := x.Search(ctx, search.Query{Text: "路灯"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got := typed(t, x, "路灯"); len(got) == 0 {
		t.Error("the next search finds nothing")
	}
}

func TestOnlyWhatIsInForce(t *testing.T) {
	t.Parallel()
	day := func(d int) time.Time { return time.Date(2026, 9, d, 0, 0, 0, 0, time.UTC) }
	x := filled(t,
		search.Document{ID: "old", Title: "供暖补贴标准", Until: day(10)},
		search.Document{ID: "new", Title: "供暖补贴标准", From: day(10), Until: day(20)},
		search.Document{ID: "ever", Title: "供暖补贴标准问答"})
	for _, c := range []struct {
		at   time.Time
		want []string
	}{
		{day(9), []string{"ever", "old"}}, {day(10), []string{"ever", "new"}}, {day(20), []string{"ever"}},
		{time.Time{}, []string{"ever", "new", "old"}},
	} {
		got := found(t, x, search.Query{Text: "供暖补贴", InForce: c.at})
		if slices.Sort(got); !slices.Equal(got, c.want) {
			t.Errorf("at %v found %v, want %v", c.at, got, c.want)
		}
	}
}

func TestPagesFollowOneAnother(t *testing.T) {
	t.Parallel()
	var docs []search.Document
	for i := range 25 {
		docs = append(docs, search.Document{ID: fmt.Sprintf("n%02d", i), Title: "停车收费", Body: strings.Repeat("说明", i)})
	}
	x := filled(t, docs...)
	var seen []string
	for from := 0; from < 30; from += 10 {
		seen = append(seen, found(t, x, search.Query{Text: "停车", From: from, Size: 10})...)
	}
	if slices.Sort(seen); len(slices.Compact(seen)) != 25 {
		t.Errorf("pages show %v", seen)
	}
	if got := found(t, x, search.Query{Text: "停车", From: 1 << 62, Size: 1 << 62}); got != nil {
		t.Errorf("far behind the end: %v", got)
	}
	if got := found(t, x, search.Query{Text: "停车", Without: []string{"n00", "n01"}, Size: 50}); len(got) != 23 {
		t.Errorf("without two: %d", len(got))
	}
}

// Operators search, an editor changes words, the outbox brings changes and a
// rebuild runs, all at once; run with -race.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	x := filled(t, town...)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for range 10 {
				if got := typed(t, x, "路灯"); len(got) == 0 || got[0] != "lamp" {
					t.Errorf("found %v", got)
				}
			}
		})
		wg.Go(func() {
			for n := range 3 {
				d := search.Document{ID: fmt.Sprintf("new%d-%d", i, n), Title: "新增条目"}
				if err := x.Update(context.Background(), search.Change{Put: []search.Document{d}}); err != nil {
					t.Error(err)
				}
				x.SetWords(search.DefaultWords())
			}
		})
	}
	err := x.Rebuild(t.Context(), all(town), "")
	wg.Wait()
	must(t, err)
	must(t, x.Verify(t.Context()))
}
