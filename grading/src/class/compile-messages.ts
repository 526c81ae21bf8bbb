/**
 * @file What is asked of the compiler's process and what it answers, one JSON a line.
 */

import type { SliceCell } from "./inside/slice";

/** The cells of a notebook, and which of them are to be compiled. */
export interface CompileRequest {
  id: number;
  cells: SliceCell[];
  targets: CompileTarget[];
}

/** One exercise: its cell (an index) and the names it has to declare. */
export interface CompileTarget {
  exercise: string;
  cell: number;
  names: string[];
  /** True for `predict(id, value)`: only the value is wanted, as the answer `prediction`. */
  prediction?: boolean;
}

/** What the compiler has against a text. */
export interface Complaint {
  /** TypeScript's number, e.g. 2322. */
  code: number;
  /** In the learner's cell, counted from 1. */
  line: number;
  /** That line. */
  text: string;
  says: string;
}

/** The first answer. */
export interface Emitted {
  kind: "emitted";
  id: number;
  modules: {
    exercise: string;
    /** The body of an async function that returns the answers by name. */
    code: string;
    /** The modules of the course and of TensorFlow.js that it names. */
    modules: string[];
    /** Which of the names it declares. */
    declared: string[];
    /** True if it only computes, see plain-code.ts. */
    plain?: boolean;
    /** The value of a prediction that needs no computing, encoded. */
    stated?: string;
    /** Errors of syntax. */
    complaints: Complaint[];
  }[];
}

/** The second answer: of the exercises without errors of syntax. */
export interface TypeComplaints {
  kind: "types";
  id: number;
  complaints: { exercise: string; complaints: Complaint[] }[];
}
