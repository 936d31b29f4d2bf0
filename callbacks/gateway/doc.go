// Package gateway carries survey texts and calls through a city's own gateway:
// a small program beside the domestic carriers (China Mobile's MAS, a cloud's
// SMS service, the hotline's switchboard) that speaks the one plain protocol of
// docs/gateway.md. The protocol is one address each way, JSON, and the
// signature of Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA256
// over id, time and body.
//
// The rules it keeps: the gateway sends a reference once, however often it is
// handed over; and nothing that comes in is believed without a signature not
// older than five minutes. A message repeated within that time is handed over
// again: the callbacks.Inbox takes it once.
//
// What it leaves to others: which template is approved at which carrier (the
// gateway's own table) and what an answer means (package surveys).
package gateway
