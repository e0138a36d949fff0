import type { Writable } from "node:stream";

/** Writes and waits until the stream takes more, so that a slow reader slows us instead of filling memory. */
export async function writeText(stream: Writable, text: string): Promise<void> {
  if (text === "" || stream.write(text)) return;
  await new Promise<void>((resolve) => {
    // A stream that fails is heard of by its error handler; waiting for its drain would never end.
    const settle = (): void => {
      stream.off("drain", settle);
      stream.off("close", settle);
      resolve();
    };
    stream.on("drain", settle);
    stream.on("close", settle);
  });
}
