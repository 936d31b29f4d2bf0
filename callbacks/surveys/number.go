package surveys

import (
	"slices"
	"strings"
)

func digit(r rune) bool { return r >= '0' && r <= '9' }

// numerals are the written digits. 两 counts things and is never a code.
var numerals = map[rune]rune{
	'零': 0, '一': 1, '二': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9,
	'壹': 1, '贰': 2, '叁': 3, '肆': 4, '伍': 5, '弌': 1, '弍': 2, '弎': 3,
}

// units follow a digit that counts something. A code is never followed by one.
const units = "天日月年号点时小分秒次个元块毛万千百十人家户栋楼层室单米公里平岁周星级度%倍遍回趟条项张份台辆吨斤折期区组队村弄幢门届车班线成多几厘℃亿" +
	"处口页字件位名起根扇棵只栏座排街巷路院期代寸尺亩升斗袋桶瓶顿餐支笔站环段档"

// number reads the digits at i: a plain number, a count, or a mark on another scale.
func (l *lexer) number(i int) int {
	n := l.span(i, digit)
	end := i + n
	if tail := l.compound(i, end); tail > end {
		return l.push(i, tail, l.compoundClass(i, tail))
	}
	before := l.before()
	if i == 1 && strings.ContainsRune("+-", l.runes[0]) {
		return l.pushText(i, end, string(l.runes[:end]), isNumber)
	}
	if before.is(isUnknown) && before.to == i || l.at(i-1) == '+' {
		return l.push(i, end, isQuantity)
	}
	if l.scaleAt(end) > 0 {
		return l.push(i, end+l.scaleAt(end), isScale)
	}
	if before.is(isChoose, isCorrectTo) && strings.ContainsRune("个项条号", l.at(end)) && l.closes(end+1) {
		return l.pushText(i, end+1, string(l.runes[i:end]), isNumber)
	}
	if l.unitAt(end) {
		return l.push(i, end+1, isQuantity)
	}
	if n := l.englishUnit(end); n > 0 {
		return l.push(i, end+n, isQuantity)
	}
	return l.push(i, end, isNumber)
}

// englishUnits follow a number that counts or grades on another scale.
var englishUnits = []string{"star", "stars", "point", "points", "day", "days", "hour", "hours", "week", "weeks", "month", "months", "year", "years", "time", "times", "people", "out"}

func (l *lexer) englishUnit(i int) int {
	from := i
	if l.at(i) == ' ' {
		from++
	}
	word := string(l.runes[min(from, len(l.runes)):][:l.span(from, letter)])
	if !slices.Contains(englishUnits, word) {
		return 0
	}
	return from - i + len(word)
}

// compound returns the end of digits joined by marks: 4.5, 2-3, 10:30, 2024-5-1.
// A ticket tail and a code so joined stay two numbers: 4821-5.
func (l *lexer) compound(i, end int) int {
	stop := end
	for stop+1 < len(l.runes) && strings.ContainsRune(".-~/:+", l.runes[stop]) && digit(l.runes[stop+1]) {
		n := l.span(stop+1, digit)
		if l.runes[stop] != '.' && stop == end && tailAndCode(end-i, n) && !digit(l.afterMark(stop+1+n)) {
			return end
		}
		stop += 1 + n
	}
	return stop
}

func tailAndCode(a, b int) bool { return a >= 3 && b == 1 || a == 1 && b >= 3 }

// afterMark is the character behind a joining mark at i, else 0.
func (l *lexer) afterMark(i int) rune {
	if strings.ContainsRune(".-~/:", l.at(i)) {
		return l.at(i + 1)
	}
	return 0
}

// compoundClass tells 2-3, which might be meant as an answer, from dates and hours.
func (l *lexer) compoundClass(i, end int) class {
	s := string(l.runes[i:end])
	if len(s) > 3 || l.unitAt(end) {
		return isQuantity
	}
	return isNumber
}

func (l *lexer) at(i int) rune {
	if i < 0 || i >= len(l.runes) {
		return 0
	}
	return l.runes[i]
}

func (l *lexer) scaleAt(i int) int {
	switch {
	case l.at(i) == '分' && l.at(i+1) != '钟' && l.at(i+1) != '半', l.at(i) == '星' && l.at(i+1) != '期':
		return 1
	case l.at(i) == '颗' && l.at(i+1) == '星':
		return 2
	}
	return 0
}

// unitAt reports a unit at i, or after one blank when the words go on as after a
// count: "3 天了", but not "4 天天扯皮".
func (l *lexer) unitAt(i int) bool {
	if l.at(i) == ' ' {
		return strings.ContainsRune(units, l.at(i+1)) && strings.ContainsRune("了内前后多里钟来都还没 ,.。", l.at(i+2)) && l.at(i+2) != 0
	}
	if l.at(i) == 0 || !strings.ContainsRune(units, l.at(i)) {
		return false
	}
	n, classes := l.words.longest(l.runes[i:], 0)
	return n < 2 || !(token{classes: classes}).is(judging...)
}

// numeral reports a written digit that stands for a code: alone, or after 选 or 第.
// Inside words (一直, 三天) it never does.
func (l *lexer) numeral(i int) bool {
	if _, ok := numerals[l.runes[i]]; !ok {
		return false
	}
	before := l.before()
	if !before.separates() && !before.is(isChoose, isCorrectTo) && before.text != "回复" && before.text != "是" {
		return false
	}
	end := i + 1
	if before.is(isChoose) && strings.ContainsRune("个项条", l.at(end)) {
		end++
	}
	return l.closes(end)
}

// closes reports that nothing but a separator or a particle follows at i.
func (l *lexer) closes(i int) bool {
	if i >= len(l.runes) || mark(l.runes[i]) != isUnknown {
		return true
	}
	n, classes := l.words.longest(l.runes[i:], 0)
	return n > 0 && token{classes: classes}.is(isParticle, isPolite)
}
