// Package twilio carries survey texts and calls through Twilio, both ways: it
// sends, it asks what became of what was sent, and it answers when Twilio calls.
//
// The rule it keeps: nothing goes out twice because an answer got lost. Twilio
// knows no idempotency key, so a request whose answer did not come is Unclear
// and is looked for in Twilio's own list (Find) before anybody repeats it.
//
// What it leaves to package callbacks: when to send and how often, what an
// answer means, and remembering. It holds no state; all that Twilio tells it
// goes to a callbacks.Inbox, which takes repeated and late news for what it is.
//
// Without a public address Twilio cannot reach the desk. Then there are no
// calls (Twilio asks us what to say), reports are fetched with State and texts
// that came in with Collect.
//
// Phone numbers and words are kept out of logs and errors.
package twilio
