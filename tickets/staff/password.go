package staff

import (
	"runtime"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
)

// MinPassword is the shortest password in characters.
const MinPassword = 10

// maxPassword bounds what is digested: nobody types more, and a megabyte of
// password would be an attack on our time.
const maxPassword = 256

// strength follows OWASP's password storage cheat sheet for argon2id (19 MiB,
// two passes, one lane).
var strength = &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// atOnce bounds how many digests are computed at the same time, since each
// takes 19 MiB and a login page is open to strangers.
var atOnce = make(chan struct{}, max(2, runtime.NumCPU()))

// WeakPassword says what a password lacks; Rule is short, long, login, plain or common.
type WeakPassword struct{ Rule string }

func (e *WeakPassword) Error() string {
	switch e.Rule {
	case "short":
		return "the password is too short: at least 10 characters"
	case "long":
		return "the password is too long: at most 256 bytes"
	case "login":
		return "the password must not contain the login"
	case "common":
		return "the password is one of those that are tried first"
	default:
		return "the password must mix at least two of letters, digits and other characters"
	}
}

// Digest returns the argon2id digest of a password that is good enough for
// this login, or a *WeakPassword.
func Digest(password, login string) (string, error) {
	if err := weakness(password, login); err != nil {
		return "", err
	}
	atOnce <- struct{}{}
	defer func() { <-atOnce }()
	return argon2id.CreateHash(password, strength)
}

func weakness(password, login string) error {
	switch {
	case utf8.RuneCountInString(password) < MinPassword:
		return &WeakPassword{"short"}
	case len(password) > maxPassword:
		return &WeakPassword{"long"}
	case login != "" && strings.Contains(strings.ToLower(password), strings.ToLower(login)):
		return &WeakPassword{"login"}
	case kindsOfCharacter(password) < 2:
		return &WeakPassword{"plain"}
	case common(password):
		return &WeakPassword{"common"}
	}
	return nil
}

// tried are the stems of what is tried first at Chinese desks; the longer
// passwords of the published lists are these with digits, signs or a repeat.
var tried = []string{"password", "passw0rd", "p@ssw0rd", "p@ssword", "qwerty", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx", "qazwsx", "1q2w3e4r", "admin",
	"administrator", "root", "welcome", "letmein", "iloveyou", "woaini", "woaini1314", "5201314", "1314520", "nengban", "rexian", "zhengwu", "shizhengfu", "dianhua",
	"abc", "abcd", "abcdef", "a", "aa", "aaa", "qq", "test", "user", "guest", "huawei", "china", "zhongguo", "beijing", "sichuan", "changeme", "mima", "hotline"}

// common says whether nothing remains of the password but a stem that is tried
// first, once the digits and signs around it, or its repeats, are taken off.
func common(password string) bool {
	p := strings.ToLower(password)
	core := strings.TrimFunc(p, func(r rune) bool { return !unicode.IsLetter(r) })
	for _, stem := range tried {
		if p == stem || core == stem || strings.ReplaceAll(p, stem, "") == "" || strings.HasPrefix(p, stem) && isRun(p[len(stem):]) {
			return true
		}
	}
	return isRun(core) && len(core) < len(p)
}

// isRun says whether a text is digits and signs in a row, or one character again and again.
func isRun(s string) bool {
	if s == "" {
		return true
	}
	if !strings.ContainsFunc(s, unicode.IsLetter) {
		return true
	}
	return strings.Trim(s, s[:1]) == ""
}

func kindsOfCharacter(s string) int {
	var letter, digit, other int
	for _, r := range s {
		switch {
		case unicode.IsLetter(r):
			letter = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			other = 1
		}
	}
	return letter + digit + other
}

func matches(password, digest string) bool {
	if len(password) > maxPassword {
		return false
	}
	atOnce <- struct{}{}
	defer func() { <-atOnce }()
	ok, err := argon2id.ComparePasswordAndHash(password, digest)
	return err == nil && ok
}

// unknownDigest is what an unknown login is compared with.
var unknownDigest = sync.OnceValue(func() string {
	d, err := Digest("nobody has this one 1", "")
	if err != nil {
		return ""
	}
	return d
})
