/** Reads plates in a page or a worker of it. Nothing leaves the browser. */

import type { LoadedModel } from "../core/bind-session.ts";
import { PlateKitError } from "../core/errors.ts";
import { isKnownRegion } from "../core/formats.ts";
import { MAX_PIXELS } from "../core/image.ts";
import type { DetectorCard, RecognizerCard } from "../core/model.ts";
import { type ReadPlatesOptions, readPlates } from "../core/pipeline.ts";
import type { PlateRead } from "../core/read.ts";
import { decodeImage, type ImageSource } from "./decode-image.ts";
import { loadModel, type OnnxRuntime } from "./load-model.ts";

export interface WebReaderOptions<RuntimeTensor> extends ReadPlatesOptions {
  /** The page's own `import * as ort from "onnxruntime-web"`. */
  readonly ort: OnnxRuntime<RuntimeTensor>;
  /** Address of the folder with the nets and their cards: `models/` of this package, served by the page's site. */
  readonly models: string | URL;
  /** Largest picture in pixels, width × height. Default 64 million. */
  readonly maxPixels?: number;
}

/** Reads one picture after the other; concurrent calls wait for each other. */
export interface WebReader {
  /**
   * The plates of one picture, most confident detection first; `[]` when there is none.
   *
   * @throws PlateKitError IMAGE_UNREADABLE, IMAGE_TOO_LARGE, MODEL_FAILED, or READER_CLOSED after `close`.
   */
  read(source: ImageSource): Promise<readonly PlateRead[]>;
  /** Finishes the picture under way and frees the nets. */
  close(): Promise<void>;
}

/**
 * Fetches the nets (4.4 MB) and makes a reader of them.
 *
 * ```ts
 * import * as ort from "onnxruntime-web/wasm";
 * import { createReader } from "platekit/web";
 *
 * const reader = await createReader({ ort, models: "/models/" });
 * const plates = await reader.read(input.files[0]);
 * ```
 *
 * WebAssembly runs on the thread that calls: create the reader in a worker to keep a page moving.
 *
 * @throws PlateKitError OPTION_INVALID, MODEL_MISSING or MODEL_MISMATCH.
 */
export async function createReader<RuntimeTensor>(options: WebReaderOptions<RuntimeTensor>): Promise<WebReader> {
  const { ort, models, maxPixels = MAX_PIXELS, ...readOptions } = options;
  const unknown = (readOptions.regions ?? []).find((region) => !isKnownRegion(region));
  if (unknown !== undefined) {
    throw new PlateKitError(
      "OPTION_INVALID",
      `regions must be codes of the format registry, such as de, fr or us-ca, found ${JSON.stringify(unknown)}.`,
    );
  }
  const detector: LoadedModel<DetectorCard> = await loadModel(ort, models, "detector");
  const recognizer: LoadedModel<RecognizerCard> = await loadModel(ort, models, "recognizer");
  let isClosed = false;
  let last: Promise<unknown> = Promise.resolve();

  function inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    const next = last.then(work);
    last = next.catch(() => undefined); // the caller of that work is told
    return next;
  }

  return {
    read(source) {
      if (isClosed) {
        return Promise.reject(new PlateKitError("READER_CLOSED", "The reader was closed; create another."));
      }
      return inTurn(async () =>
        readPlates(await decodeImage(source, maxPixels), { detector, recognizer }, readOptions),
      );
    },
    close() {
      if (isClosed) return last.then(() => undefined);
      isClosed = true;
      return inTurn(async () => {
        await detector.close();
        await recognizer.close();
      });
    },
  };
}
