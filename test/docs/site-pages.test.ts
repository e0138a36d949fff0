import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { isSimulation } from "../../src/sites/simulation/simulations.ts";

const SITES = new URL("../../src/sites/index.ts", import.meta.url).href;

for (const name of ["parking", "tolls", "enforcement", "traffic"]) {
  test(`the example of docs/${name}.md runs and prints what the page says`, async (t) => {
    const page = await readFile(new URL(`../../docs/${name}.md`, import.meta.url), "utf8");
    const code = /```ts\n([\s\S]*?)```/.exec(page)?.[1];
    const printed = /```text\n([\s\S]*?)```/.exec(page)?.[1];
    assert.ok(code !== undefined && printed !== undefined, "a page has an example and what it prints");
    const folder = await mkdtemp(join(tmpdir(), "platekit-docs-"));
    t.after(() => rm(folder, { recursive: true }));
    const file = join(folder, "example.ts");
    await writeFile(file, code.replace('"platekit/sites"', JSON.stringify(SITES)));
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    assert.equal(stdout, printed);
  });

  test(`docs/${name}.md names simulations that there are`, async () => {
    const page = await readFile(new URL(`../../docs/${name}.md`, import.meta.url), "utf8");
    const named = [...page.matchAll(/platekit simulate ([a-z]+)/g)].map(([, simulation]) => simulation!); // the group matched
    assert.ok(named.length > 0 && named.every(isSimulation), named.join(", "));
  });
}
