package hooks

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
	"golang.org/x/net/idna"
)

// ErrInner is what a connection to an inner address that no setting names
// comes to, and ErrOwn one to the desk's own address.
var (
	ErrInner = errors.New("the address belongs to an inner network, and the settings do not name it")
	ErrOwn   = errors.New("the address is the desk's own")
)

// RefusedError says which address was refused, and why: ErrInner or ErrOwn.
type RefusedError struct {
	IP  netip.Addr
	Why error
}

func (e *RefusedError) Error() string { return fmt.Sprintf("connecting to %s: %v", e.IP, e.Why) }

// Unwrap returns the reason.
func (e *RefusedError) Unwrap() error { return e.Why }

// Allowed are the inner networks and hosts that the settings name: the city's
// own systems.
type Allowed struct {
	networks []netip.Prefix
	hosts    []string
}

// ParseAllowed reads networks, addresses and host names with commas between:
// 10.20.0.0/16, 10.1.2.3, oa.city.example. It says which word is neither.
func ParseAllowed(s string) (Allowed, error) {
	var out Allowed
	for word := range strings.SplitSeq(s, ",") {
		if word = strings.ToLower(strings.TrimSpace(word)); word == "" {
			continue
		}
		if p, err := netip.ParsePrefix(word); err == nil {
			out.networks = append(out.networks, p.Masked())
		} else if ip, err := netip.ParseAddr(word); err == nil && ip.Zone() == "" {
			out.networks = append(out.networks, netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen()))
		} else if isHostName(word) {
			out.hosts = append(out.hosts, ascii(word))
		} else {
			return Allowed{}, fmt.Errorf("%q is neither a network such as 10.20.0.0/16 nor a host name", word)
		}
	}
	return out, nil
}

// host says whether the settings name this host.
func (a Allowed) host(name string) bool {
	return slices.Contains(a.hosts, ascii(name))
}

// ascii writes a host's name as it is looked up: 政务.cn as xn--….
func ascii(host string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if a, err := idna.Lookup.ToASCII(host); err == nil {
		return a
	}
	return host
}

// inner says whether the settings name what stands in an address, by its name
// or as a number: it may then be spoken to without encryption.
func (a Allowed) inner(host string) bool {
	ip, err := netip.ParseAddr(host)
	return a.host(host) || err == nil && a.holds(ip.Unmap())
}

func (a Allowed) holds(ip netip.Addr) bool {
	return slices.ContainsFunc(a.networks, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// exactly says whether the settings name this one address and not only a
// network around it.
func (a Allowed) exactly(ip netip.Addr) bool {
	return slices.Contains(a.networks, netip.PrefixFrom(ip, ip.BitLen()))
}

// Guard decides to which addresses the desk connects. It looks at the address
// of the connection itself, after the name was resolved and at the moment of
// connecting: a name that leads elsewhere the second time, a number written in
// an odd way and a name in the hosts file all come to the same door.
type Guard struct {
	allowed  Allowed
	own      []netip.AddrPort // where the desk itself listens; a zero address: everywhere on this machine
	world    *ssrf.Guardian   // knows the IANA registries of special addresses
	machine  func() ([]net.Addr, error)
	resolver *net.Resolver
}

// NewGuard returns a guard that lets through what the settings name, and the
// public internet except the desk's own addresses.
func NewGuard(a Allowed, own ...netip.AddrPort) *Guard {
	return &Guard{allowed: a, own: own, world: ssrf.New(ssrf.WithAnyPort()), machine: net.InterfaceAddrs}
}

// connectFor is how long a connection may take to come about.
const connectFor = 5 * time.Second

// Dial connects to host:port, if the address it comes to is let through.
func (g *Guard) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("reading the address of a receiver: %w", err)
	}
	named := g.allowed.host(host)
	d := net.Dialer{Timeout: connectFor, Resolver: g.resolver, ControlContext: func(_ context.Context, network, address string, _ syscall.RawConn) error {
		return g.check(network, address, named)
	}}
	return d.DialContext(ctx, network, address)
}

// check is asked for every address that a connection is about to go to. named
// says that the settings name the host itself: its operator is trusted to
// resolve it, though not to lead to a cloud's metadata.
func (g *Guard) check(network, address string, named bool) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("reading the address of a connection: %w", err)
	}
	ip := at.Addr().Unmap().WithZone("")
	switch {
	case g.allowed.exactly(ip):
		return nil
	case g.isOwn(ip, at.Port()) && !named:
		return &RefusedError{ip, ErrOwn}
	case g.allowed.holds(ip), named && !isMetadata(ip):
		return nil
	}
	if isMetadata(ip) || g.world.Safe(network, address, nil) != nil {
		return &RefusedError{ip, ErrInner}
	}
	return nil
}

// metadata is where clouds tell their machines secrets, beside the link-local
// 169.254.169.254 of most: AWS in IPv6, Alibaba, Oracle, and Azure, whose
// address looks public.
var metadata = []netip.Addr{netip.MustParseAddr("fd00:ec2::254"), netip.MustParseAddr("100.100.100.200"), netip.MustParseAddr("192.0.0.192"), netip.MustParseAddr("168.63.129.16")}

func isMetadata(ip netip.Addr) bool {
	return ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() || slices.Contains(metadata, ip)
}

func (g *Guard) isOwn(ip netip.Addr, port uint16) bool {
	return slices.ContainsFunc(g.own, func(own netip.AddrPort) bool {
		if own.Port() != port {
			return false
		}
		return own.Addr() == ip || own.Addr().IsUnspecified() && g.isHere(ip)
	})
}

// isHere says whether this machine has the address. A machine that cannot say
// its addresses has them all.
func (g *Guard) isHere(ip netip.Addr) bool {
	all, err := g.machine()
	if err != nil {
		return true
	}
	return ip.IsLoopback() || slices.ContainsFunc(all, func(a net.Addr) bool {
		p, err := netip.ParsePrefix(a.String())
		return err == nil && p.Addr().Unmap() == ip
	})
}
