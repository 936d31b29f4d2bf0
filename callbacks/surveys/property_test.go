package surveys_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"nengban/callbacks/surveys"
)

// sound fails the test when r breaks what every reading promises.
func sound(t rapid.TB, text string, r surveys.Reading) {
	t.Helper()
	switch r.Kind {
	case surveys.KindAnswer, surveys.KindStop:
	case surveys.KindAsk, surveys.KindStart, surveys.KindAuto:
		if r.Answers() {
			t.Fatalf("%q: %s, yet grade %d and solved %q", text, r.Kind, r.Rating, r.Solved)
		}
	default:
		t.Fatalf("%q: kind %q", text, r.Kind)
	}
	if r.Kind == surveys.KindAnswer && !r.Answers() && r.Why != surveys.RuleReason {
		t.Fatalf("%q: an answer that says nothing", text)
	}
	if r.Rating != surveys.NoLevel && !r.Rating.Known() {
		t.Fatalf("%q: grade %d", text, r.Rating)
	}
	if !utf8.ValidString(r.Comment) || !utf8.ValidString(r.Words) || utf8.RuneCountInString(r.Comment) > 2000 {
		t.Fatalf("%q: comment %q, words %q", text, r.Comment, r.Words)
	}
	if r.Why.In(surveys.English) == "" {
		t.Fatalf("%q: rule %q has no words", text, r.Why)
	}
}

func same(a, b surveys.Reading) bool {
	return a.Kind == b.Kind && a.Rating == b.Rating && a.Solved == b.Solved
}

// drawReply draws a reply of the tables, anything a keyboard can send, or words
// of the trade thrown together.
func drawReply(rows []reply) *rapid.Generator[string] {
	words := []string{
		"满意", "不", "不太", "非常", "很", "没", "解决", "了", "还", "但是", "，", " ", "？", "！", "1", "4", "5", "0", "4821", "态度", "差", "好", "谢谢",
		"他们说", "如果", "就", "希望", "退订", "别再发了", "正在开会", "没人管", "修好", "又坏了", "呵呵", "吗", "怎么", "有点", "慢", "我", "你们", "垃圾", "一般",
		"100分", "星", "3天", "一", "般", "“", "”", "【", "】", "\u200b", "\n", "按错了", "是", "社区", "水", "x", "not ", "satisfied ",
	}
	return rapid.OneOf(
		rapid.Map(rapid.SampledFrom(rows), func(r reply) string { return r.text }),
		rapid.String(),
		rapid.Map(rapid.SliceOfN(rapid.SampledFrom(words), 0, 14), func(w []string) string { return strings.Join(w, "") }),
		rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
	)
}

func TestReadIsSoundAndAlwaysTheSame(t *testing.T) {
	t.Parallel()
	rows := allReplies(t)
	rapid.Check(t, func(t *rapid.T) {
		text := drawReply(rows).Draw(t, "reply")
		ctx := surveys.Context{
			Tails:    rapid.SampledFrom([][]string{nil, {"4821"}, {"4821", "3356"}}).Draw(t, "open"),
			Answered: rapid.Bool().Draw(t, "answered"),
			Asked:    rapid.SampledFrom([]surveys.Question{"", "rating", "solved", "reason", "else"}).Draw(t, "asked"),
		}
		first, second := ctx.Read(text), ctx.Read(text)
		sound(t, text, first)
		if !same(first, second) || first.Comment != second.Comment || first.Why != second.Why {
			t.Fatalf("%q read twice: %+v and %+v", text, first, second)
		}
		if got := surveys.ReadKeys(ctx.Asked, text); got.Kind != surveys.KindAsk && got.Kind != surveys.KindAnswer {
			t.Fatalf("keys %q: %s", text, got.Kind)
		}
	})
}

// dress returns the same reply as another phone would send it.
var dresses = map[string]func(string) string{
	"blanks around":   func(s string) string { return " \t\n" + s + "　\r\n " },
	"full width":      fullWidth,
	"invisible marks": func(s string) string { return "\ufeff\u202d" + strings.Join(strings.Split(s, ""), "\u200b") + "\u202c" },
	"capital letters": strings.ToUpper,
}

func fullWidth(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r <= '~' {
			return r + 0xFEE0
		}
		return r
	}, s)
}

func TestDressDoesNotChangeAReading(t *testing.T) {
	t.Parallel()
	for _, row := range allReplies(t) {
		if strings.Contains(row.text, "http") {
			continue // an address in full-width letters is no address
		}
		want := surveys.Read(row.text)
		for name, dress := range dresses {
			if got := surveys.Read(dress(row.text)); !same(got, want) {
				t.Errorf("%s: %q was %s, became %s", name, row.text, want.Explain(surveys.English), got.Explain(surveys.English))
			}
		}
	}
}

func TestASalutationDoesNotChangeAnAnswer(t *testing.T) {
	t.Parallel()
	for _, row := range allReplies(t) {
		want := surveys.Read(row.text)
		if want.Kind != surveys.KindAnswer {
			continue
		}
		for _, hello := range []string{"您好，", "你好！", "领导好，", "您好 "} {
			if got := surveys.Read(hello + row.text); !same(got, want) {
				t.Errorf("%q was %s, after %q became %s", row.text, want.Explain(surveys.English), hello, got.Explain(surveys.English))
			}
		}
	}
}

func TestADenialFlipsTheGrade(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		subject := rapid.SampledFrom([]string{"", "我", "对处理结果", "对你们的服务", "这次", "谢谢，", "总体上"}).Draw(t, "subject")
		degree := rapid.SampledFrom([]string{"", "很", "非常", "特别", "十分", "太"}).Draw(t, "degree")
		head := rapid.SampledFrom([]string{"满意", "滿意", "瞒意", "满易"}).Draw(t, "head")
		end := rapid.SampledFrom([]string{"", "！", "。", "，谢谢"}).Draw(t, "end")
		denial := rapid.SampledFrom([]string{"不", "不是", "并不", "没有", "谈不上", "一点都不", "说不上", "根本不", "从来不"}).Draw(t, "denial")
		if got := surveys.Read(subject + degree + head + end); !got.Rating.Content() || got.Rating == surveys.BasicallySatisfied {
			t.Fatalf("%q: %s", subject+degree+head+end, got.Explain(surveys.English))
		}
		denied := subject + denial + degree + head + end
		if got := surveys.Read(denied); got.Rating.Content() || !got.Rating.Known() {
			t.Fatalf("%q: %s", denied, got.Explain(surveys.English))
		}
	})
}

func TestDoubtNeverLeavesAReplySatisfied(t *testing.T) {
	t.Parallel()
	doubts := []string{"，呵呵", "？你自己信吗", "才怪", "，你说呢", "，做梦吧", "🙄", "，不满意", "，我呸"}
	for _, row := range allReplies(t) {
		if !surveys.Read(row.text).Rating.Content() {
			continue
		}
		for _, doubt := range doubts {
			if got := surveys.Read(row.text + doubt); got.Rating.Content() {
				t.Errorf("%q: %s", row.text+doubt, got.Explain(surveys.English))
			}
		}
		for _, condition := range []string{"如果修好了，", "要是这样，"} {
			if got := surveys.Read(condition + row.text); got.Rating.Content() && got.Why == surveys.RuleWords && !strings.ContainsAny(row.text, "，,。！? ") {
				t.Errorf("%q: %s", condition+row.text, got.Explain(surveys.English))
			}
		}
	}
}

func TestUnsolvedIsNeverLost(t *testing.T) {
	t.Parallel()
	for _, row := range allReplies(t) {
		if surveys.Read(row.text).Kind != surveys.KindAnswer {
			continue
		}
		for _, unsolved := range []string{"，但是问题没解决", "，可是到现在还没人来", "，不过还没修好"} {
			if got := surveys.Read(row.text + unsolved); got.Solved == surveys.SolvedYes {
				t.Errorf("%q: %s", row.text+unsolved, got.Explain(surveys.English))
			}
		}
	}
}
