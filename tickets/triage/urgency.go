package triage

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Levels of urgency (紧急程度), as tickets store them.
const (
	Routine  = "routine"  // 一般
	Urgent   = "urgent"   // 紧急
	Critical = "critical" // 特急: life, property, public safety; to a person at once
)

// Alarm is one sign that somebody must move soon.
type Alarm struct {
	Code  string `json:"code"`  // self_harm, threat, gathering, gas, fire, …
	Level string `json:"level"` // what this sign alone makes of the ticket
	Word  string `json:"word"`  // as the caller wrote it
	Quote string `json:"quote"` // the sentence it stands in
	// Softened says what made the sign weaker than its word: feared, past; "" when nothing did.
	Softened string `json:"softened,omitempty"`
}

// Urgency reads how soon somebody must move, and the signs, the gravest first.
// It knows words, not the world: it would rather send ten tickets to a person
// in vain than leave one that matters. Denied signs (没有漏气, 防止自杀) and things
// that only bear the name (燃气报警器, 跳楼价) are none; feared and past ones count
// one level less, but a threat to life stays what it is however it is put.
func Urgency(title, text string) (string, []Alarm) {
	var found []Alarm
	for _, src := range [2]string{title, text} {
		found = append(found, alarmsIn(likeLine(src))...)
	}
	slices.SortStableFunc(found, func(a, b Alarm) int { return cmp.Compare(grade(b.Level), grade(a.Level)) })
	seen := map[[2]string]bool{}
	found = slices.DeleteFunc(found, func(a Alarm) bool {
		key := [2]string{a.Code, a.Word}
		again := seen[key]
		seen[key] = true
		return again
	})
	if len(found) == 0 {
		return Routine, nil
	}
	return found[0].Level, found
}

func grade(level string) int {
	switch level {
	case Critical:
		return 2
	case Urgent:
		return 1
	default:
		return 0
	}
}

// sign is a group of words that mean the same alarm.
type sign struct {
	code, level string
	threat      bool   // stays as grave in the past and when only feared
	words       string // separated by blanks, as folded
	not         string // longer words that hold one of these and mean something else
}

// signs follow the lists by which desks send tickets to a person at once
// (扬言, 自杀, 集访 in the warning models of supervision; gas, fire, water, power
// and building accidents from the cities' emergency plans).
var signs = []sign{
	{"self_harm", Critical, true, "自杀 自尽 自残 轻生 寻死 寻短见 跳楼 跳河 跳江 跳桥 跳下去 割腕 上吊 喝农药 喝药死 服毒 不想活 活不下去 以死 一死了之 死给 了结生命 结束生命 结束自己 自焚 遗书",
		"跳楼价 跳楼机 跳楼甩卖 跳楼大甩卖 跳楼清仓"},
	{"threat", Critical, true, "扬言 同归于尽 报复社会 杀人 杀了他 杀了你 杀了我 杀死 杀掉 杀全家 砍死 砍人 捅死 捅人 捅了 弄死 打死他 打死你 要我命 放炸弹 炸掉 炸政府 炸楼 纵火 放火烧 泼汽油 汽油桶 鱼死网破 血案 拼命 极端行为 极端方式 极端手段 极端事件 过激行为",
		"杀人游戏 剧本杀人 狼人杀人 轰炸掉"},
	{"violence", Critical, false, "持刀 砍伤 捅伤 行凶 被绑架 绑架人 绑架我 绑架案 非法拘禁 拐卖 拐走 强奸 轮奸 性侵 正在打人 被打伤 往死里打 家暴 虐待 聚众斗殴", "强奸式 强奸民意"},
	{"gathering", Urgent, true, "集访 群访 上访 进京 赴京 赴省 聚集 集结 围堵 堵路 堵门 堵大门 堵高速 拉横幅 打横幅 静坐 游行 示威 罢工 罢运 罢课 罢市 维权大会 群体性事件 群体事件",
		"聚集地 聚集区 人口聚集 人员聚集区 产业聚集 聚集效应 垃圾聚集 灰尘聚集 上访件"},
	{"gas", Critical, false, "漏气 煤气泄漏 煤气泄露 燃气泄漏 燃气泄露 天然气泄漏 天然气泄露 煤气味 天然气味 燃气味 液化气味 漏煤气 漏天然气 煤气中毒 一氧化碳", "轮胎漏气 车胎漏气 空调漏气 球漏气"},
	{"explosion", Critical, false, "爆炸 炸伤 锅炉炸 气罐炸", "爆炸式 爆炸性 信息爆炸 信息大爆炸 爆炸场 爆炸的时代"},
	{"fire", Critical, false, "起火 着火 失火 火灾 冒浓烟 冒黑烟 浓烟滚滚 大火 自燃", "火灾险 火灾保险 着火点 大火车 大火锅 着火车 失火车"},
	{"electricity", Critical, false, "触电 漏电 电死 电伤 电线掉 电线断 高压线掉 高压线断 电线垂 裸露电线 电线裸露 冒火花 打火花 变压器冒", ""},
	{"collapse", Critical, false, "坍塌 倒塌 垮塌 塌方 路面塌陷 地面塌陷 道路塌陷 马路塌陷 塌了 地陷 楼体倾斜 房屋倾斜 楼房倾斜 滑坡 泥石流 墙倒 脚手架倒 塔吊倒 快倒了 要倒了 随时会倒 掉下来砸 砸伤 砸死", ""},
	{"trapped", Critical, false, "被困 困在电梯 困人 关在电梯 卡在电梯 坠梯 落水 溺水 掉进井 掉入井 掉进河 坠楼 坠井 坠落身亡", ""},
	{"medical", Critical, false, "昏迷 昏倒 休克 生命危险 生命垂危 命悬一线 奄奄一息 食物中毒 集体中毒 中毒 上吐下泻 救命 人命关天 出人命 闹出人命 窒息", "中毒软件 电脑中毒 手机中毒 救命钱 救命保命钱 救命药 救命路 救命通道 救命消防 救命稻草 令人窒息 窒息感"},
	{"missing", Critical, false, "走失 失踪 走丢 找不到孩子 孩子丢了 老人丢了", "玩失踪 失踪了的钱"},
	{"chemicals", Critical, false, "毒气 化学品泄漏 化学品泄露 氨气泄漏 氯气 硫酸泄漏 危险品 剧毒 不明液体 投毒", "有毒气体"},
	{"flood", Critical, false, "决堤 溃堤 溃坝 管涌 山洪 洪水来 洪水进 洪水围", ""},
	{"flood", Urgent, false, "水淹 被淹 倒灌 内涝 进水了", ""},
	{"outage", Urgent, false, "全小区停水 整个小区停水 大面积停水 大面积停电 整栋停电 整栋停水 停水停电 停水三天 停水多日 停水几天 没水喝 没水用 没有水喝 断水断电 停电三天 停暖 停气 爆管 水管爆裂 水管爆 管道爆裂", ""},
	{"hazard", Urgent, false, "井盖丢失 井盖缺失 井盖没了 没有井盖 无井盖 井盖破 深坑 高空抛物 玻璃掉 外墙脱落 墙皮掉 广告牌掉 摇摇欲坠 树倒 大树倒 狗咬 被狗咬 恶犬 疯狗 马蜂窝 消防通道被堵 堵塞消防通道 占用消防通道", ""},
	{"need", Urgent, false, "揭不开锅 没饭吃 断粮 等钱救命 等钱做手术 无家可归 露宿街头 孤寡老人无人 老人无人照顾 重病", ""},
	{"press", Urgent, true, "找媒体 曝光 记者 焦点访谈 中央电视台 网上曝光 发到网上", "曝光率 双重曝光"},
}

// contexts that take from a sign.
var (
	denied = []string{"没有", "未", "不会", "不是", "并非", "并没", "防止", "避免", "预防", "以免", "免得", "严防", "防范", "杜绝", "谨防", "排除了", "不存在", "禁止", "不要", "无"}
	// After 没有 these make it no denial: 没有办法只能跳楼.
	notDenied   = []string{"没有人", "没有办", "没有地", "没有钱", "没有活", "没有谁", "无人", "无法", "无奈", "无处", "无路", "无良", "未成年", "未来", "不是要", "不是想", "不会有人"}
	namesOnly   = []string{"预防", "演练", "知识", "宣传", "讲座", "报警器", "报警系统", "干预", "热线", "保险", "险种", "检测", "检查", "培训", "应急预案", "救援队"}
	feared      = []string{"担心", "害怕", "恐怕", "怕", "万一", "如果", "假如", "要是", "一旦", "可能", "容易", "会不会", "是否", "隐患", "以防", "风险", "差点", "险些", "早晚", "迟早", "唯恐"}
	fearedAfter = []string{"隐患", "风险", "的可能", "怎么办", "的话", "谁负责", "谁来负责", "危险"}
	past        = []string{"去年", "前年", "上个月", "上月", "曾经", "曾", "以前", "之前", "当年", "年前", "往年", "早年", "那年", "新闻", "听说", "据说", "报道", "年平均", "平均", "每年", "经常", "多次", "每次", "接二连三", "连续发生", "发生过"}
)

const (
	longestSignWord = 10
	deniedWithin    = 5 // runes before a word in which a denial reaches it
	softenedWithin  = 12
	afterWithin     = 6
)

type signWords struct {
	words map[string]int // word → index into signs
	not   map[string]bool
	first map[rune]bool // runes that any of them begins with
}

var signIndex = sync.OnceValue(func() *signWords {
	x := &signWords{map[string]int{}, map[string]bool{}, map[rune]bool{}}
	for i, s := range signs {
		for _, w := range fieldsOf(s.words) {
			x.words[w] = i
			x.first[[]rune(w)[0]] = true
		}
		for _, w := range fieldsOf(s.not) {
			x.not[w] = true
			x.first[[]rune(w)[0]] = true
		}
	}
	return x
})

// alarmsIn finds the signs of one text.
func alarmsIn(l line) []Alarm {
	var out []Alarm
	x := signIndex()
	until := 0 // what an earlier word covered
	for from := 0; from < len(l.runes); from++ {
		if from < until {
			continue
		}
		if n := x.longest(l.runes[from:], func(w []byte) bool { return x.not[string(w)] }); n > 0 {
			until = from + n
			continue
		}
		n := x.longest(l.runes[from:], func(w []byte) bool { _, ok := x.words[string(w)]; return ok })
		if n == 0 || x.partOfOther(l.runes, from, n) {
			continue
		}
		if a, ok := l.alarm(signs[x.words[string(l.runes[from:from+n])]], from, from+n); ok {
			out = append(out, a)
		}
		until = from + n
	}
	return out
}

// longest is the length of the longest word that rs starts with, or 0.
func (x *signWords) longest(rs []rune, known func([]byte) bool) int {
	if len(rs) == 0 || !x.first[rs[0]] {
		return 0
	}
	best := 0
	buf := make([]byte, 0, 4*longestSignWord)
	for n := 1; n <= min(longestSignWord, len(rs)) && rs[n-1] != ' '; n++ {
		buf = utf8.AppendRune(buf, rs[n-1])
		if known(buf) {
			best = n
		}
	}
	return best
}

// partOfOther is true when the word ends or begins inside one that means
// something else: 轮胎漏气.
func (x *signWords) partOfOther(rs []rune, from, n int) bool {
	for start := max(0, from-longestSignWord+1); start < from; start++ {
		if m := x.longest(rs[start:], func(w []byte) bool { return x.not[string(w)] }); start+m >= from+n {
			return true
		}
	}
	return false
}

// alarm weighs a word by what stands around it.
func (l *line) alarm(s sign, from, to int) (Alarm, bool) {
	start, end := l.sentence(from, to)
	clause := l.clauseStart(from, start)
	before := string(l.runes[max(clause, from-softenedWithin):from])
	near := string(l.runes[max(clause, from-deniedWithin):from])
	after := string(l.runes[to:min(end, to+afterWithin)])
	if deniedBy(near, after) || containsAny(after, namesOnly) {
		return Alarm{}, false
	}
	a := Alarm{Code: s.code, Level: s.level, Word: l.cut(from, to), Quote: l.quote(start, end, from)}
	if s.threat {
		return a, true
	}
	switch {
	case containsAny(before, feared) || containsAny(after, fearedAfter):
		a.Softened = "feared"
	case containsAny(string(l.runes[clause:from]), past) || datedIn(l.runes[clause:from]):
		a.Softened = "past"
	default:
		return a, true
	}
	if a.Level == Urgent {
		return a, false
	}
	a.Level = Urgent
	return a, true
}

// datedIn is true after a year or month in figures: 2018年10月弱电井起火 is over.
func datedIn(rs []rune) bool {
	for i := 1; i < len(rs); i++ {
		if (rs[i] == '年' || rs[i] == '月') && rs[i-1] >= '0' && rs[i-1] <= '9' {
			return true
		}
	}
	return false
}

func deniedBy(before, after string) bool {
	for _, d := range denied {
		at := strings.LastIndex(before, d)
		if at < 0 {
			continue
		}
		rest := before[at:] + after
		if !startsWithAny(rest, notDenied) {
			return true
		}
	}
	return false
}

// sentence is where the sentence around a word begins and ends.
func (l *line) sentence(from, to int) (int, int) {
	for from > 0 && !isStop(l.runes[from-1]) {
		from--
	}
	for to < len(l.runes) && !isStop(l.runes[to]) {
		to++
	}
	return from, to
}

func (l *line) clauseStart(from, start int) int {
	for from > start && !isPause(l.runes[from-1]) {
		from--
	}
	return from
}

func isStop(r rune) bool {
	return r != ',' && r != '，' && isPause(r)
}

const longestQuote = 40

// quote is the part of a sentence around a word that a list has room for.
func (l *line) quote(start, end, word int) string {
	if end-start > longestQuote {
		start = max(start, word-longestQuote/2)
		end = min(end, start+longestQuote)
	}
	return l.cut(start, end)
}
