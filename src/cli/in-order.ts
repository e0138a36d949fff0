/**
 * Runs `work` over `items`, at most `limit` at once, and yields the results in the order of the items.
 * The first rejection is thrown at its place in the order. Work ahead of the consumer is bounded by `limit` too.
 */
export async function* inOrder<Item, Outcome>(
  items: Iterable<Item>,
  limit: number,
  work: (item: Item) => Promise<Outcome>,
): AsyncGenerator<Outcome, void, undefined> {
  const underway: Promise<Outcome>[] = [];
  try {
    for (const item of items) {
      underway.push(work(item));
      if (underway.length >= limit) yield await underway.shift()!; // just pushed, so not empty
    }
    for (let next = underway.shift(); next; next = underway.shift()) yield await next;
  } finally {
    // A consumer that stops early, or a rejection, must not leave others unhandled.
    await Promise.allSettled(underway);
  }
}
