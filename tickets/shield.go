package tickets

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"nengban/tickets/staff"
)

// shield takes out of a ticket, before a member sees it, what points to a
// person who asked for secrecy. Only departments are shielded from, and only
// on a confidential ticket; the desk goes on reading what was written.
func (d *Desk) shield(by staff.Member, t *Ticket) error {
	if !d.hiddenFrom(by, t) {
		return nil
	}
	c, err := unseal(d.vault, t.callerSealed, t.Number)
	if err != nil {
		return err
	}
	t.Title, t.Content, t.Address = Hush(t.Title, c), Hush(t.Content, c), Hush(t.Address, c)
	t.hush(c)
	t.Intake.ApplicationNo, t.Intake.CallID, t.Intake.Recording = "", "", "" // each leads to the person in another system
	t.Intake.Latitude, t.Intake.Longitude = 0, 0
	return nil
}

// shieldStory does the same to what was said later, and to the names of files.
func (d *Desk) shieldStory(by staff.Member, t *Ticket, f *File) error {
	if !d.hiddenFrom(by, t) {
		return nil
	}
	c, err := unseal(d.vault, t.callerSealed, t.Number)
	if err != nil {
		return err
	}
	f.Timeline = slices.Clone(f.Timeline)
	for i := range f.Timeline {
		f.Timeline[i].hush(c)
	}
	for i := range f.Attachments {
		f.Attachments[i].Name = fmt.Sprintf("附件%d", i+1)
	}
	return nil
}

// hush takes what points to a person out of every text of an act.
func (x *Details) hush(c Caller) {
	hushAll(c, &x.Text, &x.PublicText, &x.Reason, &x.Basis, &x.Advice, &x.Cause, &x.NoContact, &x.ProcessFix)
	if x.Opens != nil {
		o := *x.Opens
		o.Reason = Hush(o.Reason, c)
		x.Opens = &o
	}
}

// hush takes what points to a person out of every text that the acts added up
// to. The state is the caller's own copy.
func (s *State) hush(c Caller) {
	hushAll(c, &s.Comment)
	for i := range s.Judgements {
		hushAll(c, &s.Judgements[i].Reason)
	}
	for i := range s.Assignments {
		hushAll(c, &s.Assignments[i].Opinion)
	}
	if p := s.Pending; p != nil {
		hushAll(c, &p.Reason, &p.Basis)
	}
	if x := s.Consultation; x != nil {
		hushAll(c, &x.Topic, &x.Conclusion)
		for i := range x.Opinions {
			hushAll(c, &x.Opinions[i].Text)
		}
	}
	if a := s.Answer; a != nil {
		hushAll(c, &a.Text, &a.PublicText, &a.Basis)
	}
	for i := range s.Orders {
		hushAll(c, &s.Orders[i].Reason, &s.Orders[i].Answer, &s.Orders[i].Finding)
	}
	for i := range s.Accountability {
		hushAll(c, &s.Accountability[i].Reason, &s.Accountability[i].Decision)
	}
}

func hushAll(c Caller, texts ...*string) {
	for _, t := range texts {
		*t = Hush(*t, c)
	}
}

// surnames are the hundred commonest, which nine in ten people have (Ministry
// of Public Security, national name report 2020), and the usual double ones.
const surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许邓冯韩曹曾彭萧肖蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎闫薛尹段雷龙黎史陶贺毛郝顾龚邵万覃武钱严莫孔向常汤康褚卫"

const doubleSurnames = "欧阳|上官|司马|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|司徒|夏侯|端木|南宫|宇文|长孙|西门|独孤"

// What stands before a name, and what stands after one.
const (
	introducing = "我叫|我名叫|我是|本人姓名|本人叫|本人|姓名|户主|业主|联系人|当事人|投诉人|举报人|申请人|诉求人|来电人|丈夫|妻子|儿子|女儿|父亲|母亲|老人"
	addressing  = "先生|女士|小姐|老师|师傅|大爷|大妈|大娘|阿姨|婆婆|爷爷|奶奶|叔叔|同志"
)

var introduced, addressed = newWording(introducing, surnames+doubleSurnames), newWording(addressing, surnames+doubleSurnames)

// named finds a name in a free text by the words around it: 我叫王小明,
// 联系人：李四, 王先生. It is a guess; a bare name goes unseen.
var named = []shape{
	{introduced.next, regexp.MustCompile(`^(` + introducing + `)([` + between + `]{0,2})((?:` + doubleSurnames + `|[` + surnames + `])[\p{Han}]{1,2})($|[^\p{Han}]|[的在于去到因向说于称从和与跟前将已被住，。、（])`), "$1$2［姓名］$4", false},
	{addressed.before, regexp.MustCompile(`^(?:` + doubleSurnames + `|[` + surnames + `])(?:[\p{Han}]{0,2})(` + addressing + `)`), "［姓名］$1", false},
	{numbersOf(10), regexp.MustCompile(`^0\d{2,3}[- ]?[2-8]\d{6,7}`), "［电话］", false},
}

// Hush is Redact and more: it also takes out names that the words around them
// give away, and landlines. Too much is better than too little where somebody
// asked for secrecy.
func Hush(text string, c Caller) string {
	clean, _ := Redact(text, c)
	clean = inPlain(clean, func(s string) string {
		for i := range named {
			s = named[i].replace(s)
		}
		return s
	})
	if surname := []rune(c.Name); len(surname) > 1 {
		clean = strings.ReplaceAll(clean, string(surname[:1])+"某某", "［姓名］")
		clean = strings.ReplaceAll(clean, string(surname[:1])+"某", "［姓名］")
	}
	return clean
}
