/** @file `npm run mutants`: prints how the tables judge every right and wrong answer; fails if one is judged wrongly. */

import { allMutants, mutantsText } from "./mutants";

void allMutants().then((mutants) => {
  console.log(mutantsText(mutants));
  process.exitCode = mutants.some((mutant) => mutant.flaw) ? 1 : 0;
});
