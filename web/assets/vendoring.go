//go:build ignore

// Vendoring copies the named files out of npm packages into vendor/ and writes
// the manifest that the tests compare. It is run by go generate when a version
// changes; nothing is fetched when the program is built or run.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// pkg is one npm package: its tarball, the digest npm published for it, and
// the files taken, as path in the package → name in vendor/.
type pkg struct {
	name, version, licence, integrity string
	files                             map[string]string
}

var packages = []pkg{
	{"@tabler/core", "1.6.1", "MIT", "sha512-lgmR9gcxRp5JlLxcmRi9Rz85JrEvH6Bz71KnlcPVSa97wtwQNjgSs3g3fxwbAlulHyRMghhIV04QUuW3pqDsIg==", map[string]string{
		"dist/css/tabler.min.css": "tabler.css"}},
	{"htmx.org", "4.0.1", "0BSD", "sha512-oF7JgXhDW9UXCy/k1ZYFUQgzu/rm19ORWPSPNL91vPluB2PB9+MV55tyQdH/w7o2EAbTYUG5SDW1R60mdkdqGg==", map[string]string{
		"dist/htmx.min.js": "htmx.js"}},
	{"echarts", "6.1.0", "Apache-2.0", "sha512-q0yaFPggC9FUdsWH4blavRWFmxdrIodbkoKNAjJudAI6CA9gNPxHtV2RcZNEepZVlk4yvBYkOkbk6HIVpIyHZA==", map[string]string{"dist/echarts.common.min.js": "echarts.js"}},
	{"@tabler/icons", "3.51.0", "MIT", "sha512-0pinvPZz7YeX+OSfxuEAbnEPWbocVXW5iU8h5lh41pYG8sZuQfpWECC980lxOT0clGIcNGn8xsBr+zKaRGdA/g==", nil},
}

// icons are the outline icons that pages use; they become one sprite.
var icons = strings.Fields(`phone building-community world inbox send arrow-back-up arrow-right check x alert-triangle clock calendar
	book search user users user-shield lock logout settings file-text printer paperclip message message-circle star history eye eye-off
	map-pin tag flag urgent hourglass player-pause player-play archive refresh git-merge gavel affiliate chart-bar sitemap list plus edit
	download upload bell copy id language device-mobile stethoscope scale home trash moon sun keyboard adjustments circle-check circle-x`)

func main() {
	log.SetFlags(0)
	var manifest []string
	keep := func(name string, body []byte, from string) {
		body = regexp.MustCompile(`(?m)^(//|/\*)# sourceMappingURL=.*$`).ReplaceAll(body, nil)
		check(os.WriteFile(filepath.Join("vendor", name), body, 0o644))
		manifest = append(manifest, fmt.Sprintf("%x  %s  %s", sha256.Sum256(body), name, from))
	}
	check(os.MkdirAll("vendor", 0o755))
	for _, p := range packages {
		all := unpack(fetch(p))
		from := p.name + "@" + p.version + "  " + p.licence
		for path, name := range p.files {
			keep(name, need(all, path), from)
		}
		if p.name == "@tabler/icons" {
			keep("icons.svg", sprite(all), from)
		}
	}
	slices.Sort(manifest)
	check(os.WriteFile(filepath.Join("vendor", "MANIFEST"), []byte(strings.Join(manifest, "\n")+"\n"), 0o644))
}

// fetch downloads a package and refuses one whose digest is not the one written above.
func fetch(p pkg) []byte {
	_, short, _ := strings.Cut("/"+p.name, "/")
	if i := strings.LastIndex(p.name, "/"); i >= 0 {
		short = p.name[i+1:]
	}
	url := fmt.Sprintf("https://registry.npmjs.org/%s/-/%s-%s.tgz", p.name, short, p.version)
	res, err := http.Get(url)
	check(err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	check(err)
	sum := sha512.Sum512(body)
	if got := "sha512-" + base64.StdEncoding.EncodeToString(sum[:]); got != p.integrity {
		log.Fatalf("%s %s has digest %s, expected %s", p.name, p.version, got, p.integrity)
	}
	return body
}

func unpack(tgz []byte) map[string][]byte {
	gz, err := gzip.NewReader(bytes.NewReader(tgz))
	check(err)
	out := map[string][]byte{}
	for t := tar.NewReader(gz); ; {
		h, err := t.Next()
		if err == io.EOF {
			return out
		}
		check(err)
		body, err := io.ReadAll(t)
		check(err)
		out[strings.TrimPrefix(h.Name, "package/")] = body
	}
}

// sprite joins the icons into one file of symbols, so that a page names an
// icon by <use href="icons.svg#phone">.
func sprite(all map[string][]byte) []byte {
	inner := regexp.MustCompile(`(?s)<svg[^>]*>(.*)</svg>`)
	var out bytes.Buffer
	out.WriteString(`<svg xmlns="http://www.w3.org/2000/svg">` + "\n")
	for _, name := range icons {
		m := inner.FindSubmatch(need(all, "icons/outline/"+name+".svg"))
		body := strings.Join(strings.Fields(string(m[1])), " ")
		fmt.Fprintf(&out, `<symbol id="%s" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">%s</symbol>`+"\n", name, body)
	}
	out.WriteString("</svg>\n")
	return out.Bytes()
}

func need(all map[string][]byte, path string) []byte {
	body, ok := all[path]
	if !ok {
		log.Fatalf("the package has no %s", path)
	}
	return body
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
