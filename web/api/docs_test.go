package api_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"nengban/web/webtest"
)

func TestTheGuideNamesAddressesAndFieldsThatThereAre(t *testing.T) {
	t.Parallel()
	body, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := document(t, webtest.New(t))
	named := regexp.MustCompile(`8345/api/v1(/[a-z_./0-9-]+)`).FindAllStringSubmatch(strings.ReplaceAll(string(body), "\n      ", " "), -1)
	if len(named) < 10 {
		t.Fatalf("the guide names %d addresses", len(named))
	}
	for _, m := range named {
		path := strings.Replace(m[1], "20260921000001", "{number}", 1)
		if doc.Paths.Value(path) == nil {
			t.Errorf("the guide names %s, which is not there", path)
		}
	}
	w := newWorld(t)
	w.as(w.Operator).post("/tickets", example(t, string(body), "/tickets")).is(201)
	w.as(w.Operator).post("/due", example(t, string(body), "/due")).is(200)
}

// example is the body that the guide posts to an address.
func example(t *testing.T, guide, path string) string {
	t.Helper()
	m := regexp.MustCompile(`(?s)8345/api/v1` + path + ` -H 'Content-Type: application/json' -d '(\{[^']*\})'`).FindStringSubmatch(guide)
	if m == nil {
		t.Fatalf("the guide posts nothing to %s", path)
	}
	return m[1]
}
