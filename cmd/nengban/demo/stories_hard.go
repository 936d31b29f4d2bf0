package demo

import (
	"nengban/callbacks/simulator"
	"nengban/tickets"
)

// hardMatters are 很难办: departments sit together before one of them is sent out.
func (w *writer) hardMatters() {
	w.story("hard_matter_settled", "很难办：两部门会商，第五日通报进展，共同答复", "A hard matter: two departments consulted, a progress report on day five, both answered", "zhou.min",
		atWindow(from("魏长林", tickets.Complaint, "0101", "990102002", "棉纺厂家属院4栋", "九六年单位房改买的房子，厂子早没了，房产证一直没下来。登记中心要住建局出确认，住建局要登记中心先查档，我七十二了，来回跑了九趟。"), "房改房补证", 9)).
		onDay(10, "09:15").answers(named("satisfied")).
		then("xu.jing", 20*minute, &tickets.Triage{Class: tickets.HardToDo, Kind: tickets.Complaint, Reason: "涉及住建、登记两个部门互为前置，材料缺失属历史遗留，须会商。", Basis: "房改房补办不动产权证的处理口径"}).
		then("xu.jing", 25*minute, &tickets.OpenConsultation{Departments: []string{"planning", "housing"}, Text: "房改购房凭证在、单位已注销的，由谁先出手续，能否并联办理。"}).
		then("chu.yun", 4*hour, opinion("档案查询可以凭坐落内部调取，不需群众提供。只要住建出具房改确认意见，登记中心当日受理首次登记。")).
		then("wang.jian", 5*hour, opinion("已在国资台账中查到该厂房改批复及购房人名册，可以出具确认意见，三个工作日内完成。")).
		then("xu.jing", 90*minute, &tickets.ConcludeConsultation{Text: "由自然资源和规划局主办、住建局协办，窗口接件后两局内部流转，不再要求群众跑动；同批未办证的41户一并梳理。", Lead: "planning", Assisting: []string{"housing"}}).
		then("xu.jing", 10*minute, to("planning", "会商结论；市房改遗留问题处理纪要", "housing")).
		then("chu.yun", hour, sign()).
		then("wang.jian", 40*minute, signAs("housing")).
		then("chu.yun", 2*hour, visited("到家中见面，说明会商结论，收取购房发票原件扫描后当场归还。")).
		then("chu.yun", 14*hour, progress("第五个工作日进展：住建局房改确认意见已经出具，登记中心完成内部查档，已进入公告期。")).
		then("wang.jian", 6*hour, &tickets.Assist{Department: "housing", Text: "房改售房确认意见已出具并移交登记中心，同批41户名册已整理完毕。"}).
		then("chu.yun", 8*hour, &tickets.Reply{Facts: tickets.FactsTrue, Demand: tickets.Reasonable, Result: tickets.ReallySolved,
			Text:       "两局按会商结论并联办理，首次登记与转移登记合并受理，不动产权证已制发并送证上门。",
			PublicText: "您的不动产权证已经办好，工作人员已送到家中。同院其他住户也将分批通知办理。", ProcessFix: "取消两部门互为前置的材料要求，改由内部流转。"}).
		then("xu.jing", hour, accept())

	w.story("hard_matter_in_hand", "很难办：会商已定、办理中，协办意见未到", "A hard matter after its consultation: in hand, one department's part still outstanding", "chen.jie",
		from("曾红霞", tickets.Complaint, "0207", "990103001", "松涛苑", "我们小区想装电动车充电棚，供电说要规划同意，规划说要消防和业委会，业委会说没有钱，去年到现在一步没动，楼道里全是飞线。")).
		onDay(8, "10:20").
		then("zhao.lei", 30*minute, &tickets.Triage{Class: tickets.HardToDo, Reason: "跨住建、城管、属地，牵头单位不明，且有消防隐患。"}).
		then("zhao.lei", 20*minute, &tickets.OpenConsultation{Departments: []string{"housing", "city_management", "songping"}, Text: "充电棚选址、资金和审批由谁牵头。"}).
		then("wang.jian", 5*hour, opinion("可纳入今年老旧小区充电设施补建计划，补助每个充电口三百元。")).
		then("zhu.qiang", 3*hour, opinion("占用绿地部分按临时绿化占用备案，不需单独审批。")).
		then("yan.ju", 2*hour, opinion("属地负责召集业主表决，三日内可完成公示。")).
		then("zhao.lei", hour, &tickets.ConcludeConsultation{Text: "住建牵头，城管、松坪区配合，十个工作日内建成首批40个充电口，期间社区每晚巡查飞线。", Lead: "housing", Assisting: []string{"city_management", "songping"}}).
		then("zhao.lei", 15*minute, to("housing", "会商结论；市居住区充电设施建设管理细则第五条", "city_management", "songping")).
		then("wang.jian", hour, sign()).
		then("zhu.qiang", hour, signAs("city_management")).
		then("yan.ju", 30*minute, signAs("songping")).
		then("wang.jian", 2*hour, rang("已联系诉求人和业委会，告知会商结论和工期。")).
		then("zhu.qiang", 6*hour, &tickets.Assist{Department: "city_management", Text: "绿地占用备案已办结。"}).
		then("wang.jian", 7*hour, progress("第五个工作日进展：选址两处已放线，电力增容已报装，属地表决结果待公示。"))
	w.last().stays = true

	w.story("hard_matter_consulting", "很难办：会商进行中，一家已表态", "A hard matter in consultation: one department has spoken", "he.li",
		atWindow(from("曹玉珍", tickets.Complaint, "0105", "990102001", "百花小区2栋", "我们单元加装电梯签字都齐了，就一楼一户不同意，街道说等他同意，住建说等街道，等了一年多，我八十岁住六楼，下不了楼。"), "加装电梯", 5)).
		endsBefore(3*hour).
		then("zhao.lei", 20*minute, &tickets.Triage{Class: tickets.HardToDo, Reason: "多部门审查且存在住户异议，属地和住建互相等待。"}).
		then("zhao.lei", 15*minute, &tickets.OpenConsultation{Departments: []string{"housing", "planning", "wanghu"}, Text: "一户异议时的协商程序和审查时限，由谁牵头推进。"}).
		then("wang.jian", 4*hour, opinion("符合表决比例，按实施意见可先行联合审查；异议由属地组织两次协商，协商不成不影响审查。"))

	w.story("hard_matter_due_soon", "很难办：临近期限", "A hard matter close to its due date", "zhou.min",
		atWindow(from("田德明", tickets.Assistance, "1301", "990121101", "上塘村", "老宅塌了一半，去镇里申请翻建，说是在规划的水源保护线边上，规划和环保各说各的，半年没给个准话，现在一家人住在堂屋搭的棚子里。"), "宅基地翻建", 6)).
		onDay(9, "14:10").answers(simulator.ByHand()).
		then("xu.jing", 25*minute, &tickets.Triage{Class: tickets.HardToDo, Reason: "水源保护线与宅基地范围重叠，规划、环保认定不一致。"}).
		then("xu.jing", 20*minute, &tickets.OpenConsultation{Departments: []string{"guiling", "planning", "environment"}, Text: "保护线边缘的原址翻建能否批准，需补哪些手续。"}).
		then("hua.ming", 4*hour, opinion("该户无其他宅基地，属危房，村组一致同意原址翻建。")).
		then("qin.lang", 6*hour, opinion("位于准保护区外侧十二米，不增加污染物排放即可，需配三格化粪池。")).
		then("xu.jing", 2*hour, &tickets.ConcludeConsultation{Text: "准予原址翻建，由桂岭县主办，规划复核界线，环保指导化粪池。先安排过渡住处。", Lead: "guiling", Assisting: []string{"planning"}}).
		then("xu.jing", 10*minute, to("guiling", "会商结论；《土地管理法》第六十二条", "planning")).
		then("hua.ming", hour, sign()).
		then("chu.yun", hour, signAs("planning")).
		then("hua.ming", 3*hour, visited("到户查看，协调村里闲置校舍作过渡住处，今日已搬入。")).
		then("chu.yun", 9*hour, &tickets.Assist{Department: "planning", Text: "界线复核完成，翻建范围不占保护区。"}).
		then("hua.ming", 4*hour, progress("第五个工作日进展：界线已复核，镇里正在办理批准书，施工队已到位。"))
	w.last().stays = true
}

// refusals are 不给办: a red order and an accountability record at once.
func (w *writer) refusals() {
	w.story("refused", "不给办：红色督办、问责立案，一个工作日内办结", "Refused although it could be done: red order, accountability, handled within a working day", "he.li",
		atWindow(from("谢海燕", tickets.Complaint, "0101", "990102001", "锦绣湖畔7栋", "母亲去世办继承过户，材料交齐了，窗口的人说没有公证一律不收，让我花几千块去公证。我给他看你们网上的指南，他说网上的不算。"), "不动产登记", 4)).
		onDay(4, "09:20").answers(named("satisfied")).
		then("he.li", 10*minute, &tickets.AddNote{Text: "已现场核对材料，与办事指南所列一致，符合受理条件。"}).
		then("zhao.lei", 8*minute, &tickets.Triage{Class: tickets.Refused, Reason: "材料齐全、符合法定条件，窗口以指南之外的公证要求拒收。", Basis: "《不动产登记暂行条例》；办事指南", About: "property_registration"}).
		then("zhao.lei", 5*minute, to("property_registration", "《不动产登记暂行条例》第六条")).
		then("wei.ran", 25*minute, sign()).
		then("wei.ran", 40*minute, rang("已致电致歉，请其当日下午直接到3号窗口，安排专人接件。")).
		then("wei.ran", 90*minute, &tickets.AnswerOrder{Order: 1, Text: "当班人员擅自增设公证要求，已调离窗口并作书面检查；今日下午已受理该件，全中心重新培训继承登记口径。"}).
		then("wei.ran", hour, &tickets.Reply{Facts: tickets.FactsTrue, Demand: tickets.Reasonable, Result: tickets.ReallySolved,
			Text:       "诉求属实。下午已受理非公证继承登记并出具受理通知，公示期满后发证；退回其往返交通费用由中心工作人员当面致歉说明。",
			PublicText: "您的继承登记已经受理，不需要公证，公示期满后证书寄到家。窗口的错误我们已处理。", ProcessFix: "窗口电子屏公示“不需公证”的情形，拒收须出具书面告知。"}).
		then("zhao.lei", 45*minute, accept()).
		then("qian.wei", 2*hour, &tickets.CloseOrder{Order: 1, Text: "当日办结，整改措施到位，予以销号。"}).
		then("qian.wei", 12*hour, &tickets.CloseAccountability{Order: 1, Text: "经核查，当班人员违反一次性告知和清单外不得索要材料的规定，予以通报批评，扣发当月绩效；分管科长约谈。"})

	w.story("refused_open", "不给办：红色督办未销号", "Refused: the red order is open, the department has signed", "zhou.min",
		atWindow(from("蔡俊杰", tickets.Complaint, "1002", "990103001", "石泉小区14栋", "办居住证，派出所窗口说必须房东来，房东在国外，我合同水电单都有，他就一句话“不行就是不行”，不给我任何单子。"), "居住证申领", 3)).
		endsBefore(35*minute).atAnyHour().
		then("zhao.lei", 12*minute, &tickets.Triage{Class: tickets.Refused, Reason: "住所证明符合规定，窗口拒绝受理且未出具不予受理告知。", Basis: "《居住证暂行条例》第八条、第九条", About: "police"}).
		then("zhao.lei", 6*minute, to("police", "《居住证暂行条例》第八条")).
		then("xu.feng", 30*minute, sign()).
		then("xu.feng", 12*minute, rang("已联系本人，请其带合同和水电单据到户政窗口，安排民警直接受理。"))
}

func (w *writer) last() *story { return w.stories[len(w.stories)-1] }
