/** The regions that the format registry knows. */
import { formatsOf } from "../core/formats.ts";

export const ALL_REGIONS: readonly string[] = [...new Set(formatsOf([]).map(({ region }) => region))].sort();
