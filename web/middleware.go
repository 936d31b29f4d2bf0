package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"

	"github.com/go-chi/chi/v5/middleware"

	"nengban/tickets"
)

type requestIDKey struct{}

// requestID names the request in logs and on error pages, so that a caller
// can say which one went wrong.
func requestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b := make([]byte, 6)
		_, _ = rand.Read(b)
		id := hex.EncodeToString(b)
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), requestIDKey{}, id)))
	})
}

func requestIDOf(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// logged writes one line per request: never the query, which may hold a
// number or a phone, and never a body.
func (s *Server) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := s.clock.Now()
		ww := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		next.ServeHTTP(ww, r)
		level := slog.LevelDebug
		if ww.Status() >= http.StatusInternalServerError {
			level = slog.LevelError
		}
		s.log.LogAttrs(r.Context(), level, "request", slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Int("status", ww.Status()),
			slog.Int("bytes", ww.BytesWritten()), slog.Duration("took", s.clock.Since(start)), slog.String("request", requestIDOf(r.Context())))
	})
}

// recovered turns a panic into our error page and logs where it came from.
func (s *Server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler { //nolint:errorlint // net/http compares it the same way
				panic(p)
			}
			s.log.Error("panic", "value", p, "request", requestIDOf(r.Context()), "stack", string(debug.Stack()))
			http.Error(w, "500 · "+requestIDOf(r.Context()), http.StatusInternalServerError)
		}()
		next.ServeHTTP(w, r)
	})
}

// policy lets a page load and send to its own desk only. No inline script or
// style runs, nothing frames the page.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// headers are the same on every answer.
func (s *Server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
		h.Set("Cache-Control", "no-store") // files with a digest in their name say otherwise
		if s.secure {
			h.Set("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
		}
		next.ServeHTTP(w, r)
	})
}

// limited bounds the body before anybody reads it.
func limited(n int64, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, n)
		next.ServeHTTP(w, r)
	})
}

// addressed works out the caller's network address and puts it where the read
// log finds it. Without trusted proxies it is whoever holds the connection:
// X-Forwarded-For can be written by anybody.
func addressed(trusted []netip.Prefix) func(http.Handler) http.Handler {
	known := middleware.ClientIPFromRemoteAddr
	if len(trusted) > 0 {
		networks := make([]string, 0, len(trusted))
		for _, p := range trusted {
			networks = append(networks, p.String())
		}
		known = middleware.ClientIPFromXFF(networks...)
	}
	return func(next http.Handler) http.Handler {
		return known(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(tickets.WithAddress(r.Context(), clientAddress(r))))
		}))
	}
}

// clientAddress is the address that addressed worked out. Behind a trusted
// proxy that sends nonsense there is none; then the proxy stands for all.
func clientAddress(r *http.Request) string {
	if ip := middleware.GetClientIP(r.Context()); ip != "" {
		return ip
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return strings.TrimSpace(r.RemoteAddr)
	}
	return host
}
