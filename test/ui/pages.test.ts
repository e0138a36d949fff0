import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { axeViolations, NO_BROWSER, type RunningPages, startPages } from "./browser.ts";

/** Where to leave pictures of every page for people to look at; nowhere by default. */
const PICTURES = process.env.PLATEKIT_PAGE_PICTURES;
const PHONE_WIDTH = 360;

let pages: RunningPages;
before(async () => {
  if (NO_BROWSER === false) pages = await startPages();
});
after(async () => {
  await pages?.[Symbol.asyncDispose]();
});

const PATHS = [
  "/live",
  "/try",
  "/passages",
  "/passages/:passage",
  "/cameras",
  "/cameras/:camera",
  "/lists",
  "/lists/:list",
  "/alerts",
  "/alerts?tab=rules",
  "/statistics",
  "/administration",
  "/administration?tab=users",
  "/administration?tab=sites",
  "/administration?tab=keys",
  "/administration?tab=deliveries",
  "/administration?tab=retention",
  "/administration?tab=audit",
  "/no-such-page",
] as const;

const WINDOWS = [
  { name: "light", width: 1280, colours: "light" },
  { name: "dark", width: 1280, colours: "dark" },
  { name: "phone", width: PHONE_WIDTH, colours: "light" },
] as const;

for (const { name, width, colours } of WINDOWS) {
  test(`every page is accessible, complains of nothing and fits the window: ${name}`, {
    skip: NO_BROWSER,
  }, async () => {
    await using visitor = await pages.visit({ width, colours });
    const { page } = visitor;
    const found: string[] = [];
    for (const path of PATHS) {
      const { passageId, cameraId, listId } = pages.story;
      const address = path.replace(":passage", passageId).replace(":camera", cameraId).replace(":list", listId);
      await visitor.goTo(address);
      const overflow = Number(await page.evaluate("document.documentElement.scrollWidth - innerWidth"));
      if (overflow > 0) found.push(`${path}: ${overflow} pixels wider than the window`);
      for (const violation of await axeViolations(page)) found.push(`${path}: ${violation}`);
      if (PICTURES !== undefined) {
        console.log(
          name,
          path,
          found.filter((line) => line.startsWith(`${path}:`)),
        );
        mkdirSync(PICTURES, { recursive: true });
        await page.screenshot({
          path: join(PICTURES, `${path.replace(/\W+/g, "-").slice(1)}-${name}.png`),
          fullPage: true,
        });
      }
    }
    assert.deepEqual([...found, ...visitor.complaints], []);
  });
}

test("the log-in page is accessible in light and dark", { skip: NO_BROWSER }, async () => {
  for (const colours of ["light", "dark"] as const) {
    await using visitor = await pages.visit({ colours, isLoggedIn: false });
    await visitor.goTo("/passages");
    assert.match(visitor.page.url(), /\/log-in\?next=%2Fpassages$/);
    assert.deepEqual([...(await axeViolations(visitor.page)), ...visitor.complaints], []);
  }
});
