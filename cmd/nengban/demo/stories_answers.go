package demo

import (
	"time"

	"nengban/tickets"
)

// answers are matters that never leave the desk.
func (w *writer) answers() {
	w.story("answered_at_once", "当场答复：接线员查知识库直接答复", "A call answered at once from the knowledge base", "chen.jie",
		from("吴桂兰", tickets.Inquiry, "1102", "990102001", "梅园新村6栋", "我老伴去年底满的八十，邻居家的都领到高龄津贴了，我们一直没有收到，是不是要去哪里申请？社区让我问你们。")).
		onDay(2, "09:40").answers(named("answers_in_words")).
		then("chen.jie", 4*minute, &tickets.AnswerAtOnce{
			Text:       "年满八十周岁当月系统自动发放到社保卡，不用申请。没有收到的，多半是社保卡的金融功能没激活，带卡到任一合作银行激活，次月一并补发。",
			PublicText: "高龄津贴不用申请，请把社保卡的金融功能激活，漏发的月份次月补发。", Basis: "市高龄津贴管理办法第五条", Article: w.d.articles["高龄津贴发放标准与申领"]})

	w.story("cannot_do", "办不了：窗口当日说明政策依据和可走的路", "Cannot be done: the policy explained the same day, and another way shown", "zhou.min",
		atWindow(from("贺志明", tickets.Assistance, "0605", "990102002", "滨河花园3栋102", "想在自己一楼的房子里开个小面馆，楼上几家都说可以开，窗口说商住楼里没有专用烟道不给登记，我跑了三回了，到底能不能办？"), "餐饮店设立登记", 3)).
		onDay(4, "10:05").answers(says("3 说得清楚，也给指了路", 35*time.Minute)).
		then("zhou.min", 12*minute, &tickets.Triage{Class: tickets.CannotDo, Reason: "住宅楼内新建餐饮项目为法律明令禁止，不属窗口刁难。", Basis: "《大气污染防治法》第八十一条"}).
		then("zhou.min", 25*minute, &tickets.AnswerAtOnce{
			Text:       "居民住宅楼内、未配套专用烟道的商住楼不得新建产生油烟的餐饮项目，任何窗口都不能批。可以改办不产生油烟的业态（如便利店、早餐零售），或选用纺织路便民市场的餐饮摊位，管理方联系方式已书面给您。",
			PublicText: "住宅楼内不能开办餐饮，可改办无油烟业态，或到纺织路便民市场租用餐饮摊位。", Basis: "《大气污染防治法》第八十一条第二款"})

	w.story("declined", "不予受理：已在法院审理，告知法定途径", "Declined: it is before a court; the code, the reason and the path are kept", "wu.peng",
		from("程建国", tickets.Complaint, "0103", "990103001", "石泉小区9栋", "我和房东打官司，法院还没判，我想让你们12345给评评理，叫他先把押金退了。")).
		onDay(5, "14:20").
		then("zhao.lei", 25*minute, &tickets.Decline{Code: tickets.StatutoryPath, Text: "该纠纷已由法院立案审理，热线不介入裁判事项。",
			Advice: "请向承办法官或法院诉讼服务热线12368反映；如经济困难，可向松坪区法律援助中心申请援助律师，免费。"})

	w.story("handed_to_110", "转接110：夜间持刀纠纷，三方通话后移交", "Handed to the police after a three-way call, at night", "lin.yue",
		from("冯雪梅", tickets.Assistance, "1003", "990102003", "东渡花园11栋", "楼下两家人因为停车打起来了，有一个回去拿了菜刀，你们快点，我不敢下去！")).
		onDay(2, "21:37").atAnyHour().
		then("lin.yue", 2*minute, &tickets.HandOver{To: tickets.Police, Text: "已一键转接110并三方通话，东渡派出所值班民警接处，约定后续由110回访报警人。"})

	w.story("withdrawn", "撤回：诉求人自己解决了", "Withdrawn by the caller", "chen.jie",
		from("邓永刚", tickets.Complaint, "0202", "990102003", "渡口大道", "昨天坐车把一个黑色背包丢在出租车上了，里头有电脑，车牌只记得后三位。")).
		onDay(3, "08:50").
		then("zhao.lei", 20*minute, ordinary("失物查找，转运输部门协查。")).
		then("zhao.lei", 6*minute, to("transport", "《巡游出租汽车经营服务管理规定》第五条")).
		then("citizen", 95*minute, &tickets.Withdraw{Reason: "司机师傅已经把包送到单位来了，不用再查了，谢谢。"})

	w.story("supplemented", "补充材料：问清楚再派单", "The citizen was asked for what was missing, and gave it", "citizen",
		online(from("宋佳怡", tickets.Complaint, "0602", "990102001", "", "美容店关门了，我卡里还有钱，怎么退？"))).
		onDay(6, "19:20").answers(named("satisfied")).
		then("xu.jing", 30*minute, &tickets.AskCitizen{Text: "请补充：店名和地址、办卡时间和余额、是否有合同或付款记录，便于转办。"}).
		then("citizen", 14*hour, &tickets.Supplement{Text: "店名叫云裳美容，在梅园路26号，去年十月办的，余额一千九百元，有微信付款记录和会员卡照片。"}).
		then("xu.jing", 40*minute, ordinary("信息已补齐，属预付式消费纠纷。")).
		then("xu.jing", 5*minute, to("consumer", "《消费者权益保护法》第五十三条")).
		then("jiang.yun", 2*hour, sign()).
		then("jiang.yun", hour, rang("已联系诉求人，登记付款凭证。")).
		then("jiang.yun", 11*hour, solved("经协调，房东代为联系到经营者，双方达成调解：余额1900元分两次退还，首期1000元已到账，余款本周五前付清，已签调解书。", "首期1000元已退，余款本周五前退清，调解书已发给您。")).
		then("zhao.lei", hour, accept())

	w.story("praised", "表扬：转达并记录", "Praise, passed on", "lin.yue",
		from("潘淑芬", tickets.Praise, "0701", "990103001", "机械厂一村", "要表扬劳动监察的同志，帮我们把拖了大半年的工钱要回来了，大过节的还陪我们去工地，我们几个都不会说话，就想谢谢他们。")).
		onDay(6, "16:15").
		then("lin.yue", 3*minute, &tickets.AnswerAtOnce{Text: "感谢您的来电，已转达劳动保障监察支队，表扬内容记入当月工作通报。", Basis: "表扬类来电，转达即可"})
}
