/**
 * @file A small Jupyter front end for the tests: starts the kernel as Jupyter does, sends requests over zeromq and
 * collects what comes back. Written from the protocol's description, not from the kernel's code.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { Dealer, Subscriber } from "zeromq";

const PACKAGE = path.resolve(__dirname, "..");
const REPOSITORY = path.resolve(PACKAGE, "..");
const MAIN = path.join(PACKAGE, "dist/kernel/main.js");
const DELIMITER = "<IDS|MSG>";

// biome-ignore lint/suspicious/noExplicitAny: contents differ by type; each test says what it expects
export type Content = any;

export interface Message {
  type: string;
  content: Content;
  /** Id of the request that caused it. */
  parent: string | undefined;
}

export interface Run {
  /** Outputs of the cell in order, without `status` and `execute_input`. */
  outputs: Message[];
  reply: Content;
  stdout: string;
  stderr: string;
  /** The text of the `execute_result`. */
  result: string | undefined;
  error: { ename: string; evalue: string; traceback: string[] } | undefined;
}

export interface RunOptions {
  interruptAfterMs?: number;
  stopOnError?: boolean;
  silent?: boolean;
  /** The test fails when the cell takes longer. */
  timeoutMs?: number;
}

export class KernelClient {
  readonly #messages: Message[] = [];
  /** Looks again at what has arrived; at most once a turn of the event loop, however many messages there are. */
  #wake: () => void = () => {};
  #waking = false;

  private constructor(
    readonly process: ChildProcess,
    readonly folder: string,
    readonly key: string,
    readonly shell: Dealer,
    readonly control: Dealer,
    readonly iopub: Subscriber,
  ) {}

  /** Starts a kernel in `folder` (default: `notebooks/` of the repository) and waits until it answers. */
  static async start({
    env = {},
    folder,
  }: {
    env?: Record<string, string>;
    folder?: string;
  } = {}): Promise<KernelClient> {
    const temporary = fs.mkdtempSync(path.join(os.tmpdir(), "course kernel "));
    const [shell, iopub, stdin, control, hb] = await freePorts(5);
    const key = randomUUID();
    const connection = {
      ...{ transport: "tcp", ip: "127.0.0.1", signature_scheme: "hmac-sha256", key },
      ...{ shell_port: shell, iopub_port: iopub, stdin_port: stdin, control_port: control, hb_port: hb },
    };
    const file = path.join(temporary, "connection.json");
    fs.writeFileSync(file, JSON.stringify(connection));
    const child = spawn(process.execPath, ["--no-deprecation", MAIN, file], {
      cwd: folder ?? path.join(REPOSITORY, "notebooks"),
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const client = new KernelClient(child, temporary, key, new Dealer(), new Dealer(), new Subscriber());
    const connect = (socket: { connect(address: string): void }, port: number): void =>
      socket.connect(`tcp://127.0.0.1:${port}`);
    client.iopub.subscribe();
    connect(client.iopub, iopub!);
    connect(client.shell, shell!);
    connect(client.control, control!);
    for (const socket of [client.shell, client.control, client.iopub]) void client.#receive(socket);
    await client.#waitUntilReady();
    return client;
  }

  /** What the kernel has written to the terminal of the server so far. */
  collectTerminal(): () => string {
    let text = "";
    this.process.stderr?.on("data", (data) => {
      text += data;
    });
    return () => text;
  }

  /** Runs a cell and waits for its end. */
  async run(code: string, { interruptAfterMs, ...options }: RunOptions = {}): Promise<Run> {
    const id = await this.send(code, options);
    if (interruptAfterMs !== undefined) setTimeout(() => this.process.kill("SIGINT"), interruptAfterMs);
    return this.finish(id, options.timeoutMs);
  }

  /** Sends a cell without waiting. */
  async send(code: string, { stopOnError = true, silent = false }: RunOptions = {}): Promise<string> {
    const content = { code, silent, store_history: !silent, user_expressions: {}, allow_stdin: false };
    return this.#request(this.shell, "execute_request", { ...content, stop_on_error: stopOnError });
  }

  /** Waits for the end of a cell that was sent. */
  async finish(id: string, timeoutMs = 30_000): Promise<Run> {
    const isEnd = (m: Message): boolean =>
      m.parent === id && m.type === "status" && m.content.execution_state === "idle";
    await this.waitFor((messages) => messages.some(isEnd), timeoutMs);
    await this.waitFor((messages) => messages.some((m) => m.parent === id && m.type === "execute_reply"), timeoutMs);
    return this.collect(id);
  }

  /** All that has come for a cell so far. */
  collect(id: string): Run {
    const all = this.#messages.filter((message) => message.parent === id);
    const outputs = all.filter(({ type }) => !["status", "execute_input", "execute_reply"].includes(type));
    const text = (name: string): string =>
      outputs
        .flatMap(({ type, content }) => (type === "stream" && content.name === name ? [content.text] : []))
        .join("");
    const of = (type: string): Content => all.find((message) => message.type === type)?.content;
    const result = of("execute_result")?.data["text/plain"];
    return {
      outputs,
      reply: of("execute_reply"),
      stdout: text("stdout"),
      stderr: text("stderr"),
      result,
      error: of("error"),
    };
  }

  /** Sends any request and returns the content of its answer. */
  async ask(type: string, content: object, socket: "shell" | "control" = "shell"): Promise<Content> {
    const id = await this.#request(this[socket], type, content);
    const answer = type.replace("_request", "_reply");
    const find = (messages: Message[]): Message | undefined =>
      messages.find((m) => m.parent === id && m.type === answer);
    await this.waitFor((messages) => find(messages) !== undefined, 30_000);
    return find(this.#messages)?.content;
  }

  /** Waits until the messages received so far satisfy `condition`. */
  async waitFor(condition: (messages: Message[]) => boolean, timeoutMs = 30_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!condition(this.#messages)) {
      const remaining = deadline - Date.now();
      if (remaining <= 0) throw new Error(`The kernel did not answer within ${timeoutMs} ms.`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, remaining);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  async stop(): Promise<void> {
    if (this.process.exitCode === null) {
      const ended = new Promise((resolve) => this.process.once("exit", resolve));
      this.process.kill("SIGKILL");
      await ended;
    }
    for (const socket of [this.shell, this.control, this.iopub]) socket.close();
    fs.rmSync(this.folder, { recursive: true, force: true });
  }

  async #request(socket: Dealer, type: string, content: object): Promise<string> {
    const header = {
      ...{ msg_id: randomUUID(), msg_type: type, session: "test", username: "test", version: "5.3" },
      date: new Date().toISOString(),
    };
    const parts = [header, {}, {}, content].map((part) => JSON.stringify(part));
    const hmac = createHmac("sha256", this.key);
    for (const part of parts) hmac.update(part);
    await socket.send([DELIMITER, hmac.digest("hex"), ...parts]);
    return header.msg_id;
  }

  async #receive(socket: AsyncIterable<Buffer[]>): Promise<void> {
    for await (const frames of socket) {
      const start = frames.findIndex((frame) => frame.toString() === DELIMITER) + 2;
      const [header, parent, , content] = frames.slice(start, start + 4).map((frame) => JSON.parse(frame.toString()));
      this.#messages.push({ type: header.msg_type, content, parent: parent.msg_id });
      if (this.#waking) continue;
      this.#waking = true;
      setImmediate(() => {
        this.#waking = false;
        this.#wake();
      });
    }
  }

  /** Outputs published before our subscription has reached the kernel are lost: ask until a status comes back. */
  async #waitUntilReady(): Promise<void> {
    for (let attempt = 0; attempt < 120; attempt++) {
      await this.#request(this.shell, "kernel_info_request", {});
      const answered = this.waitFor((messages) => messages.some(({ type }) => type === "status"), 500);
      if (
        await answered.then(
          () => true,
          () => false,
        )
      )
        return;
    }
    throw new Error("The kernel did not start.");
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<net.Server>((resolve) => {
          const server = net.createServer().listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as net.AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
