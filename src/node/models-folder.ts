/** Where the models of this package lie; apart from load-model.ts, so that asking costs no ONNX Runtime. */
import { fileURLToPath } from "node:url";

/** `models/` of this package: two levels up from src/node as from dist/node. */
export const DEFAULT_MODELS_FOLDER: string = fileURLToPath(new URL("../../models", import.meta.url));
