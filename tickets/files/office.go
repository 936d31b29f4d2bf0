package files

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"path"
	"strings"
)

// emptied are the parts of a Word or Excel file (ECMA-376, part 2) that say who
// wrote it, where, and with what, and what is left of each.
var emptied = map[string]string{
	"docProps/core.xml":   `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>`,
	"docProps/app.xml":    `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>`,
	"docProps/custom.xml": `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>`,
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// bareOffice empties what a Word or Excel file says about itself, and takes the
// place out of its photos. A signed one stays as it is: it would be none.
func bareOffice(body []byte) ([]byte, error) {
	r, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return nil, errBroken
	}
	for _, f := range r.File {
		if strings.HasPrefix(f.Name, "_xmlsignatures/") {
			return body, nil
		}
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range r.File {
		if err := copyPart(w, f); err != nil {
			return nil, errBroken
		}
	}
	if err := w.Close(); err != nil {
		return nil, errBroken
	}
	return out.Bytes(), nil
}

// copyPart copies a part as it is packed; only what is changed is unpacked.
func copyPart(w *zip.Writer, f *zip.File) error {
	if left, ok := emptied[f.Name]; ok {
		to, err := w.Create(f.Name)
		if err == nil {
			_, err = io.WriteString(to, xmlHead+left)
		}
		return err
	}
	if !isPhoto(f) {
		return w.Copy(f)
	}
	from, err := f.Open()
	if err != nil {
		return err
	}
	photo, err := io.ReadAll(io.LimitReader(from, int64(f.UncompressedSize64)))
	if err != nil {
		return err
	}
	to, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Store})
	if err == nil {
		_, err = to.Write(bareJPEG(photo))
	}
	return err
}

// isPhoto: a photo can hardly be packed. What unpacks to much more is none, and
// could fill the memory.
func isPhoto(f *zip.File) bool {
	ext := strings.ToLower(path.Ext(f.Name))
	return (ext == ".jpg" || ext == ".jpeg") && f.CompressedSize64 < 1<<30 && f.UncompressedSize64 <= 2*f.CompressedSize64+4096
}

// bareJPEG leaves out of a JPEG the camera's notes: EXIF and XMP (APP1), IPTC
// (APP13) and comments. Drawing it anew would cost too much for each of many.
func bareJPEG(body []byte) []byte {
	if !bytes.HasPrefix(body, []byte("\xff\xd8")) {
		return body
	}
	out := bytes.Clone(body[:2])
	at := 2
	for at+4 <= len(body) && body[at] == 0xff && body[at+1] != 0xda {
		end := at + 2 + int(binary.BigEndian.Uint16(body[at+2:]))
		if end > len(body) {
			break
		}
		switch body[at+1] {
		case 0xe1, 0xed, 0xfe:
		default:
			out = append(out, body[at:end]...)
		}
		at = end
	}
	return append(out, body[at:]...)
}
