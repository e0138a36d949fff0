/** Every way PlateKit can fail that a caller may want to tell apart. "Nothing found" is a value, never an error. */
export type ErrorCode =
  | "IMAGE_UNREADABLE" // the bytes are not an image we can decode
  | "IMAGE_TOO_LARGE" // more bytes or pixels than the limits allow
  | "FILE_NOT_FOUND"
  | "FILE_UNREADABLE" // exists, but the system refuses to read it
  | "VIDEO_UNREADABLE" // a file or stream in which ffmpeg finds no pictures, or that breaks off
  | "STREAM_LOST" // a live source that can't be reached any more, or refuses the password
  | "FFMPEG_MISSING"
  | "ADDRESS_REFUSED" // a host or scheme this server must not connect to: link-local, metadata, private unless allowed
  | "ADDRESS_UNKNOWN" // a host name that has no address
  | "NO_IMAGES" // a folder or pattern that holds no picture
  | "OPTION_INVALID"
  | "MODEL_MISSING"
  | "MODEL_MISMATCH" // card and .onnx do not belong together
  | "MODEL_FAILED"
  | "DATASET_INVALID"
  | "SITE_INVALID" // a tariff, list, zone or rule of a site that contradicts itself or names what is not there
  | "READER_CLOSED"
  | "WORKER_FAILED" // a worker thread died under its job; the job is lost, the thread is replaced
  | "OUTPUT_UNWRITABLE"
  | "STORE_UNAVAILABLE" // the database can't be reached or is locked; it is tried again by itself
  | "STORE_FULL" // no room left on disk: nothing was written
  | "STORE_INVALID" // a row that names what is not there, or a cursor of no page
  | "STORE_CONFLICT" // a name taken, or a row that somebody else changed meanwhile
  | "STORE_CORRUPT" // what is on disk is not what was written
  | "STORE_CLOSED"
  | "TRAINING_FAILED"; // the loss is no longer a number, or a training graph could not run

/** The one error class. The message says what failed, what was found and what to do, on one line. */
export class PlateKitError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = "PlateKitError";
    this.code = code;
  }
}
