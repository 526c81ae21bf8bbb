/**
 * @file The variables of all cells. tslab keeps them in one object, `exports`: a cell stores the value of each name it
 * declares there, and later cells read and write `exports.name`.
 *
 * Two repairs. A `let` is shared, not copied: after `let rate = 0.1; function f() { return rate }` the next cell's
 * `rate = 0.5; f()` gives 0.5, as in one file (stock tslab: 0.1). And a cell that fails or is interrupted keeps the
 * variables that had their value by then, as in Python: a half-trained model is still there.
 */

/** How to read and write a variable of a cell from outside. Reading throws before its declaration has run. */
export type Link = [get: () => unknown, set: (value: unknown) => void];

export class Variables {
  readonly #values: Record<string, unknown> = {};
  readonly #links = new Map<string, Link>();
  /** Of the cell that runs: names without a value yet, links that are new, links of earlier cells with such a name. */
  #unset = new Set<string>();
  #newLinks = new Map<string, Link>();
  #oldLinks = new Map<string, Link>();

  /** What compiled cells know as `exports`. */
  readonly exports: Record<string, unknown> = new Proxy(this.#values, {
    get: (_, name) => this.#get(name as string),
    set: (_, name, value) => this.#set(name as string, value),
    // Imported names are defined by a getter; a later cell may declare them again, so only the value is kept.
    defineProperty: (_, name, { get, value }) =>
      name === "__esModule" || this.#set(name as string, get ? get() : value),
  });

  /** A cell that declares `names` starts. From now on they are its own: writing them must not reach older cells. */
  begin(names: string[]): void {
    this.#unset = new Set(names);
    this.#newLinks = new Map();
    this.#oldLinks = new Map();
    for (const name of names) {
      const link = this.#links.get(name);
      if (!link) continue;
      this.#oldLinks.set(name, link);
      this.#links.delete(name);
      this.#values[name] = link[0]();
    }
  }

  /** The cell hands over links to its `let` and `var`. It does so first of all, before they have a value. */
  share(links: Record<string, Link>): void {
    for (const [name, link] of Object.entries(links)) this.#newLinks.set(name, link);
  }

  /** The cell has ended. Returns the names that did not get a value; their older variables are back. */
  end({ finished }: { finished: boolean }): Set<string> {
    for (const [name, link] of this.#newLinks) {
      if (!finished && !isSet(link)) continue;
      this.#links.set(name, link);
      this.#unset.delete(name);
    }
    const unset = this.#unset;
    this.#unset = new Set();
    for (const name of unset) {
      const old = this.#oldLinks.get(name);
      if (finished) this.#values[name] = undefined;
      else if (old) this.#links.set(name, old);
    }
    return unset;
  }

  /** Reads a name and forgets it: the value of a cell's last expression. */
  take(name: string): unknown {
    const value = this.#values[name];
    delete this.#values[name];
    return value;
  }

  #get(name: string): unknown {
    const link = this.#links.get(name);
    return link ? link[0]() : this.#values[name];
  }

  #set(name: string, value: unknown): true {
    // Compiled code sets all its names to `undefined` before anything else.
    if (value === undefined && this.#unset.has(name)) return true;
    this.#unset.delete(name);
    const link = this.#links.get(name);
    if (link) link[1](value);
    else this.#values[name] = value;
    return true;
  }
}

function isSet([get]: Link): boolean {
  try {
    get();
    return true;
  } catch {
    return false; // "Cannot access 'x' before initialization"
  }
}
