package hooks

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// secretMark begins a secret, as Standard Webhooks has it.
const secretMark = "whsec_"

// secretSize is a secret's length in bytes; Standard Webhooks asks for 24 to 64.
const secretSize = 32

// newSecret makes a key, and writes it as receivers are given it.
func newSecret() (key []byte, written string) {
	key = make([]byte, secretSize)
	_, _ = rand.Read(key) // crypto/rand never fails
	return key, secretMark + base64.StdEncoding.EncodeToString(key)
}

// sign puts the headers on a request: a signature for each key, the newest first.
func sign(h http.Header, keys [][]byte, id string, at time.Time, body string) {
	seconds := strconv.FormatInt(at.Unix(), 10)
	signatures := make([]string, 0, len(keys))
	for _, key := range keys {
		m := hmac.New(sha256.New, key)
		m.Write([]byte(id + "." + seconds + "." + body))
		signatures = append(signatures, "v1,"+base64.StdEncoding.EncodeToString(m.Sum(nil)))
	}
	h.Set("webhook-id", id)
	h.Set("webhook-timestamp", seconds)
	h.Set("webhook-signature", strings.Join(signatures, " "))
}
