package triage

// Features are known by a 64-bit hash, so that a model holds no text of the
// tickets it learned from (the mined phrases excepted, which stand in many);
// at 10⁶ features the chance of any two meeting is below one in ten million.
const (
	hashSeed  uint64 = 0xcbf29ce484222325
	hashPrime uint64 = 0x9e3779b97f4a7c15
)

func hashRune(h uint64, r rune) uint64 {
	h = (h ^ uint64(uint32(r))) * hashPrime
	return h ^ h>>29
}

func hashRunes(h uint64, rs []rune) uint64 {
	for _, r := range rs {
		h = hashRune(h, r)
	}
	return h
}

// repeatable is a generator for shuffles that must come out the same on every
// machine and in every year (splitmix64, Steele et al. 2014).
type repeatable uint64

func (g *repeatable) next() uint64 {
	*g += 0x9e3779b97f4a7c15
	z := uint64(*g)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

func (g *repeatable) shuffle(xs []int) {
	for i := len(xs) - 1; i > 0; i-- {
		j := int(g.next() % uint64(i+1))
		xs[i], xs[j] = xs[j], xs[i]
	}
}
