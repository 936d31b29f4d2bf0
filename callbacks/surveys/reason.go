package surveys

import (
	"slices"
	"strings"
)

// Reason is why someone is not satisfied, as the worklist and the reports count it.
type Reason string

// The reasons a caller can tick. They follow the causes cities' callback reports
// name; the last one needs the citizen's own words.
const (
	ReasonNotSolved   Reason = "not_solved"
	ReasonSlow        Reason = "slow"
	ReasonAttitude    Reason = "attitude"
	ReasonNotTold     Reason = "not_told"
	ReasonPassedOn    Reason = "passed_on"
	ReasonFalseReply  Reason = "false_reply"
	ReasonUnfair      Reason = "unfair"
	ReasonCameBack    Reason = "came_back"
	ReasonPolicy      Reason = "policy"
	ReasonOtherReason Reason = "other"
)

// reasonTable holds each reason's name in both languages and the words that point to it.
var reasonTable = []struct {
	code   Reason
	zh, en string
	words  []string
}{
	{ReasonNotSolved, "问题未解决", "not solved", []string{"没解决", "未解决", "没处理", "没修", "没办"}},
	{ReasonSlow, "办理太慢", "too slow", []string{"慢", "拖", "等了", "迟迟", "半年", "效率低", "不及时", "slow"}},
	{ReasonAttitude, "态度不好", "poor manner", []string{"态度", "不耐烦", "爱答不理", "爱理不理", "冷漠", "傲慢", "蛮横", "骂", "凶", "rude"}},
	{ReasonNotTold, "无人联系、未告知结果", "nobody got in touch", []string{"没人联系", "没有人联系", "没联系", "没接到电话", "没人回复", "没回复", "没有回复", "没通知", "没告诉", "没人告诉"}},
	{ReasonPassedOn, "推诿扯皮", "passed from one to another", []string{"推诿", "踢皮球", "扯皮", "推脱", "推来推去", "踢来踢去", "不管"}},
	{ReasonFalseReply, "敷衍或虚假答复", "brushed off or told untruths", []string{"敷衍", "糊弄", "忽悠", "应付", "虚假", "假的", "走过场", "走形式", "弄虚作假", "骗"}},
	{ReasonUnfair, "处理不公、不合理", "unfair outcome", []string{"不公", "不合理", "偏袒", "包庇", "乱收费", "unfair"}},
	{ReasonCameBack, "问题反复", "came back", []string{"又坏", "又漏", "又堵", "反弹", "反复", "复发", "又来"}},
	{ReasonPolicy, "对政策或规定有意见", "disagrees with the policy", []string{"政策", "规定", "法律", "标准"}},
	{ReasonOtherReason, "其他", "other", nil},
}

// Reasons lists every reason in the order a form shows them.
func Reasons() []Reason {
	out := make([]Reason, len(reasonTable))
	for i, row := range reasonTable {
		out[i] = row.code
	}
	return out
}

// In names the reason, "" when it is none of Reasons.
func (r Reason) In(lang Lang) string {
	for _, row := range reasonTable {
		if row.code == r {
			return pickText(lang, row.zh, row.en)
		}
	}
	return ""
}

// reasonsIn proposes reasons for an answer that is unsolved or not satisfied.
func reasonsIn(p *parsed, r Reading) []Reason {
	if r.Kind != KindAnswer || r.Rating < Dissatisfied && r.Solved != SolvedNo {
		return nil
	}
	var out []Reason
	text := string(p.runes)
	for _, row := range reasonTable {
		if slices.ContainsFunc(row.words, func(w string) bool { return strings.Contains(text, w) }) || row.code == ReasonNotSolved && r.Solved == SolvedNo {
			out = append(out, row.code)
		}
	}
	return out
}
