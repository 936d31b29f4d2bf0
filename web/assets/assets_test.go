package assets

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
)

func TestVendoredFilesAreTheOnesInTheManifest(t *testing.T) {
	t.Parallel()
	f, err := os.Open("vendor/MANIFEST")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	listed := map[string]bool{"MANIFEST": true}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		parts := strings.Fields(lines.Text())
		body, err := os.ReadFile("vendor/" + parts[1])
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != parts[0] {
			t.Errorf("vendor/%s is not the file that the manifest names; run go generate ./web/assets", parts[1])
		}
		listed[parts[1]] = true
	}
	found, err := os.ReadDir("vendor")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range found {
		if !listed[e.Name()] {
			t.Errorf("vendor/%s is not in the manifest", e.Name())
		}
	}
}

func TestTemplatesNameFilesAndIconsThatExist(t *testing.T) {
	t.Parallel()
	sprite, err := os.ReadFile("vendor/icons.svg")
	if err != nil {
		t.Fatal(err)
	}
	each(t, func(name, body string) {
		for _, m := range regexp.MustCompile(`asset "([^"]+)"`).FindAllStringSubmatch(body, -1) {
			if digests[m[1]] == "" {
				t.Errorf("%s names %s, which is not there", name, m[1])
			}
		}
		for _, m := range regexp.MustCompile(`icon "([^"]+)"`).FindAllStringSubmatch(body, -1) {
			if !strings.Contains(string(sprite), `id="`+m[1]+`"`) {
				t.Errorf("%s draws the icon %s, which is not in the sprite", name, m[1])
			}
		}
	})
}

// The policy of every answer forbids inline script and style; a browser would
// leave them out without a word.
func TestTemplatesHoldNoInlineScriptOrStyle(t *testing.T) {
	t.Parallel()
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|javascript:|<script>|hx-on`)
	each(t, func(name, body string) {
		for i, line := range strings.Split(body, "\n") {
			if inline.MatchString(line) {
				t.Errorf("%s:%d has inline script or style: %s", name, i+1, strings.TrimSpace(line))
			}
		}
	})
}

func TestAFileIsKeptForEverUnderItsDigestAndIsNotThereUnderAnother(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]int{
		URL("css/nengban.css"):                      http.StatusOK,
		Prefix + "00000000/css/nengban.css":         http.StatusNotFound,
		Prefix + digests["css/nengban.css"] + "/..": http.StatusNotFound,
		Prefix: http.StatusNotFound,
	} {
		w := httptest.NewRecorder()
		Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != want {
			t.Errorf("%s answers %d; want %d", path, w.Code, want)
		}
		if kept := strings.Contains(w.Header().Get("Cache-Control"), "immutable"); kept != (want == http.StatusOK) {
			t.Errorf("%s: Cache-Control is %q", path, w.Header().Get("Cache-Control"))
		}
	}
}

func TestStylesTravelPackedToWhoeverUnpacksThem(t *testing.T) {
	t.Parallel()
	ask := func(name, accept string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, URL(name), nil)
		r.Header.Set("Accept-Encoding", accept)
		Handler().ServeHTTP(w, r)
		return w
	}
	plain, packed := ask("vendor/tabler.css", ""), ask("vendor/tabler.css", "br, gzip")
	if got := packed.Header(); got.Get("Content-Encoding") != "gzip" || !strings.HasPrefix(got.Get("Content-Type"), "text/css") {
		t.Errorf("packed styles come as %v", got)
	}
	if packed.Body.Len()*5 > plain.Body.Len() {
		t.Errorf("%d bytes are packed to %d", plain.Body.Len(), packed.Body.Len())
	}
	unpacked, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(unpacked); err != nil || string(body) != plain.Body.String() {
		t.Errorf("unpacked, it is another file: %v", err)
	}
}

func each(t *testing.T, look func(name, body string)) {
	t.Helper()
	err := fs.WalkDir(Templates(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		body, err := fs.ReadFile(Templates(), name)
		look(name, string(body))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
