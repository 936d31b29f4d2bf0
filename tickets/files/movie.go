package files

import (
	"encoding/binary"
	"slices"
)

// keptBoxes are the boxes of a film or recording (ISO/IEC 14496-12 and Apple's
// QuickTime file format) that it needs to play, by the box they lie in. All
// others, among them udta, meta and uuid with place, device and title, are
// turned into free space of the same size: every offset stays right.
var keptBoxes = map[string][]string{
	"":     {"ftyp", "styp", "sidx", "moov", "moof", "mfra", "mdat", "wide"},
	"moov": {"mvhd", "iods", "mvex", "trak"},
	"trak": {"tkhd", "tapt", "edts", "mdia"},
	"mdia": {"mdhd", "elng", "hdlr", "minf"},
	"minf": {"vmhd", "smhd", "nmhd", "gmhd", "hdlr", "dinf", "stbl"},
	"stbl": {"stsd", "stts", "ctts", "cslg", "stss", "stps", "stsh", "stsz", "stz2", "stsc", "stco", "co64", "sdtp", "sbgp", "sgpd", "subs", "saiz", "saio", "padb", "stdp"},
	"moof": {"mfhd", "traf"},
	"traf": {"tfhd", "tfdt", "trun", "sbgp", "sgpd", "subs", "saiz", "saio", "sdtp"},
}

// bareMovie takes everything out of a film or recording but sound and picture.
// Tracks of any other kind go with what they hold: cameras write the place
// second by second into tracks of text and measurements.
func bareMovie(body []byte) ([]byte, error) {
	m := movie{body: body}
	if err := m.bare("", span{0, len(body)}); err != nil {
		return nil, err
	}
	// The fragments of a dropped track would have to be looked for; no camera
	// writes such a file.
	if !m.plays || m.dropped && m.fragments {
		return nil, errBroken
	}
	return m.body, nil
}

type movie struct {
	body      []byte
	plays     bool // it has sound or a picture
	dropped   bool // a track is gone
	fragments bool
	wiped     int // bytes of dropped tracks
}

// span is a part of the file.
type span struct{ from, to int }

type box struct {
	kind  string
	whole span
	inner span
}

// next reads the box at the beginning of a span. Less than a header is no box:
// QuickTime ends some lists with four zero bytes.
func (m *movie) next(in span) (b box, ok bool, err error) {
	if in.to-in.from < 8 {
		return box{}, false, nil
	}
	size, head := uint64(binary.BigEndian.Uint32(m.body[in.from:])), 8
	switch {
	case size == 0:
		size = uint64(in.to - in.from)
	case size == 1 && in.to-in.from >= 16:
		size, head = binary.BigEndian.Uint64(m.body[in.from+8:]), 16
	}
	b = box{kind: string(m.body[in.from+4 : in.from+8])}
	if b.kind == "mdat" && size > uint64(in.to-in.from) {
		size = uint64(in.to - in.from) // the recording was cut off
	}
	if size < uint64(head) || size > uint64(in.to-in.from) {
		return box{}, false, errBroken
	}
	b.whole = span{in.from, in.from + int(size)}
	b.inner = span{in.from + head, b.whole.to}
	return b, true, nil
}

// bare goes through the boxes of a span that lie in a box of a kind.
func (m *movie) bare(of string, in span) error {
	for {
		b, ok, err := m.next(in)
		if err != nil && of == "" {
			clear(m.body[in.from:]) // whatever stands behind the film
			return nil
		}
		if err != nil || !ok {
			return err
		}
		in.from = b.whole.to
		switch {
		case !slices.Contains(keptBoxes[of], b.kind):
			m.free(b)
		case b.kind == "trak":
			err = m.track(b)
		case keptBoxes[b.kind] != nil:
			m.fragments = m.fragments || b.kind == "moof"
			err = m.bare(b.kind, b.inner)
		}
		if err != nil {
			return err
		}
	}
}

// track keeps a track of sound or picture and drops any other.
func (m *movie) track(b box) error {
	switch m.handler(b) {
	case "vide", "soun":
		m.plays = true
		return m.bare("trak", b.inner)
	}
	m.dropped = true
	if err := m.wipeSamples(b); err != nil {
		return err
	}
	m.free(b)
	return nil
}

// handler is what a track is for, by its media's hdlr box.
func (m *movie) handler(track box) string {
	h, ok := m.find(track, "mdia", "hdlr")
	if !ok || h.inner.to-h.inner.from < 12 {
		return ""
	}
	return string(m.body[h.inner.from+8 : h.inner.from+12])
}

// find returns the first box at the end of a path.
func (m *movie) find(b box, path ...string) (box, bool) {
	for _, kind := range path {
		in := b.inner
		for b.kind != kind {
			child, ok, err := m.next(in)
			if err != nil || !ok {
				return box{}, false
			}
			b, in.from = child, child.whole.to
		}
	}
	return b, true
}

func (m *movie) free(b box) {
	copy(m.body[b.whole.from+4:], "free")
	clear(m.body[b.inner.from:b.inner.to])
}
