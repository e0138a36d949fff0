import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { fillDemoSites } from "../../src/server/demo-sites.ts";
import { type Client, startServer, type TestServer } from "../server/running-server.ts";
import { axeViolations, NO_BROWSER, openWindow, settle, startBrowser } from "./browser.ts";

/** Where to leave pictures of every page for people to look at; nowhere by default. */
const PICTURES = process.env.PLATEKIT_PAGE_PICTURES;

let server: TestServer;
let client: Client;
let browser: Browser;
const ids = new Map<string, string>();

before(async () => {
  if (NO_BROWSER !== false) return;
  server = await startServer();
  client = await server.setUp();
  await fillDemoSites(server.server.store, server.server.sites, Date.now());
  for (const { id, kind } of (await client("GET", "/api/v1/sites")).json.items) ids.set(kind, id);
  browser = await startBrowser();
});
after(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

const TABS: Readonly<Record<string, readonly string[]>> = {
  parking: ["overview", "stays", "review", "tariff", "permits", "gates", "setup"],
  toll: ["overview", "charges", "review", "accounts", "setup"],
  enforcement: ["cases", "setup"],
  traffic: ["overview", "travel", "od", "setup"],
};
const WINDOWS = [
  { name: "light", width: 1280, colours: "light" },
  { name: "dark", width: 1280, colours: "dark" },
  { name: "phone", width: 360, colours: "light" },
] as const;

for (const { name, width, colours } of WINDOWS) {
  test(`the pages of sites are accessible, complain of nothing and fit the window: ${name}`, {
    skip: NO_BROWSER,
  }, async () => {
    await using visitor = await openWindow(browser, server.address, client, { width, colours });
    const { page } = visitor;
    const found: string[] = [];
    const look = async (place: string): Promise<void> => {
      const overflow = Number(await page.evaluate("document.documentElement.scrollWidth - innerWidth"));
      if (overflow > 0) found.push(`${place}: ${overflow} pixels wider than the window`);
      for (const violation of await axeViolations(page)) found.push(`${place}: ${violation}`);
      if (PICTURES === undefined) return;
      mkdirSync(PICTURES, { recursive: true });
      await page.screenshot({ path: join(PICTURES, `${place}-${name}.png`), fullPage: place !== "stay" });
    };
    await visitor.goTo("/sites");
    await look("sites");
    for (const [kind, tabs] of Object.entries(TABS)) {
      for (const tab of tabs) {
        await visitor.goTo(`/sites/${ids.get(kind)}?tab=${tab}`);
        await page.waitForTimeout(300);
        await settle(page);
        await look(`${kind}-${tab}`);
      }
    }
    await visitor.goTo(`/sites/${ids.get("parking")}?tab=stays`);
    await page
      .getByRole("button", { name: /^Open the stay of/ })
      .nth(5)
      .click();
    await page.getByRole("dialog").waitFor();
    await page.waitForTimeout(500);
    await look("stay");
    assert.deepEqual([...found, ...visitor.complaints], []);
  });
}

test("a stay is paid at the page, and a tariff is tried before it is saved", { skip: NO_BROWSER }, async () => {
  await using visitor = await openWindow(browser, server.address, client);
  const { page } = visitor;
  await visitor.goTo(`/sites/${ids.get("parking")}?tab=stays`);
  await page.getByText("Unpaid", { exact: true }).click();
  await page
    .getByRole("button", { name: /^Open the stay of/ })
    .first()
    .click();
  await page.getByRole("button", { name: "Record a payment" }).click();
  await page.getByText("Payment recorded").waitFor();
  await visitor.goTo(`/sites/${ids.get("parking")}?tab=tariff`);
  await page.getByLabel("I come").fill("2026-03-02T10:00");
  await page.getByLabel("I leave").fill("2026-03-02T12:10");
  await page.getByRole("button", { name: "What does it cost?" }).click();
  await page
    .getByText(/^Day: .* = /)
    .first()
    .waitFor();
  assert.deepEqual(visitor.complaints, []);
});

test("a hit counts once a person has confirmed it at the page", { skip: NO_BROWSER }, async () => {
  await using visitor = await openWindow(browser, server.address, client);
  const { page } = visitor;
  await visitor.goTo(`/sites/${ids.get("enforcement")}`);
  await page.getByRole("button", { name: "Confirm", exact: true }).first().click();
  await page.getByText("Done", { exact: true }).waitFor();
  await page.getByText("Confirmed", { exact: true }).click();
  await page
    .getByText(/confirmed by anna/)
    .first()
    .waitFor();
  assert.deepEqual(visitor.complaints, []);
});
