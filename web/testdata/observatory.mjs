// Grades a running site with Mozilla's observatory: node observatory.mjs PACKAGE HOST HTTP-PORT HTTPS-PORT,
// with a list of {path, cookie} on standard input; prints {path, score, grade, lost} for each. The package's own
// command takes neither ports nor cookies, so that its parts are put together here as its scanner does.
import { existsSync, writeFileSync, readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const [root, host, httpPort, httpsPort] = process.argv.slice(2)
// Which sites browsers preload as https-only is downloaded at its install; this one is none of them.
const preload = `${root}/conf/hsts-preload.json`
if (!existsSync(preload)) writeFileSync(preload, '{}')

const part = path => import(pathToFileURL(`${root}/src/${path}`))
const { retrieve } = await part('retriever/retriever.js')
const { ALL_TESTS } = await part('constants.js')
const { getGradeForScore, getScoreModifier } = await part('grader/grader.js')
const { MINIMUM_SCORE_FOR_EXTRA_CREDIT } = await part('grader/charts.js')

async function grade({ path, cookie }) {
	const headers = ['Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', ...(cookie ? [`Cookie: ${cookie}`] : [])]
	const got = await retrieve(host, { path, httpPort, httpsPort, headers })
	if (!got.responses.auto || !got.responses.https) return { path, score: 0, grade: 'F', lost: ['nothing came back'] }
	const results = ALL_TESTS.map(test => test(got)).filter(r => r.result)
	const points = results.map(r => getScoreModifier(r.result))
	const sum = list => list.reduce((a, b) => a + b, 0)
	const bare = 100 + sum(points.filter(p => p < 0))
	const { score, grade } = getGradeForScore(bare >= MINIMUM_SCORE_FOR_EXTRA_CREDIT ? 100 + sum(points) : bare)
	return { path, status: got.responses.auto.status, score, grade, lost: results.filter(r => !r.pass).map(r => r.result), won: results.filter((_, i) => points[i] > 0).map(r => r.result) }
}

const pages = JSON.parse(readFileSync(0, 'utf8')), out = []
const walk = async () => { for (let page; (page = pages.shift());) out.push(await grade(page)) }
await Promise.all([walk(), walk(), walk(), walk()])
console.log(JSON.stringify(out))
