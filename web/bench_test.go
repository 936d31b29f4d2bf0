package web_test

import (
	"fmt"
	"net/http"
	"testing"

	"nengban/tickets"
	"nengban/web/webtest"
)

// What a page costs, from the request to the last byte: session, rights, the
// database, unsealing the callers, sentences, template.

func BenchmarkListOfFifty(b *testing.B) {
	s := webtest.New(b)
	for i := range tickets.PageSize {
		s.Register(func(in *tickets.Intake) { in.Phone = fmt.Sprintf("139%08d", i) })
	}
	asked(b, s.As(s.Dispatcher), "/tickets")
}

func BenchmarkTicketPage(b *testing.B) {
	s := webtest.New(b)
	x := s.Ticket(tickets.ToReview)
	asked(b, s.As(s.Dispatcher), "/tickets/"+x.Number)
}

func BenchmarkHomeOfADispatcher(b *testing.B) {
	s := webtest.New(b)
	for range 10 {
		s.Ticket(tickets.ToTriage)
		s.Ticket(tickets.ToReview)
	}
	asked(b, s.As(s.Dispatcher), "/desk")
}

func BenchmarkIntakeForm(b *testing.B) {
	s := webtest.New(b)
	asked(b, s.As(s.Operator), "/intake/hotline")
}

func asked(b *testing.B, c *webtest.Client, path string) {
	b.Helper()
	bytes := 0
	for b.Loop() {
		bytes = c.Raw(path, http.StatusOK)
	}
	b.ReportMetric(float64(bytes)/1024, "KB/page")
}
