package search

import (
	"errors"
	"slices"
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
	fieldSample = "r" // the samples it is in
	fieldFacet  = "f:"
	fieldMeta   = "m" // stored: what ranking needs besides the text
	fieldUnits  = "u" // stored: the text cut into units, so that weighing cuts nothing
	fieldTexts  = "s" // stored: the text to show
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
	out.AddField(document.NewTextFieldCustom(fieldSample, nil, []byte(strings.Join(sampleTerms(d.ID), " ")), bare, listAnalyzer{}))
	for name, values := range d.Facets {
		for _, value := range withAncestors(values) {
			out.AddField(document.NewTextFieldCustom(fieldFacet+name, nil, []byte(value), bare, nil))
		}
	}
	meta, cut, texts := d.pack(v)
	out.AddField(document.NewTextFieldWithIndexingOptions(fieldMeta, nil, meta, index.StoreField))
	out.AddField(document.NewTextFieldWithIndexingOptions(fieldUnits, nil, cut, index.StoreField))
	out.AddField(document.NewTextFieldWithIndexingOptions(fieldTexts, nil, texts, index.StoreField))
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
