package hooks

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"time"
)

// The steps at which a test can kill a sender.
const (
	StepClaimed = stepClaimed
	StepSent    = stepSent
)

// OnStep calls f between the steps of every delivery.
func (s *Sender) OnStep(f func(string) error) { s.step = f }

// Trust believes certificates of these authorities.
func (s *Sender) Trust(roots *x509.CertPool) {
	s.client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
}

// WaitFor hears receivers out for no longer than d.
func (s *Sender) WaitFor(d time.Duration) { s.wait = d }

// ResolveBy looks names up elsewhere.
func (g *Guard) ResolveBy(r *net.Resolver) { g.resolver = r }

// Here makes the machine have these addresses.
func (g *Guard) Here(addresses ...net.Addr) {
	g.machine = func() ([]net.Addr, error) { return addresses, nil }
}

// Check asks about one connection.
func (g *Guard) Check(network, address string, named bool) error {
	return g.check(network, address, named)
}

// CheckAddress asks about an address as it is typed.
func (g *Guard) CheckAddress(s string) string {
	if e := g.checkAddress(s); e != nil {
		return e.Code
	}
	return ""
}

// Host says whether the settings name a host.
func (a Allowed) Host(name string) bool { return a.host(name) }
