package worktime

import "strings"

// englishNames are the holidays' names as the State Council's English pages
// write them, keyed by what every spelling of the Chinese name contains.
var englishNames = []struct{ stem, en string }{
	{"元旦", "New Year's Day"},
	{"春节", "Spring Festival"},
	{"清明", "Qingming Festival"},
	{"劳动", "Labour Day"},
	{"五一", "Labour Day"},
	{"端午", "Dragon Boat Festival"},
	{"中秋", "Mid-Autumn Festival"},
	{"国庆", "National Day"},
	{"十一", "National Day"},
	{"抗日战争", "Victory Day"},
	{"抗战", "Victory Day"},
}

// HolidayName returns the name of a holiday in a language ("zh-CN", "en"). For
// names it does not know it returns the Chinese one, which is better than none.
func HolidayName(name, lang string) string {
	if !strings.HasPrefix(lang, "en") {
		return name
	}
	var names []string
	for _, part := range strings.Split(name, "、") {
		names = append(names, englishName(part))
	}
	return strings.Join(names, " and ")
}

func englishName(name string) string {
	for _, n := range englishNames {
		if strings.Contains(name, n.stem) {
			return n.en
		}
	}
	return name
}

// chineseNames turns the names of English calendars into the notice's own. The
// Spring Festival stands first because it is also called a new year.
var chineseNames = []struct{ stem, zh string }{
	{"spring festival", "春节"},
	{"chinese new year", "春节"},
	{"new year", "元旦"},
	{"tomb", "清明节"},
	{"qingming", "清明节"},
	{"labour", "劳动节"},
	{"labor", "劳动节"},
	{"dragon boat", "端午节"},
	{"mid-autumn", "中秋节"},
	{"national day", "国庆节"},
	{"victory", "抗日战争胜利纪念日"},
	{"anti-fascist", "抗日战争胜利纪念日"},
}

// chineseName returns the notice's name of a holiday for an English one; other
// names come back as they are.
func chineseName(name string) string {
	lower := strings.ToLower(name)
	for _, n := range chineseNames {
		if strings.Contains(lower, n.stem) {
			return n.zh
		}
	}
	return name
}
