// Package simulator is a pretend telephone network: a town of phones whose
// owners answer surveys, or do not, as people do. The demo and the tests use
// the same one.
//
// The rules it keeps. Nothing happens by itself: what is due by the clock
// happens when Step is called, so a test moves the clock and steps, and the demo
// steps by a ticker. Everything that looks like chance is drawn from the seed
// and from what is being sent, never from the order in which goroutines came:
// the same seed and the same texts give the same answers. It keeps a ledger of
// all that was accepted, to be compared with the desk's own; it does not notice
// when a reference is sent twice, as a real carrier would not.
//
// It can be as unkind as a real network: limits, outages, receipts that get
// lost after the text was accepted, reports that come late, twice, out of order
// or never.
//
// What it leaves to others: what a reply means, and where Save writes to.
package simulator
