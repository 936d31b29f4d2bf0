// Reckons deadlines with the npm package chinese-days and nothing of ours, day by
// day, so that the program's can be held against them. Development only.
//
//   TZ=UTC node oracle.mjs FOLDER SEED COUNT
//
// writes COUNT lines {"start":…,"limit":…,"due":…} for random starts from 2007 to
// 2026 and random limits, in the department's hours (09:00–12:00, 13:30–17:30).
// All times are wall times in Shanghai, written without a zone.
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { packageIn } from "../chinesedays.mjs";

const [folder, seed, count] = process.argv.slice(2);
const { isWorkday, findWorkday } = createRequire(import.meta.url)(resolve(packageIn(folder)));

// mulberry32, a small seeded generator.
let state = Number(seed) >>> 0;
function random(most) {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * most);
}

const day = 86400000;
const write = (ms) => new Date(ms).toISOString().slice(0, 19).replace("T", " ");
const date = (ms) => new Date(ms).toISOString().slice(0, 10);
const at = (d, clock) => `${d} ${clock}`;
const addDays = (d, n) => date(Date.parse(d) + n * day);
const closing = "17:30:00";

// arrival is the day that work coming in at a moment belongs to.
function arrival(ms) {
  const d = date(ms);
  return isWorkday(d) && write(ms).slice(11) < closing ? d : findWorkday(1, d);
}

function workingDays(ms, n, first) {
  if (!first) return findWorkday(n, date(ms));
  const d = arrival(ms);
  return n === 1 ? d : findWorkday(n - 1, d);
}

function naturalDays(ms, n, first) {
  let last = addDays(date(ms), first ? n - 1 : n);
  if (!isWorkday(last)) last = findWorkday(1, last);
  if (Date.parse(`${last}T${closing}Z`) <= ms) return naturalDays(Date.parse(addDays(date(ms), 1)), n, first);
  return last;
}

// workingTime walks second by second's worth of whole stretches.
function workingTime(ms, seconds) {
  for (let d = date(ms); ; d = addDays(d, 1)) {
    if (!isWorkday(d)) continue;
    for (const [from, to] of [["09:00:00", "12:00:00"], ["13:30:00", "17:30:00"]]) {
      const begin = Math.max(ms, Date.parse(`${d}T${from}Z`));
      const left = (Date.parse(`${d}T${to}Z`) - begin) / 1000;
      if (left <= 0) continue;
      if (seconds <= left) return begin + seconds * 1000;
      seconds -= left;
    }
  }
}

const [from, to] = [Date.parse("2007-01-01T00:00:00Z"), Date.parse("2027-01-01T00:00:00Z")];
const lines = [];
for (let i = 0; i < Number(count); i++) {
  let ms = from + random((to - from) / 1000) * 1000;
  if (random(4) === 0) ms = Date.parse(`${date(ms)}T${["09:00:00", "12:00:00", "13:30:00", "17:29:59", closing, "00:00:00"][random(6)]}Z`);
  const first = random(2) === 0;
  const said = first ? ", first day counted" : "";
  let limit, due;
  switch (random(6)) {
    case 0:
    case 1: {
      const n = 1 + random(random(10) === 0 ? 250 : 30);
      limit = `${n} working days${said}`;
      due = at(workingDays(ms, n, first), closing);
      break;
    }
    case 2: {
      const n = 1 + random(90);
      limit = `${n} natural days${said}`;
      due = at(naturalDays(ms, n, first), closing);
      break;
    }
    case 3: {
      const n = 1 + random(30);
      limit = `${n} working days${said}, until midnight`;
      due = at(workingDays(ms, n, first), "23:59:59");
      break;
    }
    case 4: {
      const n = 1 + random(100);
      limit = `${n} hours`;
      due = write(ms + n * 3600000);
      break;
    }
    default: {
      const n = 1 + random(3000);
      limit = `${n} working minutes`;
      due = write(workingTime(ms, n * 60));
    }
  }
  lines.push(JSON.stringify({ start: write(ms), limit, due }));
}
process.stdout.write(lines.join("\n") + "\n");
