package surveys

import "fmt"

// Rule names what decided a reading. The stored word is stable; In gives the
// sentence for a caller's worklist.
type Rule string

// The rules, grouped by the kind they lead to.
const (
	RuleCode         Rule = "code"
	RuleWords        Rule = "words"
	RuleSolvedWords  Rule = "solved_words"
	RuleUnsolvedCode Rule = "unsolved_code"
	RuleYesOrNo      Rule = "yes_or_no"
	RuleReason       Rule = "reason"
	RuleKey          Rule = "key"

	RuleEmpty            Rule = "empty"
	RuleTooLong          Rule = "too_long"
	RuleSeveralCodes     Rule = "several_codes"
	RuleNotACode         Rule = "not_a_code"
	RuleOtherScale       Rule = "other_scale"
	RuleSeveralTickets   Rule = "several_tickets"
	RuleUnknownTicket    Rule = "unknown_ticket"
	RuleWhichTicket      Rule = "which_ticket"
	RuleTicketOnly       Rule = "ticket_only"
	RuleCodeAgainstWords Rule = "code_against_words"
	RuleMixed            Rule = "mixed"
	RuleSolvedBothWays   Rule = "solved_both_ways"
	RuleIrony            Rule = "irony"
	RuleInsult           Rule = "insult"
	RuleQuestion         Rule = "question"
	RuleCondition        Rule = "condition"
	RuleWish             Rule = "wish"
	RuleHearsay          Rule = "hearsay"
	RuleForced           Rule = "forced"
	RuleOthers           Rule = "others"
	RuleUnsure           Rule = "unsure"
	RuleDoubleDenial     Rule = "double_denial"
	RulePast             Rule = "past"
	RuleStillWanted      Rule = "still_wanted"
	RuleWrongPerson      Rule = "wrong_person"
	RuleOwnText          Rule = "own_text"
	RulePolite           Rule = "polite"
	RuleNothingSaid      Rule = "nothing_said"
	RuleKeyNone          Rule = "key_none"
	RuleKeyWrong         Rule = "key_wrong"
	RuleKeyRepeat        Rule = "key_repeat"
	RuleKeyPerson        Rule = "key_person"

	RuleStop      Rule = "stop"
	RuleStart     Rule = "start"
	RuleAutoReply Rule = "auto_reply"
	RuleBusy      Rule = "busy"
)

// reasonsInWords holds each rule's sentence in Chinese and English.
var ruleWords = map[Rule][2]string{
	RuleCode:         {"回复了选项数字", "a code was typed"},
	RuleWords:        {"按所写词语判断满意程度", "the words name the grade"},
	RuleSolvedWords:  {"按所写词语判断是否解决", "the words say whether it is solved"},
	RuleUnsolvedCode: {"回复了 0，表示未解决", "0 was typed, which means not solved"},
	RuleYesOrNo:      {"对“是否解决”的追问作了肯定或否定回答", "said yes or no to whether it is solved"},
	RuleReason:       {"对原因追问的说明，原文留作意见", "tells the reason that was asked for"},
	RuleKey:          {"按了对应的键", "a key with a meaning was pressed"},

	RuleEmpty:            {"没有内容，不算回答", "there is nothing to read, which is no answer"},
	RuleTooLong:          {"内容太长，请人工阅读", "too long for a text message; a person should read it"},
	RuleSeveralCodes:     {"写了几个不同的数字，不知以哪个为准", "several different codes were typed"},
	RuleNotACode:         {"所写数字不是选项", "the number is not one of the codes"},
	RuleOtherScale:       {"用了分数或星级，方向与本量表不同", "points or stars are another scale"},
	RuleSeveralTickets:   {"写了几个工单尾号", "several tickets were named"},
	RuleUnknownTicket:    {"所写尾号不在待评价的工单中", "the ticket named is not one that waits for an answer"},
	RuleWhichTicket:      {"该号码有几个待评价的工单，未写尾号", "several tickets wait for an answer and none was named"},
	RuleTicketOnly:       {"只写了工单尾号", "only a ticket was named"},
	RuleCodeAgainstWords: {"数字与文字相反，可能看错了顺序", "code and words disagree; the scale may have been read the wrong way round"},
	RuleMixed:            {"好评与差评并存", "praise and blame stand side by side"},
	RuleSolvedBothWays:   {"既说解决又说未解决", "says both solved and not solved"},
	RuleIrony:            {"像是反话", "this may be irony"},
	RuleInsult:           {"只有骂人的话，未作评价", "curses without a judgement"},
	RuleQuestion:         {"是提问，不是回答", "this asks rather than answers"},
	RuleCondition:        {"附有条件，尚未作出评价", "the answer hangs on a condition"},
	RuleWish:             {"是愿望，不是评价", "this is a wish, not a judgement"},
	RuleHearsay:          {"转述他人的说法", "this reports what others said"},
	RuleForced:           {"像是被要求这样回复", "someone else dictated this answer"},
	RuleOthers:           {"说的是别人满不满意", "this is about someone else's satisfaction"},
	RuleUnsure:           {"本人也不确定", "the sender is not sure"},
	RuleDoubleDenial:     {"双重否定或反问，意思不明确", "a double denial or a rhetorical turn"},
	RulePast:             {"只说了以前的情况", "this is about how things were"},
	RuleStillWanted:      {"仍在要求尽快处理", "still asks for it to be solved soon"},
	RuleWrongPerson:      {"称不是本人诉求或发错了", "says it is the wrong person or number"},
	RuleOwnText:          {"原样发回了我们的短信", "our own text was sent back"},
	RulePolite:           {"只是客气话，不算满意", "polite words alone are not satisfaction"},
	RuleNothingSaid:      {"没有说满意与否或是否解决", "says neither how satisfied nor whether solved"},
	RuleKeyNone:          {"没有按键，不算回答", "no key was pressed, which is no answer"},
	RuleKeyWrong:         {"按了没有含义的键", "the key has no meaning here"},
	RuleKeyRepeat:        {"要求重听", "asked to hear it again"},
	RuleKeyPerson:        {"要求人工", "asked for a person"},

	RuleStop:      {"要求不再接收", "wants no more messages"},
	RuleStart:     {"要求恢复接收", "wants messages again"},
	RuleAutoReply: {"自动回复或系统消息，不算回答", "an automatic message, which is no answer"},
	RuleBusy:      {"忙碌时的自动回复，不算回答", "a busy notice, which is no answer"},
}

// In gives the rule as a sentence.
func (r Rule) In(lang Lang) string {
	if lang == English {
		return ruleWords[r][1]
	}
	return ruleWords[r][0]
}

// Explain tells a person how the reply was read, in one line.
func (r Reading) Explain(lang Lang) string {
	sentence := r.Why.In(lang)
	if r.Words != "" {
		sentence = fmt.Sprintf(pickText(lang, "%s（%s）", "%s (%s)"), sentence, r.Words)
	}
	switch {
	case r.Rating.Known():
		sentence += fmt.Sprintf(pickText(lang, "：%d %s", ": %d %s"), r.Rating, r.Rating.In(lang))
	case r.Kind == KindAsk:
		sentence += pickText(lang, "，需再问", "; ask again")
	}
	switch r.Solved {
	case SolvedYes:
		sentence += pickText(lang, "；已解决", "; solved")
	case SolvedNo:
		sentence += pickText(lang, "；未解决", "; not solved")
	case SolvedUnknown:
	}
	return sentence
}

func pickText(lang Lang, zh, en string) string {
	if lang == English {
		return en
	}
	return zh
}

func ruleOf(s state) Rule {
	return [...]Rule{
		stated: RuleWords, asked: RuleQuestion, conditional: RuleCondition, wished: RuleWish, heard: RuleHearsay,
		forced: RuleForced, others: RuleOthers, unsure: RuleUnsure, twisted: RuleDoubleDenial, past: RulePast,
	}[s]
}

// unclear says why a reply without a stated answer has none.
func (p *parsed) unclear() Rule {
	for _, c := range p.claims {
		if c.state != stated {
			return ruleOf(c.state)
		}
	}
	switch {
	case p.quoted:
		return RuleOwnText
	case p.numbers.forced && p.has(isCoerced):
		return RuleForced
	case p.has(isWrongPerson, isMistake):
		return RuleWrongPerson
	case p.has(isScale):
		return RuleOtherScale
	case p.has(isSwear):
		return RuleInsult
	case p.has(isIrony):
		return RuleIrony
	case p.has(isQuestion, isWhy, isQuestionOpens, isAsk):
		return RuleQuestion
	case p.has(isMaybe):
		return RuleUnsure
	case p.has(isConditionAfter, isCondition):
		return RuleCondition
	case p.demands():
		return RuleStillWanted
	case p.numbers.tail != "":
		return RuleTicketOnly
	case p.has(isPolite) && p.only(isPolite, isParticle, isFiller, isDegree, isThird, isDegreePlain):
		return RulePolite
	}
	return RuleNothingSaid
}
