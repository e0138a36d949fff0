/** The commands there are: one line each. Their code is loaded only when one runs, so that a start stays quick. */
import type { Command } from "./command.ts";

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<Command>;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "read",
    summary: "Read the plates in images.",
    load: async () => (await import("./read.ts")).readCommand,
  },
  {
    name: "watch",
    summary: "One passage per vehicle, from video files, streams, cameras or folders of frames.",
    load: async () => (await import("./watch.ts")).watchCommand,
  },
  {
    name: "blur",
    summary: "Make the plates in pictures and videos unreadable.",
    load: async () => (await import("./blur.ts")).blurCommand,
  },
  {
    name: "serve",
    summary: "Run the web pages, the HTTP API and the cameras.",
    load: async () => (await import("./serve.ts")).serveCommand,
  },
  {
    name: "doctor",
    summary: "Check models, ffmpeg, database, disk, clock and cameras.",
    load: async () => (await import("./doctor.ts")).doctorCommand,
  },
  {
    name: "bench",
    summary: "Measure accuracy, calibration and speed on labelled pictures.",
    load: async () => (await import("./bench.ts")).benchCommand,
  },
  {
    name: "synth",
    summary: "Draw labelled plates and scenes, as pictures or packed for training.",
    load: async () => (await import("./synth.ts")).synthCommand,
  },
  {
    name: "cut",
    summary: "Cut labelled plates into pictures of characters, to train on.",
    load: async () => (await import("./cut.ts")).cutCommand,
  },
  {
    name: "train",
    summary: "Train the character network of the classic engine on pictures of your own.",
    load: async () => (await import("./train.ts")).trainCommand,
  },
  {
    name: "simulate",
    summary: "Run a made-up site with known truth, and print how right its figures are.",
    load: async () => (await import("./simulate.ts")).simulateCommand,
  },
  {
    name: "evidence",
    summary: "Check that an evidence bundle is as it was written.",
    load: async () => (await import("./evidence.ts")).evidenceCommand,
  },
  {
    name: "backup",
    summary: "Write everything that is kept to one file, while the server goes on.",
    load: async () => (await import("./backup.ts")).backupCommand,
  },
  {
    name: "restore",
    summary: "Bring a backup back. Stop the server first.",
    load: async () => (await import("./restore.ts")).restoreCommand,
  },
  {
    name: "audit",
    summary: "Check that the audit is as it was written.",
    load: async () => (await import("./audit.ts")).auditCommand,
  },
];
