/**
 * @file The trusted side of objects that an answer uses and never holds (`opens` of an exercise). The object stays here; the
 * sandbox has a stand-in (inside/stand-in.ts), and each call of a method is a message. So the answer learns of the object
 * what its methods return and its properties say, and nothing else: not what it is made of, not what it was made from.
 */

import type { Plain } from "../plain";
import { toPlain } from "../plain";
import type { RemoteShape, Use, Used } from "./messages";
import { decode, encode } from "./wire";

/**
 * Every use takes this long, so that it cannot be measured from inside which method had some hundredths of a millisecond
 * more to do. Waiting for a timer would take a whole millisecond, thousands of times.
 */
const EVERY_USE_MS = 0.2;
/** The objects of a case may be used so often; whoever asks without end keeps nobody else waiting. */
const MOST_USES = 2000;

/** The objects of one case. */
export class Remote {
  /** What the sandbox was last told of each object's properties. */
  private readonly told: Map<string, string>[];
  private uses = 0;

  constructor(
    private readonly objects: readonly object[],
    private readonly withoutReply: readonly string[] = [],
  ) {
    this.told = objects.map(() => new Map());
  }

  /** What the stand-ins are made from. */
  shapes(): RemoteShape[] {
    return this.objects.map((object, i) => ({
      methods: methodsOf(object),
      withoutReply: this.withoutReply,
      properties: this.news(i),
    }));
  }

  /** Does what was asked for, as far as the object has such methods; whatever was asked, there is a reply. */
  use(use: Use): Used {
    if (++this.uses > MOST_USES) return failed(new Error(`More than ${MOST_USES} uses in one case.`));
    const until = performance.now() + EVERY_USE_MS;
    const used = this.run(use);
    while (performance.now() < until);
    return used;
  }

  private run({ object: i, calls }: Use): Used {
    const object = this.objects[i] as Record<string, (...args: Plain[]) => unknown> | undefined;
    const methods = object ? methodsOf(object) : [];
    let used = failed(new Error("There is no such method."));
    for (const [method, args] of calls.filter(([name]) => methods.includes(name))) {
      try {
        const given = decode(args);
        const value = object![method]!(...(Array.isArray(given) ? given : []));
        used = { kind: "used", value: encode(toPlain(value).value), properties: {} };
      } catch (error) {
        used = failed(error);
      }
    }
    return object ? { ...used, properties: this.news(i) } : used;
  }

  /** The properties whose values are others than the sandbox was told. */
  private news(i: number): Record<string, string> {
    const news: Record<string, string> = {};
    for (const [name, value] of Object.entries(this.objects[i]!)) {
      if (typeof value === "function") continue;
      const encoded = encode(toPlain(value).value);
      if (this.told[i]!.get(name) === encoded) continue;
      this.told[i]!.set(name, encoded);
      news[name] = encoded;
    }
    return news;
  }
}

function methodsOf(object: object): string[] {
  return Object.keys(object).filter((name) => typeof (object as Record<string, unknown>)[name] === "function");
}

function failed(error: unknown): Used {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { kind: "used", failed: { name, message }, properties: {} };
}
