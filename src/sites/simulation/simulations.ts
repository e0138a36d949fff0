/** The simulations there are: one line each. */
import { simulateEnforcement } from "./enforcement.ts";
import type { Figure, SimulationOptions } from "./figures.ts";
import { simulateParking } from "./parking.ts";
import { simulateTolls } from "./tolls.ts";
import { simulateTraffic } from "./traffic.ts";

export const SIMULATIONS = {
  parking: simulateParking,
  toll: simulateTolls,
  enforcement: simulateEnforcement,
  traffic: simulateTraffic,
} as const satisfies Record<string, (options: SimulationOptions) => readonly Figure[]>;

export type SimulationName = keyof typeof SIMULATIONS;

export function isSimulation(name: string): name is SimulationName {
  return Object.hasOwn(SIMULATIONS, name);
}
