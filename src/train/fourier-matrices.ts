/** The matrices that take small pictures and kernels to their Fourier coefficients and back. Numbers only, no graph. */

/** Rows × columns, row by row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array;
}

/** What multiplies along y and along x. */
export interface Transform {
  readonly y: Matrix;
  readonly x: Matrix;
}

/** Coefficients along y and along x. */
export interface Period {
  readonly y: number;
  readonly x: number;
}

/** Of a linear map its gradient's way back. */
export function turnedOver({ y, x }: Transform): Transform {
  return { y: transposed(y), x: transposed(x) };
}

function transposed({ rows, columns, data }: Matrix): Matrix {
  return filled(columns, rows, (row, column) => data[column * columns + row]!);
}

function filled(rows: number, columns: number, value: (row: number, column: number) => number): Matrix {
  const data = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) data[row * columns + column] = value(row, column);
  return { rows, columns, data };
}

/**
 * Pictures to coefficients: first along y, where half of the frequencies hold all, as pictures are real; then along x.
 * Rows of a product along y are real and imaginary part by turns, as are those along x.
 */
export function planeTransforms(
  height: number,
  width: number,
  period: Period,
): { forward: Transform; inverse: Transform } {
  const bins = Math.floor(period.y / 2) + 1;
  const isOnce = (bin: number) => bin === 0 || 2 * bin === period.y;
  const scale = (bin: number) => (isOnce(bin) ? 1 : 2) / (period.y * period.x);
  return {
    forward: {
      y: alongY(height, 0, period.y, -1),
      x: alongX(width, 0, period.x, -1),
    },
    inverse: {
      y: filled(height, 2 * bins, (row, column) => {
        const bin = column >> 1;
        const angle = (2 * Math.PI * bin * row) / period.y;
        return scale(bin) * (column % 2 === 0 ? Math.cos(angle) : -Math.sin(angle));
      }),
      x: filled(2 * width, 2 * period.x, (row, column) => {
        const angle = (2 * Math.PI * (column >> 1) * (row % width)) / period.x;
        return complexPart(row >= width, column % 2 === 1, angle);
      }),
    },
  };
}

/** The kernel's coefficients, conjugate: what ONNX calls a convolution is a correlation. */
export function kernelTransform(size: number, before: number, period: Period): Transform {
  return { y: alongY(size, -before, period.y, 1), x: alongX(size, -before, period.x, 1) };
}

/** Real samples to coefficients; rows hold each frequency's real and imaginary part. */
function alongY(count: number, first: number, period: number, sign: 1 | -1): Matrix {
  return filled(2 * (Math.floor(period / 2) + 1), count, (row, column) => {
    const angle = (sign * 2 * Math.PI * (row >> 1) * (column + first)) / period;
    return row % 2 === 0 ? Math.cos(angle) : Math.sin(angle);
  });
}

/** Complex samples, all real parts first, to coefficients, each real part beside its imaginary one. */
function alongX(count: number, first: number, period: number, sign: 1 | -1): Matrix {
  return filled(2 * period, 2 * count, (row, column) => {
    const angle = (sign * 2 * Math.PI * (row >> 1) * ((column % count) + first)) / period;
    return complexPart(row % 2 === 1, column >= count, angle);
  });
}

/** An entry of the matrix that multiplies (re, im) by e^(i · angle). */
function complexPart(toImaginary: boolean, fromImaginary: boolean, angle: number): number {
  if (toImaginary === fromImaginary) return Math.cos(angle);
  return toImaginary ? Math.sin(angle) : -Math.sin(angle);
}
