/**
 * The server as benchmarks kill and load it: `node bench/server-process.ts FOLDER KEY HOOK_URL [VIDEO...]`. On an empty folder
 * it makes a camera, an API key, a web hook and a camera for each video first. Prints one line of JSON once it listens; ends in good order on SIGTERM.
 */
import { tokenHash } from "../src/server/authenticate.ts";
import { createServer } from "../src/server/create-server.ts";

const [dataFolder, key, hookUrl, ...videos] = process.argv.slice(2);
if (dataFolder === undefined || key === undefined || hookUrl === undefined) {
  throw new RangeError("Give a folder, an API key and the address of a web hook.");
}
const server = await createServer({ dataFolder, port: 0, readWorkers: 1, rateScale: Number.POSITIVE_INFINITY });
const { store, address } = server;

if ((await store.apiKeys.byHash(tokenHash(key))) === null) {
  await store.apiKeys.create({
    ...{ name: "bench", keyHash: tokenHash(key), prefix: key.slice(0, 9), createdBy: null, siteIds: null },
    ...{
      scopes: ["passages:write", "passages:read", "read:run", "system:read"],
      expiresAtMs: null,
      revokedAtMs: null,
      lastUsedAtMs: null,
    },
  });
}
const fields = {
  ...{ siteId: null, isEnabled: true, role: null, schedule: null, timeZone: null, roi: null, line: null },
  ...{ frameSize: null, regions: [], minPlateHeightPx: null, fps: null, settings: {} },
  ...{ retentionDays: null, retentionBytes: null },
} as const;
let camera = (await store.cameras.list()).find(({ kind }) => kind === "upload");
if (camera === undefined) {
  camera = await store.cameras.create({ ...fields, name: "Bench", kind: "upload", url: "" });
  if (videos.length > 0) await store.settings.set("allowFileCameras", true);
  for (const [i, url] of videos.entries()) {
    await store.cameras.create({ ...fields, name: `Video ${i + 1}`, kind: "stream", url });
  }
}
if ((await store.webhooks.list()).length === 0) {
  await store.webhooks.create({
    ...{ name: "Bench", url: hookUrl, isEnabled: true, secrets: [{ secret: "bench", createdAtMs: Date.now() }] },
    ...{ isPrivateAllowed: true, events: ["passage"], cameraIds: [], headers: {} },
  });
}
// Rows made past the API are seen within a second; a passage before that would rightly have no delivery.
await new Promise((resolve) => setTimeout(resolve, 1500));
process.once("SIGTERM", () => void server.close().then(() => process.exit(0)));
console.log(JSON.stringify({ address, cameraId: camera.id }));
