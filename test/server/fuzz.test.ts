/** Every operation of the OpenAPI document, with values made of its own schemas and worse: nothing may answer 500. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type Client, startServer, type TestServer } from "./running-server.ts";
import { type JsonSchema, nastyValue, pick, randomNumbers, valueFor } from "./schema-values.ts";

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema: JsonSchema;
    readonly required?: boolean;
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
  readonly responses: Readonly<Record<string, unknown>>;
}

interface Target {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** Ending one's own session would end the test; wrong passwords are answered 401 as they should. */
const LEFT_OUT = new Set(["logout", "setUp", "login"]);
const PER_OPERATION = Number(process.env.FUZZ_REQUESTS ?? 6);
const SEED = Number(process.env.FUZZ_SEED ?? 1);
/** What refuses on purpose while something is missing or too much; never a mistake of ours. */
const EXPECTED_5XX = new Set([503]);

function targetsOf(document: { paths: Record<string, Record<string, Operation>> }): Target[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .map(([method, operation]) => ({ method: method.toUpperCase(), path, operation }))
      .filter(({ operation }) => !LEFT_OUT.has(operation.operationId)),
  );
}

/** One of everything, so that requests get past "there is no such thing". */
async function someIds(admin: Client): Promise<string[]> {
  const make = async (path: string, body: unknown): Promise<string> => {
    const made = await admin("POST", path, body);
    assert.equal(made.status, 201, `${path}: ${made.text}`);
    return made.json.id ?? made.json.passages[0].id;
  };
  const camera = await make("/api/v1/cameras", { name: "Gate", kind: "upload" });
  const list = await make("/api/v1/lists", { name: "Staff", kind: "allow" });
  return [
    camera,
    list,
    await make(`/api/v1/lists/${list}/entries`, { text: "AB 123" }),
    await make("/api/v1/alert-rules", { name: "Any", condition: {} }),
    await make("/api/v1/sites", { name: "Depot" }),
    await make("/api/v1/sites", { name: "Park", kind: "parking" }),
    await make("/api/v1/sites", { name: "Road", kind: "toll" }),
    await make("/api/v1/sites", { name: "Street", kind: "enforcement" }),
    await make("/api/v1/sites", { name: "Ring", kind: "traffic" }),
    await make("/api/v1/users", { username: "bert", password: "four words in a row", role: "viewer" }),
    await make("/api/v1/passages", { passages: [{ cameraId: camera, text: "AB123", firstTimeMs: Date.now() }] }),
    await make("/api/v1/passages", { passages: [{ cameraId: camera, text: "B0I8", firstTimeMs: Date.now() }] }),
  ];
}

/** What neither addresses nor forms can carry is replaced. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}

function requestOf({ method, path, operation }: Target, random: () => number, id: () => string) {
  const nastiness = pick(random, [0, 0.02, 0.15, 0.5]);
  const asText = (value: unknown): string => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));
  let filled = path;
  const query = new URLSearchParams();
  for (const { name, in: place, schema, required } of operation.parameters ?? []) {
    const isId = /id$/i.test(name);
    const value = isId && random() >= nastiness ? id() : valueFor(schema, random, nastiness, id);
    if (place === "path") filled = filled.replace(`{${name}}`, encodeURIComponent(wellFormed(asText(value)) || "x"));
    else if (place === "query" && (required === true || random() < 0.5)) query.append(name, asText(value));
  }
  const content = operation.requestBody?.content ?? {};
  const type = pick(random, Object.keys(content).length > 0 ? Object.keys(content) : [""]);
  const schema = content[type]?.schema ?? {};
  const search = query.size > 0 ? `?${query}` : "";
  if (method === "GET" || type === "") return { path: filled + search, body: undefined, headers: {} };
  const value = random() < nastiness / 2 ? nastyValue(random) : valueFor(schema, random, nastiness, id);
  if (type === "multipart/form-data") {
    const form = new FormData();
    for (const [name, field] of Object.entries((value ?? {}) as Record<string, unknown>)) {
      if (random() < 0.5) form.append(name, new Blob([asText(field)]), "../x.jpg");
      else form.append(name, wellFormed(asText(field)));
    }
    return { path: filled + search, body: form, headers: {} };
  }
  const text = JSON.stringify(value) ?? "";
  const broken = random() < nastiness / 4 ? text.slice(0, text.length / 2) : text;
  return { path: filled + search, body: broken, headers: { "content-type": "application/json" } };
}

async function fuzz(server: TestServer, admin: Client): Promise<{ requests: number; statuses: Map<number, number> }> {
  const random = randomNumbers(SEED);
  const ids = await someIds(admin);
  const document = (await admin("GET", "/api/v1/openapi.json")).json;
  const targets = targetsOf(document);
  assert.ok(targets.length > 60, `only ${targets.length} operations in the document`);
  const statuses = new Map<number, number>();
  let requests = 0;
  const jobs = targets.flatMap((target) => Array.from({ length: PER_OPERATION }, () => target));
  // The order matters to what is found: things are changed and removed on the way.
  jobs.sort(() => random() - 0.5);
  const failures: string[] = [];
  const planned = jobs.map((target, i) => ({
    ...requestOf(target, random, () => pick(random, ids)),
    target,
    number: i,
  }));
  async function worker(): Promise<void> {
    for (let next = planned.shift(); next !== undefined; next = planned.shift()) {
      const { target, path, body, headers, number } = next;
      requests++;
      const shown = `${target.method} ${path} ${typeof body === "string" ? body.slice(0, 400) : ""} (seed ${SEED}, ${number})`;
      if (target.operation.operationId === "events") {
        const answer = await fetch(server.address + path, { headers: { cookie: admin.cookie() } });
        await answer.body?.cancel();
        if (answer.status >= 500) failures.push(`${shown}: ${answer.status}`);
        continue;
      }
      const answer = await admin(target.method, path, body, headers);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      const isWrong =
        (answer.status >= 500 && !EXPECTED_5XX.has(answer.status)) ||
        answer.status === 401 ||
        (answer.status >= 400 && !/problem\+json/.test(answer.headers.get("content-type") ?? "")) ||
        (answer.status >= 400 && answer.json.status !== answer.status);
      if (isWrong) failures.push(`${shown}: ${answer.status} ${answer.text.slice(0, 300)}`);
    }
  }
  await Promise.all(Array.from({ length: 4 }, worker));
  assert.deepEqual(failures, []);
  return { requests, statuses };
}

test("no operation of the OpenAPI document answers 500, whatever is sent", async (t) => {
  await using server = await startServer();
  const admin = await server.setUp();
  const { requests, statuses } = await fuzz(server, admin);
  t.diagnostic(`${requests} requests: ${JSON.stringify(Object.fromEntries(statuses))}`);
  // It must have got past checking: otherwise it would test the checks alone.
  assert.ok((statuses.get(200) ?? 0) > requests / 10);
  assert.ok((statuses.get(400) ?? 0) > 0);
  assert.equal((await server.anyone("GET", "/readyz")).status, 200);
});
