/**
 * @file What went wrong, as one sentence and one remedy. Used by every step of the set-up. npm, pip and the compilers
 * print pages when something fails; a handful of causes explains nearly all of them.
 */

/** A step that could not be done. `log` is the file whose end is shown with it. */
export class SetupError extends Error {
  /**
   * @param {string} sentence what failed and why
   * @param {{ remedy: string, log?: string }} parts
   */
  constructor(sentence, { remedy, log }) {
    super(sentence);
    this.name = "SetupError";
    this.remedy = remedy;
    this.log = log;
  }
}

const again = "then run the same command again: it goes on from here";

/** @type {{ sign: RegExp, cause: string, remedy: string }[]} */
const causes = [
  {
    sign: /ENOSPC|No space left on device/,
    cause: "the disk is full",
    remedy: `Free some space (the course needs about 3 GB), ${again}.`,
  },
  {
    sign: /EROFS|EACCES|EPERM|Permission denied|Read-only file system/,
    cause: "a folder cannot be written",
    remedy: `Clone the repository into a folder that belongs to you, ${again}.`,
  },
  {
    sign: /CERTIFICATE|self[- ]signed certificate|SSLError|SSLCertVerificationError/i,
    cause: "the package registry's certificate is not trusted",
    remedy: `Tell npm (\`npm config set cafile FILE\`) and pip (\`pip config set global.cert FILE\`) your network's certificate, ${again}.`,
  },
  {
    sign: /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|ERR_SOCKET|Temporary failure in name resolution|Name or service not known|NewConnectionError|Failed to establish a new connection|Network is unreachable|Connection refused|ConnectTimeout|ReadTimeout|ProxyError|Tunnel connection failed|network .*(unreachable|timeout)|\(from versions: none\)/i,
    cause: "the package registry cannot be reached",
    remedy: `Check the network (and the proxy settings of npm and pip, if there is a proxy), ${again}.`,
  },
  {
    sign: /E401|E403|\b(401|403) (Unauthorized|Forbidden|Client Error)/,
    cause: "the package registry refused the request",
    remedy: `Check the registry that npm and pip are set to (\`npm config get registry\`, \`pip config list\`), ${again}.`,
  },
  {
    sign: /ETARGET|No matching distribution found|E404/,
    cause: "the package registry does not have a version that the course pins",
    remedy: `Check that npm and pip are set to a complete registry, ${again}.`,
  },
  {
    sign: /EUSAGE[\s\S]*package-lock|can only install packages when your package\.json and package-lock/,
    cause: "package.json and package-lock.json do not agree",
    remedy: "Run `npm install` and commit package-lock.json, then run the same command again.",
  },
];

/**
 * The likeliest cause of a failed program, from what it printed.
 *
 * `explain("npm error code ENOTFOUND").cause` is `the package registry cannot be reached`.
 *
 * @param {string} printed
 * @returns {{ cause: string, remedy: string } | undefined}
 */
export function explain(printed) {
  return causes.find(({ sign }) => sign.test(printed));
}

/**
 * The error of a program that failed: `what` completes the sentence "... could not be ...".
 *
 * @param {string} what
 * @param {string} printed
 * @param {string} log
 */
export function failure(what, printed, log) {
  const known = explain(printed);
  return new SetupError(known ? `${what}: ${known.cause}.` : `${what}.`, {
    remedy:
      known?.remedy ??
      `Read the end of the log below; when that is mended, run the same command again: it goes on from here.`,
    log,
  });
}
