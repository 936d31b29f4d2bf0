package tickets_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/staff"
	tt "nengban/tickets/ticketstest"
)

// A department learns nothing of who complained in confidence, from no field
// and no later text; the desk goes on reading all of it.
func TestADepartmentLearnsNothingOfAConfidentialCaller(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		tw := tt.New(t, db)
		x := tw.Ticket(tickets.InHand, func(in *tickets.Intake) {
			in.Confidential, in.ApplicationNo = true, "BJ20260921001"
			in.Content = "我叫王秀兰，邻居李建国先生也可作证，丈夫赵大海的车川Z88888被扣，家里座机028-85551234，手机13800138000，身份证510105196001011234。"
		})
		tw.Act(tw.Operator, x.Number, &tickets.AddNote{Text: "王女士来电，说联系人：刘小燕，电话13912345678"})
		tw.Act(tw.Supervisor, x.Number, &tickets.Supervise{Colour: tickets.Red, Reason: "王秀兰第三次来电"})
		secrets := []string{"王秀兰", "王女士", "李建国", "赵大海", "刘小燕", "川Z88888", "85551234", "13800138000", "13912345678", "510105196001011234", "BJ20260921001"}
		f, err := tw.Desk.Open(t.Context(), tw.Caseworker, x.Number)
		if err != nil {
			t.Fatal(err)
		}
		page, err := tw.Desk.List(t.Context(), tw.Caseworker, tickets.Filter{}, "")
		if err != nil || len(page.Tickets) != 1 {
			t.Fatal(page, err)
		}
		seen, err := json.Marshal([]any{f.Ticket, f.Caller, f.Timeline, f.Attachments, page.Tickets})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range secrets {
			if strings.Contains(string(seen), s) {
				t.Errorf("the department reads %s", s)
			}
		}
		if !strings.Contains(f.Ticket.Content, "作证") || !strings.Contains(f.Ticket.Content, "先生") {
			t.Errorf("of the matter remains %q", f.Ticket.Content)
		}
		if _, err := tw.Desk.Unmask(t.Context(), tw.Caseworker, x.Number, "要上门"); !errors.Is(err, tickets.ErrNotAllowed) {
			t.Errorf("unmasking: %v", err)
		}
		desk, err := tw.Desk.Open(t.Context(), tw.Dispatcher, x.Number)
		if err != nil || !strings.Contains(desk.Ticket.Content, "李建国") || desk.Ticket.Intake.ApplicationNo == "" {
			t.Errorf("the desk reads %q, %v", desk.Ticket.Content, err)
		}
	})
}

func TestHushKeepsWhatIsNoName(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"小区的下水道堵了三天，物业高度重视但不处理":           "小区的下水道堵了三天，物业高度重视但不处理",
		"联系人：陈小明，上午在家":                    "联系人：［姓名］，上午在家",
		"张老师说要等":                          "［姓名］老师说要等",
		"工单20260921000042，案号138001380001": "工单20260921000042，案号138001380001",
		"我叫欧阳秋白，联系人：司马南":                  "我叫［姓名］，联系人：［姓名］",
		"诸葛明月女士说的":                        "［姓名］女士说的",
		"王某某多次反映":                         "［姓名］多次反映",
		"座机028-85551234没人接":               "座机［电话］没人接",
		"李先生、王师傅和阿姨都在":                    "［姓名］先生、［姓名］师傅和阿姨都在",
	} {
		if got := tickets.Hush(text, tickets.Caller{Name: "王秀兰"}); got != want {
			t.Errorf("%q becomes %q; want %q", text, got, want)
		}
	}
}

// Whoever types does not type as a form would have it.
func TestWhatPointsToAPersonIsFoundHoweverItIsTyped(t *testing.T) {
	t.Parallel()
	c := tickets.Caller{Name: "王秀兰", Phone: "13800138000", AltPhone: "028-85551234"}
	for text, want := range map[string]string{
		"电话008613912345678":     "电话［手机号］",
		"电话013912345678":        "电话［手机号］",
		"电话139—1234—5678":       "电话［手机号］",
		"电话１３９１２３４５６７８，急":       "电话［手机号］，急",
		"车川a8v88k":              "车［车牌号］",
		"邮箱ｗａｎｇ＠example.com":    "邮箱［邮箱］",
		"a@b，a.b@c.cn":          "a@b，［邮箱］",
		"打02885551234或85551234": "打［电话］或［电话］",
		"打(028)8555 1234":       "打［电话］",
		"打办公室028-85559999":      "打办公室028-85559999",
		"共1551234元，编号85551":     "共1551234元，编号85551",
		"Ａ栋３单元，无别的":             "Ａ栋３单元，无别的",
	} {
		if got, _ := tickets.Redact(text, c); got != want {
			t.Errorf("%q becomes %q; want %q", text, got, want)
		}
	}
}

// photo is a JPEG of 40 by 20 whose left half is red, with a camera's notes:
// which way up it is, and where it was taken.
func photo(t *testing.T, note byte) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 40, 20))
	for y := range 20 {
		for x := range 40 {
			img.Set(x, y, color.RGBA{0, 0, 255, 255})
			if x < 20 {
				img.Set(x, y, color.RGBA{255, 0, 0, 255})
			}
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	exif := "Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(note) + "\x00\x00\x00\x00\x00\x00GPS 30.0483,103.8318 PLANTED"
	app1 := "\xff\xe1" + string([]byte{byte((len(exif) + 2) >> 8), byte(len(exif) + 2)}) + exif
	return append(append([]byte("\xff\xd8"), app1...), b.Bytes()[2:]...)
}

// attached uploads a file and returns what comes back, and what lies on the disk.
func attached(t *testing.T, name string, body []byte) (back, disk []byte, err error) {
	t.Helper()
	tw := tt.New(t, dbtest.SQLite(t))
	dir := t.TempDir()
	files, err := tickets.OpenFiles(dir, tw.Vault)
	if err != nil {
		t.Fatal(err)
	}
	x := tw.Register().Ticket
	if _, err := tw.Desk.AddAttachment(t.Context(), tw.Operator, tickets.Ref{Number: x.Number}, files, tickets.Upload{Name: name, Body: bytes.NewReader(body)}); err != nil {
		return nil, nil, err
	}
	_, r, err := tw.Desk.Attachment(t.Context(), tw.Operator, x.Number, 1, files)
	if err != nil {
		t.Fatal(err)
	}
	back, err = io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	all, err := filepath.Glob(dir + "/*/*")
	if err != nil || len(all) != 1 {
		t.Fatalf("on the disk lie %q, %v; want one file below the folder", all, err)
	}
	disk, err = os.ReadFile(all[0])
	return back, disk, err
}

func TestAPhotoLosesWhereItWasTakenAndStaysUpright(t *testing.T) {
	t.Parallel()
	back, disk, err := attached(t, "现场.jpg", photo(t, 6))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(back, []byte("PLANTED")) || bytes.Contains(back, []byte("Exif")) {
		t.Error("the photo still says where it was taken")
	}
	img, err := jpeg.Decode(bytes.NewReader(back))
	if err != nil {
		t.Fatal(err)
	}
	if b := img.Bounds(); b.Dx() != 20 || b.Dy() != 40 {
		t.Fatalf("the photo is %v; want it turned to 20 by 40", b)
	}
	if r, _, b, _ := img.At(10, 5).RGBA(); r < b {
		t.Error("the photo was turned the wrong way: its left half should be above")
	}
	if bytes.Contains(disk, []byte("JFIF")) || bytes.HasPrefix(disk, []byte("\xff\xd8")) {
		t.Error("the photo lies on the disk in clear")
	}
}

func TestAPictureThatIsNoneOrFillsTheMemoryIsRefused(t *testing.T) {
	t.Parallel()
	var small bytes.Buffer
	if err := png.Encode(&small, image.NewRGBA(image.Rect(0, 0, 2, 2))); err != nil {
		t.Fatal(err)
	}
	huge := bytes.Clone(small.Bytes()) // claims to be 65,535 by 65,535
	copy(huge[16:24], "\x00\x00\xff\xff\x00\x00\xff\xff")
	crc := crc32.ChecksumIEEE(huge[12:29])
	copy(huge[29:33], []byte{byte(crc >> 24), byte(crc >> 16), byte(crc >> 8), byte(crc)})
	for name, body := range map[string][]byte{"bomb.png": huge, "half.jpg": photo(t, 1)[:120], "script.webp": []byte("RIFF\x10\x00\x00\x00WEBPVP8X\xff\xff\xff\x7f<scr")} {
		var wrong tickets.FieldErrors
		if _, _, err := attached(t, name, body); !errors.As(err, &wrong) || wrong[0].Code != "file_kind" {
			t.Errorf("%s: %v; want it refused", name, err)
		}
	}
}

// A name that climbs out of its folder is only a name: files lie under their
// digests, in a folder that cannot be left.
func TestUploadNamesCannotLeaveTheirFolder(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"../../../etc/passwd": "passwd", `..\..\web.config`: "web.config", "/etc/cron.d/x": "x", "..": "file", "a\x00b\r\nSet-Cookie: x.txt": "abSet-Cookie: x.txt",
	} {
		tw := tt.New(t, dbtest.SQLite(t))
		dir := t.TempDir()
		files, err := tickets.OpenFiles(filepath.Join(dir, "attachments"), tw.Vault)
		if err != nil {
			t.Fatal(err)
		}
		x := tw.Register().Ticket
		if _, err := tw.Desk.AddAttachment(t.Context(), tw.Operator, tickets.Ref{Number: x.Number}, files, tickets.Upload{Name: name, Body: strings.NewReader("evidence in words")}); err != nil {
			t.Fatal(err)
		}
		f, err := tw.Desk.Open(t.Context(), tw.Operator, x.Number)
		if err != nil || len(f.Attachments) != 1 || f.Attachments[0].Name != want {
			t.Errorf("%q is kept as %v, %v; want %q", name, f.Attachments, err, want)
		}
		if outside, _ := filepath.Glob(dir + "/*"); len(outside) != 1 {
			t.Errorf("%q left the folder: %q", name, outside)
		}
	}
}

func TestAnotherTicketsAttachmentIsNotFound(t *testing.T) {
	t.Parallel()
	tw := tt.New(t, dbtest.SQLite(t))
	files, err := tickets.OpenFiles(t.TempDir(), tw.Vault)
	if err != nil {
		t.Fatal(err)
	}
	mine, other := tw.Ticket(tickets.InHand), tw.Register().Ticket
	if _, err := tw.Desk.AddAttachment(t.Context(), tw.Operator, tickets.Ref{Number: other.Number}, files, tickets.Upload{Name: "x.txt", Body: strings.NewReader("x y z")}); err != nil {
		t.Fatal(err)
	}
	for _, by := range []staff.Member{tw.Caseworker, tw.Dispatcher} {
		if _, _, err := tw.Desk.Attachment(t.Context(), by, mine.Number, 1, files); !errors.Is(err, tickets.ErrNotFound) {
			t.Errorf("%s gets another ticket's file by guessing its number: %v", by.Name, err)
		}
	}
	if _, _, err := tw.Desk.Attachment(t.Context(), tw.Caseworker, other.Number, 1, files); !errors.Is(err, tickets.ErrNotFound) {
		t.Errorf("a department gets a file of a ticket it has no part in: %v", err)
	}
}
