package hooks_test

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"nengban/migrations/dbtest"
	"nengban/web/hooks"
)

// The addresses that a connection may come to, whatever was typed.
func TestTheGuardKnowsInnerAddresses(t *testing.T) {
	t.Parallel()
	for ip, inner := range map[string]bool{
		"1.1.1.1": false, "203.0.114.9": false, "2606:4700::1111": false, "100.63.255.255": false, "172.32.0.1": false, "198.20.0.1": false,

		"127.0.0.1": true, "127.9.9.9": true, "::1": true, // loopback
		"10.0.0.1": true, "172.16.0.1": true, "172.31.255.255": true, "192.168.1.1": true, "fd12:3456::1": true, "fc00::1": true, // private
		"169.254.1.1": true, "fe80::1": true, // link-local
		"169.254.169.254": true, "fd00:ec2::254": true, "100.100.100.200": true, "168.63.129.16": true, "192.0.0.192": true, // metadata of clouds
		"100.64.0.1": true, "100.127.255.255": true, // carriers' NAT
		"224.0.0.1": true, "239.255.255.255": true, "ff02::1": true, // multicast
		"0.0.0.0": true, "0.1.2.3": true, "::": true, "255.255.255.255": true, "240.0.0.1": true, // nobody
		"::ffff:127.0.0.1": true, "::ffff:10.0.0.1": true, "::ffff:7f00:1": true, "::127.0.0.1": true, // IPv4 in IPv6's clothes
		"64:ff9b::7f00:1": true, "64:ff9b::a00:1": true, "64:ff9b:1::1": true, "2002:7f00:1::": true, "2001:0:7f00:1::": true, // NAT64, 6to4, Teredo
		"192.0.2.1": true, "198.51.100.1": true, "203.0.113.1": true, "2001:db8::1": true, "198.18.0.1": true, // documents, benchmarks
		"fe80::1%eth0": true, "fec0::1": true, "3fff::1": true,
	} {
		network := "tcp6"
		if a := netip.MustParseAddr(ip); a.Is4() {
			network = "tcp4"
		}
		err := hooks.NewGuard(hooks.Allowed{}).Check(network, net.JoinHostPort(ip, "443"), false)
		if got := errors.Is(err, hooks.ErrInner); got != inner {
			t.Errorf("%s: refused %v (%v); want %v", ip, got, err, inner)
		}
	}
}

func TestTheGuardLetsThroughWhatTheSettingsName(t *testing.T) {
	t.Parallel()
	a := allowed(t, "10.20.0.0/16, 192.168.7.7, fd00:1::/64, 169.254.169.254, OA.city.example, 政务.cn")
	for name, want := range map[string]bool{"oa.city.example": true, "OA.City.Example.": true, "www.oa.city.example": false, "city.example": false, "政务.cn": true} {
		if got := a.Host(name); got != want {
			t.Errorf("%s is named: %v; want %v", name, got, want)
		}
	}
	g := hooks.NewGuard(a, netip.MustParseAddrPort("0.0.0.0:8345"), netip.MustParseAddrPort("8.8.4.4:443"))
	g.Here(&net.IPNet{IP: net.IPv4(10, 20, 0, 5), Mask: net.CIDRMask(24, 32)}, &net.IPNet{IP: net.IPv4(9, 9, 9, 9), Mask: net.CIDRMask(24, 32)}, &net.IPNet{IP: net.IPv4(192, 168, 7, 7), Mask: net.CIDRMask(24, 32)})
	for _, c := range []struct {
		why, address string
		named        bool
		want         error
	}{
		{"in a network that is named", "10.20.3.4:443", false, nil},
		{"the same in IPv6's clothes", "[::ffff:10.20.3.4]:443", false, nil},
		{"beside it", "10.21.3.4:443", false, hooks.ErrInner},
		{"named alone", "192.168.7.7:443", false, nil},
		{"its neighbour", "192.168.7.8:443", false, hooks.ErrInner},
		{"IPv6", "[fd00:1::9]:443", false, nil},
		{"metadata, named outright", "169.254.169.254:80", false, nil},
		{"a host that is named, in any inner network", "172.16.0.9:443", true, nil},
		{"a host that is named, leading to metadata", "[fd00:ec2::254]:80", true, hooks.ErrInner},
		{"a host that is named, leading to Alibaba's metadata", "100.100.100.200:80", true, hooks.ErrInner},
		{"a host that is named, leading to a link-local address", "169.254.1.1:80", true, hooks.ErrInner},
		{"the desk itself, by its address in a network that is named", "10.20.0.5:8345", false, hooks.ErrOwn},
		{"another program on the same machine", "10.20.0.5:443", false, nil},
		{"the desk itself, by its public address", "9.9.9.9:8345", false, hooks.ErrOwn},
		{"the desk itself, by its address named alone", "192.168.7.7:8345", false, nil},
		{"the desk where it listens on one address", "8.8.4.4:443", false, hooks.ErrOwn},
		{"loopback", "127.0.0.1:443", false, hooks.ErrInner},
		{"the desk on loopback", "127.0.0.1:8345", false, hooks.ErrOwn},
	} {
		network := "tcp4"
		if strings.HasPrefix(c.address, "[") {
			network = "tcp6"
		}
		if err := g.Check(network, c.address, c.named); !errors.Is(err, c.want) || (err == nil) != (c.want == nil) {
			t.Errorf("%s, %s: %v; want %v", c.why, c.address, err, c.want)
		}
	}
	for _, word := range []string{"10.0.0.0/33", "10.0.0", "0x7f.1", "a b", "https://oa.city.example", "oa.city.example:443", "-x.example", "fe80::1%eth0", "*.city.example"} {
		if _, err := hooks.ParseAllowed(word); err == nil || !strings.Contains(err.Error(), strings.ToLower(word)) {
			t.Errorf("the setting %q: %v", word, err)
		}
	}
}

// What is typed is looked at before anything is sent.
func TestAddressesAsTheyAreTyped(t *testing.T) {
	t.Parallel()
	g := hooks.NewGuard(allowed(t, "10.20.0.0/16,oa.city.example"))
	for address, want := range map[string]string{
		"https://data.city.example/in": "", "https://data.city.example:8443/in?x=1": "", "https://政务.example/": "", "https://1.1.1.1/": "", "https://[2606:4700::1111]:443/": "",
		"https://10.20.1.1/": "", "http://10.20.1.1:8080/": "", "http://oa.city.example/": "", "HTTPS://OA.city.example": "", "https://localhost/": "", // a name is asked about when it is resolved

		"http://data.city.example/": "webhook_https", "http://10.21.1.1/": "webhook_https", "ftp://data.city.example/": "webhook_https", "file:///etc/passwd": "webhook_address",
		"gopher://x.example/": "webhook_https", "javascript:alert(1)": "webhook_address", "//x.example/": "webhook_https", "data.city.example/in": "webhook_address", "": "webhook_address", "https://": "webhook_address", "https:///in": "webhook_address",
		"https://user@x.example/": "webhook_password", "https://user:pw@x.example/": "webhook_password", "https://x.example@10.0.0.1/": "webhook_password",
		"https://x.example/#part": "webhook_address", "https://x.example/#": "webhook_address",

		"https://127.0.0.1/": "webhook_inner", "https://[::1]/": "webhook_inner", "https://[::ffff:127.0.0.1]/": "webhook_inner", "https://169.254.169.254/latest": "webhook_inner", "https://10.0.0.1:443/": "webhook_inner",
		"https://[64:ff9b::7f00:1]/": "webhook_inner", "https://0.0.0.0/": "webhook_inner", "https://[::]/": "webhook_inner",

		"https://2130706433/": "webhook_address", "https://0x7f000001/": "webhook_address", "https://0x7f.1/": "webhook_address", "https://0177.0.0.1/": "webhook_address", "https://127.1/": "webhook_address",
		"https://017700000001/": "webhook_address", "https://127.0.0.1./": "webhook_inner", "https://0X7F.0.0.0x1/": "webhook_address", "https://1.1.1.0x1/": "webhook_address", "https://127.0.0.08/": "webhook_address",
		"https://[fe80::1%25eth0]/": "webhook_address", "https://①②⑦.⓪.⓪.①/": "webhook_inner", "https://１２７.0.0.1/": "webhook_inner",
		"https://x.example:0/": "webhook_address", "https://x.example:65536/": "webhook_address", "https://x.example:https/": "webhook_address",
		"https://x.example/\r\nHost: y": "webhook_address", "https://x.example\r\nX: y/": "webhook_address", "https://x.example/ y": "webhook_address", `https://x.example\@y/`: "webhook_address",
		"https://x..example/": "webhook_address", "https://-x.example/": "webhook_address", "https://x.example/%0d%0aX-Evil:%201": "", // stays written so in the path
		"https://x.example/" + strings.Repeat("a", 500): "webhook_address",
	} {
		if got := g.CheckAddress(address); got != want {
			t.Errorf("%q: %q; want %q", address, got, want)
		}
	}
}

// names is a server of names whose answers change from one question to the next.
type names struct {
	mu      sync.Mutex
	answers map[string][]string
	asked   int
}

// resolver asks it instead of the machine's own.
func (n *names) resolver(t *testing.T) *net.Resolver {
	t.Helper()
	conn, err := (&net.ListenConfig{}).ListenPacket(ctx, "udp", "127.0.0.1:0")
	must(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			k, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			if out := n.answer(buf[:k]); out != nil {
				_, _ = conn.WriteTo(out, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func (n *names) answer(q []byte) []byte {
	var m dnsmessage.Message
	if m.Unpack(q) != nil || len(m.Questions) != 1 {
		return nil
	}
	m.Response, m.Authoritative, m.Additionals = true, true, nil
	name := m.Questions[0].Name.String()
	n.mu.Lock()
	defer n.mu.Unlock()
	all := n.answers[name]
	if len(all) == 0 {
		m.RCode = dnsmessage.RCodeNameError
	}
	if len(all) > 0 && m.Questions[0].Type == dnsmessage.TypeA {
		m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: m.Questions[0].Name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET, TTL: 0},
			Body: &dnsmessage.AResource{A: netip.MustParseAddr(all[min(n.asked, len(all)-1)]).As4()}}}
		n.asked++
	}
	out, err := m.Pack()
	if err != nil {
		return nil
	}
	return out
}

// A name that leads to a public address when it is looked at, and into the
// inner network when the desk connects.
func TestANameThatLeadsElsewhereTheSecondTime(t *testing.T) {
	t.Parallel()
	inner := newReceiver(t)
	port := inner.Listener.Addr().(*net.TCPAddr).Port
	n := &names{answers: map[string][]string{"rebind.example.": {"93.184.216.34", "127.0.0.1"}, "localhost.": {"127.0.0.1"}, "inner.example.": {"10.0.0.8"}}}
	g := hooks.NewGuard(hooks.Allowed{})
	r := n.resolver(t)
	g.ResolveBy(r)
	if first, err := r.LookupHost(ctx, "rebind.example."); err != nil || first[0] != "93.184.216.34" {
		t.Fatalf("the first look says %v, %v", first, err)
	}
	for _, host := range []string{"rebind.example", "localhost", "localhost.", "inner.example"} {
		c, err := g.Dial(ctx, "tcp", net.JoinHostPort(host, strconv.Itoa(port)))
		if err == nil {
			_ = c.Close()
		}
		if !errors.Is(err, hooks.ErrInner) {
			t.Errorf("connecting to %s: %v", host, err)
		}
	}
	// Ways to write 127.0.0.1 that some resolvers read as a number.
	for _, host := range []string{"2130706433", "0x7f.1", "0177.0.0.1", "127.1", "0x7f000001", "[::ffff:127.0.0.1]", "127.0.0.1", "[::1]", "0.0.0.0", "[::]"} {
		c, err := g.Dial(ctx, "tcp", host+":"+strconv.Itoa(port))
		if err == nil {
			_ = c.Close()
			t.Errorf("%s leads in", host)
		}
	}
	if got := inner.messages(); len(got) != 0 {
		t.Errorf("the inner system was told %v", got)
	}
}

// The administrator reads in the ledger which address was refused.
func TestWhatTheGuardRefusesIsSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	n := &names{answers: map[string][]string{"inner.example.": {"10.0.0.8"}, "desk.example.": {"127.0.0.1"}}}
	g := hooks.NewGuard(hooks.Allowed{}, netip.MustParseAddrPort("127.0.0.1:443"))
	g.ResolveBy(n.resolver(t))
	w.s = hooks.New(hooks.Parts{DB: w.DB, Clock: w.Clock, Vault: w.Vault, Guard: g})
	for address, want := range map[string]struct {
		trouble hooks.Trouble
		about   string
	}{
		"https://inner.example/in": {hooks.InnerAddress, "10.0.0.8"}, "https://desk.example/": {hooks.OwnAddress, "127.0.0.1"}, "https://nowhere.example/": {hooks.UnknownName, "nowhere.example"},
	} {
		sub, _, err := w.s.Add(ctx, w.Admin, hooks.Wanted{Name: "x", URL: address, Events: []string{"ticket_closed"}})
		must(t, err)
		d, err := w.s.Try(ctx, sub.Code)
		must(t, err)
		if d.Trouble != want.trouble || d.About != want.about || d.State != hooks.Dead {
			t.Errorf("%s: %+v; want %+v", address, d, want)
		}
	}
}

// A subscription outlives the setting that let it in; its messages do not leave.
func TestASettingThatIsTakenBackCloses(t *testing.T) {
	t.Parallel()
	w, r := newWorld(t, dbtest.SQLite(t)), newReceiver(t)
	sub := w.subscribe(r)
	w.s = hooks.New(hooks.Parts{DB: w.DB, Clock: w.Clock, Vault: w.Vault, Guard: hooks.NewGuard(hooks.Allowed{})})
	d, err := w.s.Try(ctx, sub.Code)
	must(t, err)
	if d.Trouble != hooks.NotEncrypted || len(r.messages()) != 0 {
		t.Errorf("a trial: %+v", d)
	}
}

func TestReceiversThatMisbehave(t *testing.T) {
	t.Parallel()
	elsewhere := newReceiver(t)
	hang := func(r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done() // until the desk hangs up
	}
	big := strings.Repeat("天", 1<<20)
	for name, c := range map[string]struct {
		does    http.HandlerFunc
		trouble hooks.Trouble
		status  int
		words   int
	}{
		"it points elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL+"/in?city=1", http.StatusTemporaryRedirect)
		}, hooks.Redirected, 307, -1},
		"it talks without end": {func(w http.ResponseWriter, _ *http.Request) {
			for range 200 {
				if _, err := w.Write([]byte(big)); err != nil {
					return
				}
			}
			t.Error("600 MB were heard out")
		}, "", 200, 200},
		"it sends much in little": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write([]byte("\x1f\x8b\x08 not unpacked"))
		}, "", 200, -1},
		"its headers have no end": {func(w http.ResponseWriter, _ *http.Request) {
			for range 1000 {
				w.Header().Add("X-Long", strings.Repeat("x", 100))
			}
			w.WriteHeader(http.StatusOK)
		}, hooks.Unreachable, 0, 0},
		"it says nothing": {func(_ http.ResponseWriter, r *http.Request) { hang(r) }, hooks.TooSlow, 0, 0},
		"it says yes and then nothing": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusAccepted)
			_ = http.NewResponseController(w).Flush()
			hang(r)
		}, "", 202, 0},
		"it hangs up": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, hooks.Unreachable, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, dbtest.SQLite(t))
			w.s.WaitFor(500 * time.Millisecond)
			if c.trouble == "" && c.words == 200 {
				w.s.WaitFor(time.Minute)
			}
			srv := httptest.NewServer(c.does)
			defer srv.Close()
			sub, _, err := w.s.Add(ctx, w.Admin, hooks.Wanted{Name: "x", URL: srv.URL, Events: []string{"ticket_closed"}})
			must(t, err)
			d, err := w.s.Try(ctx, sub.Code)
			must(t, err)
			if d.Trouble != c.trouble || d.Status != c.status || c.words >= 0 && len([]rune(d.Answer)) != c.words {
				t.Errorf("%+v", d)
			}
		})
	}
	t.Cleanup(func() {
		if got := elsewhere.messages(); len(got) != 0 {
			t.Errorf("a redirect was followed: %v", got)
		}
	})
}

// A receiver's certificate has to be good; nobody switches that off.
func TestOnlyABelievableReceiverIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	n := 0
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { n++ }))
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	defer srv.Close()
	sub, _, err := w.s.Add(ctx, w.Admin, hooks.Wanted{Name: "x", URL: srv.URL, Events: []string{"ticket_closed"}})
	must(t, err)
	d, err := w.s.Try(ctx, sub.Code)
	must(t, err)
	if d.Trouble != hooks.BadIdentity || d.About != "127.0.0.1" || n != 0 {
		t.Errorf("a certificate that nobody knows: %+v", d)
	}
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	w.s.Trust(roots)
	if d, err = w.s.Try(ctx, sub.Code); err != nil || d.State != hooks.Delivered || n != 1 {
		t.Errorf("a good one: %+v, %v", d, err)
	}
}

// A proxy of the environment would connect in the desk's place, past the guard.
func TestNoProxyOfTheEnvironmentIsUsed(t *testing.T) {
	proxied := 0
	proxy := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { proxied++ }))
	defer proxy.Close()
	for _, name := range []string{"HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"} {
		t.Setenv(name, proxy.URL)
	}
	w, r := newWorld(t, dbtest.SQLite(t)), newReceiver(t)
	n := &names{answers: map[string][]string{"oa.city.example.": {"127.0.0.1"}}}
	g := hooks.NewGuard(allowed(t, "oa.city.example"))
	g.ResolveBy(n.resolver(t))
	w.s = hooks.New(hooks.Parts{DB: w.DB, Clock: w.Clock, Vault: w.Vault, Guard: g})
	u, err := url.Parse(r.URL)
	must(t, err)
	sub, secret, err := w.s.Add(ctx, w.Admin, hooks.Wanted{Name: "x", URL: "http://oa.city.example:" + u.Port() + "/in?city=1", Events: []string{"ticket_closed"}})
	must(t, err)
	r.believe(secret)
	if d, err := w.s.Try(ctx, sub.Code); err != nil || d.State != hooks.Delivered || proxied != 0 || len(r.messages()) != 1 {
		t.Errorf("%+v, %v; through the proxy: %d", d, err, proxied)
	}
}

// The guard is asked about every address that there is.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{"https://x.example/in", "http://127.0.0.1", "https://[::1%25a]:1/", "https://0x7f.1", "https://u:p@x/"} {
		f.Add(s)
	}
	a, err := hooks.ParseAllowed("")
	if err != nil {
		f.Fatal(err)
	}
	g := hooks.NewGuard(a)
	f.Fuzz(func(t *testing.T, s string) {
		if g.CheckAddress(s) != "" {
			return
		}
		u, err := url.Parse(s)
		if err != nil || !strings.EqualFold(u.Scheme, "https") || u.User != nil || u.Hostname() == "" || strings.ContainsAny(s, "\r\n") {
			t.Fatalf("%q is let through", s)
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, s, nil)
		if err != nil || strings.ContainsAny(r.URL.RequestURI()+r.Host, "\r\n ") {
			t.Fatalf("%q makes no request: %v", s, err)
		}
	})
}
