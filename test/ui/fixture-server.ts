/** Answers the pages by the server's own schemas, from a made-up installation. Until the real server can stand here. */
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, resolve } from "node:path";
import type { z } from "zod";
import type { ReplyOf } from "../../src/server/route.ts";
import { ROUTES, type RouteName, type Routes } from "../../src/server/routes.ts";
import { PERMISSIONS } from "../../src/server/schemas/access.ts";
import type { Camera } from "../../src/server/schemas/cameras.ts";
import type { PassageDetail, PassageOnWire } from "../../src/server/schemas/passages.ts";
import { drawPlates, type StoryPlate } from "./story.ts";

const UI = resolve(import.meta.dirname, "../../dist/ui");
const CSP =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
const HOUR = 3_600_000;

type Answers = {
  readonly [N in RouteName]?: (request: Asked) => ReplyOf<Routes[N]> | Refused | undefined;
};
interface Asked {
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
}
interface Refused {
  readonly refused: number;
  readonly detail: string;
}

export interface FixtureOptions {
  /** open: before set-up, on loopback. */
  readonly session?: "administrator" | "open" | "none";
  readonly isEmpty?: boolean;
}

export async function startFixtureServer(options: FixtureOptions = {}): Promise<{ url: string; close(): void }> {
  const plates = options.isEmpty ? [] : await drawPlates(8);
  const answers = storyAnswers(plates, options);
  const pictures = new Map(plates.flatMap(({ frame, crop }) => [frame, crop]).map(({ hash, bytes }) => [hash, bytes]));
  const server = createServer((request, response) => {
    void answer(request, response).catch((error: unknown) => {
      response.writeHead(500, { "content-type": "application/problem+json" });
      response.end(JSON.stringify({ title: String(error) }));
    });
  });
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    if (pathname === "/api/v1/events") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(": here\n\n");
      return;
    }
    const hash = /^\/api\/v1\/pictures\/(\w+)$/.exec(pathname)?.[1];
    const frame = /^\/api\/v1\/cameras\/[^/]+\/frame$/.test(pathname) ? plates[0]?.frame.bytes : undefined;
    const bytes = hash === undefined ? frame : pictures.get(hash);
    if (bytes !== undefined) {
      response.writeHead(200, { "content-type": "image/jpeg" });
      response.end(bytes);
      return;
    }
    if (!pathname.startsWith("/api/")) return file(pathname, response);
    const found = findRoute(request.method ?? "GET", pathname);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const body: unknown = request.headers["content-type"]?.includes("json") ? JSON.parse(text) : text;
    const given = found && answers[found.name];
    const reply = given?.({ params: found!.params, query: searchParams, body });
    const refused = reply as Refused | undefined;
    const status = refused?.refused ?? (given === undefined ? 404 : reply === undefined ? 204 : 200);
    response.writeHead(status, { "content-type": status < 400 ? "application/json" : "application/problem+json" });
    response.end(
      status === 204 ? undefined : JSON.stringify(status < 400 ? reply : { status, detail: refused?.detail }),
    );
  };
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo; // it listens on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function file(pathname: string, response: ServerResponse): void {
  const name = extname(pathname) === "" ? "/index.html" : pathname;
  const bytes = readFileSync(join(UI, name));
  response.writeHead(200, {
    "content-type": TYPES[extname(name)] ?? "application/octet-stream",
    "content-security-policy": CSP,
  });
  response.end(bytes);
}

function findRoute(method: string, pathname: string): { name: RouteName; params: Record<string, string> } | undefined {
  const parts = pathname.split("/");
  for (const [name, route] of Object.entries(ROUTES)) {
    const wanted = route.path.split("/");
    if (route.method !== method || wanted.length !== parts.length) continue;
    const params: Record<string, string> = {};
    const fits = wanted.every((part, i) => {
      if (part.startsWith(":")) params[part.slice(1)] = parts[i]!;
      return part.startsWith(":") || part === parts[i];
    });
    // A name before a parameter: /cameras/test is no camera.
    if (fits) return { name: name as RouteName, params };
  }
  return undefined;
}

function storyAnswers(plates: readonly StoryPlate[], { session = "administrator", isEmpty }: FixtureOptions): Answers {
  const nowMs = Date.now();
  const times = { createdMs: nowMs - 40 * 24 * HOUR, updatedMs: nowMs - 2 * HOUR };
  const cameras: readonly Camera[] = isEmpty
    ? []
    : ["North gate", "South gate", "Car park B"].map((name, i) => cameraOf(name, i, nowMs));
  const passages =
    plates.length === 0 ? [] : Array.from({ length: 36 }, (_, i) => passageOf(plates[i % plates.length]!, i, nowMs));
  const page = <T>(items: readonly T[]): { items: T[]; next: null } => ({ items: [...items], next: null });
  const me = {
    kind: session === "open" ? ("open" as const) : ("user" as const),
    id: session === "open" ? null : "u1",
    name: session === "open" ? "open" : "admin",
    role: session === "open" ? null : ("administrator" as const),
    permissions: session === "open" ? (["read:run"] as const).slice() : [...PERMISSIONS],
    siteIds: null,
    expiresMs: null,
  };
  const lists = isEmpty
    ? []
    : (
        [
          ["l1", "Residents", "allow", 214],
          ["l2", "Stolen", "hotlist", 1830],
          ["l3", "Banned", "deny", 12],
        ] as const
      ).map(([id, name, kind, entries]) => ({
        id,
        name,
        kind,
        description: "",
        enabled: true,
        siteId: null,
        entries,
        ...times,
      }));
  return {
    setupState: () => ({ needsSetup: session === "open", openReading: session === "open" }),
    me: () => (session === "none" ? { refused: 401, detail: "Log in first." } : me),
    login: () => ({ refused: 401, detail: "User name or password is wrong." }),
    listRegions: () => ({ regions: ["de", "fr", "nl", "gb", "es", "us-ca"] }),
    read: () => ({
      schema: 1 as const,
      images: plates.slice(0, 1).map(({ text, display, region, corners, box, crop }) => ({
        name: "gate.jpg",
        width: 720,
        height: 540,
        plates: [
          {
            ...{ text, display, region, confidence: 0.947, regionConfidence: 0.98, doubt: "blurred" as const },
            detection: { box, corners, lines: 1 as const, confidence: 0.991 },
            characters: charactersOf(text),
            candidates: candidatesOf(text),
            crop: crop.bytes.toString("base64"),
          },
        ],
        ms: { decode: 12, detect: 41, read: 9, total: 64 },
        error: null,
      })),
    }),
    searchPassages: ({ query }) => {
      const text = query.get("text");
      return page(passages.filter((passage) => text === null || passage.text === text));
    },
    getPassage: ({ params }) => {
      const passage = passages.find(({ id }) => id === params.id);
      return passage === undefined
        ? { refused: 404, detail: "There is no such passage." }
        : detailOf(passage, passages, nowMs);
    },
    listCameras: () => page(cameras),
    getCamera: ({ params }) => cameras.find(({ id }) => id === params.id),
    cameraHealth: ({ params }) => ({
      now: cameras.find(({ id }) => id === params.id)?.health ?? null,
      history: Array.from({ length: 24 }, (_, i) => ({
        timeMs: nowMs - (24 - i) * HOUR,
        fps: 11 + (i % 3),
        lagMs: 200 + 20 * (i % 5),
        frames: 40_000 + i,
        passages: 30 + ((i * 7) % 25),
        reconnects: i === 9 ? 2 : 0,
        unread: { "too-small": i % 4, blurred: i % 3, unsure: 1 },
      })),
    }),
    testCamera: () => ({
      ...{ ok: true, message: null, width: 720, height: 540, tookMs: 812 },
      snapshot: plates[0]!.frame.bytes.toString("base64"),
    }),
    listLists: () => page(lists),
    getList: ({ params }) => lists.find(({ id }) => id === params.id),
    listEntries: () =>
      page(
        plates.map(({ text }, i) => ({
          ...{
            id: `e${i}`,
            listId: "l1",
            text: i === 3 ? "AB?1*" : text,
            label: i % 2 ? "Flat 12" : null,
            note: i === 2 ? "Blue van, parks behind the gate" : "",
          },
          ...{
            validFromMs: i === 1 ? nowMs - 9 * HOUR : null,
            validToMs: i === 1 ? nowMs + 99 * HOUR : i === 5 ? nowMs - 200 * HOUR : null,
          },
          ...{ wildcard: i === 3, lookAlike: i % 3 === 0, createdBy: "admin", ...times },
        })),
      ),
    previewImport: () => ({
      ...{ rows: 42, add: 30, change: 2, remove: 0, same: 8, problemCount: 2, fingerprint: "f" },
      changes: [
        { line: 2, text: "AB12CDE", change: "add" as const, detail: "" },
        { line: 9, text: "XY99ZZZ", change: "change" as const, detail: "note: “old” → “new”" },
      ],
      problems: [
        { line: 14, message: "validFrom is no date: 31.31.2026" },
        { line: 27, message: "no plate in the column text" },
      ],
    }),
    listRules: () =>
      page(
        isEmpty
          ? []
          : [
              {
                ...{
                  id: "r1",
                  name: "Stolen vehicles",
                  enabled: true,
                  timeZone: null,
                  webhookIds: ["w1"],
                  notifyMqtt: true,
                  quietMs: 600_000,
                  ...times,
                },
                condition: { listIds: ["l2"], minConfidence: 0.8 },
              },
              {
                ...{
                  id: "r2",
                  name: "Unknown at night",
                  enabled: false,
                  timeZone: null,
                  webhookIds: [],
                  notifyMqtt: false,
                  quietMs: 60_000,
                  ...times,
                },
                condition: {
                  isUnknown: true,
                  schedule: [{ days: [0, 1, 2, 3, 4, 5, 6], fromMinute: 1320, toMinute: 360 }],
                },
              },
            ],
      ),
    listAlerts: ({ query }) =>
      page(
        passages
          .slice(0, 6)
          .map((passage, i) => ({
            ...{
              id: `a${i}`,
              ruleId: "r1",
              ruleName: "Stolen vehicles",
              passageId: passage.id,
              cameraId: passage.cameraId,
            },
            ...{ text: passage.text, reason: 'on list "Stolen"', timeMs: passage.firstTimeMs, passage },
            acknowledged: i > 2 ? { by: "admin", timeMs: nowMs - HOUR, note: "Called the police" } : null,
          }))
          .filter(
            ({ acknowledged }) =>
              query.get("open") === null || (acknowledged === null) === (query.get("open") === "true"),
          ),
      ),
    countPassages: ({ query }) => {
      const by = (query.get("by") ?? "hour") as z.infer<typeof ROUTES.countPassages.reply>["by"];
      const keys: (number | string | null)[] =
        by === "camera"
          ? cameras.map(({ id }) => id)
          : by === "region"
            ? ["de", "fr", "nl", null]
            : Array.from(
                { length: by === "hour" ? 72 : 30 },
                (_, i) => nowMs - (72 - i) * HOUR * (by === "hour" ? 1 : 24),
              );
      const rows = keys.map((key, i) => ({
        key,
        passages: 40 + Math.round(35 * Math.sin(i / 4)) + (i % 5),
        doubted: i % 6,
        meanConfidence: 0.93,
      }));
      return { by, total: rows.reduce((sum, row) => sum + row.passages, 0), rows: isEmpty ? [] : rows };
    },
    readQuality: () => ({
      rows: Array.from({ length: isEmpty ? 0 : 14 }, (_, i) => ({
        ...{
          timeMs: nowMs - (14 - i) * 24 * HOUR,
          passages: 900 + 40 * (i % 4),
          unread: 60 + 5 * (i % 7),
          doubted: 70 + i,
        },
        meanConfidence: 0.92 + (i % 5) / 100,
      })),
      doubts: [
        { doubt: null, passages: 11_800 },
        { doubt: "blurred", passages: 420 },
        { doubt: "too-small", passages: 250 },
      ],
    }),
    heatMap: () => ({
      timeZone: "Europe/Berlin",
      passages: Array.from({ length: 7 }, (_, day) =>
        Array.from(
          { length: 24 },
          (_, hour) =>
            (isEmpty
              ? 0
              : Math.round(60 * Math.exp(-((hour - 8) ** 2) / 9) + 50 * Math.exp(-((hour - 17) ** 2) / 12)) *
                (day > 4 ? 0.4 : 1)) | 0,
        ),
      ),
    }),
    topPlates: () => ({
      rows: plates.map(({ text }, i) => ({ plate: text, passages: 80 - 9 * i, lastTimeMs: nowMs - i * HOUR })),
      isExact: true,
    }),
    listUsers: () =>
      page([
        {
          id: "u1",
          username: "admin",
          role: "administrator" as const,
          siteIds: null,
          enabled: true,
          createdMs: times.createdMs,
          lastLoginMs: nowMs - HOUR,
        },
        {
          id: "u2",
          username: "gatekeeper",
          role: "operator" as const,
          siteIds: null,
          enabled: true,
          createdMs: times.createdMs,
          lastLoginMs: null,
        },
      ]),
    listRoles: () => page([{ role: "administrator" as const, summary: "Everything", permissions: [...PERMISSIONS] }]),
    listSites: () => page([]),
    listApiKeys: () =>
      page([
        {
          id: "k1",
          name: "Barrier controller",
          prefix: "pk_8fQ2",
          scopes: ["passages:read" as const, "live:read" as const],
          siteIds: null,
          createdMs: times.createdMs,
          createdBy: "admin",
          expiresMs: nowMs + 900 * HOUR,
          lastUsedMs: nowMs - 60_000,
          revokedMs: null,
        },
      ]),
    createApiKey: () => ({
      id: "k2",
      name: "New",
      prefix: "pk_1",
      scopes: [],
      siteIds: null,
      createdMs: nowMs,
      createdBy: "admin",
      expiresMs: null,
      lastUsedMs: null,
      revokedMs: null,
      key: "pk_1abcdefghijklmnopqrstuvwxyz0123456789",
    }),
    listWebhooks: () =>
      page([
        {
          id: "w1",
          name: "Barrier",
          url: "https://barrier.example/hook",
          enabled: true,
          events: ["passage" as const],
          cameraIds: [],
          allowPrivate: false,
          headers: {},
          ...times,
          keys: [{ createdMs: nowMs }],
          pending: 0,
          dead: 2,
        },
      ]),
    getMqtt: () => ({
      enabled: true,
      url: "mqtts://broker.example:8883",
      username: "platekit",
      clientId: "platekit",
      topicPrefix: "platekit",
      discoveryPrefix: "homeassistant",
      certificateAuthority: null,
      allowPrivate: true,
      events: ["passage"],
      id: "m1",
      hasPassword: true,
      connected: true,
      lastError: null,
    }),
    listDeliveries: () =>
      page([
        {
          id: "d1",
          target: "webhook" as const,
          targetId: "w1",
          targetName: "Barrier",
          event: "passage",
          passageId: passages[0]?.id ?? null,
          state: "dead" as const,
          attempts: 12,
          createdMs: nowMs - 30 * HOUR,
          nextAttemptMs: null,
          doneMs: null,
          lastStatus: 502,
          lastError: "answered with status 502",
        },
      ]),
    getRetention: () => ({ days: 30, bytesPerCamera: null }),
    previewRetention: () => ({
      ...{ applied: false, passages: 812, bytes: 93_000_000 },
      cameras: [
        {
          cameraId: "c0",
          cameraName: "North gate",
          byAge: 812,
          bySize: 0,
          bytes: 93_000_000,
          held: 3,
          oldestKeptMs: nowMs - 700 * HOUR,
        },
      ],
    }),
    searchAudit: () =>
      page(
        Array.from({ length: 8 }, (_, i) => ({
          ...{
            sequence: 90 - i,
            timeMs: nowMs - i * HOUR,
            actor: i % 3 ? "admin" : "key:Barrier controller",
            action: i % 2 ? "passage.search" : "camera.update",
            target: i % 2 ? null : "camera:c0",
          },
          ...{
            reason: i % 2 ? "Case 17/2026" : null,
            details: i % 2 ? { text: "AB12CDE" } : { name: "North gate" },
            isRedacted: false,
            address: "192.0.2.7",
            hash: "ab".repeat(32),
          },
        })),
      ),
    verifyAudit: () => ({ ok: true, entries: 90, redacted: 0, problems: [], lastHash: "ab".repeat(32) }),
    getStorage: () => ({
      database: "sqlite",
      databaseBytes: 48_000_000,
      pictures: 21_000,
      pictureBytes: 1_930_000_000,
      freeBytes: 71_000_000_000,
      passages: 10_412,
      passagesExact: true,
      directory: "/var/lib/platekit",
      deliveriesPending: 0,
      deliveriesDead: 2,
      failing: null,
    }),
    getVersion: () => ({
      name: "platekit",
      version: "0.1.0",
      node: "24.21.0",
      models: [
        { name: "detector", version: "1" },
        { name: "recognizer", version: "1" },
      ],
      startedMs: nowMs - 50 * HOUR,
    }),
    getSettings: () => ({
      name: "Harbour site",
      timeZone: "Europe/Berlin",
      reasonRequired: false,
      allowFileCameras: false,
      hosts: [],
    }),
  };
}

function charactersOf(text: string): { text: string; confidence: number }[] {
  return [...text].map((character, i) => ({ text: character, confidence: i === 3 ? 0.62 : i === 1 ? 0.88 : 0.985 }));
}

function candidatesOf(text: string): { text: string; confidence: number }[] {
  return [
    { text, confidence: 0.947 },
    { text: `${text.slice(0, -1)}8`, confidence: 0.031 },
    { text: `${text.slice(0, -1)}B`, confidence: 0.012 },
  ];
}

function cameraOf(name: string, index: number, nowMs: number): Camera {
  const isOff = index === 2;
  return {
    ...{
      id: `c${index}`,
      name,
      kind: "stream",
      url: `rtsp://viewer:***@10.0.0.${20 + index}/stream1`,
      enabled: !isOff,
    },
    ...{
      siteId: null,
      regions: ["de"],
      regionStrict: false,
      fps: 12,
      motion: true,
      minPlateHeightPx: 14,
      minConfidence: 0.5,
    },
    ...{
      roi:
        index === 0
          ? [
              [80, 120],
              [640, 100],
              [700, 500],
              [40, 520],
            ]
          : null,
      line: index === 0 ? { from: [120, 380], to: [620, 360] } : null,
    },
    ...{
      schedule: null,
      keepFrames: true,
      role: null,
      timeZone: null,
      frameSize: [720, 540],
      retentionDays: null,
      retentionBytes: null,
    },
    ...{ createdMs: nowMs - 900 * HOUR, updatedMs: nowMs - HOUR },
    health: {
      ...{
        state: isOff ? "off" : index === 1 ? "failed" : "reading",
        message: index === 1 ? "The camera refuses the password. Check it in the address." : null,
      },
      ...{
        fps: isOff ? 0 : 11.8,
        lagMs: 240,
        lastFrameMs: nowMs - 400,
        lastPassageMs: nowMs - 90_000,
        reconnects: 2,
        restarts: 0,
      },
      ...{
        frames: 123_456,
        dropped: 12,
        passages: 842,
        unread: { "too-small": 31, blurred: 12 },
        frameWidth: 720,
        frameHeight: 540,
      },
    },
  };
}

function passageOf(plate: StoryPlate, index: number, nowMs: number): PassageOnWire {
  const { text, display, region, corners, box, frame, crop } = plate;
  const firstTimeMs = nowMs - index * 1_130_000;
  return {
    ...{ schema: 1, id: `p${index}`, cameraId: `c${index % 2}`, siteId: null, plate: text, text, display, region },
    ...{
      confidence: [0.991, 0.947, 0.83, 0.61][index % 4]!,
      regionConfidence: 0.97,
      lines: 1,
      preview: false,
      isHashed: false,
    },
    ...{ characters: charactersOf(text), candidates: candidatesOf(text), doubt: index % 7 === 3 ? "blurred" : null },
    ...{
      firstTimeMs,
      lastTimeMs: firstTimeMs + 2400,
      receivedMs: firstTimeMs + 2600,
      frames: 21,
      direction: index % 3 === 2 ? null : index % 3 ? "out" : "in",
    },
    path: Array.from({ length: 12 }, (_, i) => [
      firstTimeMs + i * 200,
      box[0] + box[2] / 2 - 80 + 8 * i,
      box[1] - 60 + 6 * i,
    ]),
    best: { timeMs: firstTimeMs + 1200, box, corners, detectionConfidence: 0.98 },
    pictures: { crop: crop.hash, frame: frame.hash },
    listHits:
      index % 5 === 0
        ? [
            {
              listId: "l1",
              listName: "Residents",
              listKind: "allow",
              entryId: "e1",
              entryText: text,
              match: "exact",
              probability: 0.99,
            },
          ]
        : index % 5 === 3
          ? [
              {
                listId: "l2",
                listName: "Stolen",
                listKind: "hotlist",
                entryId: "e2",
                entryText: text,
                match: "look-alike",
                probability: 0.71,
              },
            ]
          : [],
    correctedText: index === 4 ? `${text.slice(0, -1)}7` : null,
    hold: index === 6,
  };
}

function detailOf(passage: PassageOnWire, all: readonly PassageOnWire[], nowMs: number): PassageDetail {
  const { text, region, best } = passage;
  return {
    ...passage,
    cameraName: "North gate",
    ...{ holdNote: passage.hold ? "Case 17/2026" : null, heldBy: passage.hold ? "admin" : null },
    reads: Array.from({ length: 9 }, (_, i) => ({
      ...{
        timeMs: passage.firstTimeMs + i * 210,
        text: i === 2 ? `${text.slice(0, -1)}8` : text,
        confidence: 0.6 + 0.04 * i,
      },
      ...{ region, doubt: i < 2 ? ("too-small" as const) : null, box: best.box },
    })),
    corrections:
      passage.correctedText === null
        ? []
        : [
            {
              fromText: text,
              toText: passage.correctedText,
              by: "admin",
              timeMs: nowMs,
              note: "The last character is a 7",
            },
          ],
    others: all.filter(({ id, text: other }) => id !== passage.id && other === text).slice(0, 4),
  };
}
