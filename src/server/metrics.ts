/** Figures for Prometheus. Labels are route names and states, never anything that a request carries. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

export interface Metrics {
  readonly registry: Registry;
  requested(route: string, method: string, status: number, seconds: number): void;
  read(seconds: number, plates: number): void;
  readFailed(code: string): void;
  passage(): void;
  close(): void;
}

export interface MetricsSources {
  readonly readsWaiting: () => number;
  readonly subscribers: () => number;
  /** Asked when the figures are fetched. */
  readonly deliveries: () => Promise<{ readonly pending: number; readonly dead: number }>;
}

export function createMetrics(sources: MetricsSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "platekit_" });
  const registers = [registry];
  const requests = new Counter({
    name: "platekit_http_requests_total",
    help: "Requests answered",
    labelNames: ["route", "method", "status"],
    registers,
  });
  const durations = new Histogram({
    name: "platekit_http_request_duration_seconds",
    help: "Time to answer",
    labelNames: ["route"],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  const reads = new Histogram({
    name: "platekit_read_duration_seconds",
    help: "Time to read one picture, waiting not counted",
    buckets: [0.02, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 10],
    registers,
  });
  const plates = new Counter({ name: "platekit_read_plates_total", help: "Plates read", registers });
  const failures = new Counter({
    name: "platekit_read_failures_total",
    help: "Pictures that could not be read",
    labelNames: ["code"],
    registers,
  });
  const passages = new Counter({ name: "platekit_passages_total", help: "Passages taken in", registers });
  new Gauge({
    name: "platekit_reads_waiting",
    help: "Pictures being read or waiting",
    registers,
    collect() {
      this.set(sources.readsWaiting());
    },
  });
  new Gauge({
    name: "platekit_live_subscribers",
    help: "Open live streams",
    registers,
    collect() {
      this.set(sources.subscribers());
    },
  });
  new Gauge({
    name: "platekit_deliveries",
    help: "Deliveries not done",
    labelNames: ["state"],
    registers,
    async collect() {
      const counts = await sources.deliveries().catch(() => null); // the database may be gone: then there is no figure
      this.reset();
      if (counts === null) return;
      this.set({ state: "pending" }, counts.pending);
      this.set({ state: "dead" }, counts.dead);
    },
  });
  return {
    registry,
    requested(route, method, status, seconds) {
      requests.inc({ route, method, status: String(status) });
      durations.observe({ route }, seconds);
    },
    read(seconds, count) {
      reads.observe(seconds);
      plates.inc(count);
    },
    readFailed: (code) => failures.inc({ code }),
    passage: () => passages.inc(),
    close: () => registry.clear(),
  };
}
