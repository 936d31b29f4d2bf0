package surveys_test

import (
	"slices"
	"testing"

	"nengban/callbacks/surveys"
)

func TestContextTellsSurveysOnOnePhoneApart(t *testing.T) {
	t.Parallel()
	two := surveys.Context{Tails: []string{"4821", "3356"}}
	for _, row := range []struct {
		text string
		ctx  surveys.Context
		kind surveys.Kind
		why  surveys.Rule
		tail string
	}{
		{"4821 5", two, surveys.KindAnswer, surveys.RuleCode, "4821"},
		{"3356满意", two, surveys.KindAnswer, surveys.RuleWords, "3356"},
		{"尾号3356没解决", two, surveys.KindAnswer, surveys.RuleSolvedWords, "3356"},
		{"5", two, surveys.KindAsk, surveys.RuleWhichTicket, ""},
		{"不满意", two, surveys.KindAsk, surveys.RuleWhichTicket, ""},
		{"9999 5", two, surveys.KindAsk, surveys.RuleUnknownTicket, "9999"},
		{"4821 1，3356 5", two, surveys.KindAsk, surveys.RuleSeveralCodes, "3356"},
		{"4821", two, surveys.KindAsk, surveys.RuleTicketOnly, "4821"},
		{"5", surveys.Context{Tails: []string{"4821"}}, surveys.KindAnswer, surveys.RuleCode, ""},
		{"12 4", surveys.Context{Tails: []string{"12", "34"}}, surveys.KindAnswer, surveys.RuleCode, "12"},
		{"12 4", surveys.Context{}, surveys.KindAsk, surveys.RuleNotACode, ""},
		{"退订", two, surveys.KindStop, surveys.RuleStop, ""},
	} {
		got := row.ctx.Read(row.text)
		if got.Kind != row.kind || got.Why != row.why || got.Tail != row.tail {
			t.Errorf("%q with %v open: got %s because %s for %q, want %s because %s for %q",
				row.text, row.ctx.Tails, got.Kind, got.Why, got.Tail, row.kind, row.why, row.tail)
		}
	}
}

func TestContextTellsCorrectionsFromAnswers(t *testing.T) {
	t.Parallel()
	answered := surveys.Context{Answered: true}
	for text, want := range map[string]bool{
		"刚才按错了，是5": true, "改成2": true, "更正：4": true, "发错了，应该是不满意": true, "5": false, "满意": false,
	} {
		got := answered.Read(text)
		if got.Kind != surveys.KindAnswer || got.Correction != want {
			t.Errorf("%q after an answer: got %s, correction %v, want an answer, correction %v", text, got.Kind, got.Correction, want)
		}
		if surveys.Read(text).Correction {
			t.Errorf("%q as the first answer is called a correction", text)
		}
	}
}

func TestContextReadsYesAndNoOnlyAfterBeingAskedIfSolved(t *testing.T) {
	t.Parallel()
	asked := surveys.Context{Asked: surveys.QuestionSolved}
	for text, want := range map[string]surveys.Solved{
		"是": surveys.SolvedYes, "是的，谢谢": surveys.SolvedYes, "对": surveys.SolvedYes, "嗯": surveys.SolvedYes,
		"没有": surveys.SolvedNo, "没": surveys.SolvedNo, "否": surveys.SolvedNo, "不是": surveys.SolvedNo, "还没有": surveys.SolvedNo,
		"0": surveys.SolvedNo, "没解决": surveys.SolvedNo, "解决了": surveys.SolvedYes, "yes": surveys.SolvedYes, "no": surveys.SolvedNo,
	} {
		if got := asked.Read(text); got.Kind != surveys.KindAnswer || got.Solved != want || got.Rating.Known() {
			t.Errorf("%q when asked if solved: got %s %q grade %d, want an answer %q", text, got.Kind, got.Solved, got.Rating, want)
		}
	}
	for _, text := range []string{"是", "对", "嗯", "没有", "否", "yes"} {
		if got := surveys.Read(text); got.Kind != surveys.KindAsk {
			t.Errorf("%q out of the blue: got %s, want ask", text, got.Kind)
		}
	}
	if got := asked.Read("谢谢"); got.Kind != surveys.KindAsk {
		t.Errorf("thanks when asked if solved: got %s, want ask", got.Kind)
	}
}

func TestContextKeepsTheReasonThatWasAskedFor(t *testing.T) {
	t.Parallel()
	asked := surveys.Context{Asked: surveys.QuestionReason, Answered: true}
	for _, row := range []struct {
		text    string
		kind    surveys.Kind
		rating  surveys.Level
		comment string
	}{
		{"态度太差", surveys.KindAnswer, surveys.NoLevel, "态度太差"},
		{"来的人说不归他们管", surveys.KindAnswer, surveys.NoLevel, "来的人说不归他们管"},
		{"改成4，太慢", surveys.KindAnswer, surveys.Dissatisfied, "太慢"},
		{"谢谢", surveys.KindAsk, surveys.NoLevel, "谢谢"},
		{"你是谁？", surveys.KindAsk, surveys.NoLevel, "你是谁？"},
		{"TD", surveys.KindStop, surveys.NoLevel, ""},
	} {
		got := asked.Read(row.text)
		if got.Kind != row.kind || got.Rating != row.rating || got.Comment != row.comment {
			t.Errorf("%q as a reason: got %s %d %q, want %s %d %q", row.text, got.Kind, got.Rating, got.Comment, row.kind, row.rating, row.comment)
		}
	}
}

func TestCommentIsWhatGoesBeyondTheAnswer(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1": "", "满意": "", "非常满意，谢谢": "", "4 态度差": "态度差", "4态度差": "态度差", "态度差 4": "态度差", "１，　小王很热情！": "小王很热情",
		"选4，因为拖了两个月": "因为拖了两个月", "4821 5 没人来": "没人来", "不满意，态度差": "态度差", "满意，就是有点慢": "就是有点慢",
		"解决了，但是等了三个月": "但是等了三个月", "4 太差了": "太差了", "4 滿意度太低": "滿意度太低", "2，已解决": "",
		"你是谁？": "你是谁？", "谢谢": "谢谢", "  ": "", "TD": "", "自动回复：我在开会": "",
	} {
		if got := surveys.Read(text).Comment; got != want {
			t.Errorf("comment of %q: got %q, want %q", text, got, want)
		}
	}
}

func TestReasonsAreProposedForComplaintsOnly(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]surveys.Reason{
		"4 态度差":          {surveys.ReasonAttitude},
		"5 拖了半年，互相踢皮球":   {surveys.ReasonSlow, surveys.ReasonPassedOn},
		"没人联系我":          {surveys.ReasonNotSolved, surveys.ReasonNotTold},
		"1 态度好":          nil,
		"满意，就是有点慢":       nil,
		"你们态度有问题吧？":      nil,
		"修了又坏了":          {surveys.ReasonNotSolved, surveys.ReasonCameBack},
		"不满意，敷衍，处理结果不合理": {surveys.ReasonFalseReply, surveys.ReasonUnfair},
	} {
		if got := surveys.Read(text).Reasons; !slices.Equal(got, want) {
			t.Errorf("reasons in %q: got %v, want %v", text, got, want)
		}
	}
}

func TestStopIsHonouredBesideAnAnswerAndTheAnswerKept(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		text   string
		rating surveys.Level
		solved surveys.Solved
	}{
		{"5，退订", surveys.VeryDissatisfied, surveys.SolvedUnknown},
		{"不满意，别再发了", surveys.Dissatisfied, surveys.SolvedUnknown},
		{"没解决，不要再打电话了", surveys.NoLevel, surveys.SolvedNo},
		{"退订", surveys.NoLevel, surveys.SolvedUnknown},
		{"1 2 别再发了", surveys.NoLevel, surveys.SolvedUnknown},
	} {
		got := surveys.Read(row.text)
		if got.Kind != surveys.KindStop || got.Rating != row.rating || got.Solved != row.solved {
			t.Errorf("%q: got %s %d %q, want stop %d %q", row.text, got.Kind, got.Rating, got.Solved, row.rating, row.solved)
		}
	}
}

func TestEveryReadingSaysWhyInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, row := range allReplies(t) {
		got := surveys.Read(row.text)
		if got.Why.In(surveys.Chinese) == "" || got.Why.In(surveys.English) == "" {
			t.Fatalf("%q was read by rule %q, which has no words", row.text, got.Why)
		}
	}
	if got, want := surveys.Read("不太满意，没人来").Explain(surveys.Chinese), "按所写词语判断满意程度（不太满意）：4 不满意；未解决"; got != want {
		t.Errorf("explanation: got %q, want %q", got, want)
	}
	if got, want := surveys.Read("谢谢").Explain(surveys.English), "polite words alone are not satisfaction; ask again"; got != want {
		t.Errorf("explanation: got %q, want %q", got, want)
	}
}
