package pages

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"html/template"
	"image/png"
	"net/http"
	"strings"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"nengban/tickets"
)

// The query code is shown once, to whoever registered the ticket, on its page
// and on the receipt. Until he registers the next one his session keeps it,
// sealed: the sessions' table must not be a list of codes.

func (p *Pages) keepReceipt(ctx context.Context, receipt tickets.Receipt) error {
	sealed, err := p.Vault.Seal([]byte(receipt.Code), "receipt:"+receipt.Ticket.Number)
	if err != nil {
		return fmt.Errorf("sealing a receipt: %w", err)
	}
	p.Sessions.Put(ctx, "receipt", receipt.Ticket.Number+" "+base64.RawStdEncoding.EncodeToString(sealed))
	return nil
}

// receiptCode returns the code of a ticket that this session registered last, or "".
func (p *Pages) receiptCode(ctx context.Context, number string) string {
	of, text, _ := strings.Cut(p.Sessions.String(ctx, "receipt"), " ")
	if of != number {
		return ""
	}
	sealed, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		return ""
	}
	code, err := p.Vault.Open(sealed, "receipt:"+number)
	if err != nil {
		return ""
	}
	return string(code)
}

// lookAddress is where a citizen looks his ticket up.
func (p *Pages) lookAddress(r *http.Request, number string) string {
	base := p.PublicURL
	if base == "" {
		scheme := "http"
		if r.TLS != nil {
			scheme = "https"
		}
		base = scheme + "://" + r.Host
	}
	return base + "/look?number=" + number
}

// qrCode draws an address as a picture that stands in the page itself. It
// returns "" when it cannot; the address is printed beside it.
func qrCode(text string) template.URL {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return ""
	}
	code, err = barcode.Scale(code, 6*code.Bounds().Dx(), 6*code.Bounds().Dy())
	if err != nil {
		return ""
	}
	var out bytes.Buffer
	if err := png.Encode(&out, code); err != nil {
		return ""
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(out.Bytes())) //nolint:gosec // our own picture
}
