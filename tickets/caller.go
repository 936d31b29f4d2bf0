package tickets

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"unicode/utf8"

	"nengban/tickets/vault"
)

// Caller is who speaks (诉求人). It is sealed in the database, and prints and
// logs itself masked: the clear text is only where somebody asked for it by
// name of a field.
type Caller struct {
	Name         string `json:"name,omitempty" field:"text,max=40,personal"`
	Phone        string `json:"phone,omitempty" field:"text,max=40,personal"`
	AltPhone     string `json:"alt_phone,omitempty" field:"text,max=40,personal"`
	IDNumber     string `json:"id_number,omitempty" field:"text,max=30,personal"`
	HomeAddress  string `json:"home_address,omitempty" field:"text,max=200,personal"`
	Company      string `json:"company,omitempty" field:"text,max=100,personal"` // 企业诉求: who it speaks for
	Lang         string `json:"lang,omitempty" field:"text,max=10"`              // the language he is answered in
	NoTexts      bool   `json:"no_texts,omitempty" field:"check"`                // wants no text messages
	NoContact    bool   `json:"no_contact,omitempty" field:"check"`              // departments must not contact him
	NeedsSupport bool   `json:"needs_support,omitempty" field:"check"`           // elderly, disabled, dialect
}

// Masked returns the caller with everything hidden that could name him:
// 王**, 138****8000, the first six digits of an identity number.
func (c Caller) Masked() Caller {
	m := c
	m.Name = maskName(c.Name)
	m.Phone, m.AltPhone = MaskPhone(c.Phone), MaskPhone(c.AltPhone)
	m.IDNumber = keepEnds(c.IDNumber, 6, 0)
	m.HomeAddress = keepEnds(c.HomeAddress, 3, 0)
	m.Company = keepEnds(c.Company, 2, 0)
	return m
}

// Hidden returns the caller as a department sees it on a confidential ticket:
// nothing that points to the person.
func (c Caller) Hidden() Caller {
	return Caller{Lang: c.Lang, NoTexts: c.NoTexts, NoContact: true}
}

// String returns the masked name and phone.
func (c Caller) String() string {
	m := c.Masked()
	return strings.TrimSpace(m.Name + " " + m.Phone)
}

// GoString keeps %#v from showing what String hides.
func (c Caller) GoString() string { return "Caller(" + c.String() + ")" }

// LogValue logs the caller masked.
func (c Caller) LogValue() slog.Value { return slog.StringValue(c.String()) }

func maskName(s string) string {
	return keepEnds(s, 1, 0)
}

// keepEnds replaces all but the first and last characters by stars, one each,
// at most four, so that the length does not tell much.
func keepEnds(s string, first, last int) string {
	r := []rune(s)
	if len(r) == 0 {
		return ""
	}
	if len(r) <= first+last {
		first, last = min(1, len(r)-1), 0
	}
	stars := strings.Repeat("*", min(4, max(1, len(r)-first-last)))
	return string(r[:first]) + stars + string(r[len(r)-last:])
}

// sealedCaller is what is stored of a caller: the sealed whole, and the blind
// indexes that find the tickets of the same phone.
type sealedCaller struct {
	whole    []byte
	phone    string
	altPhone string
}

func seal(v *vault.Vault, c Caller, number string) (sealedCaller, error) {
	plain, err := json.Marshal(c)
	if err != nil {
		return sealedCaller{}, fmt.Errorf("writing down the caller: %w", err)
	}
	whole, err := v.Seal(plain, "tickets.caller:"+number)
	return sealedCaller{whole, v.Index("phone", Phone(c.Phone)), v.Index("phone", Phone(c.AltPhone))}, err
}

func unseal(v *vault.Vault, sealed []byte, number string) (Caller, error) {
	plain, err := v.Open(sealed, "tickets.caller:"+number)
	if err != nil {
		return Caller{}, err
	}
	var c Caller
	if err := json.Unmarshal(plain, &c); err != nil {
		return Caller{}, fmt.Errorf("reading the caller of %s: %w", number, err)
	}
	return c, nil
}

// MaskPhone hides the middle of a phone number: 138****8000, 0838****567.
func MaskPhone(s string) string {
	n := utf8.RuneCountInString(s)
	switch {
	case n == 0:
		return ""
	case n >= 11:
		return keepEnds(s, 3, 4)
	case n >= 7:
		return keepEnds(s, 2, 2)
	default:
		return keepEnds(s, 0, 1)
	}
}
