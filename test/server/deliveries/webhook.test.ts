import assert from "node:assert/strict";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { after, test } from "node:test";
import { isSignedBy } from "../../../src/server/deliveries/signature.ts";
import { createWebhookSender, isSafeHeader, type Outcome } from "../../../src/server/deliveries/webhook.ts";
import { answer, startReceiver, webhookTo } from "./receiver.ts";

const receiver = await startReceiver();
const sender = createWebhookSender({ timeoutMs: 500 });
after(() => sender.close());
const delivery = { event: "passage", payload: '{"text":"ÄB 1"}', idempotencyKey: "key-1" };
const send = (url = receiver.url, fields = {}): Promise<Outcome> => sender.send(webhookTo(url, fields), delivery);

test("send: body, event, idempotency key and signatures by both live keys arrive", async () => {
  receiver.behave(answer(200, "ok"));
  const secrets = ["new", "old"].map((secret) => ({ secret, createdAtMs: 0 }));
  assert.deepEqual(await send(receiver.url, { secrets }), { isOk: true, status: 200 });
  const { headers, body, path } = receiver.received.at(-1)!;
  assert.deepEqual([path, body], ["/hook", delivery.payload]);
  assert.equal(headers["idempotency-key"], "key-1");
  assert.equal(headers["platekit-event"], "passage");
  assert.match(headers["content-type"]!, /application\/json/);
  for (const key of ["new", "old"]) {
    assert.ok(isSignedBy(String(headers["platekit-signature"]), body, key, Date.now()), key);
  }
  assert.ok(!isSignedBy(String(headers["platekit-signature"]), body, "none", Date.now()));
});

test("send: a hook's own headers go along, but not those that carry the request or what it is believed by", async () => {
  receiver.behave(answer(200));
  await send(receiver.url, {
    headers: {
      "X-Token": "t",
      Host: "evil",
      "Idempotency-Key": "evil",
      "PlateKit-Signature": "evil",
      "X-Bad": "a\r\nb: c",
    },
  });
  const { headers } = receiver.received.at(-1)!;
  assert.equal(headers["x-token"], "t");
  assert.equal(headers.host, `127.0.0.1:${receiver.port}`);
  assert.equal(headers["idempotency-key"], "key-1");
  assert.equal("x-bad" in headers, false);
  assert.equal(isSafeHeader("X A", "v"), false);
});

test("send: user name and password of the address are sent as such", async () => {
  receiver.behave(answer(200));
  await send(receiver.url.replace("://", "://us%40er:p%3Aw@"));
  assert.equal(receiver.received.at(-1)!.headers.authorization, `Basic ${btoa("us@er:p:w")}`);
});

const failures = [
  { name: "an error of the receiver", how: answer(500, "out of\n order"), status: 500, error: /answered 500: out of order/ },
  { name: "a request it does not take", how: answer(400), status: 400, error: /answered 400$/ },
  { name: "a redirect, which is not followed", how: answer(302, "", { location: "http://169.254.169.254/" }), status: 302, error: /redirect/ },
  { name: "an answer of two megabytes", how: answer(500, "x".repeat(2_000_000)), status: 500, error: /^answered 500: x{200}$/ },
] as const; // biome-ignore format: one case a line
for (const { name, how, status, error } of failures) {
  test(`send: ${name} is told`, async () => {
    receiver.behave(how);
    const before = receiver.received.length;
    const outcome = await send();
    assert.ok(!outcome.isOk);
    assert.equal(outcome.status, status);
    assert.match(outcome.error, error);
    assert.equal(receiver.received.length, before + 1);
  });
}

test("send: a receiver that asks for a pause is heard", async () => {
  receiver.behave(answer(429, "", { "retry-after": "7" }));
  const outcome = await send();
  assert.ok(!outcome.isOk);
  assert.equal(outcome.retryAfterMs, 7000);
});

test("send: a receiver that hangs, before or within its answer, costs no more than the timeout", async () => {
  for (const how of [
    () => {},
    (_: unknown, response: { write(text: string): unknown }) => void response.write("..."),
  ]) {
    receiver.behave(how);
    const startMs = Date.now();
    const outcome = await send();
    assert.ok(!outcome.isOk);
    assert.match(outcome.error, /no answer within 0.5 s/);
    assert.ok(Date.now() - startMs < 3000);
  }
});

test("send: a receiver that hangs up, or is not there, is told", async () => {
  const server = createTcpServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const hungUp = await send(`http://127.0.0.1:${port}/`);
  await new Promise((resolve) => server.close(resolve));
  const gone = await send(`http://127.0.0.1:${port}/`);
  assert.match(hungUp.isOk ? "" : hungUp.error, /broke off|ECONNRESET/);
  assert.match(gone.isOk ? "" : gone.error, /refuses connections/);
});

const addresses = [
  "http://127.0.0.1:PORT/",
  "http://localhost:PORT/",
  "http://2130706433:PORT/",
  "http://0177.0.0.1:PORT/",
  "http://0x7f000001:PORT/",
  "http://127.1:PORT/",
  "http://[::1]:PORT/",
  "http://[::ffff:127.0.0.1]:PORT/",
  "http://[::ffff:7f00:1]:PORT/",
  "http://0.0.0.0:PORT/",
  "http://user@127.0.0.1:PORT/",
  "http://127.0.0.1:PORT#@example.com/",
  "http://169.254.169.254/latest/meta-data/",
  "http://[fd00:ec2::254]/latest/meta-data/",
  "http://metadata.test:PORT/",
  "file:///etc/passwd",
  "gopher://127.0.0.1:PORT/_GET",
];
const strict = createWebhookSender({
  timeoutMs: 500,
  lookupAll: async (host) => [{ address: host === "metadata.test" ? "192.168.7.7" : "127.0.0.1", family: 4 }],
});
for (const address of addresses) {
  test(`send: ${address} is refused where private addresses are not allowed, and nothing arrives`, async () => {
    receiver.behave(answer(200));
    const before = receiver.received.length;
    const url = address.replace("PORT", String(receiver.port));
    const outcome = await strict.send(webhookTo(url, { isPrivateAllowed: false }), delivery);
    assert.match(outcome.isOk ? "" : outcome.error, /not allowed here|nothing is ever sent|is no address/);
    assert.equal(receiver.received.length, before);
  });
}

test("send: the request goes to the address that was checked, whatever the name says next", async () => {
  receiver.behave(answer(200));
  let asked = 0;
  const pinned = createWebhookSender({
    lookupAll: async () => [{ address: asked++ === 0 ? "127.0.0.1" : "192.0.2.1", family: 4 }],
  });
  const outcome = await pinned.send(webhookTo(`http://rebind.test:${receiver.port}/pinned`), delivery);
  assert.deepEqual([outcome.isOk, asked], [true, 1]);
  assert.deepEqual(
    [receiver.received.at(-1)!.path, receiver.received.at(-1)!.headers.host],
    ["/pinned", `rebind.test:${receiver.port}`],
  );
  await pinned.close();
});
