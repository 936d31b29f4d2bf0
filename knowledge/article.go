package knowledge

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kind is what an article is (材料性质).
type Kind string

// The kinds.
const (
	ServiceGuide Kind = "service_guide" // 办事指南
	Regulation   Kind = "regulation"    // 法律法规
	Policy       Kind = "policy"        // 政策文件、业务指引
	FAQ          Kind = "faq"           // 热点问答、日常咨询
	Notice       Kind = "notice"        // 通知公告
)

// Options are the kinds in the order that forms list them.
func (Kind) Options() []string {
	return []string{string(ServiceGuide), string(FAQ), string(Policy), string(Regulation), string(Notice)}
}

// Access is who may read an article.
type Access string

// The two.
const (
	Public   Access = "public"   // anybody, on the public pages
	Internal Access = "internal" // the desk and the departments
)

// Options are the two, the commoner first.
func (Access) Options() []string { return []string{string(Public), string(Internal)} }

// State is where a version stands.
type State string

// The states, in the order of a version's life.
const (
	Draft     State = "draft"
	InReview  State = "in_review"
	Approved  State = "approved"  // or being published: it is not in the index yet
	Published State = "published" // it serves
	Replaced  State = "replaced"  // a later version took its place
	Expired   State = "expired"   // out of force, or taken off
)

// States are all states in that order.
var States = []State{Draft, InReview, Approved, Published, Replaced, Expired}

// Content is what an article says: the fields of its form, of an import, and
// of a version.
type Content struct {
	Title string `json:"title" field:"text,need,max=128"`
	Kind  Kind   `json:"kind" field:"select,need"`
	// Nature is the kind in the words of the file it came from: 日常咨询 and
	// 热点问答 are both questions and answers.
	Nature     string     `json:"nature"`
	Path       string     `json:"path" field:"text,need,max=200"` // categories from the top down, joined by /
	Body       string     `json:"body" field:"area,need,max=50000"`
	Answer     string     `json:"answer" field:"area,max=50000"` // what a citizen is told; empty: the body of a public article
	Basis      string     `json:"basis" field:"text,max=500"`    // the document it rests on
	Department string     `json:"department" field:"department,max=64"`
	Issuer     string     `json:"issuer" field:"text,max=100"`
	Matters    []string   `json:"matters" field:"tags"`
	Keywords   []string   `json:"keywords" field:"tags"`
	Area       string     `json:"area" field:"place,max=15"`
	ValidFrom  *time.Time `json:"valid_from" field:"time"`
	ValidUntil *time.Time `json:"valid_until" field:"time"` // the first moment it is no longer in force
	ReviewAt   *time.Time `json:"review_at" field:"time"`
	Access     Access     `json:"access" field:"select,need"`
}

// longestAnswer is what an answer to a citizen may hold, in characters.
const longestAnswer = 5000

// Telling is what a citizen can be told, or "": an internal article tells only
// the answer that was written for citizens.
func (c Content) Telling() string {
	text := c.Answer
	if text == "" && c.Access == Public {
		text = c.Body
	}
	if r := []rune(text); len(r) > longestAnswer {
		text = string(r[:longestAnswer-1]) + "…"
	}
	return text
}

// Grounds is the document that an answer from it rests on: its basis, else the
// article itself with who issued it; "" when it names neither.
func (c Content) Grounds() string {
	if c.Basis == "" && c.Issuer != "" {
		return "《" + c.Title + "》（" + c.Issuer + "）"
	}
	return c.Basis
}

// InForce says whether it is in force at that moment.
func (c Content) InForce(at time.Time) bool {
	return (c.ValidFrom == nil || !at.Before(*c.ValidFrom)) && (c.ValidUntil == nil || at.Before(*c.ValidUntil))
}

// Article is an article with one of its versions: the newest where staff look,
// the one that serves where citizens do.
type Article struct {
	ID      int64
	Version int64 // rises with every write; a form that was opened earlier is refused
	N       int   // the version that Content is
	State   State // of that version
	Head    int   // the newest version
	Live    int   // the version that serves; 0: none
	Wanted  int   // the version that will serve as soon as the index holds it
	Content
	Files       []int64
	WrittenBy   int64
	WrittenName string
	WrittenAt   time.Time
	PublishedAt time.Time
	TouchedAt   time.Time
	Views, Uses int64
	UsedAt      time.Time
}

// Code is what people and answers call the article: K000123.
func (a *Article) Code() string { return CodeOf(a.ID) }

// Publishing says whether the version waits for the index.
func (a *Article) Publishing() bool { return a.State == Approved && a.Wanted == a.N }

// CodeOf is the code of an article's id.
func CodeOf(id int64) string { return fmt.Sprintf("K%06d", id) }

// ParseCode reads a code as people type it; ok is false when it can be none.
func ParseCode(s string) (id int64, ok bool) {
	s = strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(s)), "K")
	id, err := strconv.ParseInt(s, 10, 64)
	return id, err == nil && id > 0 && len(s) <= 18
}

// list and joined keep short lists of words in one column.
func list(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, ",")
}

func joined(words []string) string { return strings.Join(words, ",") }

// words splits what people type between words of a list, each word once.
func words(s string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",，、;；\n\t", r) }) {
		if w = strings.TrimSpace(w); w != "" && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// Words reads a list as people type it: 继承，过户、房产证.
func Words(s string) []string { return words(s) }
