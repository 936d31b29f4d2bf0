package files_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"nengban/tickets/files"
)

// The place as a telephone writes it (ISO 6709), and what it was taken with.
const (
	place  = "+30.0483+103.8318/"
	device = "PLANTED Phone 12"
)

// sound and picture of the film, and what a camera measured meanwhile.
const (
	picture  = "PICTURE DATA THAT MUST STAY"
	measured = "GPS " + place + " 14:05:33"
)

func boxed(kind string, parts ...string) string {
	inner := strings.Join(parts, "")
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(inner)+8))) + kind + inner
}

func u32(ns ...int) string {
	var b []byte
	for _, n := range ns {
		b = binary.BigEndian.AppendUint32(b, uint32(n))
	}
	return string(b)
}

// track is one of a kind whose only chunk lies at an offset.
func track(kind string, at, size int, more ...string) string {
	return boxed("trak", append([]string{
		boxed("tkhd", strings.Repeat("\x00", 84)),
		boxed("mdia",
			boxed("mdhd", strings.Repeat("\x00", 24)),
			boxed("hdlr", u32(0, 0), kind, strings.Repeat("\x00", 13)),
			boxed("minf", boxed("stbl",
				boxed("stsd", u32(0, 0)), boxed("stts", u32(0, 0)),
				boxed("stsc", u32(0, 1, 1, 2, 1)),
				boxed("stsz", u32(0, 0, 2, size-1, 1)),
				boxed("stco", u32(0, 1, at))))),
	}, more...)...)
}

// film is one as telephones make them: first what was recorded, then where to
// find it, with the place in every spot where makers put it.
func film(brand string, more ...string) []byte {
	head := boxed("ftyp", brand, u32(512), brand)
	data := boxed("mdat", picture, measured)
	at := len(head) + 8
	label := boxed("udta", boxed("\xa9xyz", "\x00\x12\x15\xc7", place), boxed("\xa9mod", device), boxed("loci", u32(0), device))
	return []byte(head + data + boxed("moov", append([]string{
		boxed("mvhd", strings.Repeat("\x00", 100)),
		track("vide", at, len(picture), label),
		track("meta", at+len(picture), len(measured)),
		label,
		boxed("meta", boxed("keys", "com.apple.quicktime.location.ISO6709"), boxed("ilst", place)),
	}, more...)...) + boxed("uuid", "\xbe\x7a\xcf\xcb\x97\xa9\x42\xe8\x9c\x71\x99\x94\x91\xe3\xaf\xac<x:xmpmeta>"+place))
}

func TestAFilmLosesWhereItWasTakenAndStillPlays(t *testing.T) {
	t.Parallel()
	for brand, kind := range map[string]string{"isom": "video/mp4", "qt  ": "video/quicktime", "M4A ": "audio/x-m4a"} {
		body := film(brand)
		x, back := kept(t, "现场.mp4", body)
		if x.MediaType != kind || len(back) != len(body) {
			t.Errorf("%s is taken for %s, of %d bytes; it had %d", kind, x.MediaType, len(back), len(body))
		}
		for _, mark := range []string{place, device, "GPS", "xmpmeta", "location"} {
			if bytes.Contains(back, []byte(mark)) {
				t.Errorf("the %s still says %q", kind, mark)
			}
		}
		if at := bytes.Index(back, []byte(picture)); at != bytes.Index(body, []byte(picture)) {
			t.Errorf("the %s has its picture at %d", kind, at)
		}
		if !bytes.Contains(back, []byte("stco")) || !bytes.Contains(back, []byte("tkhd")) {
			t.Errorf("the %s lost what it needs to play", kind)
		}
	}
}

func TestAFilmThatCannotBeCleanedIsRefused(t *testing.T) {
	t.Parallel()
	whole := film("isom")
	far := bytes.Replace(film("isom"), []byte("stsz"+u32(0, 0, 2, len(measured)-1)), []byte("stsz"+u32(0, 0, 2, 1<<30)), 1)
	for name, body := range map[string][]byte{
		"a beginning only":                            whole[:40],
		"a box larger than its parent":                bytes.Replace(whole, []byte(u32(108)+"mvhd"), []byte(u32(1<<20)+"mvhd"), 1),
		"samples beyond the end":                      far,
		"a measuring track that goes on in fragments": append(film("isom"), boxed("moof", boxed("mfhd", u32(0, 1)))...),
		"no sound and no picture":                     []byte(boxed("ftyp", "isom", u32(512), "isom") + boxed("moov", boxed("mvhd", strings.Repeat("\x00", 100)))),
	} {
		if got := refused(t, body); got != "file_kind" {
			t.Errorf("%s: refused with %q; want file_kind", name, got)
		}
	}
}

func TestARecordingThatWasCutOffIsTaken(t *testing.T) {
	t.Parallel()
	head := boxed("ftyp", "isom", u32(512), "isom") + boxed("moov", boxed("mvhd", strings.Repeat("\x00", 100)), track("vide", 0, 1), boxed("udta", place))
	_, back := kept(t, "x.mp4", []byte(head+u32(1<<20)+"mdat"+picture))
	if bytes.Contains(back, []byte(place)) || !bytes.HasSuffix(back, []byte(picture)) {
		t.Errorf("it comes back as %q", back)
	}
}

func TestAnMP3LosesItsLabels(t *testing.T) {
	t.Parallel()
	frame := "\xff\xfb\x90\x00" + strings.Repeat("\x55", 413)
	sound := strings.Repeat(frame, 3)
	id3 := "ID3\x04\x00\x00\x00\x00\x01\x00" + "TXXX" + place + strings.Repeat("\x00", 128-4-len(place))
	ape := "APETAGEX" + "\xd0\x07\x00\x00" + "\x32\x00\x00\x00" + "\x01\x00\x00\x00" + "\x00\x00\x00\x00" + strings.Repeat("\x00", 8)
	v1 := "TAG" + device + strings.Repeat("\x00", 125-len(device))
	for name, body := range map[string]string{
		"at the beginning": id3 + sound, "twice": id3 + id3 + sound, "at the end": sound + v1,
		"APE and ID3": id3 + sound + place + ape + v1,
	} {
		x, back := kept(t, "录音.mp3", []byte(body))
		if x.MediaType != "audio/mpeg" || string(back) != sound {
			t.Errorf("a label %s: %s of %d bytes comes back, beginning %.20q; want the sound alone, %d", name, x.MediaType, len(back), back, len(sound))
		}
	}
	if got := refused(t, []byte(id3)); got != "file_kind" {
		t.Errorf("labels of nothing: refused with %q", got)
	}
}

func TestAWAVKeepsItsSoundAlone(t *testing.T) {
	t.Parallel()
	chunk := func(kind, body string) string {
		pad := strings.Repeat("\x00", len(body)%2)
		return kind + string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body + pad
	}
	format, sound := chunk("fmt ", strings.Repeat("\x01", 16)), chunk("data", "SOUND THAT STAYS.")
	inner := "WAVE" + format + chunk("LIST", "INFOIARL"+place) + chunk("bext", device) + sound + chunk("id3 ", place)
	_, back := kept(t, "录音.wav", []byte("RIFF"+string(binary.LittleEndian.AppendUint32(nil, uint32(len(inner))))+inner))
	if want := "WAVE" + format + sound; string(back[8:]) != want || binary.LittleEndian.Uint32(back[4:]) != uint32(len(want)) {
		t.Errorf("it comes back as %q", back)
	}
	cut := "RIFF\xff\xff\xff\xffWAVE" + format + "data\xff\xff\xff\xffSOUND"
	if _, back := kept(t, "x.wav", []byte(cut)); !bytes.HasSuffix(back, []byte("data\x05\x00\x00\x00SOUND\x00")) {
		t.Errorf("one that was cut off comes back as %q", back)
	}
}

// Whatever a stranger sends is taken or refused; neither falls over, and what
// is taken is no longer than it was.
func FuzzKeep(f *testing.F) {
	f.Add(film("isom"))
	f.Add(film("qt  "))
	f.Add([]byte("ID3\x04\x00\x10\x00\x00\x01\x00 TAG APETAGEX"))
	f.Add([]byte("RIFF\x10\x00\x00\x00WAVEdata\x01\x00\x00\x00x"))
	f.Add([]byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"))
	to, _, _ := folder(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		var no *files.Refused
		x, err := to.Keep("x", bytes.NewReader(body))
		if err != nil && !errors.As(err, &no) {
			t.Fatal(err)
		}
		if err == nil && x.MediaType != "image/gif" && x.Size > int64(len(body))+1 {
			t.Errorf("%s grew from %d to %d bytes", x.MediaType, len(body), x.Size)
		}
	})
}
