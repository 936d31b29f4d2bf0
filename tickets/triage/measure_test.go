package triage

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestMeasuresAnswers(t *testing.T) {
	t.Parallel()
	answers := []Judged{
		{[]float64{0.9, 0.05, 0.05}, 0},
		{[]float64{0.8, 0.1, 0.1}, 0},
		{[]float64{0.3, 0.6, 0.1}, 0}, // wrong, right as the second
		{[]float64{0.1, 0.7, 0.2}, 1},
		{[]float64{0.4, 0.35, 0.25}, 2}, // wrong, right as the third
	}
	q := Measure(answers, 3)
	if q.Count != 5 || math.Abs(q.Accuracy-0.6) > 1e-9 || math.Abs(q.Top2-0.8) > 1e-9 {
		t.Errorf("accuracy %f and first two %f, want 0.6 and 0.8", q.Accuracy, q.Top2)
	}
	// F1 of 0: 2·2/(3+3); of 1: 2·1/(1+2); of 2: 0.
	if want := (2.0/3 + 2.0/3 + 0) / 3; math.Abs(q.MacroF1-want) > 1e-9 {
		t.Errorf("macro F1 %f, want %f", q.MacroF1, want)
	}
	// The surest three of five are the first, second and fourth.
	if q.PrecisionA70 != 1 {
		t.Errorf("precision among the surest %f, want 1", q.PrecisionA70)
	}
	if want := (0.1 + 0.2 + 0.6 + 0.3 + 0.4) / 5; math.Abs(q.ECE-want) > 1e-9 {
		t.Errorf("calibration error %f, want %f: every answer lies in a bin of its own", q.ECE, want)
	}
	if diff := cmp.Diff([][]int{{2, 1, 0}, {0, 1, 0}, {1, 0, 0}}, Confusion(answers, 3)); diff != "" {
		t.Errorf("confusion (-want +got):\n%s", diff)
	}
}

func TestMeasuringNothing(t *testing.T) {
	t.Parallel()
	if q := Measure(nil, 3); q != (Quality{}) {
		t.Errorf("got %+v", q)
	}
}

func TestHandsAreEvenAndKeepLikeMessagesTogether(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var es []Example
		for range rapid.IntRange(20, 200).Draw(t, "examples") {
			es = append(es, Example{Label: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "label"),
				Group: rapid.SampledFrom([]string{"", "", "", "g1", "g2", "g3"}).Draw(t, "group")})
		}
		n := rapid.IntRange(2, 7).Draw(t, "hands")
		hands := Deal(es, n, 1)
		if diff := cmp.Diff(hands, Deal(es, n, 1)); diff != "" {
			t.Fatalf("dealt differently the second time:\n%s", diff)
		}
		at, loose := map[string]int{}, make([]int, n)
		for i, e := range es {
			if e.Group == "" {
				loose[hands[i]]++
				continue
			}
			if h, seen := at[e.Group]; seen && h != hands[i] {
				t.Fatalf("group %s lies in hands %d and %d", e.Group, h, hands[i])
			}
			at[e.Group] = hands[i]
		}
		for _, k := range loose {
			if k > (len(es)+n-1)/n {
				t.Fatalf("hands %v of %d examples are uneven", loose, len(es))
			}
		}
	})
}

func TestReadsALineTheWayItWasMeant(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, src, want string }{
		{"digits become one", "电话13812345678打了3次", "电话0打了0次"},
		{"place codes of anonymised exports", "A3区和A市B12县的路", "@和@@的路"},
		{"no place code inside a word", "plan区", "plan区"},
		{"full width and upper case", "ＡＢＣ公司", "abc公司"},
		{"traditional", "電費太貴", "电费太贵"},
		{"blanks", "  停 \n\t 水 ", "停 水 "},
		{"broken bytes", "停\xff水", "停 水"},
	} {
		l := newLine(c.src)
		if got := string(l.runes); got != c.want {
			t.Errorf("%s: %q became %q, want %q", c.name, c.src, got, c.want)
		}
	}
}

func TestALineShowsTheSourceBehindIt(t *testing.T) {
	t.Parallel()
	l := newLine("請問Ａ３区電費１２３元")
	if got := l.cut(0, 2); got != "請問" {
		t.Errorf("first two: %q", got)
	}
	if got := l.cut(3, 5); got != "電費" {
		t.Errorf("after the place code: %q", got)
	}
	if got := l.cut(5, len(l.runes)); got != "１２３元" {
		t.Errorf("the end: %q", got)
	}
}
