/**
 * OpenCV's cascade classifier, by its build for JavaScript. Loaded with the first cascade that is not ours, a second of work and
 * 100 MB that nobody else should pay for.
 */
import { createRequire } from "node:module";
import type { Cascade, CascadeHit } from "../classic/cascade.ts";
import { PlateKitError } from "../core/errors.ts";
import { printableName } from "./printable-name.ts";

/** What we call of it; everything it makes lives in its own memory until `delete`. */
interface OpenCv {
  readonly CV_8UC1: number;
  onRuntimeInitialized?: () => void;
  readonly Mat: {
    new (): OpenCvObject;
    new (rows: number, columns: number, type: number): OpenCvObject & { readonly data: Uint8Array };
  };
  readonly Size: new (width: number, height: number) => unknown;
  readonly RectVector: new () => OpenCvObject & {
    size(): number;
    get(index: number): { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  };
  readonly IntVector: new () => OpenCvObject & { get(index: number): number };
  readonly CascadeClassifier: new () => OpenCvObject & {
    load(path: string): boolean;
    empty(): boolean;
    detectMultiScale2(
      picture: OpenCvObject,
      boxes: OpenCvObject,
      windows: OpenCvObject,
      scaleFactor: number,
      minNeighbors: number,
      flags: number,
      minSize: unknown,
      maxSize: unknown,
    ): void;
  };
  exceptionFromPtr(pointer: number): { readonly msg: string };
  FS_createDataFile(
    folder: string,
    name: string,
    bytes: Uint8Array,
    canRead: boolean,
    canWrite: boolean,
    canOwn: boolean,
  ): void;
  FS_unlink(path: string): void;
}

interface OpenCvObject {
  delete(): void;
}

/** A cascade that holds OpenCV's memory until it is closed. */
export interface LoadedCascade extends Cascade {
  close(): void;
}

/** One OpenCV a thread. Wrapped, because its module has a `then` of its own that a promise would wait for in vain. */
let loading: Promise<{ readonly cv: OpenCv }> | undefined; // pure memo

function loadOpenCv(): Promise<{ readonly cv: OpenCv }> {
  loading ??= new Promise((resolve) => {
    // The package is CommonJS without usable types; the interface above is what we call.
    const cv = createRequire(import.meta.url)("@techstark/opencv-js") as OpenCv;
    if (cv.Mat) resolve({ cv });
    else cv.onRuntimeInitialized = () => resolve({ cv });
  });
  return loading;
}

/** What OpenCV takes for no limit. */
const ANY_SIZE = { width: 0, height: 0 };

let fileCount = 0; // names in OpenCV's own file system must differ

/**
 * Loads a cascade, of the old format or the new, Haar or LBP.
 *
 * @param path for messages.
 * @throws PlateKitError MODEL_MISMATCH when OpenCV makes nothing of it.
 */
export async function loadOpenCvCascade(path: string, bytes: Uint8Array): Promise<LoadedCascade> {
  const { cv } = await loadOpenCv();
  const name = `cascade-${++fileCount}.xml`;
  const classifier = new cv.CascadeClassifier();
  try {
    cv.FS_createDataFile("/", name, bytes, true, false, false);
    const isLoaded = classifier.load(name) && !classifier.empty();
    if (!isLoaded) throw new Error("it holds no stages that OpenCV knows");
  } catch (cause) {
    classifier.delete();
    throw new PlateKitError(
      "MODEL_MISMATCH",
      `${printableName(path)}: OpenCV cannot load this cascade (${reason(cv, cause)}); use a whole cascade file.`,
      { cause },
    );
  } finally {
    cv.FS_unlink(name);
  }
  return {
    find: ({ width, height, data }, { scaleFactor, minNeighbors, sizes }) => {
      const picture = new cv.Mat(height, width, cv.CV_8UC1);
      const boxes = new cv.RectVector();
      const windows = new cv.IntVector();
      try {
        picture.data.set(data);
        const [min, max] = [sizes?.min ?? ANY_SIZE, sizes?.max ?? ANY_SIZE].map(
          (size) => new cv.Size(size.width, size.height),
        );
        classifier.detectMultiScale2(picture, boxes, windows, scaleFactor, minNeighbors, 0, min, max);
        return Array.from({ length: boxes.size() }, (_, index): CascadeHit => {
          const box = boxes.get(index);
          return { box: [box.x, box.y, box.width, box.height], windows: windows.get(index) };
        });
      } catch (cause) {
        throw new PlateKitError(
          "MODEL_FAILED",
          `${printableName(path)}: OpenCV failed on a picture of ${width}×${height} (${reason(cv, cause)}); try another cascade.`,
          { cause },
        );
      } finally {
        for (const made of [picture, boxes, windows]) made.delete();
      }
    },
    close: () => classifier.delete(),
  };
}

/** OpenCV throws numbers: addresses of its exceptions. */
function reason(cv: OpenCv, cause: unknown): string {
  const message = typeof cause === "number" ? cv.exceptionFromPtr(cause).msg : (cause as Error).message;
  return (message.split("\n")[0] ?? "").replace(/^OpenCV\([^)]*\) \S+ error: /, "").replace(/ in function.*$/, "");
}
