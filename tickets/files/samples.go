package files

import "encoding/binary"

// wipeSamples clears what a track holds, wherever in the file it lies: its
// chunks begin where stco or co64 says, have as many samples as stsc says, of
// the sizes in stsz (ISO/IEC 14496-12, 8.7).
func (m *movie) wipeSamples(track box) error {
	sizes, err := m.sizes(track)
	if err != nil {
		return err
	}
	runs, err := m.table(track, "stsc", 12)
	if err != nil {
		return err
	}
	chunks, width, err := m.chunks(track)
	if err != nil {
		return err
	}
	perChunk := uint64(0)
	for n := uint64(1); len(chunks) > 0; n++ {
		for len(runs) > 0 && uint64(binary.BigEndian.Uint32(runs)) <= n {
			perChunk, runs = uint64(binary.BigEndian.Uint32(runs[4:])), runs[12:]
		}
		at := uint64(binary.BigEndian.Uint32(chunks))
		if width == 8 {
			at = binary.BigEndian.Uint64(chunks)
		}
		chunks = chunks[width:]
		if err := m.wipe(at, sizes.take(perChunk)); err != nil {
			return err
		}
	}
	return nil
}

// wipe clears a part of the file. More than the file altogether is no track
// but an attempt to keep the desk busy.
func (m *movie) wipe(at, size uint64) error {
	all := uint64(len(m.body))
	if at > all || size > all-at {
		return errBroken
	}
	if m.wiped += int(size); m.wiped > len(m.body) {
		return errBroken
	}
	clear(m.body[at : at+size])
	return nil
}

// sampleSizes are the sizes of a track's samples: all the same, or one after
// the other in a table.
type sampleSizes struct {
	same  uint64
	table []byte
}

// take is how many bytes the next n samples have together.
func (s *sampleSizes) take(n uint64) uint64 {
	if s.same > 0 {
		return n * s.same // both have 32 bits
	}
	sum := uint64(0)
	for ; n > 0 && len(s.table) >= 4; n-- {
		sum += uint64(binary.BigEndian.Uint32(s.table))
		s.table = s.table[4:]
	}
	return sum
}

func (m *movie) sizes(track box) (*sampleSizes, error) {
	b, ok := m.find(track, "mdia", "minf", "stbl", "stsz")
	if !ok || b.inner.to-b.inner.from < 12 {
		return nil, errBroken
	}
	return &sampleSizes{same: uint64(binary.BigEndian.Uint32(m.body[b.inner.from+4:])), table: m.body[b.inner.from+12 : b.inner.to]}, nil
}

func (m *movie) chunks(track box) ([]byte, int, error) {
	if _, ok := m.find(track, "mdia", "minf", "stbl", "co64"); ok {
		t, err := m.table(track, "co64", 8)
		return t, 8, err
	}
	t, err := m.table(track, "stco", 4)
	return t, 4, err
}

// table is the lines of a table of the track, as many as there are of those
// that it announces.
func (m *movie) table(track box, kind string, width int) ([]byte, error) {
	b, ok := m.find(track, "mdia", "minf", "stbl", kind)
	if !ok || b.inner.to-b.inner.from < 8 {
		return nil, errBroken
	}
	lines := m.body[b.inner.from+8 : b.inner.to]
	n := min(uint64(binary.BigEndian.Uint32(m.body[b.inner.from+4:])), uint64(len(lines)/width))
	return lines[:n*uint64(width)], nil
}
