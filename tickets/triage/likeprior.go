package triage

import (
	"math"
	"strings"
	"sync"
)

// enoughDocuments is from how many on the documents themselves tell what is
// rare. Fewer are filled up with pretended ones that say what every complaint
// says and nothing else: on a desk in its first week the matter that five of
// its twenty tickets share would else count for a common turn of phrase.
const enoughDocuments = 2000

// What every complaint says: pairs that stand in one of ten, and characters
// that stand in one of three. Shares are of pretended documents.
const (
	commonPairs = "我们 你们 他们 自己 没有 什么 怎么 为什 什么 可以 不能 不是 就是 还是 这个 那个 这样 已经 现在 一直 一个 多次 反映 投诉 举报 咨询 " +
		"问题 情况 希望 请问 您好 领导 政府 部门 相关 有关 处理 解决 答复 回复 办理 工作 人员 时间 今天 昨天 晚上 居民 市民 群众 小区 附近 严重 影响 生活 " +
		"要求 需要 材料 几天 多少 怎样 如何 哪里 尽快 谢谢 知道 因为 所以 但是 如果 而且 以及 或者 的时 时候 的人 了一 是不 能不 不让 不给 给我 让我 我家 的是 来的 是我 都没 没人 有人 因此"
	commonSingles = "的一是在不了有和人这中大为上个我以要他时来用们到出就分对会可也能下过子说而后多得么没很么都把被让给着从向请问希望投诉反映您好吗呢吧啊与及等其或但还又再已才只每次天年月日号点家里门去回打电话找叫办理"

	pairShare, singleShare, otherShare = 0.1, 0.35, 0.0005
)

// prior is how large a share of pretended documents holds a piece.
var prior = sync.OnceValue(func() map[uint64]float64 {
	out := map[uint64]float64{}
	for _, r := range commonSingles {
		out[hashRune(seedSingle, r)] = singleShare
	}
	for _, pair := range strings.Fields(commonPairs) {
		out[hashRunes(seedDouble, []rune(pair))] = pairShare
	}
	return out
})

// rarityOf is how much a piece tells that stands in n of so many documents.
func rarityOf(piece uint64, n, documents int) float32 {
	pretended := float64(max(0, enoughDocuments-documents))
	share, common := prior()[piece]
	if !common {
		share = otherShare
	}
	return float32(math.Log((float64(documents+1) + pretended) / (float64(n) + 0.5 + share*pretended)))
}
