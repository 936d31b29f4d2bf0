package page_test

import (
	"net/url"
	"strings"
	"testing"

	"nengban/web/page"
)

func FuzzNumber(f *testing.F) {
	for _, s := range []string{"20260921 000042", "２０２６－0921000042", "", "-", "1e9", "' OR 1=1", "\x00", strings.Repeat("9", 40)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, ok := page.Number(s)
		if ok != (n != "") || len(n) > 32 || strings.Trim(n, "0123456789") != "" {
			t.Errorf("%q becomes %q, %v", s, n, ok)
		}
		if again, _ := page.Number(n); again != n {
			t.Errorf("%q becomes %q and then %q", s, n, again)
		}
	})
}

// Wherever a form or an address wants to go back to, it is a page of this desk.
func FuzzOwnPath(f *testing.F) {
	for _, s := range []string{"/tickets/1?q=x#top", "//evil.example", `/\evil.example`, "https://evil.example", "/\t/evil.example", "/%2f%2fevil.example", "javascript:alert(1)", "/%", "/a\r\nSet-Cookie: x=1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		to := page.OwnPath(s, "/desk")
		base := &url.URL{Scheme: "https", Host: "desk.example", Path: "/login"}
		u, err := base.Parse(to)
		if err != nil {
			return // browsers follow no address that cannot be read
		}
		if u.Host != "desk.example" || u.Scheme != "https" || strings.ContainsAny(to, "\r\n\t\\") || strings.HasPrefix(to, "//") {
			t.Errorf("%q leads to %q at %s", s, to, u)
		}
	})
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"路灯", "  x ", "\x00", "\xff", strings.Repeat("长", 41), "a\nb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := page.Clean(s, 40)
		if len([]rune(c)) > 40 || strings.ContainsAny(c, "\x00\r\n\x1b") || !strings.Contains(s, c) || page.Clean(c, 40) != c {
			t.Errorf("%q becomes %q", s, c)
		}
	})
}
