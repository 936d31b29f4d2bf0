package search

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFoldMakesWritingsAlike(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, want string }{
		{"公積金", "公积金"}, {"臺灣", "台湾"}, {"乾淨的裏面", "干净的里面"}, {"後臺著作權", "后台著作权"},
		{"ＷｉＦｉ　１２３４５", "wifi 12345"}, {"Café", "cafe"}, {"㎡", "m2"}, {"①Ⅳ", "1iv"}, {"路\u200b灯\ufe0f", "路灯"},
		{"ﬁ", "fi"}, {"㍿", "株式会社"}, {"\xff路", " 路"}, {"々〇", "々〇"}, {"豈", "岂"},
	} {
		if got := Fold(c.text); got != c.want {
			t.Errorf("%q folds to %q, want %q", c.text, got, c.want)
		}
	}
}

// terms are what the analyser makes of a text.
func terms(text string) string {
	var out []string
	for _, token := range (gramAnalyzer{}).Analyze([]byte(text)) {
		out = append(out, string(token.Term))
	}
	return strings.Join(out, " ")
}

func TestTermsAreCharactersWordsAndPairs(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"路灯不亮":         "路 灯 路灯 不 灯不 亮 不亮",
		"路灯，不亮":        "路 灯 路灯 不 亮 不亮", // punctuation parts them
		"路 灯":          "路 灯 路灯",        // a space in a scan does not
		"A3区wifi":      "a3 区 a3区 wifi 区wifi",
		"2025年":        "2025 年 2025年",
		"？！":           "",
		"路\xff灯":       "路 灯 路灯",
		"x\U00020000y": "x \U00020000 x\U00020000 y \U00020000y",
	} {
		if got := terms(text); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
	long := terms(strings.Repeat("a", 100))
	for term := range strings.FieldsSeq(long) {
		if len(term) > 2*longestWord {
			t.Errorf("a run that is no word gives %q", term)
		}
	}
}

func TestPinyinIsCutAsItIsRead(t *testing.T) {
	t.Parallel()
	v := newVocabulary(DefaultWords())
	for _, c := range []struct {
		letters, title string
		reads          bool
	}{
		{"gjj", "住房公积金", true}, {"gongjijin", "住房公积金", true}, {"gongjj", "住房公积金", true}, {"gjjin", "住房公积金", true},
		{"gongjiji", "住房公积金", true}, {"jgj", "住房公积金", false}, {"xian", "西安路改造", true},
		{"cqlu", "重庆路", true}, {"zql", "重庆路", false}, {"yinhang", "银行网点", true}, {"lvshi", "律师服务", true},
		{"shebao", "社保", true}, {"sb", "社会保险", false},
	} {
		q := newPinyinQuery(c.letters)
		if q == nil {
			t.Errorf("%s is taken for no pinyin", c.letters)
			continue
		}
		at, _ := q.matches(syllables(c.title, v))
		if got := at >= 0; got != c.reads {
			t.Errorf("%s reads %s: %v, want %v", c.letters, c.title, got, c.reads)
		}
		if !c.reads {
			continue
		}
		// What reads the title must also lead to it through the index.
		have := " " + strings.Join(pinyinTerms(c.title, v), " ") + " "
		found := false
		for _, cut := range q.terms {
			all := true
			for _, term := range cut {
				all = all && strings.Contains(have, " "+term+" ")
			}
			found = found || all
		}
		if !found {
			t.Errorf("%s is not led to %s: %v in%s", c.letters, c.title, q.terms, have)
		}
	}
	for _, no := range []string{"", "g", strings.Repeat("xi", 40)} {
		if q := newPinyinQuery(no); q != nil {
			t.Errorf("%q is taken for pinyin", no)
		}
	}
}

func TestStoredUnitsComeBack(t *testing.T) {
	t.Parallel()
	ids := idsOf(units("路灯A3区，\U00020000 wifi。"))
	got, rest, err := readUnits(nil, append(appendUnits(nil, ids), 7))
	if err != nil || len(rest) != 1 || len(got) != len(ids) {
		t.Fatalf("%v came back as %v, %v, %v", ids, got, rest, err)
	}
	for i := range ids {
		if got[i] != ids[i] {
			t.Errorf("unit %d: %x became %x", i, ids[i], got[i])
		}
	}
	packed := appendUnits(nil, ids)
	for n := range packed {
		if _, _, err := readUnits(nil, packed[:n]); err == nil {
			t.Errorf("cut to %d bytes it still reads", n)
		}
	}
}

func FuzzUnits(f *testing.F) {
	for _, seed := range []string{"路灯不亮", "公積金ＷｉＦｉ㎡①", "\xff\xed\xa0\x80a", "e\u0301路\u200b灯", strings.Repeat("a", 100), "İ\u0130ǅ"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if once := Fold(text); Fold(once) != once {
			t.Errorf("folded twice %q becomes %q", once, Fold(once))
		}
		if !utf8.ValidString(Fold(text)) {
			t.Errorf("%q folds to broken text", text)
		}
		end := int32(0)
		for _, u := range units(text) {
			if u.start < end || u.end < u.start || int(u.end) > len(text) || u.id != gap && u.end == u.start {
				t.Errorf("%q: unit %+v after %d", text, u, end)
			}
			end = u.end
		}
		for _, token := range (gramAnalyzer{}).Analyze([]byte(text)) {
			if len(token.Term) == 0 || !utf8.Valid(token.Term) {
				t.Errorf("%q gives the term %q", text, token.Term)
			}
		}
	})
}
