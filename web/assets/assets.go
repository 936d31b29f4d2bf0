// Package assets holds what pages are made of: templates, styles, scripts and
// icons, all embedded. Names of files that browsers load carry a digest of
// their content, so that they may be kept for ever and are never stale.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

//go:generate go run vendoring.go

//go:embed templates
var templates embed.FS

//go:embed vendor/*.css vendor/*.js vendor/*.svg css js
var static embed.FS

// Templates is the folder of page templates.
func Templates() fs.FS {
	sub, err := fs.Sub(templates, "templates")
	if err != nil {
		return templates
	}
	return sub
}

// Prefix is where Handler is mounted.
const Prefix = "/assets/"

// URL returns the address of an embedded file: /assets/3f2a9c1b/vendor/htmx.js.
// A name that does not exist has the address of nothing, which a test finds.
func URL(name string) string { return Prefix + digests[name] + "/" + name }

// Handler serves the files. An address with yesterday's digest is not found
// rather than answered with today's file.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		digest, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, Prefix), "/")
		if digest == "" || digests[name] != digest {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		w.Header().Set("Vary", "Accept-Encoding")
		if body := small(name); body != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
			http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(body))
			return
		}
		http.ServeFileFS(w, r, static, name) //nolint:gosec // the digest was asked for by this very name: it is one of ours
	})
}

// smalls are the files as they travel, packed when they are first asked for.
// The styles of the desk shrink to an eighth, which a slow line in a township
// feels. Pages are not packed: they hold secrets beside what strangers wrote.
var smalls sync.Map // name → func() []byte

// small returns a file packed by gzip; nil for those that packing does not help.
func small(name string) []byte {
	if ext := path.Ext(name); ext != ".css" && ext != ".js" && ext != ".svg" {
		return nil
	}
	pack, _ := smalls.LoadOrStore(name, sync.OnceValue(func() []byte {
		body, err := static.ReadFile(name)
		if err != nil {
			return nil
		}
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		if _, err := w.Write(body); err != nil || w.Close() != nil {
			return nil
		}
		return out.Bytes()
	}))
	return pack.(func() []byte)() //nolint:forcetypeassert // nothing else is stored
}

var digests = digestAll()

func digestAll() map[string]string {
	out := map[string]string{}
	_ = fs.WalkDir(static, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path.Base(name) == "MANIFEST" {
			return err
		}
		body, err := static.ReadFile(name)
		sum := sha256.Sum256(body)
		out[name] = hex.EncodeToString(sum[:4])
		return err
	})
	return out
}
