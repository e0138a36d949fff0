/** The Hungarian method: which rows go with which columns at the least total cost. Knows nothing of tracks. */

/** Above any sum of real costs, and small enough that differences of it keep their digits. */
const FORBIDDEN = 1e9;

/**
 * Pairs rows with columns so that the total cost is least, where leaving a row alone costs `unmatchedCost`: a pair that
 * costs more than that is never made. Shortest augmenting paths with potentials (Kuhn 1955; Jonker and Volgenant 1987),
 * O(rows² · (rows + columns)).
 *
 * @param costs `costs[row][column]`, rows of equal length; Infinity forbids a pair.
 * @returns the column of each row, -1 for a row left alone.
 * @throws RangeError for rows of unequal length or a cost that is NaN or -Infinity.
 */
export function assign(costs: readonly (readonly number[])[], unmatchedCost: number): number[] {
  const rows = costs.length;
  const columns = costs[0]?.length ?? 0;
  for (const row of costs) {
    if (row.length !== columns) throw new RangeError(`Rows of ${columns} and ${row.length} costs are no matrix.`);
    for (const cost of row) if (!(cost > -Infinity)) throw new RangeError(`A cost must be a number, not ${cost}.`);
  }
  // Every row has a column of its own that stands for "alone"; nothing above that cost can then be chosen.
  const width = columns + rows;
  const costOf = (row: number, column: number): number =>
    column < columns ? Math.min(costs[row]![column]!, FORBIDDEN) : column - columns === row ? unmatchedCost : FORBIDDEN;

  // Indices are one higher than the matrix's: 0 is the virtual column that each search starts from.
  const rowPotential = new Float64Array(rows + 1);
  const columnPotential = new Float64Array(width + 1);
  const rowOfColumn = new Int32Array(width + 1);
  for (let row = 1; row <= rows; row++) {
    const slack = new Float64Array(width + 1).fill(Infinity);
    const cameFrom = new Int32Array(width + 1);
    const isUsed = new Uint8Array(width + 1);
    rowOfColumn[0] = row;
    let column = 0;
    do {
      isUsed[column] = 1;
      const from = rowOfColumn[column]!;
      let delta = Infinity;
      let nearest = 0;
      for (let next = 1; next <= width; next++) {
        if (isUsed[next]) continue;
        const reduced = costOf(from - 1, next - 1) - rowPotential[from]! - columnPotential[next]!;
        if (reduced < slack[next]!) {
          slack[next] = reduced;
          cameFrom[next] = column;
        }
        if (slack[next]! < delta) {
          delta = slack[next]!;
          nearest = next;
        }
      }
      for (let other = 0; other <= width; other++) {
        if (isUsed[other]) {
          rowPotential[rowOfColumn[other]!]! += delta;
          columnPotential[other]! -= delta;
        } else slack[other]! -= delta;
      }
      column = nearest;
    } while (rowOfColumn[column] !== 0);
    while (column !== 0) {
      const previous = cameFrom[column]!;
      rowOfColumn[column] = rowOfColumn[previous]!;
      column = previous;
    }
  }

  const assigned = new Array<number>(rows).fill(-1);
  for (let column = 1; column <= columns; column++) {
    const row = rowOfColumn[column]!;
    if (row > 0 && costs[row - 1]![column - 1]! <= unmatchedCost) assigned[row - 1] = column - 1;
  }
  return assigned;
}
