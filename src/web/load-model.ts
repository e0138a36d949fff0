/** Fetches a net and its card and binds them to the page's ONNX Runtime. Does not know what the outputs mean. */
import { bindSession, firstLine, type LoadedModel, type RuntimeSession } from "../core/bind-session.ts";
import { PlateKitError } from "../core/errors.ts";
import { type CardOf, type ModelTask, parseModelCard } from "../core/model-card.ts";

/**
 * What is used of `onnxruntime-web`: the page imports it and passes it in, so that the page's bundler and the page's
 * choice of WebAssembly or WebGPU decide how it runs.
 */
export interface OnnxRuntime<RuntimeTensor = never> {
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options: { readonly graphOptimizationLevel: "all"; readonly logSeverityLevel: 3 },
    ): Promise<RuntimeSession<RuntimeTensor>>;
  };
  readonly Tensor: new (type: "uint8", data: Uint8Array, dims: readonly number[]) => RuntimeTensor;
}

/**
 * Loads `<task>.onnx` with `<task>.json` from a folder of the site.
 *
 * @param folder address of the folder, relative to the page or absolute.
 * @throws PlateKitError MODEL_MISSING when the files can't be fetched; MODEL_MISMATCH when they don't belong together.
 */
export async function loadModel<Task extends ModelTask, RuntimeTensor>(
  ort: OnnxRuntime<RuntimeTensor>,
  folder: string | URL,
  task: Task,
): Promise<LoadedModel<CardOf<Task>>> {
  const address = (ending: string): URL =>
    new URL(`${task}.${ending}`, new URL(`${String(folder).replace(/\/+$/, "")}/`, location.href));
  const [json, onnx] = await Promise.all([fetchFile(address("json")), fetchFile(address("onnx"))]);
  const path = address("onnx").href;
  const card = parseModelCard<Task>(new TextDecoder().decode(json), task, address("json").href);
  const found = await sha256(onnx);
  if (found !== undefined && found !== card.sha256) {
    throw new PlateKitError(
      "MODEL_MISMATCH",
      `${path}: not the file that its card expects (${card.name} ${card.version}, sha256 ${card.sha256.slice(0, 12)}…), ` +
        `found sha256 ${found.slice(0, 12)}…; use card and .onnx of the same export.`,
    );
  }
  const session = await ort.InferenceSession.create(onnx, {
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
  }).catch((cause: unknown) => {
    throw new PlateKitError(
      "MODEL_MISMATCH",
      `${path}: ONNX Runtime cannot load it (${firstLine(cause)}); check that its .wasm files are served (ort.env.wasm.wasmPaths).`,
      { cause },
    );
  });
  return bindSession(session, card, ({ data, shape }) => new ort.Tensor("uint8", data, shape), path);
}

async function fetchFile(address: URL): Promise<Uint8Array<ArrayBuffer>> {
  const missing = (found: string, cause?: unknown): PlateKitError =>
    new PlateKitError(
      "MODEL_MISSING",
      `${address.href}: cannot be fetched (${found}); serve the folder models/ of platekit there.`,
      { cause },
    );
  const response = await fetch(address).catch((cause: unknown) => {
    throw missing(firstLine(cause), cause);
  });
  if (!response.ok) throw missing(`status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** In hexadecimal; undefined on a page without https, where browsers have no digests. */
async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string | undefined> {
  if (globalThis.crypto?.subtle === undefined) return undefined;
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
