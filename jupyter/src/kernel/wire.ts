/**
 * @file Jupyter's messages as frames on a socket: read, checked, signed.
 * The format: jupyter-client, "Messaging in Jupyter", The Wire Protocol (version 5.3).
 */
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";

export interface Header {
  msg_id: string;
  session: string;
  username: string;
  date: string;
  msg_type: string;
  version: string;
}

/** A request of a front end. */
export interface Message {
  /** Who asked: frames to put before an answer. */
  identities: Buffer[];
  header: Header;
  // biome-ignore lint/suspicious/noExplicitAny: each type of request has its own content, read where it is handled
  content: any;
}

const DELIMITER = "<IDS|MSG>";

/** Reads a message. Throws when it is not signed with `key`: then it is not from our front end. */
export function readMessage(frames: Buffer[], key: string): Message {
  const delimiter = frames.findIndex((frame) => frame.equals(Buffer.from(DELIMITER)));
  if (delimiter < 0) throw new Error("A message without delimiter.");
  const [signature, ...parts] = frames.slice(delimiter + 1, delimiter + 6);
  if (!signature || parts.length < 4) throw new Error("A message with missing parts.");
  const expected = Buffer.from(sign(parts, key));
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
    throw new Error("A message with a wrong signature.");
  }
  const [header, , , content] = parts.map((part) => JSON.parse(part.toString()));
  return { identities: frames.slice(0, delimiter), header, content };
}

/** An answer to `request`, or an output that it causes. */
export function writeMessage(request: Message, type: string, content: object, key: string): (Buffer | string)[] {
  const header: Header = {
    msg_id: randomUUID(),
    session: request.header.session,
    username: request.header.username,
    date: new Date().toISOString(),
    msg_type: type,
    version: "5.3",
  };
  const parts = [header, request.header, {}, content].map((part) => JSON.stringify(part));
  return [...request.identities, DELIMITER, sign(parts, key), ...parts];
}

function sign(parts: (Buffer | string)[], key: string): string {
  if (!key) return ""; // Jupyter: an empty key means that messages are not signed
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}
