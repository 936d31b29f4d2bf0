package files_test

import (
	"bytes"
	"errors"
	"image"
	"image/color/palette"
	"image/gif"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"nengban/tickets/files"
	"nengban/tickets/vault"
)

var rules = files.Rules{Place: "attachments", Most: 1 << 20, Kinds: []string{"text/plain", "image/gif", "video/mp4", "video/quicktime", "audio/x-m4a", "audio/mpeg", "audio/wav",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document"}}

// folder is an empty one, and where it lies.
func folder(t testing.TB) (*files.Folder, *vault.Vault, string) {
	t.Helper()
	v, err := vault.New()
	must(t, err)
	dir := filepath.Join(t.TempDir(), "attachments")
	f, err := files.Open(dir, v, rules)
	must(t, err)
	t.Cleanup(func() { _ = f.Close() })
	return f, v, dir
}

// kept brings a file and returns it as it comes back.
func kept(t testing.TB, name string, body []byte) (files.File, []byte) {
	t.Helper()
	f, _, _ := folder(t)
	x, err := f.Keep(name, bytes.NewReader(body))
	must(t, err)
	back, err := f.Read(x.SHA256)
	must(t, err)
	return x, back
}

func refused(t testing.TB, body []byte) string {
	t.Helper()
	f, _, _ := folder(t)
	_, err := f.Keep("x", bytes.NewReader(body))
	var no *files.Refused
	if !errors.As(err, &no) {
		return ""
	}
	return no.Code
}

func onDisk(t testing.TB, dir string) []string {
	t.Helper()
	all, err := filepath.Glob(dir + "/*/*")
	must(t, err)
	return all
}

func TestAFileLiesSealedAndOnceHoweverManyBringIt(t *testing.T) {
	t.Parallel()
	f, _, dir := folder(t)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			x, err := f.Keep("窗口.txt", strings.NewReader("窗口三次拒收材料"))
			if err != nil || x.Size != int64(len("窗口三次拒收材料")) || x.MediaType != "text/plain" {
				t.Errorf("kept as %+v, %v", x, err)
			}
			if back, err := f.Read(x.SHA256); err != nil || string(back) != "窗口三次拒收材料" {
				t.Errorf("it comes back as %q, %v", back, err)
			}
		})
	}
	all.Wait()
	lie := onDisk(t, dir)
	if len(lie) != 1 {
		t.Fatalf("on the disk lie %q", lie)
	}
	if stored, err := os.ReadFile(lie[0]); err != nil || bytes.Contains(stored, []byte("拒收")) {
		t.Errorf("it lies there as %q, %v", stored, err)
	}
}

func TestWhatIsNotTakenIsSaidAndLeavesNothing(t *testing.T) {
	t.Parallel()
	for code, body := range map[string]string{"empty_file": "", "file_too_large": strings.Repeat("x", int(rules.Most)+1), "file_kind": "MZ\x90\x00 a program"} {
		if got := refused(t, []byte(body)); got != code {
			t.Errorf("refused with %q; want %s", got, code)
		}
	}
}

// Whoever can write on the disk cannot make the desk hand out another file.
func TestAFileThatWasExchangedOnTheDiskDoesNotGoOut(t *testing.T) {
	t.Parallel()
	f, v, dir := folder(t)
	a, err := f.Keep("a.txt", strings.NewReader("what was brought"))
	must(t, err)
	b, err := f.Keep("b.txt", strings.NewReader("something else"))
	must(t, err)
	at := func(x files.File) string { return filepath.Join(dir, x.SHA256[:2], x.SHA256) }
	other, err := os.ReadFile(at(b))
	must(t, err)
	for name, body := range map[string][]byte{"another sealed file": other, "a file in clear": []byte("forged"), "nothing": {}} {
		must(t, os.WriteFile(at(a), body, 0o600))
		if back, err := f.Read(a.SHA256); !errors.Is(err, files.ErrGone) && !errors.Is(err, vault.ErrSealed) {
			t.Errorf("%s goes out as %q, %v", name, back, err)
		}
	}
	must(t, os.WriteFile(at(a), []byte("what was brought"), 0o600)) // as it lay there before files were sealed
	if back, err := f.Read(a.SHA256); err != nil || string(back) != "what was brought" {
		t.Errorf("a file from before files were sealed comes back as %q, %v", back, err)
	}
	if n, err := f.Reseal(v); n != 2 || err != nil {
		t.Errorf("sealing anew took %d files, %v", n, err)
	}
	if stored, err := os.ReadFile(at(a)); err != nil || bytes.Contains(stored, []byte("what was brought")) {
		t.Errorf("after sealing anew it lies there as %q, %v", stored, err)
	}
	if _, err := f.Read(a.SHA256); err != nil {
		t.Error(err)
	}
}

func TestNobodyReadsOutsideTheFolder(t *testing.T) {
	t.Parallel()
	f, _, dir := folder(t)
	must(t, os.WriteFile(filepath.Join(filepath.Dir(dir), "secret"), []byte("secret"), 0o600))
	for _, sum := range []string{"", "..", "../secret", strings.Repeat("0", 64), strings.Repeat("A", 64)} {
		if body, err := f.Read(sum); !errors.Is(err, files.ErrGone) {
			t.Errorf("%q is read as %q, %v", sum, body, err)
		}
		if err := f.Remove(sum); err != nil {
			t.Errorf("deleting %q: %v", sum, err)
		}
	}
	for name, want := range map[string]string{`C:\表格\申请表.txt`: "申请表.txt", "..": "file", "": "file", "../../x": "x", "a\x00b\r\nc": "abc", "说\u202efdp.exe": "说fdp.exe",
		strings.Repeat("长", 200) + ".txt": strings.Repeat("长", 96) + ".txt"} {
		if x, err := f.Keep(name, strings.NewReader("words")); err != nil || x.Name != want {
			t.Errorf("%q is kept as %q, %v; want %q", name, x.Name, err, want)
		}
	}
}

// A small file can hold a thousand large pictures.
func TestAMovingPictureThatFillsTheMemoryIsRefused(t *testing.T) {
	t.Parallel()
	moving := func(frames, side int) []byte {
		one := image.NewPaletted(image.Rect(0, 0, side, side), palette.WebSafe)
		all := &gif.GIF{}
		for range frames {
			all.Image, all.Delay = append(all.Image, one), append(all.Delay, 10)
		}
		var b bytes.Buffer
		must(t, gif.EncodeAll(&b, all))
		return b.Bytes()
	}
	if got := refused(t, moving(40, 1300)); got != "file_kind" {
		t.Errorf("68 million points are refused with %q", got)
	}
	_, back := kept(t, "x.gif", moving(3, 20))
	if again, err := gif.DecodeAll(bytes.NewReader(back)); err != nil || len(again.Image) != 3 {
		t.Errorf("an ordinary one comes back as %v, %v", again, err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
