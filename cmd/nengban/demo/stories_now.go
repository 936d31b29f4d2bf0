package demo

import (
	"time"

	"nengban/tickets"
)

// guarded are tickets whose citizen stays unknown, to departments or to all.
func (w *writer) guarded() {
	secret := from("姚文斌", tickets.Irregularity, "0603", "990103001", "石泉路二巷", "石泉路二巷有个作坊，半夜加工卤肉，用的是发臭的冻肉，我在旁边上班，千万不要说是我讲的，他们有人。")
	secret.Confidential = true
	w.story("confidential", "保密举报：承办单位看不到举报人，联系经热线转达", "Confidential: the department cannot see who spoke, contact runs through the desk", "chen.jie", secret).
		onDay(5, "13:40").answers(says("1", 30*minute)).
		then("zhao.lei", 10*minute, &tickets.Triage{Class: tickets.Ordinary, Urgency: tickets.Urgent, Reason: "食品安全线索，举报人要求保密。"}).
		then("zhao.lei", 4*minute, to("market", "《食品安全法》第一百一十五条")).
		then("jiang.yun", 30*minute, sign()).
		then("jiang.yun", hour, progress("已会同公安突击检查，现场查封，扣押原料。")).
		then("chen.jie", 2*hour, &tickets.RecordContact{ContactWay: tickets.ByDesk, Text: "由热线回电举报人转达查处情况，未透露承办人和举报信息。"}).
		then("jiang.yun", 2*hour, solved("查实无证加工，查封场所，扣押原料210公斤，立案并移送公安。", "您反映的作坊已被查封并立案。")).
		then("zhao.lei", hour, accept())

	nobody := from("", tickets.Complaint, "0401", "990103101", "云岭街北头", "云岭街北头的空地，每天晚上有人拉建筑垃圾来倒，堆成山了。")
	nobody.Anonymous = true
	w.story("anonymous", "匿名：一样受理，凭编号和提取码查询", "Anonymous: handled like any other, looked up by number and code", "wu.peng", nobody).
		onDay(8, "20:10").
		then("xu.jing", 20*minute, ordinary("垃圾倾倒。")).
		then("xu.jing", 5*minute, to("sanitation", "《城市市容和环境卫生管理条例》第二十八条")).
		then("zhu.qiang", hour, sign()).
		then("zhu.qiang", 9*hour, &tickets.Reply{NoContact: "匿名来电，无联系方式", Facts: tickets.FactsTrue, Demand: tickets.Reasonable, Result: tickets.ReallySolved,
			Text: "清运建筑垃圾46车，封闭进出口，安装监控，查获偷倒车辆一台并处罚。", PublicText: "垃圾已清运，路口已封闭并安装监控，偷倒车辆已被处罚。"}).
		then("xu.jing", hour, accept())
}

// standing are the tickets that stand at a station now.
func (w *writer) standing() {
	w.story("to_supplement", "待补充：等诉求人补充材料", "The citizen owes an answer", "citizen",
		online(from("沈子涵", tickets.Complaint, "0601", "990102002", "", "买的床垫有味道，商家不给退，帮我处理。"))).
		endsBefore(2*hour).
		then("xu.jing", 25*minute, &tickets.AskCitizen{Text: "请补充商家名称、购买日期、付款凭证，以及是线上还是门店购买。"})

	w.story("to_dispatch", "待派单：刚完成研判", "Triaged a moment ago, waiting to be dispatched", "lin.yue",
		from("方桂兰", tickets.Complaint, "0402", "990102002", "柳桥街", "菜市场门口又摆满了，三轮车都过不去，救护车上回就堵在这里。")).
		endsBefore(15*minute).
		then("zhao.lei", 12*minute, ordinary("占道经营，属街道综合执法事项。"))

	w.story("to_sign_for", "待签收：等承办单位签收", "Dispatched, waiting to be signed for", "wu.peng",
		from("石国庆", tickets.Complaint, "0405", "990103001", "松坪大道60号", "松坪大道挖开埋管子，埋完没铺路，大车一过全是灰，窗户都不敢开。")).
		endsBefore(40*minute).
		then("xu.jing", 18*minute, ordinary("道路开挖恢复。")).
		then("xu.jing", 6*minute, to("municipal_works", "《城市道路管理条例》第三十三条"))

	w.story("to_sign_for_late", "待签收：签收已超时", "Dispatched and not signed for in time", "chen.jie",
		from("金美玲", tickets.Assistance, "0706", "990121100", "桂香苑5栋", "社保卡丢了，网点说要等十五天，我下周要住院。")).
		endsBefore(15*hour).
		then("zhao.lei", 30*minute, ordinary("社保卡补办。")).
		then("zhao.lei", 10*minute, to("social_insurance", "《社会保险法》第五十八条"))

	w.story("to_rule_return", "退单待审：等终审", "Returned, waiting for a ruling", "lin.yue",
		from("梁光荣", tickets.Complaint, "0503", "990102001", "百花小区", "楼下美容院天天放音响喊“买一送一”，从早上九点喊到晚上，头都大了。")).
		endsBefore(25*minute).
		then("xu.jing", 10*minute, ordinary("社会生活噪声。")).
		then("xu.jing", 4*minute, to("police", "《噪声污染防治法》第八十二条")).
		then("xu.feng", 3*hour, &tickets.Return{Code: tickets.NotOurDuty, Reason: "商铺音响揽客由城管部门先行劝阻。", Basis: "市噪声执法分工第四项", Suggest: "city_management"})

	w.story("in_hand_due_soon", "办理中：今明两日到期", "In hand, due within a day", "wu.peng",
		from("汪红霞", tickets.Complaint, "0904", "990102003", "东渡实验小学", "学校食堂这个月换了公司，菜都是凉的，娃天天回来喊饿，家长群里都炸了。")).
		onDay(4, "15:30").
		then("zhao.lei", 15*minute, ordinary("学校食堂管理。")).
		then("zhao.lei", 5*minute, to("education", "《教育法》第十五条", "market")).
		then("yang.fan", 2*hour, sign()).
		then("jiang.yun", hour, signAs("market")).
		then("yang.fan", 2*hour, visited("到校与家委会代表见面，现场查看供餐。")).
		then("jiang.yun", 8*hour, &tickets.Assist{Department: "market", Text: "抽检餐具和留样，结果合格；保温设备不足，已责令整改。"})
	w.last().stays = true

	w.story("to_review", "待审核：等分派员审核答复", "Answered by the department, waiting for review", "chen.jie",
		from("任家豪", tickets.Suggestion, "0204", "990103001", "松坪大道与石泉路路口", "建议石泉路口的行人绿灯延长几秒，老人走一半就变红了。")).
		endsBefore(20*minute).
		then("zhao.lei", 10*minute, ordinary("信号配时建议。")).
		then("zhao.lei", 5*minute, to("traffic_police", "《道路交通安全法》第二十五条")).
		then("xu.feng", hour, sign()).
		then("xu.feng", hour, rang("电话告知采集流量的安排。")).
		then("xu.feng", 9*hour, solved("行人相位由18秒调整为26秒，增设倒计时。", "行人绿灯已延长到26秒，并加了倒计时。"))

	w.story("to_call_back", "待回访：短信在演示手机上，等您来答", "The survey lies on a pretend phone: answer it", "lin.yue",
		from("姜海燕", tickets.Complaint, "0302", "990102001", "锦绣湖畔12栋", "我们家水龙头接出来的水有股漂白粉味，烧开了还有。")).
		endsBefore(4*hour).
		then("xu.jing", 10*minute, ordinary("水质问题。")).
		then("xu.jing", 5*minute, to("water", "《城市供水条例》第二十条")).
		then("zhang.tao", hour, sign()).
		then("zhang.tao", hour, visited("上门取样，余氯0.35，浊度0.2，均合格。")).
		then("zhang.tao", 5*hour, solved("末梢余氯偏高系加氯泵调节所致，已下调并连续监测，今日复测口感正常。", "加氯量已下调，复测合格，感谢提醒。")).
		then("xu.jing", 30*minute, accept())

	w.story("to_rework", "待重办：市民刚刚答复未解决", "Not solved, said the citizen a moment ago", "chen.jie",
		from("崔玉珍", tickets.Complaint, "0404", "990103101", "云岭街", "云岭街中段路灯坏了十几盏，报了说修好了，昨晚去看还是黑的。")).
		endsBefore(3*hour).
		then("zhao.lei", 10*minute, ordinary("路灯维修。")).
		then("zhao.lei", 5*minute, to("municipal_works", "《城市照明管理规定》第四条")).
		then("zhu.qiang", hour, sign()).
		then("zhu.qiang", hour, rang("已联系，告知抢修安排。")).
		then("zhu.qiang", 4*hour, solved("故障灯具已更换12盏。", "路灯已修复。")).
		then("zhao.lei", 30*minute, accept()).
		atLast("citizen", &tickets.RecordRating{Rating: 5, Solved: tickets.SolvedNo, Way: "web", Text: "刚刚去看，还有四盏没亮"})
}

// justNow are calls of the last minutes.
func (w *writer) justNow() {
	for _, c := range []struct {
		ago                                              int
		by, name, category, area, place, content, zh, en string
		kind                                             tickets.Kind
	}{
		{3, "lin.yue", "马志明", "0407", "990102002", "滨河花园地下车库", "车库进水了，已经淹到脚脖子，抽水泵没人开，物业电话打不通。", "刚刚来电：待研判", "A call of three minutes ago, waiting for triage", tickets.Assistance},
		{8, "wu.peng", "胡思雨", "0502", "990102003", "渡口佳苑3栋", "楼下夜宵店的油烟机直接对着我家窗户排，孩子一直咳。", "", "", tickets.Complaint},
		{17, "chen.jie", "高桂兰", "0703", "990121100", "桂香苑2栋", "老伴的养老金这个月没有到账，打社保的电话一直占线。", "", "", tickets.Inquiry},
	} {
		w.story("just_now", c.zh, c.en, c.by, from(c.name, c.kind, c.category, c.area, c.place, c.content)).
			startsAt(w.d.Now.Add(-time.Duration(c.ago) * time.Minute))
		w.last().stays = true
	}
}

// hot is a matter that many call about this very day: nobody has joined their
// tickets yet.
func (w *writer) hot() {
	for i, c := range []struct {
		by, name, address, content string
		ago                        time.Duration
	}{
		{"lin.yue", "熊建平", "石泉街道石榴巷", "凤凰涂料厂又在排刺鼻的油漆味，孩子咳了一夜，窗户都不敢开。", 5 * hour},
		{"wu.peng", "白玉梅", "石泉街道学府花园3栋", "闻到很重的油漆味，刺鼻，应该是凤凰涂料厂飘过来的，能不能去查一下。", 4 * hour},
		{"chen.jie", "", "石泉街道", "凤凰涂料厂半夜偷偷排气，油漆味刺鼻，全小区都闻得到。", 3*hour + 20*minute},
		{"lin.yue", "常志远", "石泉路幼儿园", "幼儿园旁边凤凰涂料厂油漆味刺鼻，家长都很担心，要求停产整改。", 2 * hour},
		{"wu.peng", "段春霞", "石泉街道学府花园9栋", "凤凰涂料厂的油漆味又来了，刺鼻头晕，昨天也打过电话没人管。", 70 * minute},
		{"chen.jie", "孔令辉", "石泉街道石榴巷", "刺鼻油漆味，凤凰涂料厂方向，老人胸闷。", 35 * minute},
	} {
		zh, en := "", ""
		if i == 0 {
			zh, en = "热点：一天里多人反映同一家厂的气味，见“热点事项”", "Hot: one factory's smell, many callers in a day; see Hot matters"
		}
		w.story("hot_matter", zh, en, c.by, from(c.name, tickets.Complaint, "0504", "990103001", c.address, c.content)).endsBefore(c.ago)
	}
}
