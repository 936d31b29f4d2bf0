package surveys_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"nengban/callbacks/surveys"
)

var filling = map[string]string{
	surveys.ParamSender: "江城市12345热线", surveys.ParamMatter: "小区路灯长期不亮", surveys.ParamTail: "4821",
	surveys.ParamLink: "https://12345.jiangcheng.gov.cn/s/k7Qm2x",
}

func render(t testing.TB, tpl surveys.Template) string {
	t.Helper()
	args := map[string]string{}
	for _, p := range tpl.Params() {
		args[p] = filling[p]
	}
	text, err := surveys.Render(tpl, args)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestEveryTemplateExistsInBothLanguagesAndFitsTheCarriers(t *testing.T) {
	t.Parallel()
	promises := []string{surveys.TemplateThanks, surveys.TemplateRework, surveys.TemplateStopped} // they ask nothing more
	for _, tpl := range surveys.Templates() {
		for _, lang := range []surveys.Lang{surveys.Chinese, surveys.English} {
			if _, err := surveys.Find(tpl.Name, lang); err != nil {
				t.Errorf("%s is missing in %s", tpl.Name, lang)
			}
		}
		text := render(t, tpl)
		if strings.ContainsAny(text, "{}") {
			t.Errorf("%s %s still has a parameter: %s", tpl.Name, tpl.Lang, text)
		}
		if !strings.HasPrefix(text, "【江城市12345热线】") && !strings.HasPrefix(text, "[江城市12345热线]") {
			t.Errorf("%s %s does not open with the sender: %s", tpl.Name, tpl.Lang, text)
		}
		if !slices.Contains(promises, tpl.Name) && !strings.Contains(text, "回T退订") && !strings.Contains(text, "Reply T to opt out") {
			t.Errorf("%s %s names no way out: %s", tpl.Name, tpl.Lang, text)
		}
		if most := map[surveys.Lang]int{surveys.Chinese: 2, surveys.English: 5}[tpl.Lang]; surveys.Segments(text) > most {
			t.Errorf("%s %s takes %d messages, more than %d", tpl.Name, tpl.Lang, surveys.Segments(text), most)
		}
		again, err := surveys.FindVersion(tpl.Name, tpl.Version, tpl.Lang)
		if err != nil || again != tpl {
			t.Errorf("%s version %d in %s cannot be found again: %v", tpl.Name, tpl.Version, tpl.Lang, err)
		}
	}
	if _, err := surveys.Find("survey_bribe", surveys.Chinese); !errors.Is(err, surveys.ErrNoTemplate) {
		t.Errorf("an unknown template: got %v, want ErrNoTemplate", err)
	}
	if _, err := surveys.FindVersion(surveys.TemplateAsk, 99, surveys.Chinese); !errors.Is(err, surveys.ErrNoTemplate) {
		t.Errorf("an unknown version: got %v, want ErrNoTemplate", err)
	}
}

func TestTheSurveyNamesEveryGradeAsTheReaderCountsThem(t *testing.T) {
	t.Parallel()
	for _, name := range []string{surveys.TemplateAsk, surveys.TemplateRemind, surveys.TemplateAskAgain} {
		for _, lang := range []surveys.Lang{surveys.Chinese, surveys.English} {
			tpl, err := surveys.Find(name, lang)
			if err != nil {
				t.Fatal(err)
			}
			text := strings.ReplaceAll(render(t, tpl), " ", "")
			for _, level := range surveys.Levels() {
				choice := string(rune('0'+int(level))) + strings.ReplaceAll(level.In(lang), " ", "")
				if !strings.Contains(text, choice) {
					t.Errorf("%s in %s does not offer %q", name, lang, choice)
				}
				if got := surveys.Read(level.In(lang)); got.Rating != level {
					t.Errorf("the grade's own name %q is read as %d, want %d", level.In(lang), got.Rating, level)
				}
			}
		}
	}
}

// A phone that sends our text back, or quotes it above the answer, must not answer by it.
func TestOurOwnTextSentBackIsNoAnswer(t *testing.T) {
	t.Parallel()
	for _, tpl := range surveys.Templates() {
		text := render(t, tpl)
		got := surveys.Read(text)
		if got.Kind != surveys.KindAsk {
			t.Errorf("%s %s sent back: %s, %s\n%s", tpl.Name, tpl.Lang, got.Kind, got.Explain(surveys.English), text)
		}
		if tpl.Name != surveys.TemplateAsk && tpl.Name != surveys.TemplateRemind && tpl.Name != surveys.TemplateAskAgain {
			continue
		}
		for _, reply := range []string{text + "\n4 态度差", "4 态度差\n" + text, "> " + text + "\n\n4，态度差"} {
			if got := surveys.Read(reply); got.Kind != surveys.KindAnswer || got.Rating != surveys.Dissatisfied {
				t.Errorf("%s %s quoted: got %s, %s\n%s", tpl.Name, tpl.Lang, got.Kind, got.Explain(surveys.English), reply)
			}
		}
	}
}

func TestRenderRefusesWhatMustNotStandInAText(t *testing.T) {
	t.Parallel()
	tpl, err := surveys.Find(surveys.TemplateAsk, surveys.Chinese)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]map[string]string{
		"no matter":          {surveys.ParamMatter: ""},
		"a phone number":     {surveys.ParamMatter: "找13800138000"},
		"an identity number": {surveys.ParamMatter: "42010619900101"},
		"a mail address":     {surveys.ParamMatter: "问a@b.cn"},
		"a line break":       {surveys.ParamMatter: "路灯\n不亮"},
		"a signature":        {surveys.ParamMatter: "【银行】路灯"},
		"a long matter":      {surveys.ParamMatter: strings.Repeat("路灯", 8)},
		"a long tail":        {surveys.ParamTail: "202405010048"},
		"not text":           {surveys.ParamMatter: "\xff\xfe"},
		"an unknown one":     {"name": "张三"},
	} {
		args := map[string]string{surveys.ParamSender: "江城12345", surveys.ParamMatter: "路灯不亮", surveys.ParamTail: "4821"}
		for k, v := range change {
			args[k] = v
		}
		var refused *surveys.ParamError
		if text, err := surveys.Render(tpl, args); !errors.As(err, &refused) {
			t.Errorf("%s: got %q, %v, want a ParamError", name, text, err)
		} else if !strings.Contains(err.Error(), refused.Param) {
			t.Errorf("%s: the error %q does not name the parameter", name, err)
		}
	}
}

func TestShortMatterFitsEveryTemplate(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"路灯不亮": "路灯不亮",
		"反映幸福小区3栋2单元楼道照明损坏无人维修":            "反映幸福小区3栋2单元楼道…",
		"电话13800138000投诉噪音":                "电话1380投诉噪音",
		"【急】下水道 堵塞\n求助 a@b.cn":             "急下水道堵塞求助ab.cn",
		"身份证42010619900101123X办理异地业务被拒绝受理": "身份证4201X办理异地业…",
	} {
		if got := surveys.ShortMatter(title); got != want {
			t.Errorf("short matter of %q: got %q, want %q", title, got, want)
		}
	}
}

func TestSegmentsAreCountedAsCarriersBill(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name, text string
		want       int
	}{
		{"nothing", "", 0},
		{"one character", "满", 1},
		{"seventy", strings.Repeat("满", 70), 1},
		{"seventy-one", strings.Repeat("满", 71), 2},
		{"two full ones", strings.Repeat("满", 134), 2},
		{"one over two", strings.Repeat("满", 135), 3},
		{"a picture counts twice", strings.Repeat("👍", 35), 1},
		{"and is not split", strings.Repeat("满", 66) + "👍" + strings.Repeat("满", 66), 3},
	} {
		if got := surveys.Segments(row.text); got != row.want {
			t.Errorf("%s: got %d, want %d", row.name, got, row.want)
		}
	}
}

func TestVoiceSurveyOffersEveryKeyItReads(t *testing.T) {
	t.Parallel()
	args := map[string]string{surveys.ParamSender: "江城12345", surveys.ParamMatter: "路灯不亮", surveys.ParamTail: "4821"}
	for _, lang := range []surveys.Lang{surveys.Chinese, surveys.English} {
		script, err := surveys.Voice(lang, args)
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsAny(script.Greeting, "{}") || !strings.Contains(script.Greeting, "路灯不亮") {
			t.Errorf("greeting in %s is not filled: %s", lang, script.Greeting)
		}
		for _, q := range script.Questions {
			if q.Times != 3 || q.Wait <= 0 || q.Unheard == "" {
				t.Errorf("%s in %s is put %d times with %s to answer, want 3 and some", q.Question, lang, q.Times, q.Wait)
			}
			for _, k := range q.Keys {
				if !strings.Contains(q.Prompt, k.Digit) {
					t.Errorf("%s in %s reads key %s without offering it: %s", q.Question, lang, k.Digit, q.Prompt)
				}
				if got := surveys.ReadKeys(q.Question, k.Digit); got.Rating != k.Rating || got.Solved != k.Solved || got.Why != k.Rule {
					t.Errorf("key %s of %s: got %+v, want %+v", k.Digit, q.Question, got, k)
				}
			}
		}
	}
	if _, err := surveys.Voice("fr", args); !errors.Is(err, surveys.ErrNoTemplate) {
		t.Errorf("voice survey in French: got %v, want ErrNoTemplate", err)
	}
	if _, err := surveys.Voice(surveys.Chinese, nil); err == nil {
		t.Error("voice survey without parameters: got none, want an error")
	}
}

func TestKeysThatMeanNothingAreNoAnswer(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		question surveys.Question
		digits   string
		why      surveys.Rule
	}{
		{surveys.QuestionRating, "", surveys.RuleKeyNone},
		{surveys.QuestionRating, "#", surveys.RuleKeyNone},
		{surveys.QuestionRating, "  ", surveys.RuleKeyNone},
		{surveys.QuestionRating, "6", surveys.RuleKeyWrong},
		{surveys.QuestionRating, "11", surveys.RuleKeyWrong},
		{surveys.QuestionRating, "1*", surveys.RuleKeyWrong},
		{surveys.QuestionRating, "0", surveys.RuleKeyRepeat},
		{surveys.QuestionRating, "*", surveys.RuleKeyRepeat},
		{surveys.QuestionRating, "9", surveys.RuleKeyPerson},
		{surveys.QuestionSolved, "3", surveys.RuleKeyWrong},
		{surveys.QuestionSolved, "", surveys.RuleKeyNone},
		{surveys.QuestionReason, "1", surveys.RuleKeyWrong},
		{surveys.QuestionNone, "1", surveys.RuleKeyWrong},
	} {
		got := surveys.ReadKeys(row.question, row.digits)
		if got.Kind != surveys.KindAsk || got.Answers() || got.Why != row.why {
			t.Errorf("%q to %q: got %s because %s, want ask because %s", row.digits, row.question, got.Kind, got.Why, row.why)
		}
	}
	if got := surveys.ReadKeys(surveys.QuestionRating, "4#"); got.Rating != surveys.Dissatisfied {
		t.Errorf("4 closed with #: got %d, want 4", got.Rating)
	}
}

func TestTheCallersScriptAsksBothQuestionsAndSuggestsNothing(t *testing.T) {
	t.Parallel()
	args := map[string]string{surveys.ParamSender: "江城12345", surveys.ParamMatter: "路灯不亮", surveys.ParamTail: "4821"}
	for _, lang := range []surveys.Lang{surveys.Chinese, surveys.English} {
		lines, err := surveys.CallerScript(lang, args)
		if err != nil {
			t.Fatal(err)
		}
		var asked []surveys.Question
		for _, line := range lines {
			if line.Question != surveys.QuestionNone {
				asked = append(asked, line.Question)
			}
			if strings.ContainsAny(line.Say, "{}") || line.Say == "" {
				t.Errorf("a line in %s is not filled: %q", lang, line.Say)
			}
		}
		if want := []surveys.Question{surveys.QuestionSolved, surveys.QuestionRating, surveys.QuestionReason}; !slices.Equal(asked, want) {
			t.Errorf("the script in %s asks %v, want %v", lang, asked, want)
		}
		for _, level := range surveys.Levels() {
			if !strings.Contains(lines[2].Say, level.In(lang)) {
				t.Errorf("the script in %s does not read out %q", lang, level.In(lang))
			}
		}
	}
}

func TestLevelsKeepTheirWords(t *testing.T) {
	t.Parallel()
	words := []string{"very_satisfied", "satisfied", "basically_satisfied", "dissatisfied", "very_dissatisfied"}
	for i, level := range surveys.Levels() {
		if level.String() != words[i] || int(level) != i+1 || !level.Known() || level.Content() != (i < 3) {
			t.Errorf("grade %d is %q, content %v", level, level, level.Content())
		}
	}
	for _, no := range []surveys.Level{surveys.NoLevel, 6, -1} {
		if no.Known() || no.Content() || no.String() != "" || no.In(surveys.Chinese) != "" {
			t.Errorf("%d passes for a grade", int(no))
		}
	}
	for _, reason := range surveys.Reasons() {
		if reason.In(surveys.Chinese) == "" || reason.In(surveys.English) == "" || !utf8.ValidString(reason.In(surveys.Chinese)) {
			t.Errorf("reason %s has no name", reason)
		}
	}
}
