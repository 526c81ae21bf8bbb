/**
 * @file A table from a pair of token ids to one number: which token two tokens become. Byte-pair encoding asks it for every
 * pair of neighbours, so it is a flat list of whole numbers (a hash table with open addressing) instead of a `Map`. Engine
 * room of bpe.ts. Simplified: it has a fixed size and forgets nothing.
 */

/** What {@link PairTable.get} answers for a pair that is not in the table: larger than every number in it. */
export const NO_PAIR = 0x7fffffff;

/** Numbers below {@link NO_PAIR} by pairs of ids. */
export class PairTable {
  /** Three numbers a place: left id, right id, value. The left id of a free place is -1. */
  private readonly places: Int32Array;
  private readonly placeCount: number;

  /** A table for at most `capacity` pairs. At least half of its places stay free, so that searches are short. */
  constructor(capacity: number) {
    let placeCount = 2;
    while (placeCount < 2 * capacity) placeCount *= 2;
    this.placeCount = placeCount;
    this.places = new Int32Array(3 * placeCount).fill(-1);
  }

  get(left: number, right: number): number {
    const at = this.find(left, right);
    return this.places[at]! < 0 ? NO_PAIR : this.places[at + 2]!;
  }

  set(left: number, right: number, value: number): void {
    const at = this.find(left, right);
    this.places[at] = left;
    this.places[at + 1] = right;
    this.places[at + 2] = value;
  }

  /**
   * Where the pair stands, or the free place where it would. The pair itself says where to begin: its two ids are mixed
   * with two odd constants. If another pair stands there, the next place is tried.
   */
  private find(left: number, right: number): number {
    const mixed = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
    for (let place = mixed ^ (mixed >>> 15); ; place++) {
      const at = 3 * (place & (this.placeCount - 1)); // the remainder of a division by a power of two
      const found = this.places[at]!;
      if (found < 0 || (found === left && this.places[at + 1] === right)) return at;
    }
  }
}
