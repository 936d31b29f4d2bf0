package hooks

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"nengban/tickets"
)

// maxAddress is the longest address in characters.
const maxAddress = 500

// checkAddress says what is wrong with an address that somebody wants told, as
// a code of the pages, or "". It is a courtesy to whoever types: what counts is
// asked again when the desk connects.
func (g *Guard) checkAddress(s string) (code string, about string) {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.Opaque != "" || len(s) > maxAddress || strings.ContainsAny(s, " \\\t\r\n"):
		return "webhook_address", ""
	case u.User != nil:
		return "webhook_password", ""
	case u.Fragment != "" || strings.HasSuffix(s, "#"):
		return "webhook_address", ""
	case u.Scheme == "http" && !g.allowed.inner(u.Hostname()):
		return "webhook_https", u.Hostname()
	case u.Scheme != "https" && u.Scheme != "http":
		return "webhook_https", u.Hostname()
	}
	return g.checkHost(u.Hostname(), u.Port())
}

func (g *Guard) checkHost(host, port string) (code string, about string) {
	n, err := strconv.ParseUint(port, 10, 16)
	if port != "" && (err != nil || n == 0) {
		return "webhook_address", ""
	}
	if port == "" {
		n = 443
	}
	host = ascii(host)
	ip, err := netip.ParseAddr(host)
	if err != nil {
		if !isHostName(host) {
			return "webhook_address", ""
		}
		return "", ""
	}
	if ip.Zone() != "" {
		return "webhook_address", ""
	}
	network := "tcp6"
	if ip.Is4() {
		network = "tcp4"
	}
	if g.check(network, net.JoinHostPort(host, strconv.FormatUint(n, 10)), false) != nil {
		return "webhook_inner", host
	}
	return "", ""
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

// problem is a code of checkAddress as the pages take it.
func problem(code, about string) tickets.FieldErrors {
	e := tickets.FieldError{Field: "url", Code: code}
	if about != "" {
		e.Args = []any{about}
	}
	return tickets.FieldErrors{e}
}
