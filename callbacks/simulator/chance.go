package simulator

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// draw is a number from 0 up to 1 that depends on the seed and on what it is
// drawn for, and on nothing else.
func (n *Network) draw(what ...string) float64 {
	sum := n.sum(what)
	return float64(binary.BigEndian.Uint64(sum[:8])>>11) / (1 << 53)
}

// happens says whether something of this likelihood happens.
func (n *Network) happens(likelihood float64, what ...string) bool {
	return likelihood > 0 && n.draw(what...) < likelihood
}

// upTo draws a duration.
func (n *Network) upTo(d time.Duration, what ...string) time.Duration {
	if d <= 0 {
		return 0
	}
	return time.Duration(n.draw(what...) * float64(d)).Truncate(time.Millisecond)
}

// id is a carrier's id: as opaque as a real one, and the same every time.
func (n *Network) id(what ...string) string {
	sum := n.sum(append([]string{"id"}, what...))
	return "sim" + hex.EncodeToString(sum[:12])
}

func (n *Network) sum(what []string) [sha256.Size]byte {
	return sha256.Sum256([]byte(strconv.FormatUint(n.set.Seed, 10) + "\x00" + strings.Join(what, "\x00")))
}
