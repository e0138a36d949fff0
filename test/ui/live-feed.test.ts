import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { createLiveFeed } from "../../src/ui/api/live.ts";

/** The few things of EventSource that the feed uses, driven by the test instead of a network. */
class Line extends EventTarget {
  static opened: Line[] = [];
  readonly address: string;
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  constructor(address: string) {
    super();
    this.address = address;
    Line.opened.push(this);
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  tell(type: string, payload: unknown, lastEventId: string): void {
    this.dispatchEvent(Object.assign(new Event(type), { data: JSON.stringify(payload), lastEventId }));
  }
  giveUp(): void {
    this.readyState = 2;
    this.onerror?.();
  }
  stumble(): void {
    this.readyState = 0;
    this.onerror?.();
  }
  close(): void {
    this.readyState = 2;
  }
}

const feedOf = (): ReturnType<typeof createLiveFeed> =>
  createLiveFeed((address) => new Line(address) as unknown as EventSource); // the few things it uses are there

beforeEach(() => {
  Line.opened = [];
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

test("nobody listening means no connection", () => {
  const feed = feedOf();
  assert.equal(Line.opened.length, 0);
  assert.equal(feed.status(), "off");
});

test("all listeners share one connection, which ends a moment after the last of them", () => {
  const feed = feedOf();
  const heard: unknown[] = [];
  const leave = [feed.on("alert", (alert) => heard.push(alert.id)), feed.on("lost", ({ count }) => heard.push(count))];
  Line.opened[0]!.open();
  Line.opened[0]!.tell("alert", { id: "a1" }, "7");
  Line.opened[0]!.tell("lost", { count: 3 }, "8");
  assert.deepEqual(heard, ["a1", 3]);
  for (const one of leave) one();
  assert.equal(feed.status(), "open", "a change of page brings the next listener at once");
  mock.timers.tick(10_000);
  assert.equal(feed.status(), "off");
  assert.equal(Line.opened.length, 1);
});

test("a line that the browser gave up is opened again after where it was, ever more rarely", () => {
  const feed = feedOf();
  feed.on("alert", () => {});
  Line.opened[0]!.open();
  Line.opened[0]!.tell("alert", { id: "a1" }, "41");
  Line.opened[0]!.giveUp();
  assert.equal(feed.status(), "waiting");
  mock.timers.tick(1000);
  assert.equal(Line.opened[1]!.address, "/api/v1/events?after=41");
  Line.opened[1]!.giveUp();
  mock.timers.tick(1000);
  assert.equal(Line.opened.length, 2);
  mock.timers.tick(1000);
  assert.equal(Line.opened.length, 3);
  Line.opened[2]!.open();
  assert.equal(feed.status(), "open");
});

test("what the browser repairs by itself is left to it", () => {
  const feed = feedOf();
  feed.on("alert", () => {});
  Line.opened[0]!.open();
  Line.opened[0]!.stumble();
  assert.equal(feed.status(), "connecting");
  mock.timers.tick(60_000);
  assert.equal(Line.opened.length, 1);
});

test("an event that was cut off in the middle is passed over", () => {
  const feed = feedOf();
  let heard = 0;
  feed.on("alert", () => heard++);
  Line.opened[0]!.dispatchEvent(Object.assign(new Event("alert"), { data: '{"id":', lastEventId: "1" }));
  Line.opened[0]!.tell("alert", { id: "a1" }, "2");
  assert.equal(heard, 1);
});
