package knowledge

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"nengban/tickets/sheet"
)

// MostXinyangRows is how many articles one file may hold (信阳市 12345 知识库
// 信息导入规范, 2021).
const MostXinyangRows = 1000

// column is one column of the 信阳 layout.
type column struct {
	heading, field string
	need           bool
	write          func(a *Article) string
	read           func(c *Content, cell string) bool // false: the cell cannot be read
}

// columns are the six of the layout, and those that this desk adds for what
// the six cannot say. The first six must be there. It is one table, hence long.
var columns = []column{
	{"类目", "path", true, func(a *Article) string { return a.Path }, func(c *Content, s string) bool { c.Path = s; return true }},
	{"标题", "title", true, func(a *Article) string { return a.Title }, func(c *Content, s string) bool { c.Title = s; return true }},
	{"内容", "body", true, func(a *Article) string { return a.Body }, func(c *Content, s string) bool { c.Body = s; return true }},
	{"发文单位", "issuer", true, func(a *Article) string { return a.Issuer }, func(c *Content, s string) bool { c.Issuer = s; return true }},
	{"材料性质", "kind", true, func(a *Article) string { return natureOf(a.Content) }, (*Content).SetNature},
	{"关键字", "keywords", true, func(a *Article) string { return joined(a.Keywords) }, func(c *Content, s string) bool { c.Keywords = words(s); return true }},
	{"答复口径", "answer", false, func(a *Article) string { return a.Answer }, func(c *Content, s string) bool { c.Answer = s; return true }},
	{"依据", "basis", false, func(a *Article) string { return a.Basis }, func(c *Content, s string) bool { c.Basis = s; return true }},
	{"责任单位编码", "department", false, func(a *Article) string { return a.Department }, func(c *Content, s string) bool { c.Department = s; return true }},
	{"事项编码", "matters", false, func(a *Article) string { return joined(a.Matters) }, func(c *Content, s string) bool { c.Matters = words(s); return true }},
	{"区域编码", "area", false, func(a *Article) string { return a.Area }, func(c *Content, s string) bool { c.Area = s; return true }},
	{"生效日期", "valid_from", false, func(a *Article) string { return day(a.ValidFrom) }, func(c *Content, s string) bool { return readDay(&c.ValidFrom, s) }},
	{"失效日期", "valid_until", false, func(a *Article) string { return day(a.ValidUntil) }, func(c *Content, s string) bool { return readDay(&c.ValidUntil, s) }},
	{"复审日期", "review_at", false, func(a *Article) string { return day(a.ReviewAt) }, func(c *Content, s string) bool { return readDay(&c.ReviewAt, s) }},
	{"公开", "access", false, func(a *Article) string { return openWord(a.Access) }, readOpen},
}

// Headings are the headings of an export, in order.
func Headings() []string {
	out := make([]string, 0, len(columns))
	for _, c := range columns {
		out = append(out, c.heading)
	}
	return out
}

// Xinyang reads rows of the 信阳 layout. Other columns are passed over; a file
// without one of the six is refused as a whole.
func Xinyang(rows iter.Seq2[sheet.Row, error]) iter.Seq2[Incoming, error] {
	return func(yield func(Incoming, error) bool) {
		first := true
		for row, err := range rows {
			if err == nil && first {
				first = false
				if missing := missingHeading(row); missing != "" {
					yield(Incoming{}, &HeadingError{missing})
					return
				}
			}
			in := Incoming{Line: row.Line}
			if err == nil {
				in, err = readXinyang(row)
			}
			if !yield(in, err) {
				return
			}
		}
	}
}

// HeadingError says that a file has no column of a name that it needs.
type HeadingError struct{ Heading string }

func (e *HeadingError) Error() string {
	return fmt.Sprintf("the file has no column %s; it needs %s", e.Heading, strings.Join(Headings()[:6], "、"))
}

func missingHeading(row sheet.Row) string {
	for _, c := range columns {
		if c.need && !row.Has(c.heading) {
			return c.heading
		}
	}
	return ""
}

func readXinyang(row sheet.Row) (Incoming, error) {
	in := Incoming{Line: row.Line, Column: headingOf}
	for _, c := range columns {
		cell := strings.TrimPrefix(row.Cell(c.heading), "'") // what an export put before a = to keep it a text
		if !c.read(&in.Content, cell) {
			return in, &sheet.RowError{Line: row.Line, Column: c.heading, Reason: fmt.Sprintf("%q cannot be read", beginning(cell, 40))}
		}
	}
	return in, nil
}

func headingOf(field string) string {
	i := slices.IndexFunc(columns, func(c column) bool { return c.field == field })
	if i < 0 {
		return field
	}
	return columns[i].heading
}

// natures are the words for the kinds, the first of each kind the one that an
// export writes.
var natures = []struct {
	word string
	kind Kind
}{
	{"办事指南", ServiceGuide}, {"法律法规", Regulation}, {"政策文件", Policy}, {"政策解读", Policy}, {"业务指引", Policy},
	{"热点问答", FAQ}, {"日常咨询", FAQ}, {"通知公告", Notice},
}

func natureOf(c Content) string {
	if c.Nature != "" {
		return c.Nature
	}
	for _, n := range natures {
		if n.kind == c.Kind {
			return n.word
		}
	}
	return string(c.Kind)
}

// SetNature reads the kind by its word (材料性质) and says whether it is one. A
// guide for the staff, 业务指引, is internal unless told otherwise.
func (c *Content) SetNature(cell string) bool {
	for _, n := range natures {
		if n.word == cell {
			c.Kind, c.Nature, c.Access = n.kind, n.word, Public
			if n.word == "业务指引" {
				c.Access = Internal
			}
			return true
		}
	}
	return false
}

func openWord(a Access) string {
	if a == Internal {
		return "否"
	}
	return "是"
}

func readOpen(c *Content, cell string) bool {
	switch cell {
	case "":
	case "是", "公开", "yes":
		c.Access = Public
	case "否", "内部", "no":
		c.Access = Internal
	default:
		return false
	}
	return true
}

// readDay reads a date as offices write it, or as a spreadsheet keeps it.
func readDay(into **time.Time, cell string) bool {
	t, ok := ParseDay(cell)
	if ok && !t.IsZero() {
		*into = &t
	}
	return ok
}

// ParseDay reads the beginning of a day in China: 2026-09-24, 2026/9/24,
// 2026年9月24日, 20260924, or a spreadsheet's number. Nothing is the zero time.
func ParseDay(s string) (t time.Time, ok bool) {
	if s = strings.TrimSpace(s); s == "" {
		return t, true
	}
	for _, layout := range []string{time.DateOnly, "2006/1/2", "2006年1月2日", "20060102", time.DateTime, "2006/1/2 15:04", time.RFC3339} {
		if t, err := time.ParseInLocation(layout, s, china); err == nil && t.Year() > 1900 && t.Year() < 2200 {
			return t.UTC(), true
		}
	}
	if n, err := strconv.ParseFloat(s, 64); err == nil && n > 20_000 && n < 80_000 {
		return startOfSheetTime.AddDate(0, 0, int(n)).UTC(), true
	}
	return t, false
}

// cells is an article as a row of an export.
func cells(a *Article) []string {
	out := make([]string, 0, len(columns))
	for _, c := range columns {
		out = append(out, c.write(a))
	}
	return out
}
