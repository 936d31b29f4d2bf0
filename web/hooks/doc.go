// Package hooks tells other systems of the city what happens to tickets: it
// posts a short signed message to every address that has subscribed to the
// event.
//
// The rules it keeps. A message says that something happened to a ticket and
// where it stands, never who the citizen is nor what anybody wrote: whoever
// wants more asks the API with a key of his own. Nothing is lost: an event is
// in the ledger before it is sent, is sent again until the receiver has taken
// it, for a day, and then waits for a person; a receiver may therefore see an
// event twice and knows it by its id. Events of one ticket arrive in order as
// long as none was given up. A receiver that is ill holds up nobody else. And
// the desk connects to no address of an inner network that its settings do not
// name, whatever name led there ([Guard]).
//
// What it leaves to others: which acts happen (package tickets tells it
// through the outbox), who may subscribe (the routes), and the words on the
// pages.
//
// Messages are signed as Standard Webhooks (https://www.standardwebhooks.com)
// has it: HMAC-SHA256 over id, time and body. docs/webhooks.md is the
// receiver's side of this package, and a test.
package hooks
