/**
 * @file Which responses of a group were better than the others? The advantages of GRPO, and of two relatives. Used by notebook 7.
 * No second network has to guess what was to be expected: the other responses to the same prompt say it.
 */

import { assertCount, CourseError } from "./errors";

/** By what the differences of a group are divided. */
export type AdvantageScale = "group" | "batch" | "none";

/**
 * What each response was better than its group: reward minus the group's mean, divided by a standard deviation.
 * `rewards` has the groups one after the other.
 *
 *     A = (r - mean of the group) / (std + 1e-4)
 *
 * `group`: the group's own, as in GRPO (Shao et al. 2024, arXiv:2402.03300): small differences count as much as large ones.
 * `batch`: that of all rewards: groups in which all is equally good stay quiet. `none`: 1 (Liu et al. 2025, arXiv:2503.20783).
 *
 * `groupAdvantages([1, 3, 5, 5], { groupSize: 2 })` is about `[-0.71, 0.71, 0, 0]` (standard deviations as n - 1).
 */
export function groupAdvantages(
  rewards: readonly number[],
  options: { groupSize: number; scale?: AdvantageScale },
): number[] {
  const { groupSize, scale = "group" } = options;
  assertGroups(rewards, groupSize);
  const ofBatch = standardDeviation(rewards);
  return inGroups(rewards, groupSize).flatMap((group) => {
    const center = mean(group);
    const divisor = { group: standardDeviation(group) + 1e-4, batch: ofBatch + 1e-4, none: 1 }[scale];
    return group.map((reward) => (reward - center) / divisor);
  });
}

/**
 * What each response was better than the mean of the others of its group, without a scale: REINFORCE with the others as
 * baseline (Ahmadian et al. 2024, "RLOO", arXiv:2402.14740).
 *
 * `leaveOneOut([1, 3, 5], { groupSize: 3 })` is `[-3, 0, 3]`: 1 - 4, 3 - 3, 5 - 2.
 */
export function leaveOneOut(rewards: readonly number[], options: { groupSize: number }): number[] {
  const { groupSize } = options;
  assertGroups(rewards, groupSize);
  return inGroups(rewards, groupSize).flatMap((group) => {
    const sum = group.reduce((total, reward) => total + reward, 0);
    return group.map((reward) => reward - (sum - reward) / (groupSize - 1));
  });
}

function inGroups(values: readonly number[], size: number): number[][] {
  return Array.from({ length: values.length / size }, (_, g) => values.slice(g * size, (g + 1) * size));
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** With n - 1, as PyTorch's `std`. */
function standardDeviation(values: readonly number[]): number {
  const center = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

function assertGroups(rewards: readonly number[], groupSize: number): void {
  assertCount("groupSize", groupSize, 2);
  if (rewards.length > 0 && rewards.length % groupSize === 0) return;
  const expected = `groups of ${groupSize}`;
  throw new CourseError({ what: "rewards", expected, received: `${rewards.length} numbers` });
}
