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

test("the place for new objects stays a small part of what it grows to in a busy process when told to", () => {
  const told = `import { keepYoungMemorySmall } from ${JSON.stringify(MODULE.href)}; keepYoungMemorySmall();`;
  // Pages given back late come on top (2 to 5 MB as seen); left alone it grows to 67 MB.
  assert.ok(youngBytes(told) * 4 < youngBytes(""));
});
