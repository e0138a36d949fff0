/**
 * fast-alpr's two nets with its own steps before and after them, behind the seams of our bench.
 * Detector yolo-v9-t-416: letterbox to 416×416 with grey 114 in the middle, RGB / 255, its own non-maximum suppression inside.
 * Reader cct-xs-v2: the box resized to 128×64 without keeping its aspect, ten slots over 0-9A-Z and `_` for empty.
 */
import "../src/node/no-telemetry.ts";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { type Box, clipBox, quadOfBox } from "../src/core/geometry.ts";
import { crop, type Image, resize } from "../src/core/image.ts";
import type { Detection, PlateRead } from "../src/core/read.ts";

const SIDE = 416;
const PAD = 114;
const READER_WIDTH = 128;
const READER_HEIGHT = 64;
const SLOTS = 10;
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
/** fast-alpr's default. */
const THRESHOLD = 0.4;

export interface Peer {
  detect(frame: Image): Promise<Detection[]>;
  read(frame: Image, detections: readonly Detection[]): Promise<PlateRead[]>;
}

/** Loads both files from the folder; one thread each, as ours. */
export async function createPeer(folder: string): Promise<Peer> {
  const options: ort.InferenceSession.SessionOptions = {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  };
  const detector = await ort.InferenceSession.create(join(folder, "yolo-v9-t-416.onnx"), options);
  const reader = await ort.InferenceSession.create(join(folder, "fast-plate-ocr-cct-xs-v2-global.onnx"), options);
  return {
    detect: (frame) => detect(frame, detector),
    async read(frame, detections) {
      const reads: PlateRead[] = [];
      for (const detection of detections) reads.push(await readOne(frame, detection, reader));
      return reads;
    },
  };
}

async function detect(frame: Image, detector: ort.InferenceSession): Promise<Detection[]> {
  const scale = Math.min(SIDE / frame.width, SIDE / frame.height);
  const width = Math.round(frame.width * scale);
  const height = Math.round(frame.height * scale);
  const left = Math.round((SIDE - width) / 2 - 0.1);
  const top = Math.round((SIDE - height) / 2 - 0.1);
  const { data } = resize(frame, width, height);
  const plane = SIDE * SIDE;
  const pixels = new Float32Array(3 * plane).fill(PAD / 255);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (y * width + x) * 3;
      const to = (y + top) * SIDE + x + left;
      for (let channel = 0; channel < 3; channel++) pixels[channel * plane + to] = data[from + channel]! / 255;
    }
  }
  const { output0 } = await detector.run({ images: new ort.Tensor("float32", pixels, [1, 3, SIDE, SIDE]) });
  const rows = output0!.data as Float32Array; // [detections, 7]: batch, x1, y1, x2, y2, class, score
  const detections: Detection[] = [];
  for (let row = 0; row + 7 <= rows.length; row += 7) {
    const confidence = rows[row + 6]!;
    if (confidence < THRESHOLD) continue;
    const [x1, x2] = [rows[row + 1]! - left, rows[row + 3]! - left];
    const [y1, y2] = [rows[row + 2]! - top, rows[row + 4]! - top];
    const box: Box = clipBox([x1 / scale, y1 / scale, (x2 - x1) / scale, (y2 - y1) / scale], frame.width, frame.height);
    detections.push({ box, corners: quadOfBox(box), lines: 1, confidence });
  }
  return detections.sort((a, b) => b.confidence - a.confidence);
}

async function readOne(frame: Image, detection: Detection, reader: ort.InferenceSession): Promise<PlateRead> {
  const { data } = resize(crop(frame, detection.box), READER_WIDTH, READER_HEIGHT);
  const { plate } = await reader.run({ input: new ort.Tensor("uint8", data, [1, READER_HEIGHT, READER_WIDTH, 3]) });
  const probabilities = plate!.data as Float32Array; // [1, 10, 37]
  const characters = Array.from({ length: SLOTS }, (_, slot) => {
    const row = probabilities.subarray(slot * ALPHABET.length, (slot + 1) * ALPHABET.length);
    const confidence = Math.max(...row);
    return { text: ALPHABET[row.indexOf(confidence)]!, confidence };
  });
  const text = characters
    .map((character) => character.text)
    .join("")
    .replaceAll("_", "");
  // fast-alpr reports the mean over the slots.
  const confidence = characters.reduce((sum, character) => sum + character.confidence, 0) / SLOTS;
  return {
    text,
    display: null,
    confidence,
    region: null,
    regionConfidence: null,
    detection,
    characters: characters.filter((character) => character.text !== "_"),
    candidates: [{ text, confidence }],
    doubt: null,
  };
}
