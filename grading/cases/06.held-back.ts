/**
 * @file What a learner of notebook 6 does not see: the cases a grader adds, and the answers that test the table, right ones
 * written differently and wrong ones with the mistake that has to be named. A copy released to a class comes without this.
 */

import type { HeldBackTable } from "../src/table";
import { answerMask } from "./06/answer-mask.held-back";
import { conversation } from "./06/conversation.held-back";
import { forgotten } from "./06/forgotten.held-back";
import { loraForward } from "./06/lora-forward.held-back";
import { maskedLoss } from "./06/masked-loss.held-back";
import { mergeLora } from "./06/merge-lora.held-back";

export const heldBack: HeldBackTable = {
  "6.1": conversation,
  "6.2": answerMask,
  "6.3": maskedLoss,
  "6.5": forgotten,
  "6.7": loraForward,
  "6.8": mergeLora,
};
