// Finds the npm package chinese-days in a folder, installing it there when it is
// missing. Development only; nothing of it runs in the program.
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

export const version = "1.5.7";

// The data file's checksum, so that a package changed under its version is refused.
const checksum = "f3fa629113ef1e3118a12f411ae1307e6dd7d7142dbf39ac6b98ad35091afc54";

const inside = (folder) => join(folder, "node_modules", "chinese-days");

// packageIn returns the package's folder.
export function packageIn(folder) {
  if (!existsSync(inside(folder))) install(folder);
  const found = createHash("sha256").update(readFileSync(join(inside(folder), "dist", "chinese-days.json"))).digest("hex");
  if (found !== checksum) throw new Error(`chinese-days ${version} has changed: sha256 ${found}`);
  return inside(folder);
}

// install goes through a folder of its own: two test programs may come at once.
function install(folder) {
  const own = `${folder}.${process.pid}`;
  mkdirSync(own, { recursive: true });
  try {
    execFileSync("npm", ["install", "--no-audit", "--no-fund", "--no-save", "--prefix", own, `chinese-days@${version}`], { stdio: "ignore" });
    renameSync(own, folder);
  } catch (err) {
    if (!existsSync(inside(folder))) throw err;
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}
