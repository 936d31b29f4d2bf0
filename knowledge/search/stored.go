package search

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// stored is a document read back. One value serves for reading many: what it
// points to is good until the next is read into it.
type stored struct {
	id          string
	from, until int64 // seconds, 0 when open
	boost       float64
	weighty     int // units that are no part of stop wordings
	facets      string

	units [parts][]uint32 // ids

	title, keywords, body string // only when asked for
}

// The parts of a document.
const (
	inTitle = iota
	inKeywords
	inBody
	parts
)

// The stored form: fields apart by NUL, lists inside a field by the unit
// separator. Neither occurs in text; where somebody put one, it becomes a space.
const (
	fieldMark = "\x00"
	listMark  = "\x1f"
)

var plain = strings.NewReplacer(fieldMark, " ", listMark, " ")

// pack writes the three stored fields.
func (d *Document) pack(v *vocabulary) (meta, cut, texts []byte) {
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
	weighty := 0
	for _, text := range [parts]string{d.Title, strings.Join(keywords, textsGap), d.Body} {
		ids := idsOf(units(text))
		weighty += countWeighty(ids, v)
		cut = appendUnits(cut, ids)
	}
	meta = []byte(strings.Join([]string{
		seconds(d.From), seconds(d.Until), strconv.FormatFloat(d.Boost, 'g', -1, 64), strconv.Itoa(weighty),
		strings.Join(facets, listMark),
	}, fieldMark))
	texts = []byte(plain.Replace(d.Title) + fieldMark + strings.Join(keywords, listMark) + fieldMark + plain.Replace(d.Body))
	return meta, cut, texts
}

func seconds(t time.Time) string {
	if t.IsZero() {
		return "0"
	}
	return strconv.FormatInt(t.Unix(), 10)
}

var errPacked = errors.New("stored document cut short")

// storedFields is how many there are, the id included.
const storedFields = 4

// unpack takes in one stored field.
func (s *stored) unpack(field string, value []byte) (err error) {
	switch field {
	case "_id":
		s.id = string(value)
	case fieldMeta:
		return s.unpackMeta(string(value))
	case fieldUnits:
		for part := range s.units {
			if s.units[part], value, err = readUnits(s.units[part][:0], value); err != nil {
				return err
			}
		}
	case fieldTexts:
		f := strings.SplitN(string(value), fieldMark, 3)
		if len(f) != 3 {
			return errPacked
		}
		s.title, s.keywords, s.body = f[0], f[1], f[2]
	}
	return nil
}

func (s *stored) unpackMeta(text string) error {
	f := strings.SplitN(text, fieldMark, 5)
	if len(f) != 5 {
		return errPacked
	}
	s.facets = f[4]
	var errs [4]error
	s.from, errs[0] = strconv.ParseInt(f[0], 10, 64)
	s.until, errs[1] = strconv.ParseInt(f[1], 10, 64)
	s.boost, errs[2] = strconv.ParseFloat(f[2], 64)
	s.weighty, errs[3] = strconv.Atoi(f[3])
	if err := errors.Join(errs[:]...); err != nil {
		return fmt.Errorf("%w: %w", errPacked, err)
	}
	return nil
}

// A list of units is stored as its length and two bytes for each; words and rare
// characters take six: the escape, then the id.
const longUnit = 0xFFFF

func appendUnits(to []byte, ids []uint32) []byte {
	to = binary.AppendUvarint(to, uint64(len(ids)))
	for _, id := range ids {
		if id < longUnit {
			to = binary.LittleEndian.AppendUint16(to, uint16(id))
			continue
		}
		to = binary.LittleEndian.AppendUint16(to, longUnit)
		to = binary.LittleEndian.AppendUint32(to, id)
	}
	return to
}

func readUnits(into []uint32, from []byte) (ids []uint32, rest []byte, err error) {
	n, size := binary.Uvarint(from)
	if size <= 0 || n > uint64(len(from)) {
		return nil, nil, errPacked
	}
	from = from[size:]
	into = slices.Grow(into, int(n))
	for range n {
		if len(from) < 2 {
			return nil, nil, errPacked
		}
		id := uint32(binary.LittleEndian.Uint16(from))
		from = from[2:]
		if id == longUnit {
			if len(from) < 4 {
				return nil, nil, errPacked
			}
			id = binary.LittleEndian.Uint32(from)
			from = from[4:]
		}
		into = append(into, id)
	}
	return into, from, nil
}

func (s *stored) inForce(at time.Time) bool {
	t := at.Unix()
	return at.IsZero() || (s.from == 0 || s.from <= t) && (s.until == 0 || t < s.until)
}

// eachFacet calls found with each value the document itself was given.
func eachFacet(facets string, found func(name, value string)) {
	if facets == "" {
		return
	}
	for pair := range strings.SplitSeq(facets, listMark) {
		name, value, _ := strings.Cut(pair, "=")
		found(name, value)
	}
}
