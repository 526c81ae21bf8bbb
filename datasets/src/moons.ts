/**
 * @file Two half moons that reach into each other: points of the plane in two classes that no straight line separates.
 * Needed by notebook 4. The same curves as scikit-learn's `make_moons`, with the course's own random numbers.
 */

import { assertCount, CourseError } from "@course/lib/errors";
import { createRandom } from "@course/lib/random";

/** The points, and for each its moon: 1 for the lower one, -1 for the upper one. */
export interface Moons {
  readonly points: readonly (readonly [number, number])[];
  readonly labels: readonly (1 | -1)[];
}

/** How many points, and how far they are strewn. */
export interface MoonsOptions {
  /** Half of them on each moon. Default 100. */
  count?: number;
  /** The standard deviation of the noise on both coordinates; a moon has the radius 1. Default 0.1. */
  noise?: number;
  seed?: number | string;
}

/**
 * The two moons: `loadMoons({ count: 4, noise: 0 }).points` is (1, 0), (0, 0.5), (-1, 0), (2, 0.5): the ends of each.
 *
 *     upper moon   (cos t, sin t)              t from 0 to pi
 *     lower moon   (1 - cos t, 0.5 - sin t)
 */
export function loadMoons({ count = 100, noise = 0.1, seed = 1 }: MoonsOptions = {}): Moons {
  assertCount("count", count, 4);
  if (count % 2 === 1) throw new CourseError({ what: "count", expected: "an even number", received: String(count) });
  const random = createRandom(seed);
  const points: [number, number][] = [];
  const labels: (1 | -1)[] = [];
  for (let i = 0; i < count; i++) {
    const upper = i % 2 === 0;
    const t = (Math.PI * Math.floor(i / 2)) / (count / 2 - 1);
    const [x, y] = upper ? [Math.cos(t), Math.sin(t)] : [1 - Math.cos(t), 0.5 - Math.sin(t)];
    points.push([x + noise * random.normal(), y + noise * random.normal()]);
    labels.push(upper ? -1 : 1);
  }
  return { points, labels };
}
