package tickets_test

import (
	"errors"
	"strings"
	"testing"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	tt "nengban/tickets/ticketstest"
)

// FuzzLook types any number and code into the citizen's way in: a ticket comes
// out for its own number with the digits of its own code, and else nothing.
func FuzzLook(f *testing.F) {
	tw := tt.New(f, dbtest.SQLite(f))
	r := tw.Register()
	for _, code := range []string{r.Code, " " + r.Code[:4] + "-" + r.Code[4:], "", "00000000", r.Code + "0", "\x00", "' OR ''='", "٣"} {
		f.Add(r.Ticket.Number, code)
	}
	f.Add("20990101000001", r.Code)
	f.Add("\xff", "\xff")
	f.Fuzz(func(t *testing.T, number, code string) {
		x, _, err := tw.Desk.Look(t.Context(), number, code)
		right := strings.TrimSpace(number) == r.Ticket.Number && asDigits(code) == r.Code
		switch {
		case right && (err != nil || x.Number != r.Ticket.Number):
			t.Errorf("with %q and %q the citizen gets %v", number, code, err)
		case !right && !errors.Is(err, tickets.ErrNotFound):
			t.Errorf("with %q and %q a stranger gets %v, %v", number, code, x, err)
		}
	})
}

// asDigits is how people write a code: grouped, or in the full width of an
// input method for Chinese.
func asDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			r -= '０' - '0'
		}
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// FuzzList asks for lists by any word and any cursor: both come out of
// addresses that people edit. What is wrong with them is said by field.
func FuzzList(f *testing.F) {
	tw := tt.New(f, dbtest.SQLite(f))
	for range 3 {
		tw.Register()
	}
	for _, c := range []string{"", "MS4x", "AAAA", "%", "LS4t", "enp6enp6enp6enp6eg.eg", "\x00", "MTJ6aWswempqay4x"} {
		f.Add(c, "房屋", true)
		f.Add(c, `"'%_\`, false)
	}
	f.Fuzz(func(t *testing.T, cursor, words string, newest bool) {
		p, err := tw.Desk.List(t.Context(), tw.Supervisor, tickets.Filter{Area: words, Category: words, Department: words, Numbers: []string{words}, Newest: newest}, cursor)
		var fields tickets.FieldErrors
		if err != nil && !errors.As(err, &fields) || len(p.Tickets) > 0 {
			t.Errorf("cursor %q and words %q: %d tickets, %v", cursor, words, len(p.Tickets), err)
		}
	})
}

// FuzzPhone reads numbers as people write them. What comes out is kept, looked
// up and dialled: digits, with a plus before them where somebody can place
// them, and then reading it again changes nothing.
func FuzzPhone(f *testing.F) {
	for _, s := range []string{"138 0013 8000", "+86-13800138000", "028-85551234转8001", "１３８００１３８０００", "00861380013800", "12345", "x", "+", "tel:110", "+1 (555) 010-0100", "+8+00000000000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n := tickets.Phone(s)
		if strings.Trim(n, "+0123456789") != "" || strings.LastIndex(n, "+") > 0 {
			t.Errorf("%q becomes %q", s, n)
		}
		if again := tickets.Phone(n); strings.HasPrefix(n, "+") && again != n {
			t.Errorf("%q becomes %q and then %q", s, n, again)
		}
		if tickets.IsMobile(n) && len(n) != len("+8613800138000") {
			t.Errorf("%q can take a text message", n)
		}
	})
}
