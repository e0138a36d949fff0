/**
 * One file that holds many (POSIX ustar): written and read as streams, so that neither has to fit in memory. Any tar
 * program opens it.
 */
import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import { PlateKitError } from "../core/errors.ts";

const BLOCK = 512;
const CHUNK_BYTES = 1 << 20;
/** Above it the octal digits of a size don't do; GNU's base-256 does. */
const MAX_OCTAL_SIZE = 8 ** 11;

export interface TarWriter {
  /** @returns SHA-256 of the bytes, hex. */
  add(name: string, bytes: Uint8Array): Promise<string>;
  addFile(name: string, path: string): Promise<string>;
  /** Ends the archive and puts it on disk. @returns its bytes. */
  finish(): Promise<number>;
  close(): Promise<void>;
}

/** @param path must not exist. */
export async function createTar(path: string): Promise<TarWriter> {
  const target = await open(path, "wx", 0o600);
  let written = 0;
  const write = async (bytes: Uint8Array): Promise<void> => {
    await target.writeFile(bytes);
    written += bytes.length;
  };
  const pad = (size: number): Promise<void> => write(Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK));
  return {
    async add(name, bytes) {
      await write(tarHeader(name, bytes.length));
      await write(bytes);
      await pad(bytes.length);
      return createHash("sha256").update(bytes).digest("hex");
    },
    async addFile(name, path) {
      const source = await open(path, "r");
      try {
        const { size } = await source.stat();
        await write(tarHeader(name, size));
        const hash = createHash("sha256");
        await copyBytes(source, size, hash, write);
        await pad(size);
        return hash.digest("hex");
      } finally {
        await source.close();
      }
    },
    async finish() {
      await write(Buffer.alloc(2 * BLOCK));
      await target.sync();
      return written;
    },
    close: () => target.close(),
  };
}

async function copyBytes(
  source: FileHandle,
  size: number,
  hash: Hash,
  write: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  const chunk = Buffer.alloc(Math.min(size, CHUNK_BYTES));
  for (let left = size; left > 0; ) {
    const { bytesRead } = await source.read(chunk, 0, Math.min(left, CHUNK_BYTES), null);
    if (bytesRead === 0) throw new PlateKitError("FILE_UNREADABLE", `${left} bytes are missing at the end of a file.`);
    const bytes = chunk.subarray(0, bytesRead);
    hash.update(bytes);
    await write(bytes);
    left -= bytesRead;
  }
}

function tarHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  if (Buffer.byteLength(name) > 100) throw new RangeError(`The name "${name}" is longer than an archive can hold.`);
  header.write(name, 0, "utf8");
  header.write("0000600\0", 100);
  header.write("0000000\0", 108);
  header.write("0000000\0", 116);
  if (size < MAX_OCTAL_SIZE) header.write(`${size.toString(8).padStart(11, "0")}\0`, 124);
  else {
    header[124] = 0x80;
    header.writeBigUInt64BE(BigInt(size), 128);
  }
  header.write("00000000000\0", 136);
  header.write("        ", 148);
  header.write("0", 156);
  header.write("ustar\x0000", 257);
  header.write(`${checksum(header).toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

/** With its own field taken as spaces. */
function checksum(header: Buffer): number {
  let sum = 0;
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 0x20 : header[i]!;
  return sum;
}

export interface TarEntry {
  readonly name: string;
  readonly size: number;
  /** Hands out the bytes once, before the next entry is asked for. @returns SHA-256 of them, hex. */
  read(take: (bytes: Uint8Array) => Promise<void>): Promise<string>;
}

/** Entries in order. @throws PlateKitError FILE_UNREADABLE for what is no archive, or ends within an entry. */
export async function* readTar(path: string): AsyncIterable<TarEntry> {
  const source = await open(path, "r");
  try {
    let position = 0;
    for (;;) {
      const header = Buffer.alloc(BLOCK);
      const { bytesRead } = await source.read(header, 0, BLOCK, position);
      if (bytesRead < BLOCK) throw broken(path, "it ends too early");
      if (header.every((byte) => byte === 0)) return;
      const stated = Number.parseInt(header.toString("latin1", 148, 156), 8);
      if (stated !== checksum(header) || header.toString("latin1", 257, 262) !== "ustar") {
        throw broken(path, `byte ${position} begins no entry`);
      }
      const name = header.toString("utf8", 0, 100).replace(/\0.*$/s, "");
      const size =
        header[124] === 0x80
          ? Number(header.readBigUInt64BE(128))
          : Number.parseInt(header.toString("latin1", 124, 136), 8);
      const start = position + BLOCK;
      yield {
        name,
        size,
        async read(take) {
          const hash = createHash("sha256");
          const chunk = Buffer.alloc(Math.min(size, CHUNK_BYTES));
          for (let done = 0; done < size; ) {
            const { bytesRead: got } = await source.read(chunk, 0, Math.min(size - done, CHUNK_BYTES), start + done);
            if (got === 0) throw broken(path, "it ends too early");
            hash.update(chunk.subarray(0, got));
            await take(chunk.subarray(0, got));
            done += got;
          }
          return hash.digest("hex");
        },
      };
      position = start + Math.ceil(size / BLOCK) * BLOCK;
    }
  } finally {
    await source.close();
  }
}

function broken(path: string, why: string): PlateKitError {
  return new PlateKitError("FILE_UNREADABLE", `${path} is no whole backup: ${why}. Take another one.`);
}
