// Package triage proposes what an operator decides (研判): what the caller
// wants, whether the matter cannot be done, is hard to do or was refused, which
// category and department it belongs to, how soon somebody must move, and which
// open tickets are about the same thing. Every proposal shows its evidence:
// the row of the directory, the earlier ticket, the words. People decide, and
// what they decide is what the next model learns from.
//
// The rule it keeps: it never decides. Below a set confidence it says that it
// does not know; words that threaten life (扬言跳楼, 燃气泄漏) go to a person at
// once whatever a model thinks; a fresh desk that has decided nothing yet gets
// rules and the directory, and is told so.
//
// Everything here is pure: no database, no network, no clock. Reading tickets,
// keeping models and asking the directory are left to whoever calls.
package triage
