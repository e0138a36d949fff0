/** The pages in a real browser, against a real server on a store that holds the story. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { type Client, PASSWORD, startServer, type TestServer } from "../server/running-server.ts";
import { fillStory, type Story } from "./story.ts";

/** Debian's; elsewhere named by the environment. */
const CHROMIUM = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** A machine at work on other things may take its time. */
const PATIENCE_MS = Number(process.env.PLATEKIT_TEST_PATIENCE_MS ?? 15_000);

export const NO_BROWSER: string | false = existsSync(CHROMIUM) ? false : `no browser at ${CHROMIUM}`;

export interface Visitor extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page complained of: errors, and whatever the CSP forbade. */
  readonly complaints: readonly string[];
  goTo(path: string): Promise<void>;
}

export interface RunningPages extends AsyncDisposable {
  readonly address: string;
  readonly story: Story;
  readonly server: TestServer;
  /** The API as the administrator. */
  readonly client: Client;
  /** A fresh browser window; logged in unless said otherwise. */
  visit(options?: {
    readonly width?: number;
    readonly colours?: "light" | "dark";
    readonly isLoggedIn?: boolean;
  }): Promise<Visitor>;
}

export async function startPages(): Promise<RunningPages> {
  assert.ok(
    existsSync(resolve(import.meta.dirname, "../../dist/ui/index.html")),
    "The pages are not built: run `npm run build` first.",
  );
  const server = await startServer();
  const client = await server.setUp();
  const story = await fillStory(server.server.store);
  const browser = await startBrowser();
  return {
    ...{ address: server.address, story, server, client },
    visit: (options = {}) => openWindow(browser, server.address, client, options),
    async [Symbol.asyncDispose]() {
      await browser.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

export async function startBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"], timeout: 60_000 });
}

export async function openWindow(
  browser: Browser,
  address: string,
  client: Client | null,
  options: {
    readonly width?: number;
    readonly colours?: "light" | "dark";
    readonly isLoggedIn?: boolean;
  } = {},
): Promise<Visitor> {
  const { width = 1280, colours = "light", isLoggedIn = true } = options;
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: colours,
    reducedMotion: "reduce",
    locale: "en-GB",
  });
  if (isLoggedIn && client !== null) {
    const [name = "", value = ""] = client.cookie().split("=");
    await context.addCookies([{ name, value, url: address }]);
  }
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  page.on("pageerror", ({ message }) => complaints.push(message));
  page.on("console", (message) => {
    // A refused request is the server's answer, not a fault of the page.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      complaints.push(message.text());
  });
  return {
    ...{ page, context, complaints },
    async goTo(path) {
      await page.goto(`${address}${path}`);
      await settle(page);
    },
    async [Symbol.asyncDispose]() {
      await context.close();
    },
  };
}

const IS_BUSY =
  "document.querySelector('[aria-label=\"Loading\"], .mantine-Skeleton-root') !== null || " +
  "[...document.images].some((image) => !image.complete && image.loading !== 'lazy')";

/** Waits until the page shows its heading and nothing loads any more. */
export async function settle(page: Page): Promise<void> {
  await page.locator("h1").first().waitFor();
  // Not waitForFunction: it evaluates in the page, where the CSP forbids it.
  const end = Date.now() + PATIENCE_MS;
  while (await page.evaluate(IS_BUSY)) {
    assert.ok(Date.now() < end, `${page.url()} still loads`);
    await page.waitForTimeout(50);
  }
}

/** What axe finds wrong, one line for each, with where. */
export async function axeViolations(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })" +
      ".then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map((node) => id + ': ' + node.target + ' ' + (node.any[0]?.message ?? node.all[0]?.message ?? ''))))",
  );
  return found as string[]; // the expression above makes strings
}

export { PASSWORD };
