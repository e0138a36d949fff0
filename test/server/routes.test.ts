import assert from "node:assert/strict";
import { test } from "node:test";
import { ROLE_RULES } from "../../src/server/access-rules.ts";
import type { Route } from "../../src/server/route.ts";
import { ROUTES } from "../../src/server/routes.ts";
import { PERMISSIONS } from "../../src/server/schemas/access.ts";
import { startServer } from "./running-server.ts";

const routes = Object.entries(ROUTES) as [string, Route][];

/** Answered to anybody: a new one here is a decision, not an accident. */
const PUBLIC = ["setupState", "setUp", "login", "me", "healthz", "readyz", "pageFile"];

test("every route names a permission that exists, and only the known ones are public", () => {
  const known = new Set<string>([...PERMISSIONS, "public", "account"]);
  for (const [name, { access }] of routes) assert.ok(known.has(access), `${name} names ${access}`);
  assert.deepEqual(
    routes
      .filter(([, { access }]) => access === "public")
      .map(([name]) => name)
      .sort(),
    [...PUBLIC].sort(),
  );
});

test("only public routes look away from who asks", () => {
  const lookingAway = routes.filter(([, { caller }]) => caller !== undefined);
  assert.deepEqual(lookingAway.map(([name]) => name).sort(), ["healthz", "pageFile", "readyz"]);
  for (const [name, { access }] of lookingAway) assert.equal(access, "public", name);
});

test("no two routes share method and path", () => {
  const places = routes.map(([, { method, path }]) => `${method} ${path.replace(/:\w+/g, ":x")}`);
  assert.equal(new Set(places).size, places.length);
});

test("whatever changes something needs more than looking, and viewers change nothing", () => {
  const reading = new Set(["read", "snapshot", "logout", "changePassword"]);
  for (const [name, { method, access }] of routes) {
    if (method === "GET" || reading.has(name) || access === "public") continue;
    const isAllowed = (ROLE_RULES.viewer.permissions as readonly string[]).includes(access);
    assert.ok(!isAllowed && access !== "account", `a viewer may ${name}`);
  }
});

test("the server answers no route that is not in the table", async () => {
  await using running = await startServer();
  const known = new Set(routes.map(([, { method, path }]) => `${method} ${path}`));
  const registered = new Set(
    running.server.routes.filter(({ method }) => method !== "HEAD").map(({ method, path }) => `${method} ${path}`),
  );
  // Fastify answers the snapshot's address with and without its last slash.
  assert.deepEqual(
    [...registered].filter((place) => !known.has(place)),
    [],
  );
  assert.deepEqual(
    [...known].filter((place) => !registered.has(place)),
    [],
  );

  const admin = await running.setUp();
  const statuses = new Map<string, number>();
  for (const [name, { method, path, access }] of routes) {
    if (access === "public") continue;
    const asked = path.replace(/:(\w+)/g, "0".repeat(64)).replace("*", "");
    statuses.set(name, (await running.anyone(method, asked)).status);
  }
  const answered = [...statuses].filter(([, status]) => status !== 401);
  assert.deepEqual(answered, [], "after set-up nothing but the public routes answers without a session or a key");
  assert.equal((await admin("GET", "/api/v1/users")).status, 200);
});
