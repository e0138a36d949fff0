/** Sites set up at their pages from nothing: forms filled, what the server refuses told at the fields, and saved. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { type Client, startServer, type TestServer } from "../server/running-server.ts";
import { axeViolations, NO_BROWSER, openWindow, startBrowser, type Visitor } from "./browser.ts";

/** Where to leave pictures of every form for people to look at; nowhere by default. */
const PICTURES = process.env.PLATEKIT_PAGE_PICTURES;

let server: TestServer;
let client: Client;
let browser: Browser;

before(async () => {
  if (NO_BROWSER !== false) return;
  server = await startServer();
  client = await server.setUp();
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

/** A site without any set-up, and two cameras that are its alone. */
async function newSite(name: string, kind: string): Promise<string> {
  const { status, json } = await client("POST", "/api/v1/sites", { name, kind, timeZone: "Europe/Berlin" });
  assert.equal(status, 201);
  for (const end of ["North", "South"]) {
    await client("POST", "/api/v1/cameras", { name: `${name} ${end}`, kind: "upload", siteId: json.id });
  }
  return `/sites/${json.id}`;
}

/** What axe and the window's width find wrong with a form as it stands. */
async function assertFits({ page, complaints }: Visitor, name: string): Promise<void> {
  if (PICTURES !== undefined) {
    mkdirSync(PICTURES, { recursive: true });
    await page.screenshot({ path: join(PICTURES, `form-${name}.png`), fullPage: true });
  }
  const overflow = Number(await page.evaluate("document.documentElement.scrollWidth - innerWidth"));
  assert.ok(overflow <= 0, `${name}: ${overflow} pixels wider than the window`);
  assert.deepEqual([...(await axeViolations(page)), ...complaints], [], name);
}

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const group = (page: Page, name: string) => page.getByRole("group", { name, exact: true });

async function save(page: Page): Promise<void> {
  await button(page, "Save").click();
  await page.getByText("All is saved.").waitFor();
}

test("a toll road is set up by its form, and what is wrong is told at the field", { skip: NO_BROWSER }, async () => {
  const path = await newSite("A1", "toll");
  await using visitor = await openWindow(browser, server.address, client, { width: 390 });
  const { page } = visitor;
  await visitor.goTo(`${path}?tab=setup`);
  await page.getByLabel("Currency").fill("EU");
  await button(page, "Add a gantry").click();
  const gantry = group(page, "New gantry 1");
  await gantry.getByLabel("Name").waitFor();
  await page.keyboard.type("Bridge"); // the focus is in the row that came
  const bridge = group(page, "Bridge").first();
  await bridge.getByLabel("Camera", { exact: true }).selectOption({ label: "A1 North" });
  await button(page, "Save").click();
  await page.getByText("Nothing was saved: 1 entry is not right.").waitFor();
  const currency = page.getByLabel("Currency");
  assert.equal(await currency.getAttribute("aria-invalid"), "true");
  await page.getByText("must be three letters, such as EUR", { exact: true }).waitFor();
  await assertFits(visitor, "toll-wrong");

  await currency.fill("EUR");
  await button(page, "Save").click();
  await page.getByText(/has no price for gantry Bridge/).waitFor(); // not by its id
  await page.getByRole("group", { name: "Bridge" }).last().getByLabel("car, EUR").fill("2.5");
  await save(page);
  await assertFits(visitor, "toll");
  const { json } = await client("GET", `/api/v1${path}/toll`);
  assert.deepEqual(
    json.gantries.map(({ id, name, kind }: Record<string, unknown>) => ({ id, name, kind })),
    [{ id: "gantry-1", name: "Bridge", kind: "point" }],
  );
  assert.deepEqual(json.tariffs[0].points, { "gantry-1": { car: 250 } });
});

test("counting points and a section are added by keyboard alone", { skip: NO_BROWSER }, async () => {
  const path = await newSite("Ring road", "traffic");
  await using visitor = await openWindow(browser, server.address, client, { colours: "dark" });
  const { page } = visitor;
  await visitor.goTo(`${path}?tab=setup`);
  for (const name of ["South", "North"]) {
    await button(page, "Add a camera").focus();
    await page.keyboard.press("Enter");
    await page.keyboard.type(`Ring road ${name}`); // in the choice of the camera
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.type(`${name} end`);
  }
  await button(page, "Add a section").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.type("Ring");
  const ring = group(page, "Ring");
  await ring.getByLabel("From").selectOption({ label: "Ring road North" });
  await ring.getByLabel("To").selectOption({ label: "Ring road South" });
  await button(page, "Save").click();
  await ring.getByText("is missing").waitFor(); // its length
  assert.equal(await page.evaluate("document.activeElement.getAttribute('aria-invalid')"), "true");
  await page.keyboard.type("5000");
  await save(page);
  await assertFits(visitor, "traffic");
  const { json } = await client("GET", `/api/v1${path}/traffic`);
  assert.deepEqual(
    json.cameras.map(({ point }: { point: string }) => point),
    ["South end", "North end"],
  );
  assert.equal(json.sections[0].metres, 5000);
});

test("a car park gets zones, a barrier and a rule for barriers, and its JSON shows the draft", {
  skip: NO_BROWSER,
}, async () => {
  const path = await newSite("Deck", "parking");
  await using visitor = await openWindow(browser, server.address, client, { width: 390, colours: "dark" });
  const { page } = visitor;
  await visitor.goTo(`${path}?tab=setup`);
  await page.getByLabel("Places").first().fill("40");
  await button(page, "Add a zone").click();
  await page.keyboard.type("Deck");
  await button(page, "Add a camera").click();
  const camera = group(page, "camera 1");
  await camera.getByLabel("Camera", { exact: true }).selectOption({ label: "Deck North" });
  const north = group(page, "Deck North");
  await north.getByLabel("Has a barrier").press("Space");
  await north.getByLabel("The barrier is told by").selectOption("http");
  await north.getByLabel("Address").fill("no address");
  await page.getByLabel("No place is free").selectOption("ask");
  await button(page, "Save").click();
  await north.getByText(/^is no address/).waitFor();
  await north.getByLabel("Address").fill("http://10.0.0.9/open");
  await page.getByText("JSON (advanced)").click();
  assert.match(await page.getByLabel("As JSON").inputValue(), /10\.0\.0\.9/);
  await page.getByText("Form", { exact: true }).click();
  await save(page);
  await assertFits(visitor, "parking");
  const { json } = await client("GET", `/api/v1${path}/parking`);
  assert.deepEqual([json.capacity, json.zones[0].name, json.policy.full], [40, "Deck", "ask"]);
  assert.equal(json.cameras[0].actuator.url, "http://10.0.0.9/open");
});

test("a rule of enforcement has cameras and hours, and unsaved changes are not lost by a slip", {
  skip: NO_BROWSER,
}, async () => {
  const path = await newSite("Old town", "enforcement");
  await using visitor = await openWindow(browser, server.address, client);
  const { page } = visitor;
  await visitor.goTo(`${path}?tab=setup`);
  await button(page, "Add a rule").click();
  await page.keyboard.type("Closed at night");
  const rule = group(page, "Closed at night");
  await rule.getByLabel("Cameras").click();
  await page.getByRole("option", { name: "Old town South" }).click();
  await page.keyboard.press("Escape");
  await rule.getByRole("button", { name: "Add hours" }).click();
  await rule.getByLabel("From", { exact: true }).fill("22:00");
  let asked = "";
  page.once("dialog", (dialog) => {
    asked = dialog.message();
    void dialog.dismiss();
  });
  await page.getByRole("tab", { name: "To confirm" }).click();
  assert.match(asked, /not saved/);
  await save(page);
  await assertFits(visitor, "enforcement");
  const { json } = await client("GET", `/api/v1${path}/enforcement`);
  assert.deepEqual(json.restrictions[0].hours, [{ from: "22:00", to: "07:00" }]);
  assert.equal(json.restrictions[0].cameraIds.length, 1);
});

test("a tariff is made, has an event and a later version, and tells what a stay costs", {
  skip: NO_BROWSER,
}, async () => {
  const path = await newSite("Yard", "parking");
  await using visitor = await openWindow(browser, server.address, client, { width: 390 });
  const { page } = visitor;
  await visitor.goTo(`${path}?tab=tariff`);
  await button(page, "Make a tariff").click();
  await button(page, "Add an event").click();
  await page.keyboard.type("Concert");
  const event = group(page, "Concert");
  await event.getByLabel("From").fill("2026-07-01T18:00");
  await event.getByLabel("Until").fill("2026-07-01T23:00");
  await event.getByLabel("Price").fill("8");
  await save(page);
  await button(page, "Change from now on").click();
  await page.getByLabel("Most a day costs").fill("5");
  await page.getByLabel("I come").fill("2027-03-02T10:00");
  await page.getByLabel("I leave").fill("2027-03-02T20:00");
  await button(page, "What does it cost?").click();
  await page.getByText("5.00\u00a0EUR").waitFor(); // under what is not saved yet
  await save(page);
  await assertFits(visitor, "tariff");
  const { json } = await client("GET", `/api/v1${path}/tariff`);
  assert.deepEqual(
    json.versions.map(({ tariff }: { tariff: { id: string; dayCap: { price: number } } }) => tariff.dayCap.price),
    [1200, 500],
  );
  assert.equal(json.versions[0].tariff.events[0].price, 800);
});

test("an account of a toll road is added, changed and removed", { skip: NO_BROWSER }, async () => {
  const path = await newSite("A2", "toll");
  const setup = {
    ...{ currency: "EUR", classes: ["car", "truck"], gantries: [] },
    tariffs: [{ id: "t", fromMs: 0, per100Km: { car: 820, truck: 3480 } }],
  };
  assert.equal((await client("PUT", `/api/v1${path}/toll`, setup)).status, 200);
  await using visitor = await openWindow(browser, server.address, client, { width: 390 });
  const { page } = visitor;
  await visitor.goTo(`${path}?tab=accounts`);
  await button(page, "Add an account").click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Holder").fill("Acme");
  await dialog.getByLabel("Plates").fill("AB 123\nCD 456");
  await dialog.getByRole("button", { name: /class or validity/ }).click();
  await page.keyboard.type("LKW 1");
  await dialog.getByLabel("Class").selectOption("truck");
  await assertFits(visitor, "account");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByText("AB123, CD456", { exact: false }).waitFor();
  await button(page, "Change the account of Acme").click();
  await dialog.getByLabel("Holder").fill("Acme & Co");
  await dialog.getByRole("button", { name: "Save" }).click();
  await page.getByText("Acme & Co").waitFor();
  const { json } = await client("GET", `/api/v1${path}/accounts`);
  assert.deepEqual(
    json.items[0].plates.map(({ vehicleClass }: { vehicleClass: string | null }) => vehicleClass),
    ["truck", null, null],
  );
  await button(page, "Remove the account of Acme & Co").click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.getByText("No accounts").waitFor();
  assert.deepEqual(visitor.complaints, []);
});
