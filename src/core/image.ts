/** A picture in memory: 8-bit RGB, interleaved, row-major, no padding; `data.length === width * height * 3`. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}
