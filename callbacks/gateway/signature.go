package gateway

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"nengban/callbacks"
)

// The headers of Standard Webhooks.
const (
	idHeader        = "webhook-id"
	timeHeader      = "webhook-timestamp"
	signatureHeader = "webhook-signature"
)

// window is how far a message's time may be from ours, either way.
const window = 5 * time.Minute

func keysOf(secrets []string) ([][]byte, error) {
	if len(secrets) == 0 {
		return nil, errors.New("there is none")
	}
	var keys [][]byte
	for _, secret := range secrets {
		key := []byte(secret)
		if encoded, ok := strings.CutPrefix(secret, "whsec_"); ok {
			var err error
			if key, err = base64.StdEncoding.DecodeString(encoded); err != nil {
				return nil, errors.New("after whsec_ it is not base64")
			}
		}
		if len(key) < shortest {
			return nil, fmt.Errorf("it has fewer than %d bytes; `openssl rand -hex 32` makes a good one", shortest)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// sign puts the headers on a request: over its body, or over the query as it
// stands in the address when there is no body.
func (g *Gateway) sign(r *http.Request, id string, content []byte) {
	at := strconv.FormatInt(g.clock.Now().Unix(), 10)
	r.Header.Set(idHeader, id)
	r.Header.Set(timeHeader, at)
	r.Header.Set(signatureHeader, "v1,"+base64.StdEncoding.EncodeToString(mac(g.keys[0], id, at, content)))
}

// check says why a message is not to be believed; nil when it is.
func (g *Gateway) check(h http.Header, content []byte) error {
	id, at := h.Get(idHeader), h.Get(timeHeader)
	// An id with a dot in it could borrow from the time and the body behind it.
	if !callbacks.GoodRef(id) {
		return errors.New("it has no id")
	}
	seconds, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return errors.New("it has no time")
	}
	if g.clock.Since(time.Unix(seconds, 0)).Abs() > window {
		return errors.New("its time is more than five minutes off")
	}
	for signature := range strings.FieldsSeq(h.Get(signatureHeader)) {
		encoded, ok := strings.CutPrefix(signature, "v1,")
		if !ok {
			continue
		}
		got, err := base64.StdEncoding.Strict().DecodeString(encoded)
		if err != nil {
			continue
		}
		for _, key := range g.keys {
			if hmac.Equal(got, mac(key, id, at, content)) {
				return nil
			}
		}
	}
	return errors.New("the signature does not match")
}

func mac(key []byte, id, at string, content []byte) []byte {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(id + "." + at + "."))
	m.Write(content)
	return m.Sum(nil)
}

// newID names a question; an order is named by its reference.
func newID() string {
	return "q_" + strings.ToLower(rand.Text())
}
