package page

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"nengban/tickets/staff"
)

func TestOnlyOwnPathsAreFollowed(t *testing.T) {
	t.Parallel()
	for back, want := range map[string]string{
		"/tickets/1?act=replies#x":     "/tickets/1?act=replies#x",
		"":                             "/desk",
		"https://evil.example":         "/desk",
		"//evil.example":               "/desk",
		`/\evil.example`:               "/desk",
		"/a\nb":                        "/desk",
		"/\xff":                        "/desk",
		"/" + strings.Repeat("x", 600): "/desk",
	} {
		if got := OwnPath(back, "/desk"); got != want {
			t.Errorf("OwnPath(%q) = %q; want %q", back, got, want)
		}
	}
}

func TestANumberIsReadAsPeopleTypeIt(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"20260924000042": "20260924000042", " 2026 0924-000042 ": "20260924000042", "２０２６０９２４０００042": "20260924000042",
		"": "", "abc": "", "2026\x00": "", strings.Repeat("1", 33): "", "٣٤": "",
	} {
		got, ok := Number(typed)
		if got != want || ok != (want != "") {
			t.Errorf("Number(%q) = %q, %v; want %q", typed, got, ok, want)
		}
	}
}

func TestWhoMayCome(t *testing.T) {
	t.Parallel()
	operator := staff.Member{ID: 1, Roles: []staff.Role{staff.Operator}}
	for _, test := range []struct {
		who   Who
		known bool
		want  error
	}{
		{Anyone, false, nil}, {AnyStaff, false, ErrLogin}, {AnyStaff, true, nil},
		{Holders(staff.Register), false, ErrLogin}, {Holders(staff.Register), true, nil}, {Holders(staff.ManageStaff), true, ErrForbidden},
		{"", true, ErrForbidden}, {"", false, ErrLogin}, {"no_such_right", true, ErrForbidden},
	} {
		if got := test.who.Admit(operator, test.known); !errors.Is(got, test.want) {
			t.Errorf("%q, known %v: %v; want %v", test.who, test.known, got, test.want)
		}
	}
}

func TestAFormThatCannotBeReadIsRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		kind, body string
		want       error
	}{
		"a plain form":     {"application/x-www-form-urlencoded", "a=1", nil},
		"a broken escape":  {"application/x-www-form-urlencoded", "a=%zz", ErrBadForm},
		"too large a form": {"application/x-www-form-urlencoded", "a=" + strings.Repeat("x", 2000), ErrTooLarge},
		"no parts":         {"multipart/form-data; boundary=x", "hello", ErrBadForm},
		"no boundary":      {"multipart/form-data", "hello", ErrBadForm},
	} {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(test.body))
		r.Header.Set("Content-Type", test.kind)
		r.Body = http.MaxBytesReader(httptest.NewRecorder(), r.Body, 1000)
		if got := ParseForm(r); !errors.Is(got, test.want) {
			t.Errorf("%s: %v; want %v", name, got, test.want)
		}
	}
}

func TestCleanKeepsWholeTextsOnly(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{" 东坡区 ": "东坡区", "a\x00b": "", "\xff": "", strings.Repeat("长", 11): ""} {
		if got := Clean(in, 10); got != want {
			t.Errorf("Clean(%q) = %q; want %q", in, got, want)
		}
	}
}
