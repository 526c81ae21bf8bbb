/** @file Exercise 8.7: what a day costs, with one frozen model for all and with a model for each user that learns. */

import { close } from "../../src/compare";
import type { CodeExercise } from "../../src/table";

interface Service {
  params: number;
  users: number;
  messages: number;
  tokens: number;
}
interface Cost {
  flops: number;
  bytes: number;
}

/** The cost of a day by other rules. */
function costWith({
  answer = 2,
  learn = 6,
  bytesPerWeight = 4,
  copies = ({ users }: Service): number => users,
  frozenCopies = (): number => 1,
  alsoAnswers = true,
  tokensADay = ({ users, messages, tokens }: Service): number => users * messages * tokens,
}: {
  answer?: number;
  learn?: number;
  bytesPerWeight?: number;
  copies?: (service: Service) => number;
  frozenCopies?: (service: Service) => number;
  alsoAnswers?: boolean;
  tokensADay?: (service: Service) => number;
}) {
  return (service: Service): { frozen: Cost; live: Cost } => {
    const read = tokensADay(service);
    const { params } = service;
    return {
      frozen: { flops: answer * params * read, bytes: bytesPerWeight * params * frozenCopies(service) },
      live: {
        flops: ((alsoAnswers ? answer : 0) + learn) * params * read,
        bytes: bytesPerWeight * params * copies(service),
      },
    };
  };
}

const service = (
  params: number,
  users: number,
  messages: number,
  tokens: number,
): Service & Record<string, number> => ({
  params,
  users,
  messages,
  tokens,
});

export const dailyCost: CodeExercise = {
  id: "8.7",
  title: "The bill of a day",
  points: 2,
  minutes: 10,
  answers: [
    "dailyCost(service: { params: number; users: number; messages: number; tokens: number }): { frozen: { flops: number; bytes: number }; live: { flops: number; bytes: number } }",
  ],
  compare: close({ relative: 1e-9 }),
  cases: [
    {
      args: [service(1, 1, 1, 1)],
      expected: { frozen: { flops: 2, bytes: 4 }, live: { flops: 8, bytes: 4 } },
      note: "one weight, one user, one message of one token",
    },
    {
      args: [service(100, 1, 1, 1)],
      expected: { frozen: { flops: 200, bytes: 400 }, live: { flops: 800, bytes: 400 } },
      note: "a hundred weights",
    },
    {
      args: [service(1, 10, 3, 2)],
      expected: { frozen: { flops: 120, bytes: 4 }, live: { flops: 480, bytes: 40 } },
      note: "ten users, three messages each, two tokens a message: 60 tokens; ten models or one",
    },
    {
      args: [service(908_032, 1000, 20, 30)],
      expected: {
        frozen: { flops: 1.0896384e12, bytes: 3_632_128 },
        live: { flops: 4.3585536e12, bytes: 3_632_128_000 },
      },
      note: "the course's model with a thousand users",
    },
  ],
  mistakes: [
    {
      id: "frozen-for-each",
      says: "The frozen model was counted once for each user. Nobody changes it, so one serves all.",
      like: costWith({ frozenCopies: ({ users }) => users }),
    },
    {
      id: "one-more",
      says: "A model was counted beside those of the users. Each user's own copy is all that a live service has to keep.",
      like: costWith({ copies: ({ users }) => users + 1 }),
    },
    {
      id: "training-memory",
      says: "16 bytes a weight were counted for learning. Slopes and the optimizer's memory are needed during a step only, and plain gradient descent needs no such memory: what has to be *kept* are the weights, 4 bytes each.",
      like: (given: Service) => {
        const right = costWith({})(given);
        return { ...right, live: { ...right.live, bytes: 4 * right.live.bytes } };
      },
    },
    {
      id: "six-in-all",
      says: "The model that learns took 6 operations in all. It answers first, which takes 2, and then learns from the message, which takes 6 more: forward and back.",
      like: costWith({ alsoAnswers: false }),
    },
    {
      id: "one-model",
      says: "The bytes of one model were counted for all users. Models that learn from different messages are different: each user's has to be kept.",
      like: costWith({ copies: () => 1 }),
    },
    {
      id: "model-per-message",
      says: "A model was kept for each message. Only the newest of each user is needed.",
      like: costWith({ copies: ({ users, messages }) => users * messages }),
    },
    {
      id: "bits",
      says: "The memory is in bits. A 32-bit weight takes 4 bytes.",
      like: costWith({ bytesPerWeight: 32 }),
    },
    {
      id: "half-precision",
      says: "2 bytes a weight were counted. The weights here are 32-bit floats, 4 bytes each.",
      like: costWith({ bytesPerWeight: 2 }),
    },
    {
      id: "per-message",
      says: "Each message was counted as one token. Each of its tokens passes through all weights.",
      like: costWith({ tokensADay: ({ users, messages }) => users * messages }),
    },
    {
      id: "one-user",
      says: "This is the arithmetic for a single user. Multiply by their number.",
      like: costWith({ tokensADay: ({ messages, tokens }) => messages * tokens }),
    },
    {
      id: "one-operation",
      says: "Answering was counted with 1 operation for each weight and token. Each weight multiplies and adds: 2.",
      like: costWith({ answer: 1 }),
    },
  ],
  hints: [
    "First count the tokens of a day, of all users together. Each of them passes through every weight. How many models have to be kept?",
    "tokens a day = users x messages x tokens. Frozen: 2 x params x that, and 4 x params bytes in all. Live: 6 x params more for each token, and 4 x params bytes for each user.",
    [
      "const { params, users, messages, tokens } = service;",
      "const read = users * messages * tokens; // tokens a day",
      "return {",
      "  frozen: { flops: 2 * params * read, bytes: 4 * params },",
      "  live: { flops: /* answering and learning */, bytes: /* one model for each user */ },",
      "};",
    ].join("\n"),
  ],
};
