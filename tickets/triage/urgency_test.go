package triage

import (
	"strings"
	"testing"
)

func TestUrgencyGoesByWhatIsSaidAndHow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, level, code string }{
		// threats to one's own life stay what they are however they are put
		{"再不给解决我就从楼上跳下去", Critical, "self_harm"},
		{"如果下周还不发工资，我只能自杀了", Critical, "self_harm"},
		{"实在没有办法，不想活了", Critical, "self_harm"},
		{"没有办法只好跳楼了", Critical, "self_harm"},
		{"他扬言要炸政府大楼", Critical, "threat"},
		{"老板不给钱，我要和他同归于尽", Critical, "threat"},
		{"怕他做出极端行为", Critical, "threat"},
		// accidents at hand
		{"我家楼道里有很浓的煤气味", Critical, "gas"},
		{"小区燃气管道漏气了，赶快派人来", Critical, "gas"},
		{"隔壁着火了", Critical, "fire"},
		{"老人被困在电梯里四十分钟了", Critical, "trapped"},
		{"电线掉在路上还冒火花", Critical, "electricity"},
		{"我家老人昨天下午走失了", Critical, "missing"},
		{"幼儿园多个孩子上吐下泻", Critical, "medical"},
		// gatherings and outages are urgent
		{"业主准备明天去市政府集访", Urgent, "gathering"},
		{"两百多工人堵路讨薪", Urgent, "gathering"},
		{"整个小区停水，没水喝", Urgent, "outage"},
		{"路中间井盖丢失", Urgent, "hazard"},
		// feared or past accidents count one level less
		{"电线老化，担心起火", Urgent, "fire"},
		{"去年这栋楼发生过火灾，现在通道又堵了", Urgent, "fire"},
		{"存在漏电隐患", Urgent, "electricity"},
		{"2018年10月弱电井起火，至今没有修", Urgent, "fire"},
		// denied, prevented, or something else by the same name
		{"师傅来看过，没有漏气", Routine, ""},
		{"请加强防火宣传，防止火灾", Routine, ""},
		{"请问燃气漏气报警器在哪里装", Routine, ""},
		{"商场打着跳楼价的招牌骗人", Routine, ""},
		{"电动车轮胎漏气，修车铺乱收费", Routine, ""},
		{"建议开设自杀干预热线", Routine, ""},
		{"我没有自杀的想法，只想要个说法", Routine, ""},
		{"爆炸式增长", Routine, ""},
		// nothing at all
		{"路灯坏了三盏", Routine, ""},
		{"", Routine, ""},
		// full width, traditional
		{"樓道裡有煤氣味", Critical, "gas"},
	} {
		level, alarms := Urgency("", c.text)
		code := ""
		if len(alarms) > 0 {
			code = alarms[0].Code
		}
		if level != c.level || code != c.code {
			t.Errorf("%s: %s for %q (%+v), want %s for %q", c.text, level, code, alarms, c.level, c.code)
		}
	}
}

func TestNobodyWhoWantsMerelyToBeHeardIsOverheard(t *testing.T) {
	t.Parallel()
	// What stands before a comma does not deny what stands behind it.
	level, alarms := Urgency("", "多次反映没有结果，没有人管，煤气泄漏了也没有人来")
	if level != Critical {
		t.Errorf("%s: %+v", level, alarms)
	}
}

func TestAnAlarmShowsTheCallersOwnWords(t *testing.T) {
	t.Parallel()
	_, alarms := Urgency("停水通知", "您好。樓下有煤氣味，味道很大！請快來。")
	if len(alarms) != 1 || alarms[0].Word != "煤氣味" || alarms[0].Quote != "樓下有煤氣味，味道很大" {
		t.Errorf("%+v: not the sentence with the sign, as it was written", alarms)
	}
}

func TestTheGravestSignIsToldFirstAndEachOnce(t *testing.T) {
	t.Parallel()
	level, alarms := Urgency("井盖丢失", "井盖丢失，井盖丢失，有人说要自杀，自杀")
	if level != Critical || len(alarms) != 2 || alarms[0].Code != "self_harm" || alarms[1].Code != "hazard" {
		t.Errorf("%s %+v", level, alarms)
	}
}

func TestKindByTheCallersWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ title, text, want string }{
		{"请问居住证怎么办理", "需要哪些材料？", Inquiry},
		{"咨询公积金提取政策", "", Inquiry},
		{"楼下烧烤店油烟扰民", "投诉多次没人管，严重影响休息。", Complaint},
		{"举报黑作坊", "无证经营，造假。", Irregularity},
		{"建议在路口增设红绿灯", "希望能增加一个人行横道。", Suggestion},
		{"表扬窗口工作人员", "态度好，特此感谢。", Praise},
		{"小区停水", "求助，家里老人等水用，请帮忙。", Assistance},
		// thanks at the end of a letter are manners
		{"请问社保卡丢了怎么补办", "谢谢！", Inquiry},
		{"今天天气", "", ""},
		{"", "", ""},
	} {
		if got := KindByWords(c.title, c.text); got.Value != c.want {
			t.Errorf("%s %s: %+v, want %q", c.title, c.text, got, c.want)
		}
	}
}

func TestClassByTheReasonItCouldNotBeDone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, text string
		window     bool
		want       string
	}{
		{"the counter refuses", "材料都齐了，窗口工作人员拒绝受理，互相推诿，不给办。", true, Refused},
		{"the policy does not allow it", "申请补贴，说我不符合条件，超过年龄办不了。", true, CannotDo},
		{"left over from history", "房产证办理是历史遗留问题，产权纠纷，涉及多个部门。", true, HardToDo},
		{"an errand on the hotline", "去大厅过户，窗口不给办，让我来回跑。", false, Refused},
		{"noise is no case of 办不成事", "楼下噪音扰民，多次反映没有人管，互相推诿。", false, Ordinary},
		{"an errand and no reason: a person must say", "我来办理居住证。", true, ""},
		{"as much for one as for another", "不符合条件，又牵涉几个部门", true, ""},
	} {
		if got := ClassByWords("", c.text, c.window); got.Value != c.want {
			t.Errorf("%s: %+v, want %q", c.name, got, c.want)
		}
	}
}

func FuzzWords(f *testing.F) {
	for _, text := range oddTexts {
		if len(text) < 1<<10 {
			f.Add(text, text)
		}
	}
	f.Add("不", "没有")
	f.Fuzz(func(t *testing.T, title, text string) {
		level, alarms := Urgency(title, text)
		if (level == Routine) != (len(alarms) == 0) {
			t.Errorf("%s with %d alarms", level, len(alarms))
		}
		for _, a := range alarms {
			if grade(a.Level) > grade(level) || !strings.Contains(title+"\x00"+text, a.Word) || !strings.Contains(a.Quote, a.Word) {
				t.Errorf("alarm %+v does not fit %s", a, level)
			}
		}
		KindByWords(title, text)
		ClassByWords(title, text, true)
	})
}

func TestWordsOnOddTexts(t *testing.T) {
	t.Parallel()
	for name, text := range oddTexts {
		if level, _ := Urgency(text, text); level != Routine && name != "one million" { // which has been without water for days
			t.Errorf("%s is %s", name, level)
		}
		KindByWords(text, text)
		ClassByWords(text, text, true)
	}
}

func BenchmarkUrgency(b *testing.B) {
	text := strings.Repeat("您好，电梯经常停运，已经三个月了，物业一直不修，老人出不了门。", 10)
	for b.Loop() {
		Urgency("小区电梯经常停运", text)
	}
}
