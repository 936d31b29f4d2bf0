package surveys

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// VoiceScript is a survey by telephone keys (IVR), ready to be spoken. It never
// treats the end of a call as an answer: what counts is a key with a meaning.
type VoiceScript struct {
	Lang      Lang
	Greeting  string
	Questions []VoiceQuestion
	Thanks    string
	Goodbye   string // when no question was answered
}

// VoiceQuestion is one question of the call.
type VoiceQuestion struct {
	Question Question
	Prompt   string
	Unheard  string // said before asking again, when no key or a wrong one was pressed
	Keys     []Key
	Times    int           // how often the question is put at most
	Wait     time.Duration // for a key after the prompt
}

// Key is a telephone key and what it means.
type Key struct {
	Digit  string
	Rating Level
	Solved Solved
	Rule   Rule // RuleKey, RuleKeyRepeat or RuleKeyPerson
}

// A question is put three times at most: callers who hear it more often hang up
// on the next survey too. Production menus wait two to five seconds for a key.
const (
	voiceTimes = 3
	voiceWait  = 5 * time.Second
)

var ratingKeys = []Key{
	{Digit: "1", Rating: VerySatisfied, Rule: RuleKey},
	{Digit: "2", Rating: Satisfied, Rule: RuleKey},
	{Digit: "3", Rating: BasicallySatisfied, Rule: RuleKey},
	{Digit: "4", Rating: Dissatisfied, Rule: RuleKey},
	{Digit: "5", Rating: VeryDissatisfied, Rule: RuleKey},
	{Digit: "9", Rule: RuleKeyPerson},
	{Digit: "0", Rule: RuleKeyRepeat},
}

var solvedKeys = []Key{
	{Digit: "1", Solved: SolvedYes, Rule: RuleKey},
	{Digit: "2", Solved: SolvedNo, Rule: RuleKey},
	{Digit: "9", Rule: RuleKeyPerson},
	{Digit: "0", Rule: RuleKeyRepeat},
}

// Voice returns the telephone survey in lang, filled with sender, matter and
// tail. It returns a *ParamError as Render does.
func Voice(lang Lang, args map[string]string) (VoiceScript, error) {
	spoken := voiceTexts[lang]
	if spoken == nil {
		return VoiceScript{}, fmt.Errorf("finding the voice script in %s: %w", lang, ErrNoTemplate)
	}
	greeting, err := fill("survey_voice", spoken["greeting"], []string{ParamSender, ParamMatter, ParamTail}, args)
	if err != nil {
		return VoiceScript{}, err
	}
	question := func(q Question, prompt string, keys []Key) VoiceQuestion {
		return VoiceQuestion{Question: q, Prompt: spoken[prompt], Unheard: spoken["unheard"], Keys: slices.Clone(keys), Times: voiceTimes, Wait: voiceWait}
	}
	return VoiceScript{
		Lang: lang, Greeting: greeting, Thanks: spoken["thanks"], Goodbye: spoken["goodbye"],
		Questions: []VoiceQuestion{question(QuestionSolved, "solved", solvedKeys), question(QuestionRating, "rating", ratingKeys)},
	}, nil
}

var voiceTexts = map[Lang]map[string]string{
	Chinese: {
		"greeting": "您好，这里是{sender}回访电话。您反映的{matter}，工单尾号{tail}，承办单位已报办结，想请您作个评价，大约一分钟。",
		"solved":   "请问您反映的问题是否已经解决？已解决请按1，未解决请按2，转人工请按9，重听请按0。",
		"rating":   "请问您对办理情况是否满意？非常满意请按1，满意请按2，基本满意请按3，不满意请按4，非常不满意请按5，转人工请按9，重听请按0。",
		"unheard":  "抱歉，没有听到有效的按键。",
		"thanks":   "您的评价已记录，感谢您的支持，再见。",
		"goodbye":  "没有收到您的按键，本次不作记录，稍后可能由工作人员与您联系，再见。",
	},
	English: {
		"greeting": "Hello, this is the callback service of {sender} about {matter}, number ending {tail}. The department reports it as dealt with, and we would like to know how it went. It takes a minute.",
		"solved":   "Has your matter been solved? If it has, press 1. If it has not, press 2. To speak to a person, press 9. To hear this again, press 0.",
		"rating":   "How satisfied are you with the way it was handled? Very satisfied, press 1. Satisfied, press 2. Basically satisfied, press 3. Dissatisfied, press 4. Very dissatisfied, press 5. To speak to a person, press 9. To hear this again, press 0.",
		"unheard":  "Sorry, we did not hear a key that fits.",
		"thanks":   "Your answer has been noted. Thank you, goodbye.",
		"goodbye":  "No key was pressed, so nothing was noted. A member of staff may call you. Goodbye.",
	},
}

// ReadKeys reads the keys pressed after a voice question. No key, several keys
// and keys without a meaning are never an answer; Why tells a wish to hear the
// question again or to speak to a person. A closing # is not counted.
func ReadKeys(q Question, digits string) Reading {
	pressed := strings.TrimSuffix(strings.TrimSpace(digits), "#")
	if pressed == "" {
		return Reading{Kind: KindAsk, Why: RuleKeyNone}
	}
	keys := map[Question][]Key{QuestionRating: ratingKeys, QuestionSolved: solvedKeys}[q]
	for _, k := range keys {
		if pressed != k.Digit && (pressed != "*" || k.Rule != RuleKeyRepeat) {
			continue
		}
		if k.Rule != RuleKey {
			return Reading{Kind: KindAsk, Why: k.Rule, Words: k.Digit}
		}
		return Reading{Kind: KindAnswer, Rating: k.Rating, Solved: k.Solved, Why: RuleKey, Words: k.Digit}
	}
	return Reading{Kind: KindAsk, Why: RuleKeyWrong}
}
