package i18n

import (
	"testing"
	"time"
)

var shanghai = time.FixedZone("CST", 8*60*60)

func load(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Load(shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheLanguageIsTheChosenOneThenTheBrowsersThenChinese(t *testing.T) {
	t.Parallel()
	c := load(t)
	for _, test := range []struct{ chosen, accept, want string }{
		{"en", "zh-CN", "en"}, {"", "en-GB,en;q=0.8", "en"}, {"", "zh-TW", "zh-CN"}, {"", "fr, en;q=0.5", "en"},
		{"", "ja", "zh-CN"}, {"", "", "zh-CN"}, {"klingon", "en", "en"}, {"", "\x00;;;q=x", "zh-CN"},
	} {
		if got := c.Locale(test.chosen, test.accept).Lang; got != test.want {
			t.Errorf("chosen %q, accepted %q: %s; want %s", test.chosen, test.accept, got, test.want)
		}
	}
}

func TestDatesAndSpansAreWrittenAsEachLanguageDoes(t *testing.T) {
	t.Parallel()
	c := load(t)
	zh, en := c.Locale("zh-CN", ""), c.Locale("en", "")
	at := time.Date(2026, 9, 24, 8, 50, 0, 0, time.UTC)
	nextYear := time.Date(2027, 1, 2, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct{ name, got, want string }{
		{"a day", zh.Date(at), "2026年9月24日 周四"},
		{"a day", en.Date(at), "Thu 24 Sep 2026"},
		{"this year", zh.Time(at, at), "9月24日 周四 16:50"},
		{"this year", en.Time(at, at), "Thu 24 Sep 16:50"},
		{"another year", zh.Time(at, nextYear), "2026年9月24日 16:50"},
		{"another year", en.Time(at, nextYear), "24 Sep 2026 16:50"},
		{"no time", zh.Time(time.Time{}, at), ""},
		{"a span", zh.Span(27*time.Hour + 5*time.Minute), "1天3小时"},
		{"a span", en.Span(27 * time.Hour), "1 d 3 h"},
		{"a span back", zh.Span(-90 * time.Minute), "1小时30分钟"},
		{"a whole day", zh.Span(48 * time.Hour), "2天"},
		{"seconds", en.Span(20 * time.Second), "0 min"},
	} {
		if test.got != test.want {
			t.Errorf("%s: %q; want %q", test.name, test.got, test.want)
		}
	}
}

func TestAKeyThatNobodyWroteShowsItself(t *testing.T) {
	t.Parallel()
	l := load(t).Locale("en", "")
	if got := l.T("no.such.key"); got != "no.such.key" || l.Has("no.such.key") {
		t.Errorf("an unwritten key is %q", got)
	}
	if got := l.T("ticket.days", "N", 1) + ", " + l.T("ticket.days", "N", 5); got != "1 working day, 5 working days" {
		t.Errorf("one and many are %q", got)
	}
}
