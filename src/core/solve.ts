/**
 * Solves `matrix · x = values` by Gaussian elimination with partial pivoting; consumes both. A singular matrix gives numbers
 * that are not finite.
 *
 * @param matrix square, row by row, as many rows as values.
 */
export function solveLinear(matrix: number[][], values: number[]): number[] {
  const size = values.length;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(matrix[row]![column]!) > Math.abs(matrix[pivot]![column]!)) pivot = row;
    }
    [matrix[column], matrix[pivot]] = [matrix[pivot]!, matrix[column]!];
    [values[column], values[pivot]] = [values[pivot]!, values[column]!];
    for (let row = column + 1; row < size; row++) {
      const factor = matrix[row]![column]! / matrix[column]![column]!;
      for (let k = column; k < size; k++) matrix[row]![k]! -= factor * matrix[column]![k]!;
      values[row]! -= factor * values[column]!;
    }
  }
  const solution: number[] = new Array(size).fill(0);
  for (let row = size - 1; row >= 0; row--) {
    let sum = values[row]!;
    for (let k = row + 1; k < size; k++) sum -= matrix[row]![k]! * solution[k]!;
    solution[row] = sum / matrix[row]![row]!;
  }
  return solution;
}
