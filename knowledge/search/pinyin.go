package search

import (
	"slices"
	"strings"
	"sync"

	"github.com/mozillazg/go-pinyin"
)

var plainPinyin = pinyin.NewArgs() // no tones, the first reading

// syllables reads each unit aloud: one syllable for a character, the letters of a
// word as they are, "" where there is no reading.
func syllables(text string, v *vocabulary) []string {
	ids, out := []uint32{}, []string{}
	cutUnits(text, false, func(u unit, folded []rune) {
		ids = append(ids, u.id)
		switch {
		case u.id == gap:
			out = append(out, "")
		case !u.han():
			out = append(out, string(folded))
		default:
			out = append(out, readAlone(folded[0]))
		}
	})
	v.readings.each(ids, func(place, at, n int) {
		if reading := v.reading[place]; len(reading) == n {
			copy(out[at:], reading)
		}
	})
	return out
}

func readAlone(r rune) string {
	if got := pinyin.SinglePinyin(r, plainPinyin); len(got) > 0 {
		return got[0]
	}
	return ""
}

// pinyinTerms are the initials of neighbouring characters, two and three at a
// time: gj, jj and gjj for 公积金. Longer input asks for several of them.
func pinyinTerms(text string, v *vocabulary) []string {
	read := syllables(text, v)
	var terms []string
	seen := map[string]bool{}
	for n := 2; n <= 3; n++ {
		for i := 0; i+n <= len(read); i++ {
			if t := initials(read[i : i+n]); len(t) == n && !seen[t] {
				seen[t] = true
				terms = append(terms, t)
			}
		}
	}
	return terms
}

func initials(read []string) string {
	var b strings.Builder
	for _, s := range read {
		if s == "" || s[0] < 'a' || s[0] > 'z' {
			return ""
		}
		b.WriteByte(s[0])
	}
	return b.String()
}

// pinyinQuery is what somebody typed in letters, ready to be looked for.
type pinyinQuery struct {
	letters string
	// terms holds one list of index terms per way to cut the letters; a title has
	// all terms of one list.
	terms [][]string
}

const (
	mostCuts     = 8     // ways to cut letters into syllables that are followed up
	mostLetters  = 40    // letters beyond which nobody types pinyin
	mostInitials = 6     // letters taken for initials though they are syllables
	noInitials   = "iuv" // no syllable begins so
)

// newPinyinQuery returns nil for letters that can be no pinyin.
func newPinyinQuery(letters string) *pinyinQuery {
	if len(letters) < 2 || len(letters) > mostLetters {
		return nil
	}
	q := &pinyinQuery{letters: letters}
	for _, cut := range cutPinyin(letters) {
		if terms := chain(cut); len(terms) > 0 {
			q.terms = append(q.terms, terms)
		}
	}
	if len(q.terms) == 0 {
		return nil
	}
	return q
}

// chain covers initials by index terms.
func chain(initials string) []string {
	if len(initials) < 2 {
		return nil
	}
	if len(initials) == 2 {
		return []string{initials}
	}
	var terms []string
	for i := 0; i+3 <= len(initials); i++ {
		terms = append(terms, initials[i:i+3])
	}
	return terms
}

// cutPinyin returns the initials of the ways to cut letters. Whole syllables and a
// last one begun come first, then all letters as initials where they are few (yey
// is 幼儿园 though ye and y would do); letters that cannot be cut so are taken for
// initials in part (gongjj).
func cutPinyin(letters string) []string {
	c := pinyinCutter{letters: letters, dead: make([]bool, len(letters)+1)}
	c.walk(0, "")
	if len(c.out) > 0 && len(letters) <= mostInitials && !strings.ContainsAny(letters, noInitials) {
		c.out = append(c.out, letters)
	}
	if len(c.out) == 0 {
		c.singles = true
		clear(c.dead)
		c.walk(0, "")
	}
	return c.out
}

type pinyinCutter struct {
	letters string
	singles bool   // one letter may stand for a syllable
	dead    []bool // places from which the rest cannot be cut
	out     []string
}

// walk cuts the letters from at on and tells whether that led anywhere.
func (c *pinyinCutter) walk(at int, got string) (ok bool) {
	if at == len(c.letters) {
		if !slices.Contains(c.out, got) {
			c.out = append(c.out, got)
		}
		return true
	}
	if c.dead[at] || len(c.out) >= mostCuts {
		return false
	}
	for n := min(longestSyllable, len(c.letters)-at); n >= 1; n-- {
		if c.mayCut(at, n) && c.walk(at+n, got+c.letters[at:at+1]) {
			ok = true
		}
	}
	c.dead[at] = !ok
	return ok
}

func (c *pinyinCutter) mayCut(at, n int) bool {
	piece := c.letters[at : at+n]
	if n == 1 && c.singles {
		return !strings.Contains(noInitials, piece)
	}
	whole, known := syllableTable()[piece]
	return whole || known && at+n == len(c.letters)
}

// matches tells where letters fit read: each piece of them the beginning of one
// syllable, syllables in a row. It returns the first place and how many, or -1.
func (q *pinyinQuery) matches(read []string) (at, n int) {
	for i := range read {
		if n := fits(q.letters, read[i:], 0); n > 0 {
			return i, n
		}
	}
	return -1, 0
}

func fits(letters string, read []string, depth int) int {
	if letters == "" {
		return depth
	}
	if len(read) == 0 || read[0] == "" {
		return 0
	}
	for n := commonPrefix(letters, read[0]); n > 0; n-- {
		if got := fits(letters[n:], read[1:], depth+1); got > 0 {
			return got
		}
	}
	return 0
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// syllableTable holds every syllable (true) and every beginning of one (false).
var syllableTable = sync.OnceValue(func() map[string]bool {
	set := map[string]bool{}
	for s := range strings.FieldsSeq(allSyllables) {
		for n := 1; n < len(s); n++ {
			if _, known := set[s[:n]]; !known {
				set[s[:n]] = false
			}
		}
		set[s] = true
	}
	return set
})

const longestSyllable = 6

const allSyllables = `a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can cang cao
ce cen ceng cha chai chan chang chao che chen cheng chi chong chou chu chua chuai chuan chuang chui chun chuo ci cong cou cu
cuan cui cun cuo da dai dan dang dao de dei den deng di dia dian diao die ding diu dong dou du duan dui dun duo e ei en eng er
fa fan fang fei fen feng fo fou fu ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang gui gun guo ha hai han
hang hao he hei hen heng hong hou hu hua huai huan huang hui hun huo ji jia jian jiang jiao jie jin jing jiong jiu ju juan jue
jun ka kai kan kang kao ke ken keng kong kou ku kua kuai kuan kuang kui kun kuo la lai lan lang lao le lei leng li lia lian
liang liao lie lin ling liu long lou lu luan lun luo lv lve ma mai man mang mao me mei men meng mi mian miao mie min ming miu
mo mou mu na nai nan nang nao ne nei nen neng ni nian niang niao nie nin ning niu nong nou nu nuan nuo nv nve o ou pa pai pan
pang pao pei pen peng pi pian piao pie pin ping po pou pu qi qia qian qiang qiao qie qin qing qiong qiu qu quan que qun ran
rang rao re ren reng ri rong rou ru ruan rui run ruo sa sai san sang sao se sen seng sha shai shan shang shao she shei shen
sheng shi shou shu shua shuai shuan shuang shui shun shuo si song sou su suan sui sun suo ta tai tan tang tao te teng ti tian
tiao tie ting tong tou tu tuan tui tun tuo wa wai wan wang wei wen weng wo wu xi xia xian xiang xiao xie xin xing xiong xiu xu
xuan xue xun ya yan yang yao ye yi yin ying yo yong you yu yuan yue yun za zai zan zang zao ze zei zen zeng zha zhai zhan
zhang zhao zhe zhei zhen zheng zhi zhong zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui zun zuo`
