package sla

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/width"
)

// ParseLimit reads a limit as people write it, in English or Chinese:
//
//	10 working days          10个工作日, 5工作日, 十个工作日内
//	15 natural days, 15 days 15天, 15日, 十五个自然日
//	2 hours, 30 min          2小时, 两小时, 30分钟, 半小时, 1.5小时
//	2 working hours          2个工作小时, 2小时工作时间
//	same working day         当日, 当天, 当个工作日
//
// After the number and unit may follow, with or without commas and brackets:
// "first day counted" (首日计入), "first day not counted" (首日不计入), "until
// midnight" (至当日24时), "close of business" (至下班), "in working time" (工作时间),
// "round the clock" (自然时间), "after hours deferred" (下班后顺延).
//
// It returns an ErrLimit that says what it could not read.
func ParseLimit(s string) (Limit, error) {
	if len(s) > 200 {
		return Limit{}, fmt.Errorf("%w: %d bytes of text are no limit", ErrLimit, len(s))
	}
	text := strings.ToLower(strings.TrimSpace(width.Fold.String(s)))
	if text == "" {
		return Limit{}, fmt.Errorf("%w: it is empty; write it like \"10 working days\" or 10个工作日", ErrLimit)
	}
	limit, rest, err := parseHead(text)
	if err != nil {
		return Limit{}, fmt.Errorf("%w: %q: %w", ErrLimit, s, err)
	}
	if err := limit.modify(rest); err != nil {
		return Limit{}, fmt.Errorf("%w: %q: %w", ErrLimit, s, err)
	}
	if err := limit.Validate(); err != nil {
		return Limit{}, fmt.Errorf("%q: %w", s, err)
	}
	return limit, nil
}

var (
	sameDay = regexp.MustCompile(`^(?:by the end of )?(?:the )?same (?:working |business )?day|^(?:当日|当天|当个工作日|同一工作日|即日)`)
	head    = regexp.MustCompile(`^(?:within |in |在)?\s*` +
		`([0-9]+(?:\.[0-9]+)?|[零〇一二两三四五六七八九十百半]+(?:个半)?|[a-z]+)\s*-?\s*` +
		`(个?\s*(?:工作|自然)?\s*(?:日|天|小时|钟头|分钟|分)` +
		`|(?:work(?:ing)?[ -]?|business[ -]?|natural[ -]?|calendar[ -]?)?(?:days?|d|hours?|hrs?|h|minutes?|mins?|m)\b` +
		`|wd\b|bd\b|个?\s*(?:月|周|星期|年|季度)|(?:week|month|year)s?\b)`)
	within = regexp.MustCompile(`^\s*(?:之内|以内|内)`)
)

// parseHead reads the number and the unit and returns what follows them.
func parseHead(text string) (Limit, string, error) {
	if at := sameDay.FindStringIndex(text); at != nil {
		return SameWorkingDay(), trimWithin(text[at[1]:]), nil
	}
	parts := head.FindStringSubmatch(text)
	if parts == nil {
		return Limit{}, "", errors.New("no number with a unit at its beginning; write it like \"10 working days\" or 10个工作日")
	}
	unit, working, err := parseUnit(strings.ReplaceAll(parts[2], " ", ""))
	if err != nil {
		return Limit{}, "", err
	}
	limit, err := parseNumber(parts[1], unit)
	limit.InWorkingTime = working
	return limit, trimWithin(text[len(parts[0]):]), err
}

func trimWithin(rest string) string {
	if at := within.FindStringIndex(rest); at != nil {
		return rest[at[1]:]
	}
	return rest
}

// parseUnit reads a unit and whether its name says working time.
func parseUnit(word string) (unit Unit, working bool, err error) {
	word = strings.TrimPrefix(word, "个")
	working = strings.HasPrefix(word, "work") || strings.HasPrefix(word, "business") || strings.HasPrefix(word, "工作")
	switch {
	case strings.ContainsAny(word, "月周年季") || strings.Contains(word, "星期"),
		strings.HasPrefix(word, "week"), strings.HasPrefix(word, "month"), strings.HasPrefix(word, "year"):
		return "", false, errors.New("weeks, months and years are no units of a limit; say days")
	case word == "wd" || word == "bd":
		return WorkingDay, false, nil
	case strings.Contains(word, "day") || strings.HasSuffix(word, "d") || strings.ContainsAny(word, "日天"):
		if working {
			return WorkingDay, false, nil
		}
		return NaturalDay, false, nil
	case strings.Contains(word, "min") || strings.HasSuffix(word, "m") || strings.Contains(word, "分"):
		return Minute, working, nil
	default:
		return Hour, working, nil
	}
}

// parseNumber reads the number. Halves are hours only, and become minutes.
func parseNumber(word string, unit Unit) (Limit, error) {
	minutes, isHalf, err := halfHours(word)
	if err != nil {
		return Limit{}, err
	}
	if isHalf {
		if unit != Hour {
			return Limit{}, fmt.Errorf("only hours come in parts, not %s", strings.ReplaceAll(string(unit), "_", " ")+"s")
		}
		return Limit{N: minutes, Unit: Minute}, nil
	}
	n, err := wholeNumber(word)
	return Limit{N: n, Unit: unit}, err
}

// halfHours reads 半, 一个半 and 1.5 as minutes.
func halfHours(word string) (minutes int, isHalf bool, err error) {
	switch {
	case word == "半":
		return 30, true, nil
	case strings.HasSuffix(word, "个半"):
		n, err := wholeNumber(strings.TrimSuffix(word, "个半"))
		return n*60 + 30, true, err
	case strings.Contains(word, "."):
		hours, err := strconv.ParseFloat(word, 64)
		if err != nil || hours > float64(mostOf(Hour)) {
			return 0, true, fmt.Errorf("%s is not a number of hours", word)
		}
		minutes := int(hours*60 + 0.5)
		if diff := hours*60 - float64(minutes); diff > 1e-6 || diff < -1e-6 {
			return 0, true, fmt.Errorf("%s hours are not whole minutes", word)
		}
		return minutes, true, nil
	default:
		return 0, false, nil
	}
}

func wholeNumber(word string) (int, error) {
	if word[0] >= '0' && word[0] <= '9' {
		n, err := strconv.Atoi(word)
		if err != nil || n > 100_000_000 {
			return 0, fmt.Errorf("%s is too large a number", word)
		}
		return n, nil
	}
	if n, ok := englishNumbers[word]; ok {
		return n, nil
	}
	return chineseNumber(word)
}

var englishNumbers = map[string]int{
	"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
	"nine": 9, "ten": 10, "fifteen": 15, "twenty": 20, "thirty": 30, "sixty": 60,
}

// chineseNumber reads 三, 两, 十五, 二十, 一百二十 and 一百零五. It refuses 一百二,
// which some mean as 120 and some as 102.
func chineseNumber(word string) (int, error) {
	const digits = "一二三四五六七八九"
	wrong := fmt.Errorf("%q is not a number", word)
	total, digit, lastUnit := 0, 0, 1000
	for _, r := range strings.ReplaceAll(word, "两", "二") {
		at := strings.IndexRune(digits, r)
		switch {
		case at >= 0 && digit == 0:
			digit = at/len("一") + 1
		case r == '十' && lastUnit > 10 && (digit > 0 || total == 0):
			total, digit, lastUnit = total+max(digit, 1)*10, 0, 10
		case r == '百' && lastUnit > 100 && digit > 0:
			total, digit, lastUnit = digit*100, 0, 100
		case (r == '零' || r == '〇') && lastUnit == 100 && digit == 0:
			lastUnit = 10
		default:
			return 0, wrong
		}
	}
	if digit > 0 && lastUnit == 100 || total+digit == 0 {
		return 0, wrong
	}
	return total + digit, nil
}

// modifiers are what may follow the unit. Of two that begin alike the one that
// must be tried first stands first.
var modifiers = []struct {
	words *regexp.Regexp
	apply func(*Limit)
}{
	{regexp.MustCompile(`^(?:the )?first day (?:is )?not counted|^excluding the first day|^首日不计入?|^不[计含](?:首日|当日)|^[自从]?次日起(?:计?算)?`), func(l *Limit) { l.CountFirstDay = false }},
	{regexp.MustCompile(`^(?:the )?first day (?:is )?counted|^including the first day|^首日计入|^含(?:首日|当日)|^当日计入`), func(l *Limit) { l.CountFirstDay = true }},
	{regexp.MustCompile(`^after hours (?:is )?deferred|^下班后顺延`), func(l *Limit) { l.DeferAfterHours = true }},
	{regexp.MustCompile(`^(?:until |till |by |at )?midnight|^[至到]?(?:当日)?(?:24时|24:00|24点|午夜|二十四时)`), func(l *Limit) { l.End = Midnight }},
	{regexp.MustCompile(`^(?:until |till |by |at )?(?:the )?close of business|^[至到]?(?:当日)?下班(?:时|为止)?`), func(l *Limit) { l.End = "" }},
	{regexp.MustCompile(`^(?:in |of )?working time|^按?工作时间(?:计算?)?`), func(l *Limit) { l.InWorkingTime = true }},
	{regexp.MustCompile(`^round the clock|^按?自然时间(?:计算?)?`), func(l *Limit) { l.InWorkingTime = false }},
}

// modify applies what follows the unit.
func (l *Limit) modify(rest string) error {
	for {
		rest = strings.Trim(rest, " \t,;、。.()/")
		if rest == "" {
			return nil
		}
		known := false
		for _, m := range modifiers {
			if at := m.words.FindStringIndex(rest); at != nil {
				m.apply(l)
				rest, known = rest[at[1]:], true
				break
			}
		}
		if !known {
			return fmt.Errorf("%q is not understood", rest)
		}
	}
}
