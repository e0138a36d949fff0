/**
 * ZIP archives that hold files as they are, always written the same way: the same files make the same bytes, so that an
 * archive can be checked by making it again. Any unzip program opens them.
 */
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { PlateKitError } from "../../core/errors.ts";

export interface ZipFile {
  /** Relative, with `/`. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
/** Version 2.0; names in UTF-8; 1 January 1980, 00:00: archives don't tell when they were packed. */
const VERSION = 20;
const UTF8_NAMES = 0x0800;
const DOS_DATE = 0x0021;
const LOCAL_SIZE = 30;
const CENTRAL_SIZE = 46;
const MAX_FILES = 0xffff;

/** @throws RangeError for more than the format without extensions can hold: 65,535 files, 4 GiB. */
export function writeZip(files: readonly ZipFile[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  if (files.length > MAX_FILES) throw new RangeError(`${files.length} files are more than a ZIP archive can hold.`);
  for (const { name, bytes } of files) {
    const path = Buffer.from(name, "utf8");
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(VERSION, 0);
    shared.writeUInt16LE(UTF8_NAMES, 2);
    shared.writeUInt16LE(DOS_DATE, 8);
    shared.writeUInt32LE(crc32(bytes), 10);
    shared.writeUInt32LE(bytes.length, 14);
    shared.writeUInt32LE(bytes.length, 18);
    shared.writeUInt16LE(path.length, 22);
    const local = Buffer.alloc(4);
    local.writeUInt32LE(LOCAL, 0);
    const central = Buffer.alloc(CENTRAL_SIZE);
    central.writeUInt32LE(CENTRAL, 0);
    central.writeUInt16LE(VERSION, 4);
    shared.copy(central, 6);
    central.writeUInt32LE(offset, 42);
    directory.push(central, path);
    parts.push(local, shared, path, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    offset += LOCAL_SIZE + path.length + bytes.length;
  }
  const directoryBytes = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directoryBytes.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, directoryBytes, end]);
}

/**
 * The files of an archive that writeZip wrote. Nothing is unpacked, so nothing can be larger than the archive.
 *
 * @throws PlateKitError FILE_UNREADABLE for anything that is not such an archive to its last byte.
 */
export function readZip(archive: Buffer): ZipFile[] {
  const files: ZipFile[] = [];
  let offset = 0;
  while (offset + LOCAL_SIZE <= archive.length && archive.readUInt32LE(offset) === LOCAL) {
    const size = archive.readUInt32LE(offset + 18);
    const nameEnd = offset + LOCAL_SIZE + archive.readUInt16LE(offset + 26);
    if (nameEnd + size > archive.length) throw unreadable("it breaks off");
    const name = archive.toString("utf8", offset + LOCAL_SIZE, nameEnd);
    files.push({ name, bytes: archive.subarray(nameEnd, nameEnd + size) });
    offset = nameEnd + size;
  }
  if (files.length === 0) throw unreadable("it is no ZIP archive");
  if (new Set(files.map(({ name }) => name)).size < files.length) throw unreadable("two of its files have one name");
  if (!writeZip(files).equals(archive)) throw unreadable("bytes of it were changed, or another program packed it anew");
  return files;
}

function unreadable(why: string): PlateKitError {
  return new PlateKitError("FILE_UNREADABLE", `This is no evidence bundle as it was written: ${why}.`);
}
