package tickets_test

import (
	"strings"
	"testing"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	tt "nengban/tickets/ticketstest"
)

// BenchmarkMaskFifty is what a list page of 50 tickets pays for encryption and
// masking; compare it with BenchmarkListOfFifty of package web, the whole page.
func BenchmarkMaskFifty(b *testing.B) {
	tw := tt.New(b, dbtest.SQLite(b))
	t := tw.Ticket(tickets.InHand)
	for b.Loop() {
		for range 50 {
			if _, err := tw.Desk.CallerAs(tw.Dispatcher, t); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkHushFifty is what a department's list pays when all 50 are
// confidential: names and numbers are looked for in title, address and text of
// each. The texts are as long as callers' mostly are.
func BenchmarkHushFifty(b *testing.B) {
	in := tt.Intake()
	in.Title = "办理房屋继承公证时被反复要求补充材料"
	in.Content = strings.Repeat(in.Content+"我是2026年9月3日上午10点到的，接待的李老师说要等，联系人：赵小燕，电话028-85551234。", 2)
	for b.Loop() {
		for range 50 {
			tickets.Hush(in.Title, in.Caller)
			tickets.Hush(in.Content, in.Caller)
			tickets.Hush(in.Address, in.Caller)
		}
	}
}
