package files_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"
)

// document is a Word file with what Word and WPS write into it, and a photo.
func document(t *testing.T, more ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, part := range append([]string{"[Content_Types].xml", "_rels/.rels", "word/document.xml", "docProps/core.xml", "docProps/app.xml", "docProps/custom.xml", "word/media/image1.jpeg"}, more...) {
		body := "<x>" + part + "</x>"
		switch part {
		case "docProps/core.xml":
			body = "<cp:coreProperties><dc:creator>王秀兰</dc:creator></cp:coreProperties>"
		case "docProps/app.xml":
			body = "<Properties><Company>王秀兰早点铺</Company></Properties>"
		case "docProps/custom.xml":
			body = "<Properties>ICV PLANTED</Properties>"
		case "word/media/image1.jpeg":
			body = "\xff\xd8\xff\xe0\x00\x04JF\xff\xe1\x00\x0eGPS PLANTED!\xff\xda\x00\x02POINTS"
		}
		to, err := w.Create(part)
		must(t, err)
		_, err = io.WriteString(to, body)
		must(t, err)
	}
	must(t, w.Close())
	return b.Bytes()
}

// unpacked are the parts of a document, by name.
func unpacked(t *testing.T, body []byte) map[string]string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	must(t, err)
	out := map[string]string{}
	for _, f := range r.File {
		from, err := f.Open()
		must(t, err)
		part, err := io.ReadAll(from)
		must(t, err)
		out[f.Name] = string(part)
	}
	return out
}

func TestADocumentDoesNotSayWhoWroteIt(t *testing.T) {
	t.Parallel()
	x, back := kept(t, "说明.docx", document(t))
	if !strings.Contains(x.MediaType, "wordprocessingml") {
		t.Fatalf("it is taken for %s", x.MediaType)
	}
	parts := unpacked(t, back)
	for name, part := range parts {
		if strings.Contains(part, "王秀兰") || strings.Contains(part, "PLANTED") {
			t.Errorf("%s still says %s", name, part)
		}
	}
	if len(parts) != 7 || parts["word/document.xml"] != "<x>word/document.xml</x>" || !strings.HasSuffix(parts["word/media/image1.jpeg"], "POINTS") {
		t.Errorf("of the document is left %q", parts)
	}
}

func TestASignedDocumentStaysAsItIs(t *testing.T) {
	t.Parallel()
	body := document(t, "_xmlsignatures/sig1.xml")
	if _, back := kept(t, "合同.docx", body); !bytes.Equal(back, body) {
		t.Error("a signed document was changed")
	}
}

// Many photos of nothing but zeros are packed into a few bytes.
func TestADocumentDoesNotGrowByItsPhotos(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/media/1.jpg", "word/media/2.jpg", "word/media/3.jpg"} {
		to, err := w.Create(name)
		must(t, err)
		if strings.HasSuffix(name, ".jpg") {
			_, err = to.Write(append([]byte("\xff\xd8"), make([]byte, 1<<20)...))
			must(t, err)
		}
	}
	must(t, w.Close())
	if _, back := kept(t, "x.docx", b.Bytes()); len(back) > 2*b.Len() {
		t.Errorf("a document of %d bytes became one of %d", b.Len(), len(back))
	}
}
