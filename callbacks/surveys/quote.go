package surveys

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// ownText finds our own messages inside a reply: the menu of five grades with
// what stands before and behind it, and the sentences of our templates. People
// send a message back whole, or quote it above their answer.
var ownText = []*regexp.Regexp{
	regexp.MustCompile(`(?:(?:\[[^\]]{1,30}\]|您反映|请评价|请回复|请对)[^\[\]]{0,120})?1[^0-9]{0,3}非常满意[^0-9]{0,4}2[^0-9]{0,3}满意[^0-9]{0,4}3[^0-9]{0,3}(基本满意|一般)[^0-9]{0,4}4[^0-9]{0,3}不满意[^0-9]{0,4}5[^0-9]{0,3}非常不满意`),
	regexp.MustCompile(`1[^0-9]{0,3}very satisfied.{0,80}5[^0-9]{0,3}very dissatisfied`),
	regexp.MustCompile(`未解决请?回复? ?0|请回复数字[0-9-]*|可附文字(意见)?|(0 if|reply 0).{0,20}not solved`),
}

// ownFooter is our opt-out line, which only counts as a quotation beside other own text.
var ownFooter = regexp.MustCompile(`回复?td?(退订|不再接收)`)

// ownPieces are the stretches of our templates between their parameters, folded,
// long enough that nobody types them by chance.
var ownPieces = sync.OnceValue(func() []string {
	var pieces []string
	for _, t := range templates {
		body := t.Body
		for _, param := range t.Params() {
			body = strings.ReplaceAll(body, "{"+param+"}", "\x00")
		}
		for _, piece := range strings.Split(body, "\x00") {
			f := fold(piece)
			if len(f.runes) >= 8 {
				pieces = append(pieces, string(f.runes))
			}
		}
	}
	slices.SortFunc(pieces, func(a, b string) int { return len(b) - len(a) })
	return slices.Compact(pieces)
})

// span is a stretch of a folded reply, by rune.
type span struct{ from, to int }

// shortestQuote is how many characters a reply has at least that quotes us.
const shortestQuote = 6

// blankQuotes turns our own text inside the reply into commas and reports whether
// there was any.
func (f *folded) blankQuotes() bool {
	if len(f.runes) < shortestQuote {
		return false
	}
	text := string(f.runes)
	var found []span
	for _, piece := range ownPieces() {
		if at := strings.Index(text, piece); at >= 0 {
			found = append(found, spanOf(text, at, at+len(piece)))
		}
	}
	if menuLike(text) {
		for _, own := range ownText {
			for _, s := range own.FindAllStringIndex(text, -1) {
				found = append(found, spanOf(text, s[0], s[1]))
			}
		}
	}
	if len(found) == 0 {
		return false
	}
	for _, s := range ownFooter.FindAllStringIndex(text, -1) {
		found = append(found, spanOf(text, s[0], s[1]))
	}
	f.blank(found)
	return true
}

func menuLike(text string) bool {
	return strings.Contains(text, "非常不满意") || strings.Contains(text, "未解决") || strings.Contains(text, "附文字") || strings.Contains(text, "dissatisfied")
}

func spanOf(text string, from, to int) span {
	start := utf8.RuneCountInString(text[:from])
	return span{start, start + utf8.RuneCountInString(text[from:to])}
}

// blank writes commas over the spans, over the parameters between them, and over
// the sender's brackets before the first.
func (f *folded) blank(spans []span) {
	slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	last := f.signature(spans[0].from)
	for _, s := range spans {
		from := s.from
		if last >= 0 && from-last <= longestParam[ParamLink] {
			from = min(from, last)
		}
		for i := from; i < s.to; i++ {
			f.runes[i] = ','
		}
		last = max(last, s.to)
	}
}

// signature returns where the sender's brackets open that close right before i or
// a parameter before it, or -1.
func (f *folded) signature(i int) int {
	for j := i - 1; j >= 0 && j >= i-longestParam[ParamSender]-longestParam[ParamMatter]; j-- {
		if f.runes[j] == '[' {
			return j
		}
	}
	return -1
}
