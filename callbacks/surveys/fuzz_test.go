package surveys_test

import (
	"strings"
	"testing"

	"nengban/callbacks/surveys"
)

func FuzzRead(f *testing.F) {
	for _, row := range allReplies(f) {
		f.Add(row.text, "", false, "")
	}
	f.Add("4821 5", "4821,3356", true, "solved")
	f.Fuzz(func(t *testing.T, text, open string, answered bool, asked string) {
		ctx := surveys.Context{Answered: answered, Asked: surveys.Question(asked)}
		if open != "" {
			ctx.Tails = strings.Split(open, ",")
		}
		r := ctx.Read(text)
		sound(t, text, r)
		if again := ctx.Read(text); !same(r, again) {
			t.Fatalf("%q read twice: %s and %s", text, r.Kind, again.Kind)
		}
		if quiet := surveys.Read(text + "，呵呵，你自己信吗？"); quiet.Rating.Content() {
			t.Fatalf("%q with doubt added: %s", text, quiet.Explain(surveys.English))
		}
	})
}

func FuzzReadKeys(f *testing.F) {
	f.Add("rating", "1")
	f.Add("solved", "2#")
	f.Add("", "*")
	f.Fuzz(func(t *testing.T, question, digits string) {
		r := surveys.ReadKeys(surveys.Question(question), digits)
		sound(t, digits, r)
		if pressed := strings.TrimSuffix(strings.TrimSpace(digits), "#"); r.Kind == surveys.KindAnswer && len(pressed) != 1 {
			t.Fatalf("keys %q answered %q", digits, question)
		}
	})
}

func FuzzRender(f *testing.F) {
	f.Add("江城12345", "路灯不亮", "4821")
	f.Fuzz(func(t *testing.T, sender, matter, tail string) {
		tpl, err := surveys.Find(surveys.TemplateAsk, surveys.Chinese)
		if err != nil {
			t.Fatal(err)
		}
		args := map[string]string{surveys.ParamSender: sender, surveys.ParamMatter: surveys.ShortMatter(matter), surveys.ParamTail: tail}
		text, err := surveys.Render(tpl, args)
		if err == nil && (surveys.Segments(text) > 2 || strings.Count(text, "【") != 1) {
			t.Fatalf("%q takes %d messages", text, surveys.Segments(text))
		}
	})
}

// A reader that stands between a carrier and the database must cost nothing beside either.
func BenchmarkRead(b *testing.B) {
	for name, text := range map[string]string{
		"code":     "4",
		"words":    "不太满意，没人联系我",
		"sentence": "4821 4 态度差，社区说已经处理好了，其实根本没有人来修过，到现在还在漏水",
		"quote":    "【江城12345】您反映的“路灯不亮”（尾号4821）已办结，请您评价：1非常满意 2满意 3基本满意 4不满意 5非常不满意；未解决请回0，可附文字。回T退订 4",
		"megabyte": strings.Repeat("满意", 1<<20/6),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				surveys.Read(text)
			}
		})
	}
}
