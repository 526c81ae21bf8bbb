/**
 * @file A row of numbers of which the least is always known: byte-pair encoding has one number for each pair of neighbours in
 * a word. Engine room of bpe.ts. Known as a tournament tree, or segment tree (Knuth, The Art of Computer Programming 3, 5.2.3).
 */

/** Fills a row up to a power of two: no number may be larger. */
const LARGEST = 0x7fffffff;

/**
 * Whole numbers play a tournament: two neighbours meet, the smaller one goes on to the next round, the last one left is the least.
 * When one number changes, only its own games are played again: 17 for a row of 100,000.
 *
 *     least            2
 *     second round   3   2
 *     the row       5 3 4 2
 */
export class Tournament {
  /** The least at 1, its two players at 2 and 3, theirs at 4 to 7, and so on; the row begins at `width`. */
  private readonly tree: number[];
  private readonly width: number;

  constructor(row: readonly number[]) {
    let width = 1;
    while (width < row.length) width *= 2;
    this.width = width;
    this.tree = [];
    for (let i = 0; i < width; i++) this.tree.push(LARGEST);
    for (let i = 0; i < width; i++) this.tree.push(i < row.length ? row[i]! : LARGEST);
    for (let i = width - 1; i > 0; i--) this.play(i);
  }

  /** The least number of the row. */
  get least(): number {
    return this.tree[1]!;
  }

  /** Where the least number stands; the first place, if it stands at several. */
  indexOfLeast(): number {
    let i = 1;
    while (i < this.width) i = this.tree[2 * i] === this.least ? 2 * i : 2 * i + 1;
    return i - this.width;
  }

  /** Changes one number of the row. */
  set(index: number, value: number): void {
    let i = index + this.width;
    this.tree[i] = value;
    for (i >>= 1; i > 0; i >>= 1) this.play(i);
  }

  private play(i: number): void {
    this.tree[i] = Math.min(this.tree[2 * i]!, this.tree[2 * i + 1]!);
  }
}
