package search

import "slices"

// phrases finds known wordings in units, the longest first. It is read-only once
// built, so searches share it.
type phrases struct {
	list  [][]uint32         // each wording as unit ids
	index map[uint64][]int32 // the first one or two units → places in list, longest first
	maybe filter
}

// filter answers "certainly not" for most keys before a map is asked.
type filter [256]uint64

func mix(key uint64) uint64 { return (key * 0x9E3779B97F4A7C15) >> 50 } // 14 bits

func (f *filter) add(key uint64)      { f[mix(key)>>6] |= 1 << (mix(key) & 63) }
func (f *filter) has(key uint64) bool { return f[mix(key)>>6]&(1<<(mix(key)&63)) != 0 }

// newPhrases builds the table; place i answers for texts[i]. A text without a
// single unit (punctuation only) is never found.
func newPhrases(texts []string) *phrases {
	p := &phrases{list: make([][]uint32, len(texts)), index: map[uint64][]int32{}}
	for i, text := range texts {
		for _, u := range units(text) {
			if u.id != gap {
				p.list[i] = append(p.list[i], u.id)
			}
		}
		if len(p.list[i]) == 0 {
			continue
		}
		key := firstKey(p.list[i])
		p.index[key] = append(p.index[key], int32(i))
		p.maybe.add(key)
	}
	for _, places := range p.index {
		slices.SortStableFunc(places, func(a, b int32) int { return len(p.list[b]) - len(p.list[a]) })
	}
	return p
}

func firstKey(ids []uint32) uint64 {
	if len(ids) == 1 {
		return pairKey(ids[0], gap)
	}
	return pairKey(ids[0], ids[1])
}

// at returns the longest wording that begins at ids[i], or -1.
func (p *phrases) at(ids []uint32, i int) int {
	if i+1 < len(ids) {
		if key := pairKey(ids[i], ids[i+1]); p.maybe.has(key) {
			for _, place := range p.index[key] {
				if begins(ids[i:], p.list[place]) {
					return int(place)
				}
			}
		}
	}
	if key := pairKey(ids[i], gap); p.maybe.has(key) {
		if places := p.index[key]; len(places) > 0 {
			return int(places[0])
		}
	}
	return -1
}

// every calls found for every wording that begins at ids[i].
func (p *phrases) every(ids []uint32, i int, found func(place int)) {
	try := func(key uint64) {
		if !p.maybe.has(key) {
			return
		}
		for _, place := range p.index[key] {
			if begins(ids[i:], p.list[place]) {
				found(int(place))
			}
		}
	}
	try(pairKey(ids[i], gap))
	if i+1 < len(ids) {
		try(pairKey(ids[i], ids[i+1]))
	}
}

// each calls found for the wordings in ids, left to right, none overlapping.
func (p *phrases) each(ids []uint32, found func(place, at, n int)) {
	for i := 0; i < len(ids); {
		place := p.at(ids, i)
		if place < 0 {
			i++
			continue
		}
		n := len(p.list[place])
		found(place, i, n)
		i += n
	}
}

func begins(ids, phrase []uint32) bool {
	return len(ids) >= len(phrase) && slices.Equal(ids[:len(phrase)], phrase)
}
