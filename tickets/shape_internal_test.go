package tickets

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Looking only where a shape may begin finds what looking everywhere finds.
func TestAShapeIsFoundWhereverItBegins(t *testing.T) {
	t.Parallel()
	parts := append(append(strings.Split(introducing, "|"), strings.Split(addressing, "|")...),
		"王", "欧阳", "秀", "兰", "马", "：", " ", "，", "的", "在", "\n", "x", "0", "028", "-", "85551234", "a.b", "@", "c.cn", "川", "A8V88K", "\xff", "𠮷")
	everywhere := func(p *shape, s string) string {
		return regexp.MustCompile(strings.Replace(p.begins.String(), "^", "", 1)).ReplaceAllString(s, p.put)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 14).Draw(t, "parts"), "")
		for i := range named[:2] {
			if got, want := named[i].replace(s), everywhere(&named[i], s); got != want {
				t.Fatalf("%q becomes %q; everywhere it would be %q", s, got, want)
			}
		}
		for i := range personal {
			if personal[i].number {
				continue
			}
			if got, want := personal[i].replace(s), everywhere(&personal[i], s); got != want {
				t.Fatalf("%q becomes %q; everywhere it would be %q", s, got, want)
			}
		}
	})
}

// FuzzHush: whatever stands in a text, hushing it ends, and hushing it again
// finds nothing new that has a shape.
func FuzzHush(f *testing.F) {
	f.Add("我叫王秀兰，电话13800138000，车川A8V88K，邮箱a@b.cn，座机028-85551234")
	f.Add("１３８００１３８０００ (028)8555 1234")
	f.Fuzz(func(t *testing.T, s string) {
		once, _ := Redact(s, Caller{Name: "王秀兰", Phone: "13800138000"})
		if strings.Contains(once, "13800138000") && !regexp.MustCompile(`\d13800138000|13800138000\d`).MatchString(once) {
			t.Errorf("%q becomes %q", s, once)
		}
		Hush(s, Caller{Name: "王秀兰", AltPhone: "028-85551234"})
	})
}
