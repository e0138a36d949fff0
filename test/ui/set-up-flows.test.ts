/** What is set up at the pages: where passages are told, which raise an alert, and what counts in a picture. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { createBroker, skipMosquitto } from "../server/deliveries/mosquitto.ts";
import { startReceiver } from "../server/deliveries/receiver.ts";
import { axeViolations, NO_BROWSER, type RunningPages, startPages } from "./browser.ts";

let pages: RunningPages;
before(async () => {
  if (NO_BROWSER === false) pages = await startPages();
});
after(async () => {
  await pages?.[Symbol.asyncDispose]();
});

/** Adds a web hook at the page, and returns the key that is shown. */
async function addHook(page: Page, name: string, url: string): Promise<string> {
  await page.getByRole("button", { name: "Add webhook" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Name" }).fill(name);
  await dialog.getByRole("textbox", { name: "Address" }).fill(url);
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("loopback address, which is not allowed here; allow the own network").waitFor();
  await dialog.getByRole("switch", { name: "May be in the own network" }).check();
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "hidden" });
  return (await page.getByText(/^whsec_/).textContent()) ?? "";
}

test("a webhook is refused in the own network until that is allowed, shows its key once, and answers a test", {
  skip: NO_BROWSER,
}, async () => {
  const receiver = await startReceiver();
  await using visitor = await pages.visit();
  const { page } = visitor;
  await visitor.goTo("/administration?tab=deliveries");
  const key = await addHook(page, "Gate", receiver.url);
  assert.match(key, /^whsec_[\w-]{43}$/);
  await page.getByRole("button", { name: "Test webhook Gate" }).click();
  await page.getByText(/^It answered after/).waitFor();
  assert.equal(JSON.parse(receiver.received[0]!.body).event, "test");
  await visitor.goTo("/administration?tab=deliveries");
  await page.getByText(receiver.url).waitFor();
  assert.equal(await page.getByText(/^whsec_/).count(), 0, "the key is shown again");
  assert.deepEqual(visitor.complaints, []);
});

test("a rule is saved at the page; its alert shows itself on whatever page is open, and leads to the passage", {
  skip: NO_BROWSER,
}, async () => {
  const receiver = await startReceiver();
  await using visitor = await pages.visit();
  const { page } = visitor;
  await visitor.goTo("/administration?tab=deliveries");
  await addHook(page, "Guard", receiver.url);
  await visitor.goTo("/alerts?tab=rules");
  await page.getByRole("button", { name: "Add rule" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Name" }).fill("Residents come home");
  await dialog.getByRole("combobox", { name: "Lists" }).focus();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("option", { name: "Residents" }).click();
  await page.keyboard.press("Escape");
  await dialog.getByRole("combobox", { name: "Also call webhooks" }).focus();
  await page.keyboard.press("ArrowDown");
  await page.getByRole("option", { name: "Guard" }).click();
  await page.keyboard.press("Escape");
  assert.ok(await dialog.isVisible(), "Escape closed the form instead of its options");
  await dialog.getByRole("button", { name: "Save" }).click();
  await dialog.waitFor({ state: "hidden" });
  await page.getByText("on Residents · at least").waitFor();

  await visitor.goTo("/statistics");
  await page.getByText("Live", { exact: true }).last().waitFor();
  const { text } = pages.story.plates[0]!;
  const passage = { cameraId: pages.story.uploadCameraId, text, confidence: 0.97, firstTimeMs: Date.now() };
  assert.equal((await pages.client("POST", "/api/v1/passages", { passages: [passage] })).status, 201);
  const message = page.getByRole("alert").filter({ hasText: `${text} · Residents come home` });
  await message.waitFor();
  await page.getByRole("heading", { name: "Statistics", level: 1 }).waitFor();
  assert.deepEqual(await axeViolations(page), []);
  await message.getByRole("link").click();
  await page.getByRole("heading", { name: `Passage of ${text}` }).waitFor();
  assert.deepEqual(visitor.complaints, []);
  for (let tries = 0; tries < 100 && !receiver.received.some(({ body }) => JSON.parse(body).event === "alert"); tries++)
    await page.waitForTimeout(50);
  assert.ok(receiver.received.some(({ body }) => JSON.parse(body).passage.text === text));
});

test("a broker is set up at the page, and says that it is connected", {
  skip: NO_BROWSER || skipMosquitto,
}, async (t) => {
  const broker = await createBroker({ password: "secret" });
  await broker.start();
  t.after(() => broker.kill());
  await using visitor = await pages.visit();
  const { page } = visitor;
  await visitor.goTo("/administration?tab=deliveries");
  const form = page.locator("form");
  await form.getByRole("textbox", { name: "Broker" }).fill(`mqtt://127.0.0.1:${broker.port}`);
  await form.getByRole("textbox", { name: "User name" }).fill("platekit");
  await form.locator("input[type=password]").fill("secret");
  await form.getByRole("switch", { name: "On", exact: true }).check();
  await form.getByRole("switch", { name: "May be in the own network" }).check();
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByText("MQTT settings saved.").waitFor();
  await form.getByRole("button", { name: "Test" }).click();
  await page.getByText(/^The broker answered after/).waitFor();
  await page.getByText("Connected", { exact: true }).waitFor();
  assert.equal(await form.locator("input[type=password]").inputValue(), "", "the password stays in the page");
  assert.deepEqual(visitor.complaints, []);
});

test("an area and a line are drawn with the mouse, turned, and moved by a corner", { skip: NO_BROWSER }, async () => {
  await using visitor = await pages.visit();
  const { page } = visitor;
  const { cameraId, plates } = pages.story;
  await page.route("**/frame?*", (route) =>
    route.fulfill({ contentType: "image/jpeg", body: Buffer.from(plates[0]!.frame) }),
  );
  await visitor.goTo(`/cameras/${cameraId}`);
  const stage = page.getByRole("group", { name: "Picture of the camera with area and line" });
  await page.getByRole("button", { name: "Draw area" }).click();
  const press = async (x: number, y: number): Promise<void> => {
    const box = (await stage.boundingBox())!; // it is there
    await page.mouse.click(box.x + box.width * x, box.y + box.height * y);
  };
  for (const [x, y] of [
    [0.1, 0.4],
    [0.9, 0.4],
    [0.9, 0.9],
    [0.1, 0.9],
  ] as const)
    await press(x, y);
  await page.getByRole("button", { name: "Finish area" }).click();
  await page.getByRole("button", { name: "Draw line" }).click();
  await press(0.2, 0.6);
  await press(0.8, 0.6);
  await page.getByRole("button", { name: "Turn direction" }).click();
  const corner = (await page.getByRole("button", { name: /^Corner 1/ }).boundingBox())!; // drawn above
  await page.mouse.move(corner.x + corner.width / 2, corner.y + corner.height / 2);
  await page.mouse.down();
  await page.mouse.move(corner.x + corner.width / 2 + 30, corner.y + corner.height / 2, { steps: 3 });
  await page.mouse.up();
  await page.getByRole("button", { name: "Save" }).first().click();
  await page.getByText("Saved. The camera starts again with it.").waitFor();
  const { json } = await pages.client("GET", `/api/v1/cameras/${cameraId}`);
  const [width, height] = json.frameSize;
  const shares = (point: readonly [number, number]) => [point[0] / width, point[1] / height].map((n) => n.toFixed(1));
  assert.deepEqual(json.roi.slice(1).map(shares), [
    ["0.9", "0.4"],
    ["0.9", "0.9"],
    ["0.1", "0.9"],
  ]);
  assert.ok(json.roi[0][0] > width * 0.12, `corner 1 stayed at ${json.roi[0]}`);
  assert.deepEqual([json.line.from, json.line.to].map(shares), [
    ["0.8", "0.6"],
    ["0.2", "0.6"],
  ]);
  assert.deepEqual(visitor.complaints, []);
});
