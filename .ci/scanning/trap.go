package main

import (
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
)

// trap is the address that wapiti tries to lure the desk to, in place of the
// public one that it would ask: whoever comes to it but wapiti itself, which
// asks for results, was lured.
type trap struct {
	url   string
	mu    sync.Mutex
	lured []string
}

func setTrap() (*trap, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	t := &trap{url: "http://" + l.Addr().String() + "/"}
	srv := &http.Server{Handler: t, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { log.Print(srv.Serve(l)) }()
	return t, nil
}

// ServeHTTP answers wapiti's question with nothing and writes down the rest.
func (t *trap) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/get_") {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("{}"))
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lured = append(t.lured, r.Method+" "+r.URL.RequestURI())
}
