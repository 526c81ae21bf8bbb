/**
 * @file What grading a class hands around: a submission, what it earned, and the store that keeps both. Everything here is
 * plain JSON. `judge.ts` and its neighbours turn a submission into a result; stores, reports and exports only read them.
 */

/** One notebook of one learner. */
export interface Submission {
  /** The learner's id, as the folder, the file name or the LMS gives it. */
  learner: string;
  /** The learner's name where a download tells it; for people to read, never a key. */
  name?: string;
  /** The learner's number in the LMS, where the download's file name holds one. */
  lmsId?: string;
  /** The notebook's number, e.g. `03`; empty when it could not be told which one it is. */
  notebook: string;
  /** Where it was found, relative to the path that was given; for people to read. */
  file: string;
  /** Of the bytes of the notebook; empty when they could not be read. */
  sha256: string;
  /** ISO date: from the LMS or `timestamp.txt` where there is one, else the file's. */
  submittedAt: string;
  /**
   * Present where `submittedAt` is only when an LMS made the download, which Canvas and Moodle write into their archives as the
   * time of every file: what the download tells all the same.
   */
  timing?: Timing;
}

/** Whether a file was handed in after the due date that the LMS has; Moodle's downloads do not say it. */
export type Timing = "in time" | "late" | "unknown";

/** Something a person should read about a submission or an exercise. It never changes points by itself. */
export interface Finding {
  /** Short and stable, for counting: `type-error`, `timed-out`, `lib-answer`, `not-json`, `tags-ignored` ... */
  id: string;
  /** `error`: something could not be graded. `warning`: look at it. `note`: nothing to do. */
  level: "error" | "warning" | "note";
  /** One or two sentences. May quote the learner's text: escape it. */
  says: string;
  /** For `type-error` and `syntax-error`: the line in the learner's cell, counted from 1. */
  line?: number;
}

/** What came of one case. Texts are short, with control characters made visible, but not escaped for HTML. */
export interface CaseResult {
  /** Stable within the exercise: `public-1`, `held-back-3`. */
  name: string;
  /** What the case is there for, e.g. `the last token has no successor`. */
  note: string;
  /** True for a case a learner does not see before the policy of the class allows it. */
  hidden: boolean;
  passed: boolean;
  /** The call as text: `mergePair([1, 2], [1, 2], 9)`. */
  call: string;
  /** What a tutor says to it; empty if it passed. */
  message: string;
  expected: string;
  received: string;
}

/** What one exercise earned. */
export interface ExerciseResult {
  id: string;
  title: string;
  /** `written` is an answer in words that a person has to mark. */
  kind: "code" | "prediction" | "written";
  status: "passed" | "wrong" | "error" | "not attempted" | "to be marked";
  /** From the cases. A mark by hand is kept by the store, beside this. */
  points: number;
  maxPoints: number;
  cases: CaseResult[];
  /** The ids of the mistakes that were recognised, e.g. `no-max`; counted on the class page. */
  mistakes: string[];
  /** What a tutor says to the exercise as a whole. */
  says: string[];
  /** What is said to each of the mistakes, by id; of held-back cases too, so it is for instructors. */
  told?: Record<string, string>;
  findings: Finding[];
  /** The learner's cell as it was graded; for `written`, the answer. */
  source: string;
}

/** How strongly the learner's code was kept apart. */
export type Rung = "bubblewrap" | "docker" | "podman" | "plain";

/** What one submission earned. */
export interface SubmissionResult {
  submission: Submission;
  exercises: ExerciseResult[];
  points: number;
  maxPoints: number;
  /** About the submission as a whole; those of an exercise are there. */
  findings: Finding[];
  rung: Rung;
  seconds: number;
  /** ISO date. */
  gradedAt: string;
  /** A hash over the notebook and its case tables, so that an old result is known as such. */
  courseVersion: string;
  /** The number that random values in the learner's code started from; the same for a learner in every run. */
  seed: number;
}

/** A submission as it was found: its bytes, or the reasons why there are none. */
export interface CollectedSubmission {
  submission: Submission;
  /** The `.ipynb` as it came, at most 20 MB; missing if it could not or must not be read. */
  content?: Uint8Array;
  findings: Finding[];
}

/** A submission that was taken from the queue and has to be finished. */
export interface QueuedSubmission extends CollectedSubmission {
  key: string;
}

/** Which results are wanted; without a field, all. */
export interface ResultFilter {
  notebook?: string;
  learner?: string;
}

/** Keeps submissions until they are graded, and results for good. Implemented by the store; every method is atomic. */
export interface GradeStore {
  /**
   * Adds a submission to the queue and returns its key. The same bytes of the same learner and notebook are one
   * submission: if it has a result already, it is queued again only by `again` (a regrade).
   */
  enqueue(collected: CollectedSubmission, options?: { again?: boolean }): Promise<string>;
  /** Takes the next waiting submission, or one whose worker died; nothing when the queue is empty. */
  take(worker: string): Promise<QueuedSubmission | undefined>;
  /** Stores the result and ends the submission's place in the queue, both or neither. */
  finish(key: string, result: SubmissionResult): Promise<void>;
  /** The latest result of each learner and notebook, ordered by learner and notebook. */
  results(filter?: ResultFilter): Promise<SubmissionResult[]>;
  /** The kept submissions with their bytes, for a regrade. */
  submissions(filter?: ResultFilter): AsyncIterable<CollectedSubmission>;
  /** How many are waiting or taken. */
  waiting(): Promise<number>;
  close(): Promise<void>;
}

/** How submissions are graded; every field has a default. */
export interface GradeOptions {
  /** The sandbox; the strongest one that works here unless told. */
  rung?: Rung;
  /** How many submissions are judged at once; the number of processors unless told. */
  parallel?: number;
  /** Of processor time for one case, unless its exercise says otherwise; 2 unless told. */
  caseSeconds?: number;
  /** For one submission; 60 unless told. */
  submissionSeconds?: number;
  /** Resident memory of one learner's process; 512 unless told, and 1,024 more where TensorFlow is loaded. */
  memoryMegabytes?: number;
  /** False grades the public cases only, as `check` does. */
  heldBack?: boolean;
}

/** Grades submissions one after the other or several at once, with sandboxes kept warm. From `openGrader(options)`. */
export interface Grader {
  rung: Rung;
  grade(collected: CollectedSubmission): Promise<SubmissionResult>;
  close(): Promise<void>;
}
