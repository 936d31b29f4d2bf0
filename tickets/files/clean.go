package files

import "errors"

// errBroken is what cannot be cleaned, since it cannot be read.
var errBroken = errors.New("the file cannot be read")

// cleaned takes out of a file what its maker did not mean to tell: where and
// with what it was taken, and by whom. Pictures are drawn anew; films and
// recordings keep sound and picture alone; what documents of Word and Excel say
// about themselves is emptied. PDF and older documents come back as they are.
func cleaned(kind string, body []byte) ([]byte, error) {
	switch kind {
	case "image/jpeg", "image/png", "image/gif", "image/webp":
		return redrawn(kind, body)
	case "video/mp4", "video/quicktime", "audio/mp4", "audio/x-m4a":
		return bareMovie(body)
	case "audio/mpeg":
		return bareMP3(body)
	case "audio/wav":
		return bareWAV(body)
	case "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":
		return bareOffice(body)
	default:
		return body, nil
	}
}
