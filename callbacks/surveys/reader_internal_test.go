package surveys

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestLexiconIsWhole(t *testing.T) {
	t.Parallel()
	if _, err := growLexicon(lexiconText); err != nil {
		t.Fatal(err)
	}
	for name := range headings {
		if !strings.Contains(lexiconText, "\n["+name+"]\n") {
			t.Errorf("class %s has no words", name)
		}
	}
	if want := int(isNumber) - 1; len(headings) != want {
		t.Errorf("%d classes have headings, want %d", len(headings), want)
	}
	for _, bad := range []string{"words first", "[no_such_class]\nx"} {
		if _, err := growLexicon(bad); err == nil {
			t.Errorf("lexicon %q: got none, want an error", bad)
		}
	}
}

// Every word must be found again when a phone sends it: folding may not change it.
func TestLexiconWordsSurviveFolding(t *testing.T) {
	t.Parallel()
	for _, line := range strings.Split(lexiconText, "\n") {
		if strings.HasPrefix(line, "#") || heading(line) != "" {
			continue
		}
		for _, field := range strings.Fields(line) {
			for _, w := range expand(field) {
				w = strings.ReplaceAll(w, "_", " ")
				f := fold(w)
				if n, classes := lexicon().longest(f.runes, 0); n != len(f.runes) || classes == nil {
					t.Errorf("%q folds to %q, which is not found", w, string(f.runes))
				}
			}
		}
	}
}

// traditionalForms lists for each simplified character what else people type.
func traditionalForms() map[rune][]rune {
	forms := map[rune][]rune{}
	for from, to := range simplified() {
		if from != to {
			forms[to] = append(forms[to], from)
		}
	}
	return forms
}

func tableTexts(t *testing.T) []string {
	t.Helper()
	var texts []string
	for _, name := range []string{"testdata/replies.tsv", "testdata/heldback.tsv", "testdata/heldback2.tsv", "testdata/heldback3.tsv", "testdata/heldback4.tsv", "testdata/heldback5.tsv", "testdata/heldback6.tsv", "testdata/heldback7.tsv"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(data), "\n") {
			if text, _, ok := strings.Cut(line, "\t"); ok && !strings.Contains(text, `\`) {
				texts = append(texts, text)
			}
		}
	}
	return texts
}

func TestTraditionalCharactersReadAlike(t *testing.T) {
	t.Parallel()
	forms, texts := traditionalForms(), tableTexts(t)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom(texts).Draw(t, "text")
		pick := rapid.IntRange(0, 2).Draw(t, "form")
		other := strings.Map(func(r rune) rune {
			if all := forms[r]; len(all) > 0 {
				return all[pick%len(all)]
			}
			return r
		}, text)
		a, b := Read(text), Read(other)
		if a.Kind != b.Kind || a.Rating != b.Rating || a.Solved != b.Solved {
			t.Fatalf("%q: %s\n%q: %s", text, a.Explain(English), other, b.Explain(English))
		}
	})
}

// A satisfied grade needs its grounds in the text: a code from 1 to 3 or a word
// listed as satisfied, praise or lukewarm. The test looks for them without the reader.
func TestSatisfiedNeverComesOfNothing(t *testing.T) {
	t.Parallel()
	grounds := strings.Fields("1 2 3 一 二 三 壹 贰 叁 弌 弍 弎")
	root := lexicon()
	rapid.Check(t, func(t *rapid.T) {
		pieces := rapid.SliceOfN(rapid.SampledFrom([]string{
			"不", "没", "解决", "了", "谢谢", "辛苦", "差", "垃圾", "4", "5", "0", "9", "，", "？", " ", "修", "来", "人", "态度", "还", "就", "我", "你们",
			"很", "非常", "太", "有", "是", "的", "怎么", "退订", "水", "昨天", "处理", "呢", "吗", "意", "满", "慢", "行", "嗯", "哦", "收到", "天",
		}), 0, 12).Draw(t, "pieces")
		text := strings.Join(pieces, "")
		if r := Read(text); r.Rating.Content() && !hasGrounds(root, fold(text).runes, grounds) {
			t.Fatalf("%q: %s", text, r.Explain(English))
		}
	})
}

func hasGrounds(root *node, runes []rune, grounds []string) bool {
	for i := range runes {
		for _, g := range grounds {
			if string(runes[i]) == g {
				return true
			}
		}
		n, classes := root.longest(runes[i:], 0)
		if n > 0 && (token{classes: classes}).is(isSatisfied, isSatisfiedSlip, isExcellent, isGood, isGoodPart, isGoodAlone, isMild, isSoSo) {
			return true
		}
	}
	return false
}

func TestFoldKeepsTheReplyBesideItsFoldedForm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := fold(rapid.String().Draw(t, "text"))
		if len(f.runes) != len(f.at) {
			t.Fatalf("%d folded characters, %d places", len(f.runes), len(f.at))
		}
		for i, at := range f.at {
			if at < 0 || at >= len(f.clean) || i > 0 && at < f.at[i-1] {
				t.Fatalf("character %d stands at %d of %d", i, at, len(f.clean))
			}
		}
		for _, r := range f.clean {
			if unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Cf, r) {
				t.Fatalf("%q is kept", r)
			}
		}
	})
}

// A megabyte of anything costs a bounded amount of work and is not an answer.
func TestAMegabyteIsNotReadThrough(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"满意":        strings.Repeat("满意", 1<<20/6),
		"broken":    strings.Repeat("\xff", 1<<20),
		"one digit": strings.Repeat("1", 1<<20),
		"blanks":    strings.Repeat(" ", 1<<20),
		"invisible": strings.Repeat("\u200b", 1<<20/3),
		"nulls":     strings.Repeat("\x00", 1<<20),
	} {
		r := Read(text)
		if r.Kind != KindAsk || utf8.RuneCountInString(r.Comment) > longestReply {
			t.Errorf("a megabyte of %s: %s with a comment of %d characters", name, r.Kind, utf8.RuneCountInString(r.Comment))
		}
	}
	if r := Read(strings.Repeat(" ", 1<<20) + "4" + strings.Repeat("\u200b", 1<<19)); r.Rating != Dissatisfied {
		t.Errorf("a 4 amid a megabyte of blanks: %s", r.Explain(English))
	}
	if f := fold(strings.Repeat("满意", 1<<19)); len(f.runes) > longestReply || !f.cut {
		t.Errorf("%d characters were folded, cut %v", len(f.runes), f.cut)
	}
}

// Real letters to a mayor are complaints: hardly one may pass for a satisfied
// answer or for a command. The letters lie beside the repository where they are kept.
func TestComplaintsAreNotReadAsSatisfaction(t *testing.T) {
	t.Parallel()
	file, err := os.Open("../../../shared/data/hot_messages.jsonl")
	if err != nil {
		t.Skip("the letters are not here: ", err)
	}
	defer file.Close()
	letters, content, commands := 0, 0, 0
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 4<<20)
	for lines.Scan() {
		var letter struct{ Text string }
		if err := json.Unmarshal(lines.Bytes(), &letter); err != nil {
			t.Fatal(err)
		}
		letters++
		r := Read(letter.Text)
		if r.Rating.Content() {
			content++
		}
		if r.Kind == KindStop || r.Kind == KindStart {
			commands++
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	if letters < 4000 || content*500 > letters || commands > 0 {
		t.Errorf("of %d letters %d read as satisfied and %d as commands, want under one in 500 and none", letters, content, commands)
	}
}
