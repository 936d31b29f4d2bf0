package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"nengban/cmd/nengban/demo"
	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/i18n"
)

// greet says where the demo is, who can log in and what is worth looking at,
// in Chinese and in English.
func greet(out io.Writer, address, folder string, lasting bool, sum *demo.Summary) {
	day := func(t time.Time) string { return t.In(tickets.Shanghai).Format(time.DateOnly) }
	fmt.Fprintf(out, "\n%s的演示已就绪：%s 至 %s，%d 件工单\n", demo.DeskName, day(sum.From), day(sum.Now), sum.Tickets)
	fmt.Fprintf(out, "The demo desk is open: %d tickets from %s to %s\n\n", sum.Tickets, day(sum.From), day(sum.Now))
	table(out, [][]string{
		{"工作人员  Staff", address + "/login"},
		{"市民      Citizens", address + "/"},
		{"演示手机  Pretend telephones", address + "/phones"},
	})
	fmt.Fprintln(out, "\n谁能登录（其余人员见管理员的“人员”页，密码相同）")
	fmt.Fprintln(out, "Who can log in (everybody else is on the administrator's Staff page; the password is the same)")
	table(out, logins(sum))
	fmt.Fprintln(out, "\n可以先看这些工单  Tickets worth looking at")
	worthSeeing(out, sum)
	fmt.Fprintln(out, "\n市民凭编号和提取码查进展。在演示手机上给“待回访”的短信回“5”或“没解决”，几秒后工单就会变化。")
	fmt.Fprintln(out, "Citizens look up progress by number and code. Answer the survey on its telephone with \"5\" or \"没解决\": the ticket changes in seconds.")
	switch {
	case lasting:
		fmt.Fprintf(out, "\n按 Ctrl-C 停止；演示留在 %s，用 --data 再次打开。\nCtrl-C stops it; the demo stays in that folder, and --data opens it again.\n", folder)
	default:
		fmt.Fprintln(out, "\n按 Ctrl-C 停止并删除演示；要保留请用 --data。\nCtrl-C stops and removes it; --data keeps one.")
	}
}

// worth are the storylines that the greeting names, in the order of a ticket's life.
var worth = []string{"just_now", "cannot_do", "hard_matter_consulting", "hard_matter_in_hand", "refused_open", "to_rule_return", "extension_asked",
	"overdue", "to_call_back", "reworked_twice", "to_judge", "burst_main"}

// worthSeeing prints them, each with what it is in English on a line of its
// own: beside the Chinese it would run over the edge of most terminals.
func worthSeeing(out io.Writer, sum *demo.Summary) {
	rows := [][]string{{"编号 number", "提取码 code", "手机 telephone", ""}}
	for _, key := range worth {
		i := slices.IndexFunc(sum.Stories, func(s demo.Story) bool { return s.Key == key })
		if i < 0 {
			continue
		}
		s := sum.Stories[i]
		rows = append(rows, []string{s.Number, s.Code, s.Phone, s.Zh}, []string{"", "", "", s.En})
	}
	table(out, rows)
}

// logins are one member for every role, and a few more who have something to do.
func logins(sum *demo.Summary) [][]string {
	out := [][]string{{"login", "密码 password", "姓名 name", "角色 role", "单位 where"}}
	say, err := i18n.Load(tickets.Shanghai)
	if err != nil {
		return out
	}
	zh, en := say.Locale("zh-CN", ""), say.Locale("en", "")
	some := []string{"wei.ran", "zhu.qiang", "zhang.tao", "cao.yang"}
	seen := map[staff.Role]bool{}
	for _, l := range sum.People {
		m := l.Member
		role := m.Roles[0]
		if seen[role] && !slices.Contains(some, m.Login) {
			continue
		}
		seen[role] = true
		key := "role." + string(role)
		out = append(out, []string{m.Login, l.Password, m.Name, zh.T(key) + " " + en.T(key), l.Where})
	}
	return out
}

// table writes rows in columns that line up: a Chinese character is two wide.
func table(out io.Writer, rows [][]string) {
	var widths []int
	for _, r := range rows {
		for i, c := range r {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], width(c))
		}
	}
	for _, r := range rows {
		line := " "
		for i, c := range r {
			line += " " + c
			if i < len(r)-1 {
				line += strings.Repeat(" ", widths[i]-width(c)+1)
			}
		}
		fmt.Fprintln(out, strings.TrimRight(line, " "))
	}
}

func width(s string) int {
	n := 0
	for _, r := range s {
		if n++; r >= 0x2E80 {
			n++
		}
	}
	return n
}
