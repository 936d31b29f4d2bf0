package search_test

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"nengban/knowledge/search"
)

// Whatever somebody pastes is a text: the answer is ordinary or empty.
func TestAnyTextIsAnOrdinaryQuery(t *testing.T) {
	t.Parallel()
	x := filled(t, town...)
	for _, c := range []struct{ what, text, first string }{
		{"nothing", "", ""},
		{"blanks", " \t\n\u3000\u00a0", ""},
		{"punctuation only", "？！……（）《》，。、；：“”——·~@#$%^&*", ""},
		{"emoji only", "😡😡👨‍👩‍👧‍👦🇨🇳❤️", ""},
		{"emoji between words", "路灯💡不亮😡", "lamp"},
		{"a zero width space inside a word", "路\u200b灯", "lamp"},
		{"one character", "灯", "lamp"},
		{"one letter", "w", ""},
		{"a lone surrogate and broken bytes", "路灯\xff\xfe\xed\xa0\x80不亮", "lamp"},
		{"only broken bytes", "\xff\xc0\x80\xf8", ""},
		{"a NUL", "路灯\x00\x1f不亮", "lamp"},
		{"SQL", "'; DROP TABLE articles; -- 路灯", "lamp"},
		{"query syntax", `+title:"路灯"^5 -body:x* (a OR b) [1 TO 2] ~2 \`, "lamp"},
		{"a regular expression", "路灯.*(a+)+$", "lamp"},
		{"a template", "{{.路灯}}${路灯}<script>alert(1)</script>", "lamp"},
		{"right to left", "路灯\u202e不亮 مصباح", "lamp"},
		{"a megabyte of one word", strings.Repeat("路灯不亮。", 70_000), "lamp"},
		{"a megabyte without a gap", strings.Repeat("a", 1<<20), ""},
		{"a megabyte of pinyin", strings.Repeat("xian", 1<<18), ""},
		{"every character there is", everyCharacter(), "any"},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			for _, mode := range []search.Mode{search.Typed, search.Similar, search.Exact} {
				r, err := x.Search(context.Background(), search.Query{Text: c.text, Mode: mode})
				if err != nil {
					t.Fatal(err)
				}
				ordinary(t, r)
				if mode == search.Exact || c.first == "any" {
					continue
				}
				if got := first(r); got != c.first {
					t.Errorf("%s: found %q first, want %q", mode, got, c.first)
				}
			}
		})
	}
}

func first(r search.Result) string {
	if len(r.Hits) == 0 {
		return ""
	}
	return r.Hits[0].ID
}

// ordinary asserts what every result promises.
func ordinary(t testing.TB, r search.Result) {
	t.Helper()
	if r.Total < len(r.Hits) || r.Total > search.Window {
		t.Errorf("%d hits of %d", len(r.Hits), r.Total)
	}
	for i, h := range r.Hits {
		if i > 0 && h.All == r.Hits[i-1].All && h.Score > r.Hits[i-1].Score {
			t.Errorf("hit %d scores %g after %g", i, h.Score, r.Hits[i-1].Score)
		}
		for _, p := range append(h.Title, h.Snippet...) {
			if !utf8.ValidString(p.Text) || p.Text == "" {
				t.Errorf("shows %q", p.Text)
			}
		}
	}
}

func everyCharacter() string {
	var b strings.Builder
	for r := rune(0); r < 0x3400; r++ {
		b.WriteRune(r)
	}
	return b.String()
}

// A document may be as bad as a query: it is taken in and found by what can be read.
func TestAnyTextIsAnOrdinaryDocument(t *testing.T) {
	t.Parallel()
	x := filled(t,
		search.Document{ID: "broken", Title: "路灯\xff\xed\xa0\x80", Body: "\x00\x1f\xc0报修", Keywords: []string{"\x1f", "", "照明\x00"},
			Facets: map[string][]string{"": {"", "/", "a//b/"}, "x=y\x1f": {"=\x00"}}},
		search.Document{ID: "empty"},
		search.Document{ID: "long", Body: strings.Repeat("垃圾清运。", 1<<16) + "末尾不再读到的词：骆驼"},
		search.Document{ID: strings.Repeat("很长的编号", 100), Title: "骆驼祥子借阅"})
	for text, want := range map[string]string{"路灯报修": "broken", "照明": "broken", "垃圾清运": "long", "骆驼": strings.Repeat("很长的编号", 100)} {
		r, err := x.Search(t.Context(), search.Query{Text: text, Facets: []string{"", "x=y\x1f"}})
		must(t, err)
		ordinary(t, r)
		if first(r) != want {
			t.Errorf("%s found %q first", text, first(r))
		}
	}
	must(t, x.Check(4, "filled"))
}

func FuzzSearch(f *testing.F) {
	x := filled(f, town...)
	for _, seed := range []string{"路灯", "gjj", "xian", "公積金 提取", "ＷｉＦｉ", "\xff路", "㎡①Ⅳ", "a\u0301", "😡", "2025年", "lv", "nv", strings.Repeat("好", 300)} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, title, text string) {
		for _, mode := range []search.Mode{search.Typed, search.Similar, search.Exact} {
			r, err := x.Search(context.Background(), search.Query{Title: title, Text: text, Mode: mode, Facets: []string{"category"}})
			if err != nil {
				t.Fatal(err)
			}
			ordinary(t, r)
		}
	})
}

// What is put in is found again by its own title, and its text comes back unharmed.
func FuzzDocument(f *testing.F) {
	f.Add("路灯报修", "人民路路灯不亮", "住房/公积金")
	f.Add("Wi-Fi \xff", "\x00\x1f", "a//b")
	f.Add("亂碼㎡", "e\u0301😀", "/")
	x := filled(f)
	f.Fuzz(func(t *testing.T, title, body, facet string) {
		d := search.Document{ID: "one", Title: title, Body: body, Keywords: []string{body}, Facets: map[string][]string{"f": {facet}}}
		must(t, x.Update(context.Background(), search.Change{Put: []search.Document{d}}))
		r, err := x.Search(context.Background(), search.Query{Text: title, Facets: []string{"f"}})
		must(t, err)
		ordinary(t, r)
		if len(r.Hits) == 0 {
			return // a title of punctuation
		}
		var shown strings.Builder
		for _, p := range r.Hits[0].Title {
			shown.WriteString(p.Text)
		}
		want := strings.ToValidUTF8(strings.NewReplacer("\x00", " ", "\x1f", " ").Replace(title), "")
		if shown.String() != want {
			t.Errorf("title %q shows as %q", title, shown.String())
		}
	})
}
