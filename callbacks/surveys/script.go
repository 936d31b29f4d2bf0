package surveys

import "fmt"

// ScriptLine is one line of what a person says on a callback.
type ScriptLine struct {
	Say      string
	Question Question // what is asked here, QuestionNone for the rest
	Note     string   // for the caller's eyes
}

// CallerScript returns what a person says when calling back, filled with sender,
// matter and tail. The script opens without name or address, reads out all five
// grades, and never proposes one: a callback that suggests its answer measures
// nothing. It returns a *ParamError as Render does.
func CallerScript(lang Lang, args map[string]string) ([]ScriptLine, error) {
	lines := callerLines[lang]
	if lines == nil {
		return nil, fmt.Errorf("finding the caller's script in %s: %w", lang, ErrNoTemplate)
	}
	out := make([]ScriptLine, len(lines))
	for i, line := range lines {
		out[i] = line
		if i > 0 {
			continue
		}
		say, err := fill("survey_caller", line.Say, []string{ParamSender, ParamMatter, ParamTail}, args)
		if err != nil {
			return nil, err
		}
		out[i].Say = say
	}
	return out, nil
}

var callerLines = map[Lang][]ScriptLine{
	Chinese: {
		{Say: "您好，这里是{sender}回访专席。近期您通过热线或窗口反映过{matter}，工单尾号{tail}，请问现在方便接听吗？", Note: "不先报姓名、住址。接听的不是本人：致歉并结束，记“号码不对”或另约时间。"},
		{Say: "请问您反映的问题是否已经解决？", Question: QuestionSolved, Note: "只记对方原话的意思。“他们说解决了”“应该解决了”不算已解决，请对方确认后再记。"},
		{Say: "对办理情况，您是非常满意、满意、基本满意、不满意，还是非常不满意？", Question: QuestionRating, Note: "五个选项须全部读出，不引导、不劝说、不替对方选择。对方不作评价就记“未评价”。"},
		{Say: "请问主要是什么原因？", Question: QuestionReason, Note: "仅在未解决、不满意或非常不满意时询问。"},
		{Say: "感谢您的评价。未解决的问题我们会要求重新办理，并再次向您回访。再见。", Note: "没有得到明确回答的，不记为满意。"},
	},
	English: {
		{Say: "Hello, this is the callback desk of {sender}. You recently brought {matter} to us, number ending {tail}. Is this a good moment?", Note: "Give no name or address first. If it is someone else, apologise and close; note “wrong number” or another time."},
		{Say: "Has your matter been solved?", Question: QuestionSolved, Note: "Note what is meant, no more. “They say it is” is not solved: ask whether it is."},
		{Say: "About the way it was handled, are you very satisfied, satisfied, basically satisfied, dissatisfied or very dissatisfied?", Question: QuestionRating, Note: "Read out all five. Do not suggest, persuade or choose for them. If they give no grade, note none."},
		{Say: "What is the main reason?", Question: QuestionReason, Note: "Only when it is not solved or they are not satisfied."},
		{Say: "Thank you. What is not solved will be dealt with again, and we will call you again. Goodbye.", Note: "Where there was no clear answer, never note satisfied."},
	},
}
