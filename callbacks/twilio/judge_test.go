package twilio_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// TestTheJudgeIsAwake puts requests to the stand-in that must not pass, or its
// consent to ours would mean nothing.
func TestTheJudgeIsAwake(t *testing.T) {
	t.Parallel()
	s := &standIn{t: t, allowed: judge(t)}
	if s.allowed == nil {
		t.Skip("Twilio's description is not there: " + description)
	}
	root := "/2010-04-01/Accounts/" + account
	for _, c := range []struct {
		name, method, path string
		values             url.Values
		want               string // in the complaint; "" for none
	}{
		{"a proper text", "POST", root + "/Messages.json", url.Values{"To": {citizen}, "From": {ourNumber}, "Body": {"x"}}, ""},
		{"a text to nobody", "POST", root + "/Messages.json", url.Values{"From": {ourNumber}, "Body": {"x"}}, "To"},
		{"a service id of the wrong form", "POST", root + "/Messages.json", url.Values{"To": {citizen}, "MessagingServiceSid": {"MG1"}}, "MessagingServiceSid"},
		{"a misspelt parameter", "POST", root + "/Messages.json", url.Values{"To": {citizen}, "StatusCallBack": {public}}, "StatusCallBack"},
		{"a call from nobody", "POST", root + "/Calls.json", url.Values{"To": {citizen}, "Url": {public}}, "From"},
		{"a call asking in a way there is not", "POST", root + "/Calls.json", url.Values{"To": {citizen}, "From": {ourNumber}, "Url": {public}, "Method": {"PUT"}}, "Method"},
		{"a page too large", "GET", root + "/Messages.json", url.Values{"PageSize": {"1001"}}, "PageSize"},
		{"a date that is none", "GET", root + "/Messages.json", url.Values{"DateSent>": {"yesterday"}}, "DateSent"},
		{"an id of the wrong form", "GET", root + "/Messages/XX1.json", nil, "Sid"},
		{"an address there is not", "GET", root + "/Faxes.json", nil, "operation"},
	} {
		body := ""
		target := c.path
		if c.method == http.MethodPost {
			body = c.values.Encode()
		} else if c.values != nil {
			target += "?" + c.values.Encode()
		}
		r := httptest.NewRequest(c.method, target, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.SetBasicAuth(account, token)
		err := s.fits(r, c.values)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: got %v, want a complaint about %q", c.name, err, c.want)
		}
	}
}
