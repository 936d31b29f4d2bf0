package web

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"nengban/web/pages"
)

// health is what /healthz says: enough for whoever watches, nothing for
// whoever looks for a way in. The causes are on the staff's system page.
type health struct {
	OK     bool          `json:"ok"`
	Checks []healthCheck `json:"checks"`
}

type healthCheck struct {
	Name  string         `json:"name"`
	OK    bool           `json:"ok"`
	Facts map[string]any `json:"facts,omitempty"`
}

// checkTime bounds one check.
const checkTime = 3 * time.Second

func (s *Server) healthz(w http.ResponseWriter, r *http.Request) error {
	out := health{OK: true, Checks: []healthCheck{}}
	for _, c := range s.checks {
		err := check(r.Context(), c)
		if err != nil {
			out.OK = out.OK && c.Minor
			s.log.Warn("a health check is not well", "check", c.Name, "error", err)
		}
		line := healthCheck{Name: c.Name, OK: err == nil}
		if c.Facts != nil {
			line.Facts = c.Facts(r.Context())
		}
		out.Checks = append(out.Checks, line)
	}
	w.Header().Set("Content-Type", "application/json")
	if !out.OK {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	return json.NewEncoder(w).Encode(out)
}

func check(ctx context.Context, c pages.Check) error {
	ctx, cancel := context.WithTimeout(ctx, checkTime)
	defer cancel()
	return c.Do(ctx)
}
