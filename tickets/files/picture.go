package files

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
)

// maxPixels bounds what is unpacked of a picture: a small file can hold a
// picture that fills the memory.
const maxPixels = 60_000_000

// redrawn returns a picture drawn anew, so that nothing remains of where and
// with what it was taken, nor of anything else that hides in its file. A photo
// keeps its right way up.
func redrawn(kind string, body []byte) ([]byte, error) {
	if kind == "image/webp" {
		return bareWebP(body)
	}
	conf, _, err := image.DecodeConfig(bytes.NewReader(body))
	if err != nil || conf.Width <= 0 || conf.Height <= 0 || conf.Width > maxPixels/conf.Height {
		return nil, errBroken
	}
	if kind == "image/gif" && frames(body) > maxPixels/(conf.Width*conf.Height) {
		return nil, errBroken
	}
	var out bytes.Buffer
	switch kind {
	case "image/jpeg":
		var img image.Image
		if img, err = jpeg.Decode(bytes.NewReader(body)); err == nil {
			err = jpeg.Encode(&out, upright(img, orientation(body)), &jpeg.Options{Quality: 88})
		}
	case "image/png":
		var img image.Image
		if img, err = png.Decode(bytes.NewReader(body)); err == nil {
			err = png.Encode(&out, img)
		}
	case "image/gif":
		var all *gif.GIF
		if all, err = gif.DecodeAll(bytes.NewReader(body)); err == nil {
			err = gif.EncodeAll(&out, all)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errBroken, err)
	}
	return out.Bytes(), nil
}

// frames counts the pictures of a GIF without unpacking them (GIF89a, sections
// 17 to 26); where its blocks cannot be followed any more it stops.
func frames(body []byte) int {
	n, at := 0, 13
	table := func(flags byte) int { // the size of a table of colours
		if flags&0x80 == 0 {
			return 0
		}
		return 3 << (1 + flags&7)
	}
	at += table(body[10])
	for at < len(body) {
		switch body[at] {
		case 0x21: // an extension
			at += 2
		case 0x2c: // a picture
			if at+10 > len(body) {
				return n
			}
			n++
			at += 11 + table(body[at+9])
		default:
			return n
		}
		for at < len(body) && body[at] != 0 { // its blocks
			at += 1 + int(body[at])
		}
		at++
	}
	return n
}

// upright turns a photo as the camera's note says (EXIF 0x0112), since the
// note does not outlive the redrawing.
func upright(img image.Image, note int) image.Image {
	if note < 2 || note > 8 {
		return img
	}
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	src := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(src, src.Bounds(), img, b.Min, draw.Src)
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	if note >= 5 {
		dst = image.NewRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			to := [...][2]int{2: {w - 1 - x, y}, 3: {w - 1 - x, h - 1 - y}, 4: {x, h - 1 - y}, 5: {y, x}, 6: {h - 1 - y, x}, 7: {h - 1 - y, w - 1 - x}, 8: {y, w - 1 - x}}[note]
			dst.SetRGBA(to[0], to[1], src.RGBAAt(x, y))
		}
	}
	return dst
}

// orientation reads the camera's note of a JPEG; 0 when there is none.
func orientation(body []byte) int {
	for at := 2; at+4 <= len(body) && body[at] == 0xFF; {
		size := int(binary.BigEndian.Uint16(body[at+2:]))
		if size < 2 || at+2+size > len(body) || body[at+1] == 0xDA {
			return 0
		}
		if tiff, ok := bytes.CutPrefix(body[at+4:at+2+size], []byte("Exif\x00\x00")); ok && body[at+1] == 0xE1 {
			return noted(tiff)
		}
		at += 2 + size
	}
	return 0
}

func noted(tiff []byte) int {
	if len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at < 8 || at+2 > int64(len(tiff)) {
		return 0
	}
	n := int64(order.Uint16(tiff[at:]))
	for i := range n {
		entry := at + 2 + 12*i
		if entry+12 > int64(len(tiff)) {
			return 0
		}
		if order.Uint16(tiff[entry:]) == 0x0112 {
			return int(order.Uint16(tiff[entry+8:]))
		}
	}
	return 0
}

// bareWebP leaves out of a WebP's container everything but the picture, and
// takes back the flags that announced it (RFC 9649, 2.7).
func bareWebP(body []byte) ([]byte, error) {
	if len(body) < 12 || string(body[:4]) != "RIFF" || string(body[8:12]) != "WEBP" {
		return nil, errBroken
	}
	out := append([]byte(nil), body[:12]...)
	for at := 12; at+8 <= len(body); {
		size := int(binary.LittleEndian.Uint32(body[at+4:]))
		end := at + 8 + size + size%2
		if size < 0 || at+8+size > len(body) {
			return nil, errBroken
		}
		name := string(body[at : at+4])
		chunk := append([]byte(nil), body[at:min(end, len(body))]...)
		switch name {
		case "VP8X":
			if size < 10 {
				return nil, errBroken
			}
			chunk[8] &^= 0x08 | 0x04 | 0x20 // EXIF, XMP, colour profile
			out = append(out, chunk...)
		case "VP8 ", "VP8L", "ALPH", "ANIM", "ANMF":
			out = append(out, chunk...)
		}
		at = end
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out, nil
}
