// Package callbacks asks citizens after their matter was handled (回访): whom,
// when, by which way and how often, and what their answer means for the ticket.
//
// The rules of the trade that it keeps:
//
//   - One survey per round of handling. Nobody is asked twice about the same
//     round, and nobody more than a few times a month.
//   - Silence, a completed call, a voicemail and a text nobody can read are never
//     an answer. What is unclear is asked again once and then goes to a person.
//   - The department that handled a matter does not ask about it, and does not
//     see who is being asked before the answer is in.
//   - Whoever refuses texts gets none. Texts leave in the hours that people keep,
//     calls on working days; what could not leave in its hours does not leave.
//
// The life of a survey (测评):
//
//	planned ── asking ──────────── with_person ── answered ── (recorded on the ticket)
//	   │         │  text               │               ▲
//	   │         │  reminder           │               │ by text, keys, link or a person's
//	   │         │  calls with keys    │               │ call, whichever comes first
//	   └─────────┴─────────────────────┴── closed (unreachable, refuses_to_say,
//	                                              no_number, not_asked, cancelled)
//
// The life of an attempt (one text, one call) in the ledger:
//
//	waiting → claimed → handed → over
//	   ▲         │ └──→ unclear: asked of the carrier before anything else
//	   └─────────┘      dead: waits for a person; expired, cancelled: never left
//
// Rows decide what is due; every job is a method (ctx) (n, error) that works
// through what is due in small batches, may be stopped anywhere, run twice and
// run by several instances. An attempt is claimed before its carrier is spoken
// to. If the program dies in between, the carrier is asked what became of the
// attempt before it is repeated.
//
// What the package leaves to others: who carries texts and calls (packages
// twilio, gateway, simulator), what a reply means (package surveys), what a
// rating does to a ticket (package tickets), and the pages.
package callbacks
