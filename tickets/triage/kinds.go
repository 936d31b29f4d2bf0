package triage

import (
	"cmp"
	"slices"
	"strings"
)

// Kinds (诉求类型), as tickets store them.
const (
	Inquiry      = "inquiry"      // 咨询
	Assistance   = "assistance"   // 求助
	Complaint    = "complaint"    // 投诉
	Irregularity = "irregularity" // 举报
	Suggestion   = "suggestion"   // 建议
	Praise       = "praise"       // 表扬
)

// Classes (研判), as tickets store them.
const (
	CannotDo = "cannot_do"  // 办不了: policy or conditions do not allow it
	HardToDo = "hard_to_do" // 很难办: several departments, or a dispute
	Refused  = "refused"    // 不给办: could be done and was refused
	Ordinary = "ordinary"   // not a case of 办不成事
)

// hint is a group of words that speaks for a value.
type hint struct {
	value  string
	weight float64
	words  []string
}

// kindHints are how callers put what they want. A word counts once in the
// title, where it weighs double, and once in the text; 谢谢 at the end of a letter
// is manners, not praise.
var kindHints = []hint{
	{Inquiry, 2, fieldsOf("咨询 请问 想问 询问 想了解 想知道 问一下 请教 求解答 望解答 请解答")},
	{Inquiry, 1, fieldsOf("怎么办理 如何办理 怎样办理 如何申请 怎么申请 什么时候 何时 是否可以 能否 能不能 可以吗 可不可以 多久 多少钱 在哪里 在哪办 哪些材料 什么材料 什么条件 什么手续 有没有 有哪些 政策 吗? 吗？ 呢? 呢？ 是不是 什么原因 为什么 如何")},
	{Assistance, 2, fieldsOf("求助 救助 求帮助 请帮助 请帮忙 帮帮 帮帮忙 求帮 恳请 恳求 请求 紧急求助 急需")},
	{Assistance, 1, fieldsOf("希望解决 协调 坏了 不亮 停水 停电 漏水 报修 维修 堵塞 没人修 无法 困难 盼 尽快修复 破损 请尽快")},
	{Complaint, 2, fieldsOf("投诉 控诉 不作为 乱作为 推诿 踢皮球 敷衍 态度恶劣 态度差 服务差 乱收费 扰民 维权 讨说法 讨个说法")},
	{Complaint, 1, fieldsOf("反映 拖欠 不退 拒绝 霸王 欺骗 违规 严重影响 没人管 无人管 不合理 不解决 太差 太吵 噪音 强制 虚假 骗 不给 逾期 质量问题 占道 违停 污染")},
	{Irregularity, 3, fieldsOf("举报 检举 揭发")},
	{Irregularity, 1, fieldsOf("受贿 行贿 贪污 腐败 违法 非法 偷排 偷税 无证 无照 造假 假冒 赌博 传销 盗采 黑作坊 黑车 套取 骗取 违建 私搭 贩卖 涉黑 保护伞 徇私 弄虚作假")},
	{Suggestion, 3, fieldsOf("建议 建言 提议 倡议 献策")},
	{Suggestion, 1, fieldsOf("希望增加 希望增设 希望能增 应该增 可否增设 能否增设 能否增加 希望优化 优化 呼吁 完善 希望设 改为 希望能够")},
	{Praise, 3, fieldsOf("表扬 点赞 感谢信 锦旗 好人好事 致谢 特此感谢 由衷感谢 衷心感谢 拾金不昧")},
	{Praise, 1, fieldsOf("非常感谢 服务好 态度好 热情 负责任 辛苦了 赞扬")},
}

// classHints are the reasons why something could not be done, from the causes
// that the windows of 眉山 and 武汉 write down.
var classHints = []hint{
	{Refused, 3, fieldsOf("不给办 不给我办 拒绝办理 拒不办理 拒绝受理 不予受理 不受理 不肯办 不愿办 不给盖章 不给开 拒绝盖章 刁难 卡着不办 拖着不办 压着不办 吃拿卡要 故意拖延 找借口 百般推脱")},
	{Refused, 1.5, fieldsOf("推诿 踢皮球 互相推 推来推去 推脱 不作为 跑了 来回跑 白跑 多跑 不一次说清 不一次告知 一次性告知 没有理由 无故 无正当理由 别处能办 别的地方能办 其他地方可以 态度恶劣 让我等")},
	{CannotDo, 3, fieldsOf("办不了 政策不允许 政策不支持 没有政策 不符合条件 不符合政策 条件不符 不满足条件 不够条件 没有资格 不具备 超龄 超过年龄 超过期限 过了期限 已过期 没有依据 不在范围 不在受理范围 系统不支持 系统无法")},
	{CannotDo, 1.5, fieldsOf("材料不全 材料不齐 缺少材料 缺材料 资料不全 证件遗失 证件丢失 原件丢失 没有原件 年限不够 未满 不满足 户口不在 户籍不在 没有社保 断缴 审核不通过 审核未通过 被退回")},
	{HardToDo, 3, fieldsOf("历史遗留 权属不清 产权不清 产权纠纷 权属纠纷 权属争议 多个部门 几个部门 两个部门 部门之间 跨部门 跨区域 档案丢失 档案遗失 开发商破产 开发商跑路 公司已注销 单位已破产 单位已注销 改制")},
	{HardToDo, 1.5, fieldsOf("多年 十几年 十年 数年 几年了 多次反映 一直没有解决 长期得不到解决 遗留问题 互相扯皮 扯皮 都说不归 不归我们管 不归他们管 无人接管 没有验收 未验收 烂尾 土地性质 手续不全 涉及面广 纠纷")},
}

// errand are words of somebody who came to get something done at a counter;
// without one, a complaint about noise is no case of 办不成事.
var errand = fieldsOf("办理 办证 办事 申请 申办 审批 登记 过户 盖章 窗口 大厅 手续 证明 备案 报销 落户 迁户 上户 年审 年检 换证 补办 注销 领取 提取 缴费 报名 认定 审核 受理 房产证 不动产证 营业执照 居住证 身份证 社保 医保 公积金 养老 低保 补贴 退休 许可 执照 准生证 学籍 入学")

// Guess is a value with the words that spoke for it. An empty Value says that
// nothing did, or several as much.
type Guess struct {
	Value string   `json:"value"`
	Words []string `json:"words,omitempty"`
}

// KindByWords reads what the caller wants from how he puts it.
func KindByWords(title, text string) Guess {
	return clearest(weighHints(kindHints, title, text), 1, 0.5)
}

// ClassByWords reads why something could not be done. window is true for tickets
// of the 办不成事 window, whose callers all have an errand; elsewhere a ticket
// without one is ordinary.
func ClassByWords(title, text string, window bool) Guess {
	whole := folding(title) + "\n" + folding(text)
	if !window && !containsAny(whole, errand) {
		return Guess{Value: Ordinary}
	}
	g := clearest(weighHints(classHints, title, text), 3, 1)
	if g.Value == "" && !window && len(g.Words) == 0 {
		return Guess{Value: Ordinary}
	}
	return g
}

type weighedHint struct {
	value string
	sum   float64
	words []string
}

// weighHints adds up, for each value, the words that stand in title and text.
func weighHints(hints []hint, title, text string) []weighedHint {
	var out []weighedHint
	title, text = folding(title), folding(text)
	for _, h := range hints {
		i := slices.IndexFunc(out, func(w weighedHint) bool { return w.value == h.value })
		if i < 0 {
			i = len(out)
			out = append(out, weighedHint{value: h.value})
		}
		for _, word := range h.words {
			n := 0.0
			if strings.Contains(title, word) {
				n += 2
			}
			if strings.Contains(text, word) {
				n++
			}
			if n > 0 {
				out[i].sum += n * h.weight
				out[i].words = append(out[i].words, word)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b weighedHint) int { return cmp.Compare(b.sum, a.sum) })
	return out
}

// clearest is the heaviest value, when it weighs at least least and leads by lead.
func clearest(ws []weighedHint, least, lead float64) Guess {
	switch {
	case ws[0].sum == 0:
		return Guess{}
	case ws[0].sum < least || ws[0].sum-ws[1].sum < lead:
		return Guess{Words: ws[0].words}
	}
	return Guess{Value: ws[0].value, Words: ws[0].words[:min(len(ws[0].words), 5)]}
}

// folding is a text as its comparable runes.
func folding(src string) string { return string(likeLine(src).runes) }
