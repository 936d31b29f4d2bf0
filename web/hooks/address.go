package hooks

import (
	"cmp"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"nengban/tickets"
)

// maxAddress is the longest address in characters.
const maxAddress = 500

// checkAddress says what is wrong with an address that somebody wants told, or
// nil. It is a courtesy to whoever types: what counts is asked again when the
// desk connects.
func (g *Guard) checkAddress(s string) *tickets.FieldError {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "" || len(s) > maxAddress || strings.ContainsAny(s, " #\\\t\r\n"):
		return unreadable()
	case u.User != nil:
		return &tickets.FieldError{Field: "url", Code: "webhook_password"}
	case u.Scheme != "https" && (u.Scheme != "http" || !g.allowed.inner(u.Hostname())):
		return &tickets.FieldError{Field: "url", Code: "webhook_https", Args: []any{u.Hostname()}}
	}
	port, err := strconv.ParseUint(cmp.Or(u.Port(), "443"), 10, 16)
	if err != nil || port == 0 {
		return unreadable()
	}
	return g.checkHost(ascii(u.Hostname()), strconv.FormatUint(port, 10))
}

func unreadable() *tickets.FieldError {
	return &tickets.FieldError{Field: "url", Code: "webhook_address"}
}

func (g *Guard) checkHost(host, port string) *tickets.FieldError {
	ip, err := netip.ParseAddr(host)
	switch {
	case err != nil && isHostName(host):
		return nil // what it leads to is seen when the desk connects
	case err != nil || ip.Zone() != "":
		return unreadable()
	}
	network := "tcp6"
	if ip.Is4() {
		network = "tcp4"
	}
	if g.check(network, net.JoinHostPort(host, port), false) != nil {
		return &tickets.FieldError{Field: "url", Code: "webhook_inner", Args: []any{host}}
	}
	return nil
}

// looksLikeNumber finds the other ways to write an IPv4 address: 2130706433,
// 0x7f.1, 0177.0.0.1. Some resolvers read them, and nobody means them.
func looksLikeNumber(host string) bool {
	host = strings.TrimSuffix(host, ".")
	last := host[strings.LastIndexByte(host, '.')+1:]
	_, err := strconv.ParseUint(last, 0, 64)
	return err == nil || strings.Trim(last, "0123456789") == ""
}

// isHostName says whether s is written as names of hosts are, an
// internationalised one in any script.
func isHostName(s string) bool {
	s = strings.TrimSuffix(s, ".")
	if s == "" || len(s) > 253 || looksLikeNumber(s) {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") || strings.ContainsFunc(label, odd) {
			return false
		}
	}
	return true
}

func odd(r rune) bool {
	return r < 0x80 && r != '-' && r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
}
