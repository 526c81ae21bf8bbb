/** @file Exercise 8.7, held back: the bill of a day. Expected values come from `reference/08.py`. */

import type { HeldBack } from "../../src/table";
import reference from "../reference/08.json";

interface Service {
  params: number;
  users: number;
  messages: number;
  tokens: number;
}

/** A right answer in which one thing is changed. */
const spoiled = ({
  learn = 8,
  copies = (service: Service): number => service.users,
  frozenCopies = (_service: Service): number => 1,
  bytes = 4,
  learning = 1,
  tokens = (service: Service): number => service.tokens,
  users = (service: Service): number => service.users,
}): Record<string, unknown> => ({
  dailyCost(service: Service): unknown {
    const perUser = service.messages * tokens(service) * service.params;
    return {
      frozen: { flops: perUser * users(service) * 2, bytes: service.params * bytes * frozenCopies(service) },
      live: { flops: perUser * users(service) * learn, bytes: copies(service) * service.params * bytes * learning },
    };
  },
});

export const dailyCost: HeldBack = {
  cases: reference["8.7"],
  right: [
    { how: "per user first", answers: spoiled({}) },
    {
      how: "the live bill from the frozen one",
      answers: {
        dailyCost({ params, users, messages, tokens }: Service): unknown {
          const frozen = { flops: 2 * params * users * messages * tokens, bytes: params * 4 };
          return { frozen, live: { bytes: frozen.bytes * users, flops: frozen.flops * 4 } };
        },
      },
    },
  ],
  wrong: [
    {
      how: "a frozen model for each user",
      told: "frozen-for-each",
      answers: spoiled({ frozenCopies: (s) => s.users }),
    },
    { how: "the frozen one too", told: "one-more", answers: spoiled({ copies: (s) => s.users + 1 }) },
    { how: "16 bytes to learn", told: "training-memory", answers: spoiled({ learning: 4 }) },
    { how: "6 in place of 8", told: "six-in-all", answers: spoiled({ learn: 6 }) },
    { how: "one model for all", told: "one-model", answers: spoiled({ copies: () => 1 }) },
    {
      how: "one for each message",
      told: "model-per-message",
      answers: spoiled({ copies: (s) => s.users * s.messages }),
    },
    { how: "bits", told: "bits", answers: spoiled({ bytes: 32 }) },
    { how: "16-bit weights", told: "half-precision", answers: spoiled({ bytes: 2 }) },
    { how: "messages for tokens", told: "per-message", answers: spoiled({ tokens: () => 1 }) },
    { how: "one user", told: "one-user", answers: spoiled({ users: () => 1 }) },
  ],
};
