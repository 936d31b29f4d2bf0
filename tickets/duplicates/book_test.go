package duplicates_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/duplicates"
	"nengban/tickets/staff"
	tt "nengban/tickets/ticketstest"
)

// usual is what a town calls about on any day.
var usual = []string{
	"孩子户口在外地，想问小学转学需要什么材料，教育局电话打不通。", "公积金提取申请被退回三次，每次理由都不一样。", "医保卡异地就医备案以后药店不能刷卡。",
	"楼上餐馆油烟直排，夜里十二点还在营业。", "公交12路早高峰二十分钟不来一班，老人冒雨等车。", "身份证到期，派出所说系统故障让改天再来。",
	"工地拖欠三个月工资，项目部互相推诿。", "小区电梯坏了一周，物业说维修资金批不下来。", "营业执照注销跑了三次，要求的表格每次不同。",
	"河边垃圾堆成小山，夏天蚊虫很多。", "残疾证换证要去市里体检，行动不便能否上门。", "新房漏水，开发商和物业都不管。", "学校门口晚上摆摊占道，接孩子过不去。",
	"养老认证手机操作不会，社区让回户籍地。", "驾驶证换领照片不合格，拍了两次都退。", "自来水发黄有异味，已经三天。",
}

type desk struct {
	*tt.Town
	book *duplicates.Book
}

func newDesk(t *testing.T, db *bun.DB) *desk {
	t.Helper()
	tw := tt.New(t, db)
	d := &desk{tw, duplicates.New(duplicates.Parts{DB: db, Desk: tw.Desk, Clock: tw.Clock, Log: slog.New(slog.DiscardHandler)})}
	for i, words := range usual {
		d.calls(fmt.Sprintf("1390000%04d", i), words)
	}
	return d
}

// calls takes a matter in and returns its number.
func (d *desk) calls(phone, words string, change ...func(*tickets.Intake)) string {
	return d.Register(append([]func(*tickets.Intake){func(in *tickets.Intake) { in.Phone, in.Content, in.Title = phone, words, "" }}, change...)...).Ticket.Number
}

func (d *desk) refresh(t *testing.T, book *duplicates.Book) int {
	t.Helper()
	n, err := book.Refresh(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func (d *desk) notice(t *testing.T, book *duplicates.Book) {
	t.Helper()
	if _, err := book.Notice(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func (d *desk) like(t *testing.T, by staff.Member, words, area string) []duplicates.Like {
	t.Helper()
	found, err := d.book.Like(context.Background(), by, words, area, 3)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func (d *desk) hot(t *testing.T) []duplicates.Hot {
	t.Helper()
	hot, err := d.book.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return hot
}

const lamps = "人民路中段的路灯坏了半个月，晚上一片漆黑，老人摔了跤。"

func TestTheNextCallerIsOfferedTheOpenTicketAboutTheSame(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		d := newDesk(t, db)
		number := d.calls("13700000001", lamps)
		if found := d.like(t, d.Operator, "人民路路灯不亮", ""); len(found) > 0 {
			t.Errorf("before the book was refreshed it offers %+v", found)
		}
		if n := d.refresh(t, d.book); n != len(usual)+1 {
			t.Errorf("%d tickets are new; want %d", n, len(usual)+1)
		}
		found := d.like(t, d.OtherOperator, "我要反映人民路路灯不亮，天黑看不见路", "511402")
		if len(found) == 0 || found[0].Number != number || !slices.ContainsFunc(found[0].Words, func(w string) bool { return strings.Contains(w, "路灯") }) {
			t.Fatalf("offered: %+v; want %s for its 路灯", found, number)
		}
		for name, got := range map[string][]duplicates.Like{
			"another area":         d.like(t, d.Operator, "人民路路灯不亮", "511403"),
			"another department":   d.like(t, d.Caseworker, "人民路路灯不亮", ""),
			"something else":       d.like(t, d.Operator, "想咨询护照换发需要几天", ""),
			"nothing":              d.like(t, d.Operator, "", ""),
			"signs":                d.like(t, d.Operator, "？！……🙂", ""),
			"a member who is none": d.like(t, d.Caseworker, lamps, ""),
		} {
			if len(got) > 0 {
				t.Errorf("%s: offered %+v; want nothing", name, got)
			}
		}
		d.Act(d.Operator, number, &tickets.AnswerAtOnce{Text: "路灯今晚修复。", PublicText: "路灯今晚修复。"})
		if found := d.like(t, d.Operator, "人民路路灯不亮", ""); len(found) > 0 {
			t.Errorf("a ticket that is answered is still offered: %+v", found)
		}
		if n := d.refresh(t, d.book); n != 0 {
			t.Errorf("%d tickets are new though nobody called", n)
		}
	})
}

var smells = []string{
	"化工园那边飘来刺鼻的臭味，窗户都不敢开。", "从昨晚开始化工园飘来很重的臭味，孩子咳嗽。", "投诉化工园排放臭气，全小区都闻到刺鼻味道。",
	"化工园夜里偷排，臭味刺鼻，睡不着觉。", "我们这里离化工园两公里，刺鼻臭味越来越重。", "请查化工园的刺鼻臭味，老人头晕。",
}

func TestManyCallersMakeAMatterHotAndOneCallerDoesNot(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		d := newDesk(t, db)
		for _, words := range smells {
			d.calls("13700000001", words)
			d.Clock.Advance(time.Hour)
		}
		d.notice(t, d.book)
		if hot := d.hot(t); len(hot) > 0 {
			t.Fatalf("one person's calls opened %+v", hot)
		}
		var numbers []string
		for i, words := range smells {
			numbers = append(numbers, d.calls(fmt.Sprintf("1370000010%d", i), words))
			d.Clock.Advance(time.Hour)
		}
		d.notice(t, d.book)
		hot := d.hot(t)
		if len(hot) != 1 || hot[0].Callers < 6 || !slices.Contains(hot[0].Numbers, numbers[5]) {
			t.Fatalf("hot: %+v; want one matter of six callers and more", hot)
		}
		found := d.like(t, d.Operator, "化工园有刺鼻臭味", "")
		if len(found) == 0 || found[0].Hot == nil || found[0].Hot.ID != hot[0].ID {
			t.Errorf("the next caller's operator sees %+v; want the hot matter", found)
		}
	})
}

func TestTheReadyAnswerReachesTheNextCaller(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		ctx := context.Background()
		d := newDesk(t, db)
		for i, words := range smells {
			d.calls(fmt.Sprintf("1370000010%d", i), words)
		}
		d.notice(t, d.book)
		id := d.hot(t)[0].ID
		if err := d.book.Say(ctx, d.Operator, id, "不实"); !errors.Is(err, tickets.ErrNotAllowed) {
			t.Errorf("an operator wrote the answer: %v", err)
		}
		var fields tickets.FieldErrors
		if err := d.book.Say(ctx, d.Supervisor, id, strings.Repeat("长", 2001)); !errors.As(err, &fields) {
			t.Errorf("an answer longer than a call: %v", err)
		}
		if err := d.book.Say(ctx, d.Supervisor, id, " 生态环境局已到场，今晚公布监测结果。 "); err != nil {
			t.Fatal(err)
		}
		found := d.like(t, d.Operator, "化工园有刺鼻臭味", "")
		if len(found) == 0 || found[0].Hot == nil || found[0].Hot.Answer != "生态环境局已到场，今晚公布监测结果。" || found[0].Hot.AnsweredBy != d.Supervisor.Name {
			t.Errorf("offered %+v; want the answer with it", found)
		}
		if err := d.book.Close(ctx, d.Dispatcher, id); err != nil {
			t.Fatal(err)
		}
		if err := d.book.Close(ctx, d.Dispatcher, id); !errors.Is(err, duplicates.ErrNoMatter) {
			t.Errorf("closed twice: %v", err)
		}
		d.calls("13700000200", "化工园还是有刺鼻臭味")
		d.notice(t, d.book)
		if hot := d.hot(t); len(hot) > 0 {
			t.Errorf("one more call opened again what was closed: %+v", hot)
		}
	})
}

func TestTwoInstancesOpenAHotMatterOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		d := newDesk(t, db)
		for i, words := range smells {
			d.calls(fmt.Sprintf("1370000010%d", i), words)
		}
		other := duplicates.New(d.book.Parts)
		d.notice(t, d.book)
		d.notice(t, other)
		d.calls("13700000200", "化工园还是有刺鼻臭味，今天更重")
		d.notice(t, other)
		d.notice(t, d.book)
		hot := d.hot(t)
		if len(hot) != 1 || len(hot[0].Numbers) != len(smells)+1 {
			t.Errorf("hot: %+v; want one matter with %d tickets", hot, len(smells)+1)
		}
	})
}

func TestWhatIsOldIsForgotten(t *testing.T) {
	t.Parallel()
	d := newDesk(t, dbtest.SQLite(t))
	d.calls("13700000001", lamps)
	d.refresh(t, d.book)
	d.Clock.Advance(61 * 24 * time.Hour)
	d.calls("13700000002", "暖气不热")
	d.refresh(t, d.book)
	if found := d.like(t, d.Operator, "人民路路灯不亮", ""); len(found) > 0 {
		t.Errorf("after two months the book still offers %+v", found)
	}
}
