/** The public API in a browser: one line a name. */

export { PlateKitError } from "../core/errors.ts";
export type { PlateRead } from "../core/read.ts";
export type { ImageSource } from "./decode-image.ts";
export { decodeImage } from "./decode-image.ts";
export type { OnnxRuntime } from "./load-model.ts";
export { loadModel } from "./load-model.ts";
export type { WebReader, WebReaderOptions } from "./reader.ts";
export { createReader } from "./reader.ts";
