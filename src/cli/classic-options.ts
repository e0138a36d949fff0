/** Options of the classic engine, which more than one command takes. */
import { STEPS_NAMES, type StepsName } from "../classic/segmentation.ts";
import { PlateKitError } from "../core/errors.ts";
import type { EngineName, ReaderOptions } from "../node/read-settings.ts";
import type { OptionSpecs, OptionValues } from "./command.ts";

export const CLASSIC_OPTIONS = {
  cascade: { type: "text", value: "FILE.xml", help: "classic: OpenCV cascade that finds the plates" },
  characters: { type: "text", value: "FILE.onnx", help: 'classic: character net of "train characters"' },
  steps: {
    type: "text",
    value: "NAME",
    choices: STEPS_NAMES,
    help: "classic: robust (default), or the tutorial's own steps",
  },
  "scale-factor": {
    type: "number",
    value: "F",
    min: 1.01,
    max: 3,
    help: "classic: growth of the search window (default 1.2)",
  },
  "min-neighbors": {
    type: "number",
    value: "N",
    min: 0,
    max: 100,
    integer: true,
    help: "classic: windows that must agree (default 7)",
  },
} as const satisfies OptionSpecs;

type ClassicValues = OptionValues<typeof CLASSIC_OPTIONS> & { readonly engine?: string };

/**
 * The engine and its options, of those that were given.
 *
 * @throws PlateKitError OPTION_INVALID for options of the classic engine without `--engine classic`.
 */
export function engineOptions(given: ClassicValues): ReaderOptions {
  const { engine, cascade, characters, steps, "scale-factor": scaleFactor, "min-neighbors": minNeighbors } = given;
  const stray = Object.keys(CLASSIC_OPTIONS).find((name) => given[name as keyof ClassicValues] !== undefined);
  if (stray !== undefined && engine !== "classic")
    throw new PlateKitError("OPTION_INVALID", `--${stray} belongs to --engine classic; add that or leave it out.`);
  return {
    ...(engine === undefined ? {} : { engine: engine as EngineName }), // checked against ENGINE_NAMES
    ...(cascade === undefined ? {} : { cascade }),
    ...(characters === undefined ? {} : { characters }),
    ...(steps === undefined ? {} : { steps: steps as StepsName }), // checked against STEPS_NAMES
    ...(scaleFactor === undefined ? {} : { scaleFactor }),
    ...(minNeighbors === undefined ? {} : { minNeighbors }),
  };
}
