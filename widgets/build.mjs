// Builds the committed bundle: src/ -> tfmini_widgets/static/{tfmini.js, tfmini.css, THIRD_PARTY.txt, manifest.json}.
//
// The result depends on the sources and the locked versions alone, so a test can build again and compare byte for byte.

import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv.includes("--out") ? process.argv[process.argv.indexOf("--out") + 1] : join(here, "tfmini_widgets", "static");

function files(folder) {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => (statSync(join(folder, name)).isDirectory() ? files(join(folder, name)) : [join(folder, name)]));
}

const hash = (bytes) => createHash("sha256").update(bytes).digest("hex");
const text = (path) => readFileSync(path, "utf8").replaceAll("\r\n", "\n");

mkdirSync(out, { recursive: true });
const result = await build({
  entryPoints: [join(here, "src", "index.js")],
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  charset: "utf8",
  write: false,
  absWorkingDir: here,
  metafile: true,
});
const script = result.outputFiles[0].text;
const styles = await build({
  entryPoints: [join(here, "src", "css", "index.css")],
  bundle: true,
  minify: true,
  charset: "utf8",
  write: false,
  absWorkingDir: here,
});
const css = styles.outputFiles[0].text;

const packages = [...new Set(Object.keys(result.metafile.inputs)
  .map((path) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
  .filter(Boolean))].sort();
const licences = packages.map((name) => {
  const folder = join(here, "node_modules", name);
  const about = JSON.parse(text(join(folder, "package.json")));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  return `${name} ${about.version} (${about.license})\n\n${file ? text(join(folder, file)).trim() : ""}\n`;
});

const outputs = { "tfmini.js": script, "tfmini.css": css, "THIRD_PARTY.txt": licences.join("\n----\n\n") };
const sources = [...files(join(here, "src")), join(here, "build.mjs"), join(here, "package.json"), join(here, "package-lock.json")];
const manifest = {
  sources: Object.fromEntries(sources.map((path) => [relative(here, path).replaceAll("\\", "/"), hash(text(path))])),
  outputs: Object.fromEntries(Object.entries(outputs).map(([name, content]) => [name, hash(content)])),
};
for (const [name, content] of Object.entries(outputs)) writeFileSync(join(out, name), content);
writeFileSync(join(out, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
console.log(`tfmini.js ${(script.length / 1024).toFixed(1)} KB, tfmini.css ${(css.length / 1024).toFixed(1)} KB`);
