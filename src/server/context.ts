/** What handlers work with: everything the server opened at its start. */
import type { Logger } from "pino";
import type { Store } from "../store/types.ts";
import type { EventBus } from "./events.ts";
import type { Intake } from "./intake-port.ts";
import type { Metrics } from "./metrics.ts";
import type { Passwords } from "./passwords.ts";
import type { RateLimiter } from "./rate-limit.ts";
import type { ReadService } from "./read-service.ts";
import type { SettingsCache } from "./settings.ts";
import type { SiteService } from "./sites/site-service.ts";

export interface ServerContext {
  readonly store: Store;
  readonly bus: EventBus;
  readonly readers: ReadService;
  readonly intake: Intake;
  readonly sites: SiteService;
  readonly passwords: Passwords;
  readonly settings: SettingsCache;
  readonly limiter: RateLimiter;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly setup: Setup;
  readonly nowMs: () => number;
  readonly startedMs: number;
  readonly dataFolder: string;
  readonly pagesFolder: string;
  readonly modelsFolder: string | undefined;
  /** Names under which it may be addressed, from its options; the settings add more. Lower case. */
  readonly hosts: ReadonlySet<string>;
  /** Whether only this machine can reach the server. */
  readonly onlyLoopback: boolean;
  /** Aborted when the server stops: streams end then. */
  readonly stopping: AbortSignal;
}

/** The first administrator: made once, with a token that only the terminal showed. */
export interface Setup {
  /** Null once there is a user. */
  token(): string | null;
  isNeeded(): Promise<boolean>;
  done(): void;
}
