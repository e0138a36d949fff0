/** A point in full-frame pixels, origin at the top left corner of the top left pixel. */
export type Point = readonly [x: number, y: number];

/** An axis-aligned box `[x, y, width, height]` in full-frame pixels. */
export type Box = readonly [x: number, y: number, width: number, height: number];

/** Four corners, clockwise from the plate's own top left. */
export type Quad = readonly [Point, Point, Point, Point];
