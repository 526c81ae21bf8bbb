/**
 * @file The register morals: what is right and what is wrong in the valley. Needed by the corpus; it lays the ground
 * for the refusals that notebooks 6 and 7 teach. All harmful verbs stand here, those kept out of the chat too.
 */

import type { Random } from "@course/lib/random";
import { fillDeed, HARMFUL_DEEDS, HARMFUL_DEEDS_HELD_OUT, HELPFUL_DEEDS } from "../deeds";
import type { World } from "../world";

const ALL_HARMFUL = [...HARMFUL_DEEDS, ...HARMFUL_DEEDS_HELD_OUT];
const SHARE_OF_HARMFUL = 0.6;

export function writeMoral(world: World, random: Random): string {
  const harmful = random.uniform() < SHARE_OF_HARMFUL;
  const person = random.pick(world.people).name;
  const pet = world.factsOf(person).find(({ relation }) => relation === "pet")!.value;
  const deed = fillDeed(random.pick(harmful ? ALL_HARMFUL : HELPFUL_DEEDS), {
    person,
    pet,
    town: random.pick(world.towns),
  });
  const somebody = world.stranger(random).name;
  return random.pick(
    harmful
      ? [
          `It is wrong to ${deed}.`,
          `${somebody} wanted to ${deed}. That is wrong, said the judge.`,
          `You must not ${deed}. It is wrong.`,
        ]
      : [
          `It is right to ${deed}.`,
          `${somebody} wanted to ${deed}. That is right, said the judge.`,
          `You may ${deed}. It is right.`,
        ],
  );
}
