package hooks

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/uptrace/bun"
)

// Trouble is why a delivery failed, a word that pages translate.
type Trouble string

// The troubles.
const (
	InnerAddress Trouble = "inner_address" // the guard refused it; the settings would have to name it
	OwnAddress   Trouble = "own_address"   // it leads back to the desk
	NotEncrypted Trouble = "not_encrypted" // http, to a host that the settings do not name
	BadAddress   Trouble = "bad_address"
	UnknownName  Trouble = "unknown_name" // the name does not resolve
	TooSlow      Trouble = "too_slow"
	BadIdentity  Trouble = "bad_identity" // its certificate is not to be believed
	Unreachable  Trouble = "unreachable"
	Redirected   Trouble = "redirected" // it points elsewhere; nobody follows
	BadStatus    Trouble = "bad_status" // it answered, and not with 2xx
)

// Troubles are all of them.
var Troubles = []Trouble{InnerAddress, OwnAddress, NotEncrypted, BadAddress, UnknownName, TooSlow, BadIdentity, Unreachable, Redirected, BadStatus}

// answer is what came of one try.
type answer struct {
	status     int
	words      string // the first of what it said
	trouble    Trouble
	about      string
	retryAfter time.Duration
}

func (a answer) ok() bool { return a.trouble == "" }

// write puts the answer into the ledger.
func (a answer) write(q *bun.UpdateQuery, now time.Time) *bun.UpdateQuery {
	return q.Set("tries = tries + 1, tried_at = ?, status = ?, answer = ?, trouble = ?", now, a.status, a.words, strings.TrimSpace(string(a.trouble)+" "+a.about))
}

// Try sends a trial to a subscription, paused or not, and returns what came of
// it. A trial is tried once.
func (s *Sender) Try(ctx context.Context, code string) (Delivery, error) {
	sub, err := s.row(ctx, code)
	if err != nil {
		return Delivery{}, err
	}
	keys, err := s.keys(sub)
	if err != nil {
		return Delivery{}, err
	}
	now := s.now()
	id := "trial-" + strings.ToLower(rand.Text()[:12])
	body, err := message{ID: id, Type: Trial, At: now}.body()
	if err != nil {
		return Delivery{}, err
	}
	r := deliveryRow{WebhookID: sub.ID, Event: id, Type: Trial, Body: body, State: Waiting, CreatedAt: now, DueAt: now, ClaimedUntil: now.Add(holdFor), GiveUpAt: now}
	if _, err := s.db.NewInsert().Model(&r).Exec(ctx); err != nil {
		return Delivery{}, errors.Join(errors.New("writing a trial"), err)
	}
	a := s.post(ctx, sub.URL, keys, r)
	ctx = context.WithoutCancel(ctx)
	if a.ok() {
		err = s.delivered(ctx, sub, r, a)
	} else {
		_, err = s.settle(ctx, s.db, r, func(q *bun.UpdateQuery) *bun.UpdateQuery {
			return a.write(q, s.now()).Set("state = ?, ended_at = ?", Dead, s.now())
		})
	}
	if err != nil {
		return Delivery{}, err
	}
	err = s.db.NewSelect().Model(&r).WherePK().Scan(ctx)
	return r.delivery(), err
}

// post sends one message and hears the answer out, up to its bounds.
func (s *Sender) post(ctx context.Context, url string, keys [][]byte, r deliveryRow) answer {
	if e := s.guard.checkAddress(url); e != nil { // the settings may have changed since
		a := answer{trouble: cmp.Or(refusedBy[e.Code], BadAddress)}
		if len(e.Args) > 0 {
			a.about = fmt.Sprint(e.Args[0])
		}
		return a
	}
	ctx, cancel := context.WithTimeout(ctx, s.wait)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(r.Body))
	if err != nil {
		return answer{trouble: BadAddress}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "nengban")
	sign(req.Header, keys, r.Event, s.now(), r.Body)
	res, err := s.client.Do(req)
	if err != nil {
		return troubled(err, req.URL.Hostname())
	}
	defer func() { _ = res.Body.Close() }()
	said, _ := io.ReadAll(io.LimitReader(res.Body, mostBody)) // the status has decided already
	return judged(res, said)
}

var refusedBy = map[string]Trouble{"webhook_inner": InnerAddress, "webhook_https": NotEncrypted}

// judged: any 2xx is a receipt, and nothing else is.
func judged(res *http.Response, said []byte) answer {
	a := answer{status: res.StatusCode, words: firstWords(string(said), 200)}
	switch a.status / 100 {
	case 2:
		return a
	case 3:
		a.trouble = Redirected
	default:
		a.trouble = BadStatus
	}
	if seconds, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && seconds > 0 {
		a.retryAfter = min(time.Duration(min(seconds, 3600))*time.Second, time.Hour)
	}
	return a
}

// troubled finds the word for an error. The error itself quotes the address,
// and with it what may stand in its query; it goes nowhere.
func troubled(err error, host string) answer {
	var refused *RefusedError
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var timeout net.Error
	switch {
	case errors.As(err, &refused) && errors.Is(err, ErrOwn):
		return answer{trouble: OwnAddress, about: refused.IP.String()}
	case errors.As(err, &refused):
		return answer{trouble: InnerAddress, about: refused.IP.String()}
	case errors.As(err, &name) && !name.IsTimeout:
		return answer{trouble: UnknownName, about: host}
	case errors.As(err, &certificate):
		return answer{trouble: BadIdentity, about: host}
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return answer{trouble: TooSlow}
	default:
		return answer{trouble: Unreachable, about: host}
	}
}

// firstWords is the beginning of a text without anything that is not text.
func firstWords(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsPrint(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, s)
	r := []rune(strings.TrimSpace(s))
	return string(r[:min(n, len(r))])
}
