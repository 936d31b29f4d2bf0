package files

import (
	"bytes"
	"encoding/binary"
)

// bareMP3 takes the labels off an MP3: ID3v2 at its beginning, ID3v1 and APE
// at its end. Players need none of them.
func bareMP3(body []byte) ([]byte, error) {
	for len(body) >= 10 && bytes.HasPrefix(body, []byte("ID3")) {
		size := 10 + (int(body[6]&0x7f)<<21 | int(body[7]&0x7f)<<14 | int(body[8]&0x7f)<<7 | int(body[9]&0x7f))
		if body[5]&0x10 != 0 {
			size += 10 // the same header again at the end
		}
		body = body[min(size, len(body)):]
	}
	for {
		n := len(body)
		switch {
		case n >= 128 && string(body[n-128:n-125]) == "TAG":
			body = body[:n-128]
		case n >= 32 && string(body[n-32:n-24]) == "APETAGEX":
			size := uint64(binary.LittleEndian.Uint32(body[n-20:]))
			if binary.LittleEndian.Uint32(body[n-12:])&(1<<31) != 0 {
				size += 32 // it has a header too
			}
			body = body[:n-int(min(max(size, 32), uint64(n)))]
		case n == 0:
			return nil, errBroken
		default:
			return body, nil
		}
	}
}

// bareWAV keeps of a WAV what it needs to play. Recorders write place, owner
// and notes into the others (LIST, bext, iXML, id3).
func bareWAV(body []byte) ([]byte, error) {
	if len(body) < 12 || string(body[:4]) != "RIFF" || string(body[8:12]) != "WAVE" {
		return nil, errBroken
	}
	out := bytes.Clone(body[:12])
	sound := false
	for at := 12; at+8 <= len(body); {
		kind, size := string(body[at:at+4]), uint64(binary.LittleEndian.Uint32(body[at+4:]))
		end := at + 8 + int(min(size, uint64(len(body)-at-8))) // a recording that was cut off announces more
		switch kind {
		case "data":
			sound = true
			fallthrough
		case "fmt ", "fact":
			out = append(out, body[at:end]...)
			binary.LittleEndian.PutUint32(out[len(out)-(end-at)+4:], uint32(end-at-8))
			if (end-at)%2 == 1 {
				out = append(out, 0)
			}
		}
		at = end + (end-at)%2
	}
	if !sound {
		return nil, errBroken
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out, nil
}
