/**
 * @file Looks into zip archives that somebody else made. Nothing is ever unpacked to the disk: names are only names, and a
 * member is read into memory up to a limit that is counted while it is inflated, whatever the archive says of its size.
 */

import { inflateRawSync } from "node:zlib";
import yauzl, { type Entry, type Options, type ZipFile, type ZipFileOptions } from "yauzl";

/** A member of an archive. */
export interface Member {
  /** With slashes, and without parts that lead out of the archive. */
  path: string;
  bytes: number;
  modified: Date;
  /** Why it must not be read. */
  refused?: "link" | "encrypted" | "special";
  /** True if the archive's name for it led out of the archive. */
  wasUnsafe: boolean;
}

/** More members than this are not looked at. */
export const MOST_MEMBERS = 20_000;

/** The two ways of compression that are in use, by their numbers in the archive. */
const STORED = 0;
const DEFLATED = 8;

/** An archive that is open. */
export class Archive {
  private constructor(
    private readonly zip: ZipFile,
    private readonly entries: ReadonlyMap<Member, Entry>,
    /** What kept the rest of its members from being read. */
    readonly problem: string | undefined,
  ) {}

  /** Opens a file, or the bytes of an archive that was inside another. Throws a sentence if it is none. */
  static async open(from: string | Buffer): Promise<Archive> {
    const zip = await opened(from);
    const entries = new Map<Member, Entry>();
    const problem = await new Promise<string | undefined>((resolve) => {
      zip.on("error", (error: Error) => resolve(`it is damaged (${error.message})`));
      zip.on("end", () => resolve(undefined));
      zip.on("entry", (entry: Entry) => {
        const member = memberOf(entry);
        if (member) entries.set(member, entry);
        if (entries.size < MOST_MEMBERS) zip.readEntry();
        else resolve(`it has more than ${MOST_MEMBERS.toLocaleString("en")} members`);
      });
      zip.readEntry();
    });
    return new Archive(zip, entries, problem);
  }

  /** Its members, without folders. */
  get members(): Member[] {
    return [...this.entries.keys()];
  }

  /** The content of a member; nothing if it has more bytes than `most`. Throws a sentence if it is damaged. */
  read(member: Member, most: number): Promise<Buffer | undefined> {
    return inflated(this.zip, this.entries.get(member)!, most);
  }

  close(): void {
    this.zip.close();
  }
}

function opened(from: string | Buffer): Promise<ZipFile> {
  // (Names and sizes are judged below: here a single bad one would end the reading of all others.)
  const options: Options = { lazyEntries: true, decodeStrings: false, autoClose: false, validateEntrySizes: false };
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, zip: ZipFile): void => (error ? reject(error) : resolve(zip));
    if (typeof from === "string") yauzl.open(from, options, done);
    else yauzl.fromBuffer(from, options, done);
  });
}

function memberOf(entry: Entry): Member | undefined {
  const name = entryName(entry);
  if (name.endsWith("/")) return undefined;
  const parts = name.replaceAll("\\", "/").split("/");
  const safe = parts.filter(
    (part, i) => part !== "" && part !== "." && part !== ".." && !(i === 0 && /^[A-Za-z]:$/.test(part)),
  );
  const kind = (entry.externalFileAttributes >>> 16) & 0o170000;
  const refused =
    kind === 0o120000
      ? "link"
      : entry.isEncrypted()
        ? "encrypted"
        : kind !== 0 && kind !== 0o100000
          ? "special"
          : undefined;
  return {
    path: safe.join("/"),
    bytes: entry.uncompressedSize,
    modified: modifiedAt(entry),
    wasUnsafe: parts.includes("..") || name.startsWith("/") || name.startsWith("\\") || /^[A-Za-z]:/.test(name),
    ...(refused ? { refused } : {}),
  };
}

/** (Newer than the types of the package.) */
interface NameReader {
  getFileNameLowLevel(flags: number, name: Buffer, extraFields: unknown, strict: boolean): string;
}

/** (As names are not decoded, the field holds bytes.) */
function entryName(entry: Entry): string {
  const { generalPurposeBitFlag, fileNameRaw, extraFields } = entry as Entry & { fileNameRaw: Buffer };
  try {
    return (yauzl as unknown as NameReader).getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, false);
  } catch {
    return fileNameRaw.toString("latin1");
  }
}

function modifiedAt(entry: Entry): Date {
  const date = entry.getLastModDate();
  return Number.isNaN(date.getTime()) ? new Date(0) : date;
}

/**
 * The bytes of a member. Its compressed bytes are read whole and then inflated, with an end: a stream that is given up in
 * the middle would leave the reader of the archive in the middle too.
 */
async function inflated(zip: ZipFile, entry: Entry, most: number): Promise<Buffer | undefined> {
  if (entry.compressedSize > most) return undefined;
  const isStored = entry.compressionMethod === STORED;
  if (!isStored && entry.compressionMethod !== DEFLATED)
    throw new Error("it is compressed in a way that is not known here");
  const bytes = await rawBytes(zip, entry, isStored);
  if (isStored) return bytes;
  try {
    return inflateRawSync(bytes, { maxOutputLength: most });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") return undefined;
    throw error;
  }
}

function rawBytes(zip: ZipFile, entry: Entry, isStored: boolean): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = isStored ? {} : { decompress: false };
    zip.openReadStream(entry, options as ZipFileOptions, (error, stream) => {
      if (error) return reject(error);
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("error", reject);
      stream.on("end", () => resolve(Buffer.concat(parts)));
    });
  });
}
