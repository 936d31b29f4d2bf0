package tickets_test

import (
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
// confidential: names and numbers are looked for in every text.
func BenchmarkHushFifty(b *testing.B) {
	in := tt.Intake()
	for b.Loop() {
		for range 50 {
			tickets.Hush(in.Content, in.Caller)
			tickets.Hush(in.Address, in.Caller)
		}
	}
}
