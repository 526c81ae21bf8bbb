import assert from "node:assert/strict";
import { test } from "node:test";
import { medianMs } from "../src/timing";

/** A clock on which the next calls of the work take the given times. */
function workTaking(times: readonly number[]): { work: () => void; now: () => number; calls: () => number } {
  let [clock, calls] = [100, 0];
  return {
    work: () => {
      clock += times[calls++]!;
    },
    now: () => clock,
    calls: () => calls,
  };
}

test("the time is the median, and the first call is not timed", () => {
  const { work, now, calls } = workTaking([500, 4, 90, 3]);
  assert.equal(medianMs(work, { repeats: 3, now }), 4);
  assert.equal(calls(), 4);
});

test("of an even number of times it is the middle of the two in the middle", () => {
  const { work, now } = workTaking([8, 1, 100, 2]);
  assert.equal(medianMs(work, { repeats: 4, warmUps: 0, now }), 5);
});

test("on the real clock it is a finite number that is not below zero", () => {
  const time = medianMs(() => Math.sqrt(2));
  assert.ok(time >= 0 && Number.isFinite(time));
});

test("no repeat at all is refused", () => {
  assert.throws(() => medianMs(() => 1, { repeats: 0 }), /repeats: expected a whole number of at least 1/);
});
