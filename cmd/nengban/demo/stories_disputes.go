package demo

import (
	"time"

	"nengban/tickets"
)

// disputes are about whose a ticket is.
func (w *writer) disputes() {
	w.story("returned_and_redirected", "退单采纳后改派", "A return accepted, and the ticket sent to whose it is", "wu.peng",
		from("许文斌", tickets.Complaint, "0204", "990102003", "望江路与渡口大道路口", "望江路那个路口的斑马线磨得都看不见了，车根本不让人，早上送娃好几次差点被撞。")).
		onDay(7, "10:10").answers(named("satisfied")).
		then("zhao.lei", 15*minute, ordinary("道路标线问题。")).
		then("zhao.lei", 5*minute, to("municipal_works", "《城市道路管理条例》第六条")).
		then("zhu.qiang", 3*hour, &tickets.Return{Code: tickets.NotOurDuty, Reason: "交通标线的设置和维护由公安机关交通管理部门负责，市政只负责路面。", Basis: "《道路交通安全法》第二十五条", Suggest: "traffic_police"}).
		then("zhao.lei", hour, &tickets.RuleOnReturn{Decision: tickets.AcceptReturn, Reason: "退单理由成立，依据充分，改派交警支队，并修订派单目录。"}).
		then("zhao.lei", 10*minute, to("traffic_police", "《道路交通安全法》第二十五条")).
		then("xu.feng", hour, sign()).
		then("xu.feng", hour, rang("已联系诉求人，说明夜间施划安排。")).
		then("xu.feng", 12*hour, solved("已于昨夜重新施划路口四个方向人行横道和礼让标识，增设反光道钉。", "路口斑马线已重新施划，增加了礼让标识。")).
		then("xu.jing", hour, accept())

	w.story("returned_twice", "两次退单：不再转手，会商定责", "Returned twice: it flies no further, a consultation settles whose it is", "lin.yue",
		from("沈玉珍", tickets.Complaint, "0406", "990102002", "柳桥里后门", "柳桥里后门的化粪池旁边那棵大树，根把围墙都拱倒了，随时要砸到人，物业说找街道，街道说找园林，园林说找物业，哪个管嘛。")).
		onDay(7, "15:05").answers(says("3", 50*time.Minute)).
		then("xu.jing", 20*minute, ordinary("树木和围墙安全隐患。")).
		then("xu.jing", 5*minute, to("liuqiao", "属地管理")).
		then("cao.yang", 2*hour, &tickets.Return{Code: tickets.NotOurDuty, Reason: "该树为登记在册的行道树，养护权属城管部门。", Basis: "《城市绿化条例》第七条", Suggest: "city_management"}).
		then("xu.jing", hour, &tickets.RuleOnReturn{Decision: tickets.AcceptReturn, Reason: "树木登记信息属实，改派城市管理局。"}).
		then("xu.jing", 10*minute, to("city_management", "《城市绿化条例》第七条")).
		then("zhu.qiang", 3*hour, &tickets.Return{Code: tickets.NotOurDuty, Reason: "围墙属小区业主共有部分，倒塌隐患应由物业和街道处理，我局只负责树木。", Basis: "《物业管理条例》第五十五条", Suggest: "housing_property"}).
		then("xu.jing", 2*hour, &tickets.RuleOnReturn{Decision: tickets.ConsultOnIt, Reason: "树木与围墙不可分割，第二次退单，不再转手，请三家现场划分责任。", Departments: []string{"city_management", "liuqiao", "housing"}}).
		then("zhu.qiang", 3*hour, opinion("我局负责移植该树，本周完成。")).
		then("cao.yang", 2*hour, opinion("街道牵头设置警戒，协调业主大会使用维修资金重砌围墙。")).
		then("wang.jian", 2*hour, opinion("围墙维修可走维修资金应急程序，三个工作日拨付。")).
		then("xu.jing", hour, &tickets.ConcludeConsultation{Text: "柳桥街道主办，先行警戒；城管移树，住建拨付应急维修资金。今后树木毁损建筑的，由属地首接。", Lead: "liuqiao", Assisting: []string{"city_management", "housing"}}).
		then("xu.jing", 10*minute, to("liuqiao", "会商结论", "city_management", "housing")).
		then("cao.yang", 30*minute, sign()).
		then("zhu.qiang", 30*minute, signAs("city_management")).
		then("wang.jian", 30*minute, signAs("housing")).
		then("cao.yang", hour, visited("现场设置警戒带，告知周边住户。")).
		then("zhu.qiang", 5*hour, &tickets.Assist{Department: "city_management", Text: "树木已移植至滨江公园，树坑已回填。"}).
		then("wang.jian", 2*hour, &tickets.Assist{Department: "housing", Text: "应急维修资金2.6万元已拨付。"}).
		then("cao.yang", 6*hour, solved("树已移走，倾斜围墙拆除重砌28米，今日完工验收。", "大树已移走，围墙已重新砌好，隐患消除。")).
		then("xu.jing", hour, accept())

	w.story("forced", "强制派单：退单理由不成立，不得再退", "A return refused: dispatched by force, and it may not be returned again", "chen.jie",
		from("肖光荣", tickets.Complaint, "0102", "990103001", "松涛苑5栋", "小区的消防栓打开是干的，物业说水泵坏了没钱修，这要是着火了咋办？")).
		onDay(5, "11:15").answers(says("1", 20*time.Minute)).
		then("zhao.lei", 15*minute, ordinary("物业服务及消防设施。")).
		then("zhao.lei", 6*minute, to("housing_property", "《物业管理条例》第五条")).
		then("wang.jian", 2*hour, &tickets.Return{Code: tickets.BeyondPower, Reason: "消防设施由消防救援机构监督，我单位无执法权。", Basis: "《消防法》第四条", Suggest: "songping"}).
		then("zhao.lei", hour, &tickets.RuleOnReturn{Decision: tickets.ForceDispatch, Reason: "共用设施维护和维修资金使用属物业主管部门职责，执法问题另行转办，不影响贵单位督促物业修复。强制派单，不得再退。"}).
		then("wang.jian", 40*minute, sign()).
		then("wang.jian", hour, visited("会同社区、物业现场查看泵房。")).
		then("wang.jian", 12*hour, solved("物业使用应急维修资金更换稳压泵两台，管网充水，随机抽测六处消火栓压力合格。", "消防泵已更换，消火栓已恢复供水，抽测合格。")).
		then("zhao.lei", hour, accept())
}

// pauses are about time: more of it, or none counted for a while.
func (w *writer) pauses() {
	w.story("extended", "延期获准：征得同意、说明理由、给新期限", "An extension granted, with the new date told to the citizen", "he.li",
		atWindow(from("董志强", tickets.Assistance, "1302", "990121101", "青石坳村", "承包证上的地块和邻居的重了一块，闹了两年，村里说要重新测，镇里说没有仪器。"), "承包地确权更正", 3)).
		onDay(7, "10:40").
		then("zhao.lei", 30*minute, ordinary("承包地面积争议，需现场测量。")).
		then("zhao.lei", 10*minute, to("guiling", "《农村土地承包法》第十二条")).
		then("hua.ming", hour, sign()).
		then("hua.ming", 2*hour, visited("到村与两户见面，双方同意重新测绘。")).
		then("hua.ming", 9*hour, &tickets.AskExtension{Days: 8, Reason: "需委托测绘并公示"}).
		then("zhao.lei", hour, &tickets.RuleOnExtension{Decision: tickets.Yes, Days: 6, Reason: "测绘确有必要，准予延期6个工作日，请每两日通报进展。"}).
		then("hua.ming", 7*hour, progress("测绘队已完成外业，成果正在公示。"))
	w.last().stays = true

	w.story("extension_refused", "延期驳回：理由不充分，按原期限办结", "An extension refused: no good reason, and done in time after all", "wu.peng",
		from("范永刚", tickets.Complaint, "0405", "990102001", "湖滨东路38号", "人行道地砖翘起来绊倒我妈，手都摔骨折了，找谁赔？起码先把砖铺平吧。")).
		onDay(6, "09:05").answers(named("answers_in_words")).
		then("xu.jing", 10*minute, ordinary("道路设施损坏。")).
		then("xu.jing", 5*minute, to("municipal_works", "《城市道路管理条例》第二十三条")).
		then("zhu.qiang", 90*minute, sign()).
		then("zhu.qiang", hour, rang("已联系家属，询问伤情，告知理赔流程。")).
		then("zhu.qiang", 6*hour, &tickets.AskExtension{Days: 5, Reason: "施工班组排期紧张"}).
		then("xu.jing", 2*hour, &tickets.RuleOnExtension{Decision: tickets.No, Reason: "排期不属于延期的正当理由，路面隐患须在原期限内消除。"}).
		then("zhu.qiang", 9*hour, solved("翘砖路段46平方米全部重铺，设置临时围挡期间专人值守；理赔由保险公司上门受理。", "地砖已重铺，理赔专员已与您家属联系。")).
		then("zhao.lei", hour, accept())

	w.story("resumed", "挂起与恢复：等鉴定结果，恢复后办结", "Suspended until an expert's report was in, then resumed and settled", "lin.yue",
		from("蒋丽华", tickets.Complaint, "0104", "990103101", "云岭家园8栋", "隔壁地铁施工以后，我家墙上裂了好几条缝，施工方说是老房子本来就有的。")).
		onDay(9, "09:50").answers(named("satisfied")).
		then("zhao.lei", 20*minute, ordinary("房屋质量争议。")).
		then("zhao.lei", 8*minute, to("housing", "《建设工程质量管理条例》第四十三条")).
		then("wang.jian", hour, sign()).
		then("wang.jian", 2*hour, visited("入户查看裂缝，双方同意委托鉴定。")).
		thenAs("wang.jian", 5*hour, func(now time.Time) tickets.Move {
			until := now.AddDate(0, 0, 10)
			return &tickets.AskSuspension{Until: &until, Reason: "等待房屋安全鉴定报告，诉求人书面同意。"}
		}).
		then("qian.wei", 2*hour, &tickets.RuleOnSuspension{Decision: tickets.Yes, Reason: "诉求人同意，鉴定必要，准予挂起。"}).
		then("wang.jian", 18*hour, &tickets.Resume{Reason: "鉴定报告已出具，恢复办理。"}).
		then("wang.jian", 7*hour, solved("鉴定认定裂缝与施工振动有关，施工单位承担加固费用并已进场，加固方案经业主签字。", "鉴定已有结论，施工方负责加固，工人已进场。")).
		then("zhao.lei", hour, accept())

	w.story("suspended", "挂起中：等法院判决，时钟停走", "Suspended until a court decides; the clocks stand still", "zhou.min",
		atWindow(from("彭大勇", tickets.Assistance, "0101", "990102003", "渡口佳苑2栋", "房子要过户，查封的是前房东的债，法院说月底解封，登记中心现在不给办。"), "不动产转移登记", 2)).
		endsBefore(5*hour).
		then("xu.jing", 25*minute, ordinary("登记事项，受司法查封影响。")).
		then("xu.jing", 8*minute, to("property_registration", "《不动产登记暂行条例》第六条")).
		then("wei.ran", hour, sign()).
		then("wei.ran", 40*minute, rang("已联系，说明解封后半日内可办结。")).
		thenAs("wei.ran", hour, func(now time.Time) tickets.Move {
			until := now.AddDate(0, 0, 21)
			return &tickets.AskSuspension{Until: &until, Reason: "法院查封未解除，解封后恢复。"}
		}).
		then("qian.wei", hour, &tickets.RuleOnSuspension{Decision: tickets.Yes, Reason: "属法定障碍，准予挂起，到期复查。"})

	w.story("suspension_asked", "挂起待审", "A suspension asked for and not ruled on yet", "chen.jie",
		from("余德明", tickets.Assistance, "0104", "990102002", "棉纺厂家属院9栋", "屋顶漏水，维修资金要签字，楼上那户出国了，等他下个月回来。")).
		endsBefore(30*minute).
		then("zhao.lei", 20*minute, ordinary("维修资金使用。")).
		then("zhao.lei", 5*minute, to("housing", "《建设工程质量管理条例》第四十三条")).
		then("wang.jian", hour, sign()).
		thenAs("wang.jian", 2*hour, func(now time.Time) tickets.Move {
			until := now.AddDate(0, 0, 30)
			return &tickets.AskSuspension{Until: &until, Reason: "需业主回国签字，诉求人同意等待。"}
		})

	w.story("extension_asked", "延期待审", "An extension asked for and not ruled on yet", "wu.peng",
		from("杜月娥", tickets.Complaint, "0505", "990103101", "云岭街", "云岭街后面的水塘死了好多鱼，臭得开不了窗，怀疑是上游养殖场排的。")).
		endsBefore(45*minute).
		then("xu.jing", 15*minute, ordinary("水体污染。")).
		then("xu.jing", 5*minute, to("environment", "《水污染防治法》第九条")).
		then("qin.lang", hour, sign()).
		then("qin.lang", 2*hour, visited("现场采样，联系诉求人。")).
		then("qin.lang", 8*hour, &tickets.AskExtension{Days: 5, Reason: "水样检测需五个工作日"})
}
