// Package evidence makes the desk's records bear witness: a chain of digests
// over every line that must not be changed behind the program's back, and the
// check that finds what was.
//
// The rules it keeps. A line of the timeline, of the read log and of the
// security log carries a stamp, a keyed digest that only the program can make:
// whoever writes into the database without the key file writes no believable
// line. Shortly after it was written every line gets a link in one chain, in
// which each head covers all links before it; so nothing is edited, deleted or
// put in another order unseen. The links are repeated in a journal outside the
// database (and to a remote log, where one is set), so that cutting the chain
// short, or forging all of it, is seen too.
//
// It costs an act one digest and no lock: linking happens afterwards, one
// writer at a time among all instances. It leaves to others what the lines
// mean, and it cannot protect what was changed between writing and linking
// by somebody who has both the database and the key.
package evidence
