import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

const MODULE = new URL("../../src/node/young-memory.ts", import.meta.url);

/** Bytes that new objects take up at most, in a process that makes many and keeps some for a while. */
function youngBytes(first: string): number {
  const program = `
    import { getHeapSpaceStatistics } from "node:v8";
    ${first}
    const kept = [];
    let most = 0;
    for (let i = 0; i < 1e6; i++) {
      kept[i % 50000] = { i, list: [i, i] };
      if (i % 50000 > 0) continue;
      const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
      most = Math.max(most, space.space_size);
    }
    console.log(most);`;
  return Number(execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8" }));
}

test("the place for new objects grows in a busy process, and not where it was told to stay", () => {
  assert.ok(youngBytes("") > 10e6);
  const told = `import { keepYoungMemorySmall } from ${JSON.stringify(MODULE.href)}; keepYoungMemorySmall();`;
  assert.ok(youngBytes(told) < 5e6);
});
