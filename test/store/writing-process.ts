/** A process that writes as fast as it can and says on standard output what was acknowledged, until it is killed. */
import { writeSync } from "node:fs";
import { openStore } from "../../src/store/open-store.ts";
import { newPassage } from "./made-passage.ts";

const [directory, cameraId] = process.argv.slice(2);
const store = await openStore({ directory: directory! });

async function write(worker: number): Promise<void> {
  for (let i = 0; ; i++) {
    const text = `K${worker}X${i % 50}`;
    const crop = await store.pictures.put(Buffer.alloc(3000, `${worker} ${i} ${process.pid}`));
    const given = newPassage(
      text,
      cameraId!,
      {},
      { pictures: { crop }, deliveries: [{ targetKind: "webhook", targetId: "t", event: "passage", payload: text }] },
    );
    const { passage } = await store.passages.append(given);
    // Straight to the pipe: what was said is said when the kill comes.
    writeSync(1, `${passage.id}\n`);
  }
}

writeSync(1, "ready\n");
await Promise.all([1, 2, 3, 4].map(write));
