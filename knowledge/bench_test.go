package knowledge_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"nengban/knowledge"
	"nengban/migrations/dbtest"
)

// BenchmarkMatch is one look at the knowledge base while an operator types,
// among ten thousand articles: the index, the database's rows of what was
// found, and what people said of like questions.
func BenchmarkMatch(b *testing.B) {
	w := newWorld(b, dbtest.SQLite(b))
	const articles = 10_000
	rows := func(yield func(knowledge.Incoming, error) bool) {
		r := rand.New(rand.NewPCG(1, 2))
		for i := range articles {
			c := content(titled(fmt.Sprintf("%s%s办理指南（%d）", pick(r, places), pick(r, matters), i)))
			c.Keywords = nil
			c.Body = sentence(r, 12)
			if !yield(knowledge.Incoming{Line: i + 1, ExternalNo: fmt.Sprint(i), Content: c}, nil) {
				return
			}
		}
	}
	if r, err := w.Import(ctx, editor, rows, knowledge.ImportOptions{Source: "bench"}); err != nil || r.Taken != articles {
		b.Fatalf("%+v, %v", r, err)
	}
	w.tick()
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 2000 {
		must(b, w.Opine(ctx, knowledge.Opinion{Article: int64(1 + r.IntN(articles)), Say: knowledge.ThisWasIt, Question: sentence(r, 2), Source: fmt.Sprint(i), By: operator}))
	}
	w.tick()
	texts := make([]string, 100)
	for i := range texts {
		texts[i] = "您好，我想问一下" + sentence(r, 3)
	}
	i := 0
	for b.Loop() {
		i++
		ms, err := w.Match(ctx, texts[i%len(texts)], 5)
		if err != nil || len(ms) == 0 {
			b.Fatalf("%d matches, %v", len(ms), err)
		}
	}
}

func BenchmarkImport(b *testing.B) {
	w := newWorld(b, dbtest.SQLite(b))
	r := rand.New(rand.NewPCG(1, 2))
	n := 0
	for b.Loop() {
		rows := func(yield func(knowledge.Incoming, error) bool) {
			for range 200 {
				n++
				c := content(titled(fmt.Sprintf("办理指南（%d）", n)))
				c.Body = sentence(r, 12)
				if !yield(knowledge.Incoming{Line: n, Content: c}, nil) {
					return
				}
			}
		}
		if _, err := w.Import(ctx, editor, rows, knowledge.ImportOptions{Source: "bench"}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "articles/s")
}

var (
	places  = strings.Fields("东坡区 彭山区 仁寿县 洪雅县 丹棱县 青神县 天府新区 高新区 岷东新区 经开区")
	matters = strings.Fields("公积金提取 不动产登记 居住证 社保转移 医保报销 低保申请 公租房申请 营业执照变更 食品许可 驾驶证换领 入学报名 物业费 停车收费 路灯维修 噪声扰民 油烟扰民 违章建筑 垃圾清运 供水报修 燃气开户 暖气不热 电梯故障 公交改线 欠薪投诉 工伤认定 生育津贴 养老金认证 残疾补贴 户口迁移 护照办理")
	phrases = strings.Fields("凭身份证到窗口办理 三个工作日办结 不收取费用 可以网上申请 需要提交申请表 由街道初审 到社区登记 材料齐全当场受理 不予受理的说明理由 由业主大会决定 向主管部门投诉 按月发放 每年可以办理一次 本人到场签字 委托他人须公证 拨打热线咨询 限期整改 依法处罚 公示七天 逾期视为放弃")
)

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

func sentence(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(pick(r, places) + pick(r, matters) + pick(r, phrases) + "。")
	}
	return b.String()
}
