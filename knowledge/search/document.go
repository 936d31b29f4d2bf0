package search

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2/document"
	index "github.com/blevesearch/bleve_index_api"
)

// Document is one text to be found again. The package keeps what it is given, so
// the caller leaves out what must not lie in an index: telephone numbers, names
// of citizens, numbers of identity cards.
type Document struct {
	ID       string // not empty; a second Document of this ID replaces the first
	Title    string
	Keywords []string
	Body     string
	// Facets are exact values to filter and count by. A value with slashes, as
	// "住房/公积金/提取", also counts for what it lies in: "住房/公积金" and "住房".
	Facets map[string][]string
	// From and Until bound the time it is in force; zero is open. Until is the
	// first moment it no longer is.
	From, Until time.Time
	// Boost is added to the score of every search, in the score's own units: 1
	// makes the document as likely as e such documents. Keep it within ±2.
	Boost float64
}

// The fields of the index. Nothing is kept twice: postings carry no positions, as
// candidates are weighed by their stored text.
const (
	fieldText   = "t" // characters and pairs of all texts
	fieldTitle  = "h" // the same of title and keywords
	fieldWords  = "w" // runs of Latin letters, for slips of the hand
	fieldPinyin = "p" // initials of title and keywords, in twos and threes
	fieldFacet  = "f:"
	fieldStored = "s"
)

const (
	indexed  = index.IndexField
	bare     = index.IndexField | index.SkipFreqNorm
	textsGap = "\n"
)

var errNoID = errors.New("document without an ID")

// toIndex is the document as bleve keeps it.
func (d *Document) toIndex(v *vocabulary) (*document.Document, error) {
	if d.ID == "" {
		return nil, errNoID
	}
	head := strings.Join(append([]string{d.Title}, d.Keywords...), textsGap)
	all := head + textsGap + d.Body
	out := document.NewDocument(d.ID)
	out.AddField(document.NewTextFieldCustom(fieldText, nil, []byte(all), indexed, gramAnalyzer{}))
	out.AddField(document.NewTextFieldCustom(fieldTitle, nil, []byte(head), indexed, gramAnalyzer{}))
	if words := latinWords(all); len(words) > 0 {
		out.AddField(document.NewTextFieldCustom(fieldWords, nil, []byte(strings.Join(words, " ")), bare, listAnalyzer{}))
	}
	if initials := pinyinTerms(head, v); len(initials) > 0 {
		out.AddField(document.NewTextFieldCustom(fieldPinyin, nil, []byte(strings.Join(initials, " ")), bare, listAnalyzer{}))
	}
	for name, values := range d.Facets {
		for _, value := range withAncestors(values) {
			out.AddField(document.NewTextFieldCustom(fieldFacet+name, nil, []byte(value), bare, nil))
		}
	}
	out.AddField(document.NewTextFieldWithIndexingOptions(fieldStored, nil, d.pack(v), index.StoreField))
	return out, nil
}

// withAncestors adds to each path what it lies in, each value once.
func withAncestors(values []string) []string {
	var out []string
	for _, value := range values {
		for i, r := range value {
			if r == '/' && i > 0 && !slices.Contains(out, value[:i]) {
				out = append(out, value[:i])
			}
		}
		if !slices.Contains(out, value) {
			out = append(out, value)
		}
	}
	return out
}

// stored is a document read back. Only what ranking needs is taken apart at once.
type stored struct {
	title, keywords, body string
	facets                string
	from, until           int64 // seconds, 0 when open
	boost                 float64
	weighty               int // units that are not stop wordings
}

// The stored form: fields apart by NUL, lists inside a field by the unit
// separator. Neither occurs in text; where somebody put one, it becomes a space.
const (
	fieldMark = "\x00"
	listMark  = "\x1f"
)

var plain = strings.NewReplacer(fieldMark, " ", listMark, " ")

func (d *Document) pack(v *vocabulary) []byte {
	var facets []string
	for name, values := range d.Facets {
		for _, value := range values {
			facets = append(facets, plain.Replace(name)+"="+plain.Replace(value))
		}
	}
	slices.Sort(facets)
	keywords := make([]string, len(d.Keywords))
	for i, word := range d.Keywords {
		keywords[i] = plain.Replace(word)
	}
	weighty := countWeighty(units(d.Title), v) + countWeighty(units(strings.Join(d.Keywords, textsGap)), v) +
		countWeighty(units(d.Body), v)
	return []byte(strings.Join([]string{
		seconds(d.From), seconds(d.Until), strconv.FormatFloat(d.Boost, 'g', -1, 64), strconv.Itoa(weighty),
		strings.Join(facets, listMark), plain.Replace(d.Title), strings.Join(keywords, listMark), plain.Replace(d.Body),
	}, fieldMark))
}

func seconds(t time.Time) string {
	if t.IsZero() {
		return "0"
	}
	return strconv.FormatInt(t.Unix(), 10)
}

var errPacked = errors.New("stored document cut short")

func unpack(text string) (stored, error) {
	f := strings.SplitN(text, fieldMark, 8)
	if len(f) != 8 {
		return stored{}, errPacked
	}
	s := stored{facets: f[4], title: f[5], keywords: f[6], body: f[7]}
	var errs [4]error
	s.from, errs[0] = strconv.ParseInt(f[0], 10, 64)
	s.until, errs[1] = strconv.ParseInt(f[1], 10, 64)
	s.boost, errs[2] = strconv.ParseFloat(f[2], 64)
	s.weighty, errs[3] = strconv.Atoi(f[3])
	if err := errors.Join(errs[:]...); err != nil {
		return stored{}, fmt.Errorf("%w: %w", errPacked, err)
	}
	return s, nil
}

func (s *stored) inForce(at time.Time) bool {
	t := at.Unix()
	return at.IsZero() || (s.from == 0 || s.from <= t) && (s.until == 0 || t < s.until)
}

// eachFacet calls found with each value the document itself was given.
func (s *stored) eachFacet(found func(name, value string)) {
	if s.facets == "" {
		return
	}
	for pair := range strings.SplitSeq(s.facets, listMark) {
		name, value, _ := strings.Cut(pair, "=")
		found(name, value)
	}
}
