package demo

import (
	"time"

	"nengban/tickets"
)

// reworks are what citizens' answers bring back.
func (w *writer) reworks() {
	w.story("reworked", "不满意重办：市民回复未解决，原单位重办后满意", "Not solved, says the citizen: handled again, and this time it is", "lin.yue",
		from("罗春梅", tickets.Complaint, "0407", "990102002", "柳桥街12号", "柳桥街下水道反味，一到下午满屋子臭，物业掏了一次没用，两天又臭了。")).
		onDay(7, "08:55").answers(unsolved(1, "0 就掏了一下，臭味照旧")).
		then("xu.jing", 12*minute, ordinary("排水设施。")).
		then("xu.jing", 5*minute, to("municipal_works", "《城镇排水与污水处理条例》第五条")).
		then("zhu.qiang", hour, sign()).
		then("zhu.qiang", hour, rang("已联系，约定清掏时间。")).
		then("zhu.qiang", 4*hour, solved("已清掏雨污水井六座。", "已完成清掏。")).
		then("xu.jing", hour, accept()).
		at(tickets.InHand).
		then("zhu.qiang", hour, visited("上门赔礼，与住户一起打开井盖排查，发现支管破裂渗漏。")).
		then("zhu.qiang", 6*hour, &tickets.Reply{ContactWay: tickets.ByVisit, Facts: tickets.FactsTrue, Demand: tickets.Reasonable, Result: tickets.ReallySolved,
			Text: "上次只清掏未查管道，处理不到位。本次更换破裂支管9米并加装防臭装置，住户连续两日确认无异味。", PublicText: "破裂的管子已更换并装了防臭装置，请您再观察，有异味直接打我们值班电话。",
			ProcessFix: "异味类工单须做管道内窥检测后方可办结。"}).
		then("xu.jing", hour, accept())

	w.story("reworked_twice", "二次重办：升级会商、黄色督办", "Not solved twice: consultation one level up, under a yellow order", "chen.jie",
		from("袁建国", tickets.Complaint, "0502", "990102003", "东渡花园3栋", "楼下烧烤店油烟，投诉了两次，每次都说整改了，过两天又把净化器关了，就是糊弄人。")).
		onDay(10, "09:00").answers(unsolved(2, "0 晚上照样冒烟", "没解决，净化器白天开晚上关")).
		then("zhao.lei", 12*minute, ordinary("餐饮油烟。")).
		then("zhao.lei", 6*minute, to("city_management", "《大气污染防治法》第一百一十八条")).
		then("zhu.qiang", hour, sign()).
		then("zhu.qiang", hour, rang("已联系并现场检查。")).
		then("zhu.qiang", 3*hour, solved("已责令店家清洗净化器。", "店家已清洗净化设备。")).
		then("zhao.lei", hour, accept()).
		at(tickets.InHand).
		then("zhu.qiang", 2*hour, visited("晚间复查，净化器已开启。")).
		then("zhu.qiang", 5*hour, solved("晚间复查设备运行正常，已告知店家保持开启。", "复查设备运行正常。")).
		then("zhao.lei", hour, accept()).
		at(tickets.InConsultation).
		then("zhu.qiang", 2*hour, opinion("建议安装在线监控并与电表联动，不开净化器则断排烟电源。")).
		then("qian.wei", hour, &tickets.ConcludeConsultation{Text: "城管主办、生态环境协办：安装油烟在线监测，超标即处罚；店家限期改造专用烟道。督办员跟踪至连续七日达标。", Lead: "city_management", Assisting: []string{"environment"}}).
		then("zhao.lei", 10*minute, to("city_management", "会商结论；黄色督办", "environment")).
		then("zhu.qiang", 30*minute, sign()).
		then("qin.lang", 30*minute, signAs("environment")).
		then("zhu.qiang", hour, visited("与住户代表见面，公开监测二维码。")).
		then("qin.lang", 4*hour, &tickets.Assist{Department: "environment", Text: "在线监测设备已安装联网。"}).
		then("zhu.qiang", 2*hour, &tickets.AnswerOrder{Order: 1, Text: "已立案处罚，在线监测投用，烟道改造完成，附监测曲线。"}).
		then("zhu.qiang", 2*hour, solved("立案处罚五千元，专用烟道改至楼顶，在线监测连续达标。", "烟道已改到楼顶，监测数据扫码可看。")).
		then("zhao.lei", hour, accept()).
		then("qian.wei", 2*hour, &tickets.CloseOrder{Order: 1, Text: "整改到位，销号；列入重点回头看。"})

	w.story("judged_not_counted", "差评认定：已解决但不满意政策，不计入考核", "A bad rating judged: the rule was disliked, not the work; it does not count", "wu.peng",
		from("郑浩然", tickets.Complaint, "0203", "990102001", "梅园路", "路边停车刚停了二十二分钟就收我五块，二十分钟免费，多两分钟也算，太不近人情。")).
		onDay(5, "10:30").answers(says("5 规定本身就不合理", 15*time.Minute)).
		then("zhao.lei", 15*minute, ordinary("停车收费争议。")).
		then("zhao.lei", 6*minute, to("city_management", "市停车场管理办法职责分工")).
		then("zhu.qiang", hour, sign()).
		then("zhu.qiang", 2*hour, rang("已说明计时规则并核对影像。")).
		then("zhu.qiang", 3*hour, explained("经核对，停放22分钟，系统按规定计费；已考虑首次争议，退还本次5元。", "收费符合规定，本次费用已退还。", "市停车收费标准第四条")).
		then("zhao.lei", hour, accept()).
		at(tickets.ToJudge).
		then("qian.wei", 3*hour, &tickets.JudgeRating{Decision: tickets.No, Reason: "费用已退还、解释到位，诉求人不满意收费标准本身，非办理质量问题，不计入考核。"})

	w.story("judged_counted", "差评认定：态度问题属实，计入评价并再办", "A bad rating judged: the manner was at fault; it counts and the matter is taken up again", "lin.yue",
		from("叶小红", tickets.Complaint, "0803", "990102001", "", "社区医院打疫苗，护士吼老人，说听不懂就别来，老人回来一直哭。")).
		onDay(6, "11:05").answers(says("4 办了，可打电话的人比护士还凶", 20*time.Minute)).
		then("xu.jing", 15*minute, ordinary("医疗服务态度。")).
		then("xu.jing", 5*minute, to("health", "《医疗机构管理条例》第五条")).
		then("shi.wen", hour, sign()).
		then("shi.wen", hour, rang("电话了解情况。")).
		then("shi.wen", 4*hour, solved("已对当事护士批评教育。", "已对当事人批评教育。")).
		then("xu.jing", hour, accept()).
		at(tickets.ToJudge).
		then("qian.wei", 2*hour, &tickets.JudgeRating{Decision: tickets.Yes, Again: true, Reason: "听取录音，承办人员语气生硬属实，计入评价，退回重办并当面致歉。"}).
		at(tickets.InHand).
		then("shi.wen", 2*hour, visited("中心主任带当事护士、承办人上门致歉。")).
		then("shi.wen", 3*hour, &tickets.Reply{ContactWay: tickets.ByVisit, Facts: tickets.FactsTrue, Demand: tickets.Reasonable, Result: tickets.ReallySolved,
			Text: "已当面致歉并取得谅解，预检台增设老年人专用导诊，承办人离岗培训一周。", PublicText: "我们已当面向老人致歉，并安排了老年人导诊。", ProcessFix: "回复电话统一录音抽检。"}).
		then("xu.jing", hour, accept())

	w.story("to_judge", "差评待认定：电话回访已解决、不满意", "A bad rating of a solved matter waits for the supervisor", "chen.jie",
		from("苏婷婷", tickets.Complaint, "1203", "990103001", "", "网上预约的结婚登记，去了说系统没有，排了一上午的队，最后是办了，可预约有什么用？")).
		endsBefore(50*minute).
		then("zhao.lei", 12*minute, ordinary("网上预约故障。")).
		then("zhao.lei", 5*minute, to("services", "《优化营商环境条例》第三十七条")).
		then("jin.jing", hour, sign()).
		then("jin.jing", hour, rang("已致电说明故障原因并致歉。")).
		then("jin.jing", 6*hour, solved("预约数据同步故障已修复，影响的23对新人逐一联系补办绿色通道。", "预约故障已修复。")).
		then("zhao.lei", hour, accept()).
		then("sun.fang", 30*minute, &tickets.RecordRating{Rating: 4, Solved: tickets.SolvedYes, Way: "person", Text: "事是办了，白排一上午队没人道歉"})

	w.story("overdue", "超期：群众催办、督办员催办、黄色督办", "Overdue: the citizen reminded, the supervisor reminded, then a yellow order", "lin.yue",
		from("吕长林", tickets.Complaint, "0206", "990121101", "青石坳村", "进村的桥护栏断了快一个月，前天有个骑三轮的差点翻下去，镇上说报了县里，县里说在走程序。")).
		onDay(9, "16:20").
		then("zhao.lei", 20*minute, ordinary("农村公路安全设施。")).
		then("zhao.lei", 8*minute, to("guiling", "《公路法》第八条")).
		then("hua.ming", 3*hour, sign()).
		then("hua.ming", 4*hour, rang("已联系诉求人，设置警示带。")).
		then("citizen", 70*hour, &tickets.Remind{Text: "一个星期了，警示带都被风刮跑了，还没有人来修。"}).
		then("qian.wei", 6*hour, &tickets.Remind{Text: "该单临近期限，存在安全隐患，请今日回复修复时间。"}).
		then("qian.wei", 15*hour, &tickets.Supervise{Colour: tickets.Yellow, Reason: "超过承诺期限仍未办结，两次催办无书面回复，安全隐患未消除。"}).
		then("hua.ming", 3*hour, &tickets.AnswerOrder{Order: 1, Text: "护栏材料已到场，因连续降雨推迟焊接，计划两日内完成，已加设水马隔离。"})
	w.last().stays = true
}

// burst is one cause and many calls: a water main breaks in the morning.
func (w *writer) burst() {
	main := w.story("burst_main", "停水突发：多人来电并为一单，逐一告知", "A water main bursts: many calls, one ticket", "lin.yue",
		from("卢建国", tickets.Assistance, "0301", "990102003", "东渡花园", "一早起来没有水，楼上楼下都没有，也没看到通知，家里有吃奶的娃，什么时候来？")).
		onDay(2, "07:12").answers(named("satisfied")).atAnyHour().
		then("zhao.lei", 9*minute, &tickets.Triage{Class: tickets.Ordinary, Urgency: tickets.Urgent, Reason: "片区停水，影响范围较大，按紧急件派发。"}).
		then("zhao.lei", 3*minute, to("water", "《城市供水条例》第二十二条")).
		then("zhang.tao", 8*minute, sign()).
		then("zhang.tao", 25*minute, rang("已回电，说明DN300主管爆裂，正在抢修，预计16时恢复。")).
		then("zhang.tao", 2*hour, progress("抢修已开挖到位，东渡花园、渡口佳苑设临时送水点两处，预计16时恢复供水。")).
		then("zhang.tao", 7*hour, solved("爆裂主管15时40分更换完毕，冲洗后恢复供水，高层17时前全部通水；已逐一回复来电人。", "供水已恢复。刚来水时可能发黄，请放水五至十分钟。")).
		then("zhao.lei", 25*minute, accept())

	for _, c := range []struct{ clock, by, name, address, content string }{
		{"07:18", "chen.jie", "薛秀英", "东渡花园2栋", "停水了？一点水都没有，早饭都没法弄。"},
		{"07:25", "wu.peng", "贾永刚", "渡口佳苑7栋", "没水，我们这边是不是停水了，怎么不提前说一声。"},
		{"07:31", "lin.yue", "汪淑芬", "渡口佳苑1栋", "水龙头放不出水，问物业说不知道。"},
		{"07:40", "chen.jie", "阎志强", "渡口大道88号附近", "路上有个地方水喷得老高，路都淹了，你们快来修。"},
	} {
		w.story("burst_same", "", "", c.by, from(c.name, tickets.Assistance, "0301", "990102003", c.address, c.content)).
			onDay(2, c.clock).
			thenAs(c.by, 2*minute, func(time.Time) tickets.Move {
				return &tickets.Merge{Into: main.number, Reason: "同一片区同一停水事件，并入主单统一办理、逐一告知。"}
			})
	}

	w.story("burst_taken_apart", "拆并：另有原因，重新派单", "Merged by mistake and taken apart again: it had another cause", "wu.peng",
		from("傅玲玲", tickets.Complaint, "0301", "990102003", "渡口佳苑12栋28楼", "我们家水一直很小，热水器都打不着，今天干脆没有了。")).
		onDay(2, "07:52").answers(named("satisfied")).
		thenAs("wu.peng", 2*minute, func(time.Time) tickets.Move {
			return &tickets.Merge{Into: main.number, Reason: "同一片区停水。"}
		}).
		then("zhao.lei", 11*hour, &tickets.Unmerge{Reason: "主管已修复，该户水压仍低，系二次供水泵问题，需单独办理。"}).
		then("zhao.lei", 10*minute, ordinary("高层二次供水水压不足。")).
		then("zhao.lei", 5*minute, to("water", "《城市供水条例》第二十二条", "housing_property")).
		then("zhang.tao", hour, sign()).
		then("wang.jian", hour, signAs("housing_property"))
	w.last().stays = true
}
