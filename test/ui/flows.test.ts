/** What people do, with the keyboard alone where it says so. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Page } from "playwright-core";
import { startServer } from "../server/running-server.ts";
import {
  axeViolations,
  NO_BROWSER,
  openWindow,
  PASSWORD,
  type RunningPages,
  startBrowser,
  startPages,
} from "./browser.ts";
import { drawPlates } from "./story.ts";

let pages: RunningPages;
before(async () => {
  if (NO_BROWSER === false) pages = await startPages();
});
after(async () => {
  await pages?.[Symbol.asyncDispose]();
});

/** What a screen reader would say of the focused thing, roughly: its label, its name or its text. */
const FOCUSED = `(() => {
  const element = document.activeElement;
  if (element === null) return "";
  const label = element.getAttribute("aria-label") ?? element.labels?.[0]?.textContent ?? element.textContent ?? "";
  return label.trim();
})()`;

const MOST_TABS = 60;

/** Presses Tab until the thing of this name has the focus, as a person without a mouse would. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const seen: unknown[] = [];
  for (let presses = 0; presses < MOST_TABS; presses++) {
    await page.keyboard.press("Tab");
    const focused = String(await page.evaluate(FOCUSED));
    if (typeof name === "string" ? focused.startsWith(name) : name.test(focused)) return;
    seen.push(focused);
  }
  assert.fail(`Tab never came to ${name}; it came to ${seen.join(" | ")}`);
}

test("before set-up a picture is read, then the administrator is made by keyboard", { skip: NO_BROWSER }, async () => {
  await using server = await startServer();
  await using browser = await startBrowser();
  await using visitor = await openWindow(browser, server.address, null);
  const { page } = visitor;
  await visitor.goTo("/try");
  const [plate] = await drawPlates(1);
  await page
    .locator("input[type=file]")
    .first()
    .setInputFiles({ name: "gate.jpg", mimeType: "image/jpeg", buffer: Buffer.from(plate!.frame) });
  const picture = page.getByRole("article", { name: "gate.jpg" });
  await picture.waitFor();
  await picture.getByRole("img", { name: `Plate ${plate!.text}` }).waitFor();

  await page.goto(server.server.setupUrl!);
  await tabTo(page, "Password");
  await page.keyboard.type(PASSWORD);
  await tabTo(page, "Password again");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Live", level: 1 }).waitFor();
  assert.deepEqual(visitor.complaints, []);
});

test("logging in by keyboard: a wrong password is told, the right one leads on", { skip: NO_BROWSER }, async () => {
  await using visitor = await pages.visit({ isLoggedIn: false });
  const { page } = visitor;
  await visitor.goTo("/lists");
  await page.getByLabel("User name").waitFor();
  await page.keyboard.type("anna"); // the first field has the focus
  await tabTo(page, "Password");
  await page.keyboard.type("wrong");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
  await page.locator("input[type=password]").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Lists", level: 1 }).waitFor();
});

test("a plate is searched, opened and corrected by keyboard", { skip: NO_BROWSER }, async () => {
  await using visitor = await pages.visit();
  const { page } = visitor;
  const { text } = pages.story.plates[1]!;
  await visitor.goTo("/passages");
  await tabTo(page, "Search plate");
  await page.keyboard.type(`${text.slice(0, 3)}*`);
  await page.keyboard.press("Enter");
  await page.waitForURL(/match=wildcard/);
  await page.getByText("5 passages").waitFor();
  await tabTo(page, new RegExp(`^Open passage of .*${text}`));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: `Passage of ${text}` }).waitFor();
  await tabTo(page, "Correct");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.getByLabel("Right text").waitFor();
  await page.keyboard.press("Control+A"); // the dialog's first field has the focus
  await page.keyboard.type("KEY123");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Passage of KEY123" }).waitFor();
  const id = page.url().split("/").at(-1);
  const { json } = await pages.client("GET", `/api/v1/passages/${id}`);
  assert.deepEqual([json.text, json.correctedText, json.corrections[0].by], [text, "KEY123", "anna"]);
});

test("a passage appears on the Live page by itself", { skip: NO_BROWSER }, async () => {
  await using visitor = await pages.visit();
  const { page } = visitor;
  await visitor.goTo("/live");
  await page.getByText("Live", { exact: true }).last().waitFor();
  const passage = { cameraId: pages.story.uploadCameraId, text: "LIVE42", firstTimeMs: Date.now() };
  const { status, text } = await pages.client("POST", "/api/v1/passages", { passages: [passage] });
  assert.equal(status, 201, text);
  await page.getByRole("link", { name: /LIVE42/ }).waitFor();
});

test("a CSV with a wrong line imports nothing until the line is left out", { skip: NO_BROWSER }, async () => {
  await using visitor = await pages.visit();
  const { page } = visitor;
  await visitor.goTo(`/lists/${pages.story.listId}`);
  await page.getByRole("button", { name: "Import CSV" }).click();
  await page.getByLabel("Or paste lines here").fill("text,label\nNEW123,Flat 9\n,nobody");
  await page.getByRole("button", { name: "See what changes" }).click();
  await page.getByText("1 line is wrong").waitFor();
  const apply = page.getByRole("button", { name: "Import", exact: true });
  assert.equal(await apply.isDisabled(), true);
  await page.getByLabel("Leave the wrong lines out").check();
  await apply.click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  const { json } = await pages.client("GET", `/api/v1/lists/${pages.story.listId}/entries?text=NEW`);
  assert.deepEqual(
    json.items.map(({ text, label }: { text: string; label: string }) => [text, label]),
    [["NEW123", "Flat 9"]],
  );
});

test("an area is drawn on a camera's picture by keyboard", { skip: NO_BROWSER }, async () => {
  await using visitor = await pages.visit();
  const { page } = visitor;
  const { cameraId, plates } = pages.story;
  // The camera is off: the picture that it last sent stands in for it.
  await page.route("**/frame?*", (route) =>
    route.fulfill({ contentType: "image/jpeg", body: Buffer.from(plates[0]!.frame) }),
  );
  await visitor.goTo(`/cameras/${cameraId}`);
  await page.getByRole("button", { name: "Start with a rectangle" }).waitFor();
  await tabTo(page, "Start with a rectangle");
  await page.keyboard.press("Enter");
  await tabTo(page, /^Corner 1/);
  const before = String(await page.evaluate(FOCUSED));
  await page.keyboard.press("Shift+ArrowRight");
  const [x, y] = /: (\d+), (\d+)/.exec(before)!.slice(1).map(Number) as [number, number]; // the label says both
  await tabTo(page, "Save");
  await page.keyboard.press("Enter");
  await page.getByText("Saved. The camera starts again with it.").waitFor();
  const { json } = await pages.client("GET", `/api/v1/cameras/${cameraId}`);
  assert.deepEqual(json.roi[0], [x + 20, y]);
  assert.equal(json.roi.length, 4);
});

test("an alert is acknowledged with a note", { skip: NO_BROWSER }, async () => {
  await using visitor = await pages.visit();
  const { page } = visitor;
  await visitor.goTo("/alerts");
  const open = page.getByRole("button", { name: /^Acknowledge alert/ });
  await open.first().waitFor();
  const count = await open.count();
  await open.first().click();
  await page.getByLabel("Note").fill("Called the police");
  await page.getByRole("dialog").getByRole("button", { name: "Acknowledge" }).click();
  await page.getByRole("dialog").waitFor({ state: "hidden" });
  await page.waitForTimeout(200);
  const { json } = await pages.client("GET", "/api/v1/alerts?open=false");
  assert.equal(json.items[0].acknowledged.note, "Called the police");
  const { json: left } = await pages.client("GET", "/api/v1/alerts?open=true");
  assert.equal(left.items.length, count - 1);
});

for (const { choice, left } of [
  { choice: "Leave it there", left: 1 },
  { choice: "Take it off there too", left: 0 },
]) {
  test(`a plate on a list is forgotten once it is said what becomes of the list: ${choice}`, {
    skip: NO_BROWSER,
  }, async () => {
    const { client, story } = pages;
    const text = `GONE${left}`;
    const entries = `/api/v1/lists/${story.listId}/entries`;
    assert.equal((await client("POST", entries, { text })).status, 201);
    const passage = { id: `gone-${left}`, cameraId: story.uploadCameraId, text, firstTimeMs: Date.now() };
    assert.equal((await client("POST", "/api/v1/passages", { passages: [passage] })).status, 201);
    await using visitor = await pages.visit();
    const { page } = visitor;
    await visitor.goTo(`/passages/${passage.id}`);
    await page.getByRole("button", { name: "Forget this plate" }).click();
    await page.getByLabel("Reason").fill("Asked for by its owner");
    await page.getByRole("button", { name: "See what would go" }).click();
    await page.getByText("List: Residents").waitFor();
    const apply = page.getByRole("button", { name: "Forget for good" });
    assert.equal(await apply.isDisabled(), true);
    await page.getByRole("radio", { name: choice }).check();
    assert.deepEqual(await axeViolations(page), []);
    await apply.click();
    await page.getByRole("heading", { name: "Passages", level: 1 }).waitFor();
    assert.equal((await client("GET", `/api/v1/passages/${passage.id}`)).status, 404);
    assert.equal((await client("GET", `${entries}?text=${text}`)).json.items.length, left);
    assert.deepEqual(visitor.complaints, []);
  });
}
