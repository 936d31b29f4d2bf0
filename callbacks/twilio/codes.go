package twilio

import (
	"strconv"

	"nengban/callbacks"
)

// code is one row of the table: what is to be done about it, and what Twilio
// says it means.
type code struct {
	kind    callbacks.Kind
	meaning string
}

// codes sorts Twilio's error codes, those of refused requests and those that
// come with a failed delivery. Each is explained at
// https://www.twilio.com/docs/api/errors/ followed by the code, which is the
// source of the meanings. Twilio splits codes now and then (as in July 2024:
// 21635, 21659 to 21661), so one that is missing is sorted by its HTTP status
// when a request was refused, and is Refused, for a person to look at, when a
// delivery failed.
var codes = map[int]code{
	// The account and the request.
	20001: {callbacks.OurFault, "unknown parameters"},
	20003: {callbacks.OurFault, "authentication failed: wrong SID or token, or the account is suspended"},
	20005: {callbacks.OurFault, "the account is not active"},
	20006: {callbacks.OurFault, "access denied"},
	20008: {callbacks.OurFault, "not available with test credentials"},
	20403: {callbacks.OurFault, "forbidden"},
	20404: {callbacks.OurFault, "no such account or resource"},
	20422: {callbacks.OurFault, "a parameter is invalid"},
	20429: {callbacks.TryAgain, "too many requests"},
	20500: {callbacks.Unclear, "internal server error"},
	20503: {callbacks.TryAgain, "service unavailable"},
	21222: {callbacks.OurFault, "the account SID has characters that are not allowed"},
	21224: {callbacks.OurFault, "the auth token has characters that are not allowed"},

	// Calls.
	10004: {callbacks.TryAgain, "too many calls at once"},
	10005: {callbacks.OurFault, "calling is switched off for this account"},
	13224: {callbacks.NeverMind, "the number is invalid or cannot be called"},
	13225: {callbacks.NeverMind, "calls to this number are forbidden"},
	13227: {callbacks.OurFault, "calls to this country are not permitted in the account"},
	21205: {callbacks.OurFault, "the address that says what to say is invalid"},
	21210: {callbacks.OurFault, "the number to call from is not verified"},
	21212: {callbacks.OurFault, "the number to send from is invalid"},
	21213: {callbacks.OurFault, "there is no number to call from"},
	21214: {callbacks.NeverMind, "the number cannot be reached"},
	21215: {callbacks.OurFault, "calls to this country are not permitted in the account"},
	21216: {callbacks.NeverMind, "the account may not call this number"},
	21217: {callbacks.NeverMind, "the number does not appear to be valid"},
	21218: {callbacks.OurFault, "the application SID is invalid"},
	21219: {callbacks.OurFault, "a trial account may call verified numbers only"},

	// Texts, refused at once.
	21211: {callbacks.NeverMind, "the number is invalid"},
	21265: {callbacks.NeverMind, "texts to short codes are not possible"},
	21266: {callbacks.NeverMind, "sender and receiver are the same number"},
	21267: {callbacks.OurFault, "a trial account may not use a sender name"},
	21268: {callbacks.NeverMind, "texts to premium and service numbers are not possible"},
	21408: {callbacks.OurFault, "texts to this country are not permitted in the account"},
	21601: {callbacks.OurFault, "the number to send from cannot send texts"},
	21602: {callbacks.OurFault, "the text is empty"},
	21603: {callbacks.OurFault, "there is no number to send from"},
	21604: {callbacks.OurFault, "there is no number to send to"},
	21605: {callbacks.OurFault, "the text is longer than is allowed"},
	21606: {callbacks.OurFault, "the number to send from cannot send to this destination"},
	21608: {callbacks.OurFault, "a trial account may text verified numbers only"},
	21609: {callbacks.OurFault, "the address for reports is invalid"},
	21610: {callbacks.OptedOut, "the receiver has answered STOP"},
	21611: {callbacks.TryAgain, "the queue of the number to send from is full"},
	21612: {callbacks.NeverMind, "there is no route from our number to this one"},
	21614: {callbacks.Landline, "the number is not a mobile number"},
	21617: {callbacks.OurFault, "the text is longer than 1,600 characters"},
	21619: {callbacks.OurFault, "the text is empty"},
	21635: {callbacks.Landline, "the number is a landline"},
	21659: {callbacks.OurFault, "the sender is no Twilio number, or a short code of another country"},
	21660: {callbacks.OurFault, "the number to send from belongs to another account"},
	21661: {callbacks.OurFault, "the number to send from cannot send texts"},
	21703: {callbacks.OurFault, "the Messaging Service has no number"},
	21704: {callbacks.OurFault, "the Messaging Service has no number for this destination"},
	21705: {callbacks.OurFault, "the Messaging Service does not exist"},

	// Texts, failed on the way: ErrorCode of a report.
	30001: {callbacks.TryAgain, "the queue overflowed"},
	30002: {callbacks.OurFault, "the account was suspended before the text left"},
	30003: {callbacks.TryAgain, "the phone is off or out of reach"},
	30004: {callbacks.NeverMind, "the receiver or the network blocks texts from us"},
	30005: {callbacks.NeverMind, "the number is unknown or no longer in service"},
	30006: {callbacks.Landline, "a landline, or a network that takes no texts"},
	30007: {callbacks.Filtered, "held back as spam by Twilio or the network"},
	30008: {callbacks.TryAgain, "failed for an unknown reason"},
	30009: {callbacks.TryAgain, "a part of the text was lost"},
	30010: {callbacks.OurFault, "dearer than the account allows"},
	30012: {callbacks.TooLate, "its validity was too short"},
	30017: {callbacks.TryAgain, "the network is congested"},
	30018: {callbacks.OurFault, "the network wants the sender registered"},
	30019: {callbacks.OurFault, "larger than the network allows"},
	30022: {callbacks.TryAgain, "faster than the network allows"},
	30023: {callbacks.TryAgain, "more than the network allows in one day"},
	30024: {callbacks.OurFault, "the sender is not known to the network"},
	30032: {callbacks.OurFault, "the number to send from is not verified"},
	30034: {callbacks.OurFault, "the number to send from is not registered"},
	30036: {callbacks.TooLate, "its validity passed while it waited"},
	30037: {callbacks.OurFault, "sending is switched off for this account"},
	30038: {callbacks.Filtered, "held back: taken for a one-time password"},
	30410: {callbacks.TryAgain, "the network did not answer in time"},
	30450: {callbacks.Filtered, "held back: taken for fraud"},
	30500: {callbacks.TryAgain, "the network failed"},
}

// sip sorts why a call could not be set up, where Twilio passes on the network's
// SIP answer (RFC 3261, section 21; Q.850 in brackets).
var sip = map[int]callbacks.Kind{
	404: callbacks.NeverMind, // not found (1: unallocated number)
	410: callbacks.NeverMind, // gone (22: number changed)
	484: callbacks.NeverMind, // address incomplete (28)
	604: callbacks.NeverMind, // does not exist anywhere
	402: callbacks.OurFault,  // payment required
	403: callbacks.Refused,   // forbidden
	603: callbacks.Refused,   // declined
}

// Meaning says in English what a code of Twilio's means, for the page on which
// a person looks at what failed; "" when it is not in the table.
func Meaning(ofCode string) string {
	n, err := strconv.Atoi(ofCode)
	if err != nil {
		return ""
	}
	return codes[n].meaning
}

// kindOfDelivery sorts the code that comes with a text that was not delivered.
// Without a code there is nothing to look at, so it is worth another try.
func kindOfDelivery(ofCode string) callbacks.Kind {
	n, err := strconv.Atoi(ofCode)
	if err != nil {
		return callbacks.TryAgain
	}
	if row, ok := codes[n]; ok {
		return row.kind
	}
	return callbacks.Refused
}

// kindOfCall sorts a call that could not be set up, by the network's SIP answer.
func kindOfCall(sipAnswer string) callbacks.Kind {
	n, err := strconv.Atoi(sipAnswer)
	if err != nil {
		return callbacks.TryAgain
	}
	if kind, ok := sip[n]; ok {
		return kind
	}
	return callbacks.TryAgain
}
