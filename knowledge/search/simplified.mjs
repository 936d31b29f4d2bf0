// Writes simplified.txt, the traditional characters and what each is in
// simplified writing, from the npm package opencc-js. Run by `go generate`;
// needs node, npm and the registry.
//
//   node simplified.mjs FOLDER OUTPUT
//
// FOLDER is where the package is kept (git-ignored).
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const version = "1.4.2";
const [folder, output] = process.argv.slice(2);
const dictionary = join(resolve(folder), "package", "dist", "esm-lib", "dict", "TSCharacters.js");
if (!existsSync(dictionary)) {
  mkdirSync(folder, { recursive: true });
  execFileSync("npm", ["pack", "--silent", `opencc-js@${version}`], { cwd: folder });
  execFileSync("tar", ["xzf", `opencc-js-${version}.tgz`], { cwd: folder });
}

// "乾 干|亂 乱": one traditional character, a space, its first simplified form.
const { default: text } = await import(pathToFileURL(dictionary));
const pairs = text.split("|").map((pair) => pair.split(" ").slice(0, 2).join(""));
const lines = [];
for (let i = 0; i < pairs.length; i += 40) lines.push(pairs.slice(i, i + 40).join(""));
writeFileSync(output, lines.join("\n") + "\n");
