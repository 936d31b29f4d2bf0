// Package duplicates keeps in sight which tickets are about the same thing
// (重复件): the open ticket that a caller might join, and the hot matter (热点)
// that many bring at once, with the answer that every next caller can be given.
//
// The rules it keeps: it only offers; people join tickets and people take them
// apart again. Nobody is shown a ticket that he may not read. Several tickets
// of one caller are one voice: nobody makes a matter hot by calling often.
//
// It compares the clean texts only, never who called; how texts are compared
// is left to tickets/triage, and what joining does to a ticket to tickets.
package duplicates
