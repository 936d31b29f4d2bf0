// Command shots looks at a fresh demo as its people do and writes what it sees
// to PNG files: shots PROGRAM FOLDER [NAME.png …].
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// most is the size of a file: a README should not weigh more than a page.
const most = 150 << 10

// shot is one picture: who looks, in which language, on what screen, at which
// page, and what is done there first.
type shot struct {
	name, who, lang string
	wide, high      int64
	path            string
	first           []chromedp.Action
}

func main() {
	log.SetFlags(0)
	if len(os.Args) < 3 {
		log.Fatal("usage: shots PROGRAM FOLDER [NAME.png …]")
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3:]); err != nil {
		log.Fatal("shots: ", err)
	}
}

func run(program, folder string, only []string) (err error) {
	d, err := begin(program)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.end()) }()
	browser, quit := chromium()
	defer quit()
	for _, s := range shots(d) {
		if len(only) > 0 && !slices.Contains(only, s.name+".png") {
			continue
		}
		if err := d.take(browser, s, filepath.Join(folder, s.name+".png")); err != nil {
			return fmt.Errorf("taking %s: %w", s.name, err)
		}
	}
	return nil
}

// shots are all pictures, in the order in which the README shows them.
func shots(d *demo) []shot {
	hard, survey, waiting, roof := d.story("hard_matter_in_hand"), d.story("to_call_back"), d.story("just_now"), d.story("suspension_asked")
	look := []chromedp.Action{chromedp.SendKeys("[name=number]", hard.Number), chromedp.SendKeys("[name=code]", hard.Code), follow("form[action='/look'] button"),
		chromedp.WaitVisible(".p-stand")}
	call := []chromedp.Action{chromedp.SendKeys("#f-phone", roof.Phone), chromedp.WaitVisible("#caller .is-open"), chromedp.SendKeys("[name=name]", "余德明"),
		chromedp.SendKeys("#f-content", "屋顶又漏了，墙都泡鼓了，动用维修资金非要楼上那户签字，能不能先修？"), chromedp.Sleep(time.Second)}
	return []shot{
		{"intake", "lin.yue", "zh-CN", 1280, 860, "/intake/hotline", call},
		{"dispatch", "zhao.lei", "zh-CN", 1280, 860, "/dispatch", nil},
		{"ticket", "zhao.lei", "zh-CN", 1280, 980, "/tickets/" + hard.Number, nil},
		{"supervision", "qian.wei", "zh-CN", 1280, 860, "/supervision", nil},
		{"triage-en", "zhao.lei", "en", 1280, 860, "/tickets/" + waiting.Number + "?act=triages", nil},
		{"desk-en", "zhu.qiang", "en", 1280, 760, "/desk", nil},
		{"portal", "", "zh-CN", 390, 844, "/", nil},
		{"progress", "", "zh-CN", 390, 844, "/look", look},
		{"phone", "", "zh-CN", 390, 844, "/phones/+86" + survey.Phone, nil},
		{"file-en", "", "en", 390, 844, "/file", nil},
	}
}

// demo is a running demo and what its summary says.
type demo struct {
	process *exec.Cmd
	folder  string
	address string

	People []struct {
		Member   struct{ Login string }
		Password string
	}
	Stories []story
}

type story struct{ Key, Number, Code, Phone string }

var opened = regexp.MustCompile(`Staff +(http://\S+)/login`)

// begin plays a demo in a temporary folder and waits until it is open.
func begin(program string) (*demo, error) {
	folder, err := os.MkdirTemp("", "nengban-shots-")
	if err != nil {
		return nil, err
	}
	d := &demo{folder: folder, process: exec.Command(program, "demo", "--addr", "127.0.0.1:0", "--data", filepath.Join(folder, "demo"))}
	d.process.Stderr = os.Stderr
	out, err := d.process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := d.process.Start(); err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.Contains(lines.Text(), "Ctrl-C") {
		if found := opened.FindStringSubmatch(lines.Text()); found != nil {
			d.address = found[1]
		}
	}
	if d.address == "" {
		return nil, errors.Join(errors.New("the demo did not open"), d.end())
	}
	body, err := os.ReadFile(filepath.Join(folder, "demo", "demo.json"))
	if err != nil {
		return nil, errors.Join(err, d.end())
	}
	return d, json.Unmarshal(body, d)
}

func (d *demo) end() error {
	_ = d.process.Process.Signal(syscall.SIGTERM)
	return errors.Join(d.process.Wait(), os.RemoveAll(d.folder))
}

func (d *demo) story(key string) story {
	i := slices.IndexFunc(d.Stories, func(s story) bool { return s.Key == key })
	if i < 0 {
		log.Fatalf("the demo has no story %s", key)
	}
	return d.Stories[i]
}

func (d *demo) password(login string) string {
	for _, p := range d.People {
		if p.Member.Login == login {
			return p.Password
		}
	}
	log.Fatalf("nobody in the demo is %s", login)
	return ""
}

func chromium() (context.Context, context.CancelFunc) {
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun, chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(90*time.Second))
	alloc, end := chromedp.NewExecAllocator(context.Background(), flags...)
	ctx, quit := chromedp.NewContext(alloc)
	return ctx, func() { quit(); end() }
}

// take opens a tab with nobody's cookies and takes one picture.
func (d *demo) take(browser context.Context, s shot, file string) error {
	tab, done := chromedp.NewContext(browser)
	defer done()
	tab, late := context.WithTimeout(tab, 2*time.Minute)
	defer late()
	steps := []chromedp.Action{network.ClearBrowserCookies(), network.SetCookie("lang", s.lang).WithURL(d.address), chromedp.EmulateViewport(s.wide, s.high)}
	if s.who != "" {
		steps = append(steps, chromedp.Navigate(d.address+"/login"), chromedp.SendKeys("#login", s.who), chromedp.SendKeys("#password", d.password(s.who)), follow("form[action='/login'] button"))
	}
	steps = append(append(steps, chromedp.Navigate(d.address+s.path), chromedp.WaitReady("main")), s.first...)
	var picture []byte
	if err := chromedp.Run(tab, append(steps, chromedp.Evaluate(`document.activeElement && document.activeElement.blur()`, nil), chromedp.CaptureScreenshot(&picture))...); err != nil {
		return err
	}
	small, err := reduced(picture)
	if err != nil {
		return err
	}
	fmt.Printf("%-14s %4d × %d, %d kB\n", s.name, s.wide, s.high, len(small)>>10)
	if len(small) > most {
		return fmt.Errorf("it weighs %d kB, more than %d", len(small)>>10, most>>10)
	}
	return os.WriteFile(file, small, 0o644)
}

// follow presses a button and waits for the page that answers.
func follow(selector string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := chromedp.RunResponse(ctx, chromedp.Evaluate("document.querySelector(`"+selector+"`).click()", nil))
		return err
	})
}

// reduced writes a picture with at most 256 colours: screens have few, and
// most of them are shades at the edge of letters.
func reduced(body []byte) ([]byte, error) {
	full, err := png.Decode(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	b := full.Bounds()
	few := image.NewPaletted(b, palette(full))
	known := map[color.RGBA]uint8{}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := rgba(full.At(x, y))
			i, ok := known[c]
			if !ok {
				i = uint8(few.Palette.Index(c))
				known[c] = i
			}
			few.SetColorIndex(x, y, i)
		}
	}
	var out bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, few)
	return out.Bytes(), err
}

// palette is the 256 commonest colours, of which no two are almost the same.
func palette(full image.Image) color.Palette {
	count := map[color.RGBA]int{}
	b := full.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			count[rgba(full.At(x, y))]++
		}
	}
	var all []color.RGBA
	for c := range count {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b color.RGBA) int {
		return cmp.Or(count[b]-count[a], cmp.Compare(uint32(a.R)<<16|uint32(a.G)<<8|uint32(a.B), uint32(b.R)<<16|uint32(b.G)<<8|uint32(b.B)))
	})
	var out color.Palette
	for _, c := range all {
		if len(out) < 256 && !slices.ContainsFunc(out, func(o color.Color) bool { return near(o.(color.RGBA), c) }) {
			out = append(out, c)
		}
	}
	return out
}

func rgba(c color.Color) color.RGBA {
	r, g, b, a := c.RGBA()
	return color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), uint8(a >> 8)}
}

func near(a, b color.RGBA) bool {
	d := func(x, y uint8) int { return max(int(x)-int(y), int(y)-int(x)) }
	return d(a.R, b.R)+d(a.G, b.G)+d(a.B, b.B) < 8
}
