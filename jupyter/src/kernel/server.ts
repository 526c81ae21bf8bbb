/**
 * @file Answers Jupyter. tslab opens the sockets; every request comes to `handleShellMessage`, and each has its answer
 * here, in full, as the protocol asks: `error` messages, results, aborted cells, interrupts, history.
 *
 * Cells run one after the other. What a front end asks while a cell waits (a completion, for example) is answered at
 * once. The protocol: jupyter-client, "Messaging in Jupyter", version 5.3.
 */
import { complete, History, inspect, isComplete } from "./assist";
import { Cell, runInCell, runInKernel } from "./cell";
import { addPictures, showTslabDisplay, showValue } from "./display";
import { describeError, type ErrorContent } from "./errors";
import type { Executor } from "./executor";
import { interruptNewestCell } from "./interrupt";
import { endKernel, printOnTerminal } from "./process";
import { onTslabDisplay, type Socket, TslabServer } from "./tslab";
import { ts } from "./typescript";
import { type Message, readMessage, writeMessage } from "./wire";

const { setTimeout } = globalThis;

/** Requests that arrive within this time after an error were sent before the front end could know of it. */
const ABORT_WINDOW_MS = 20;

/** What "Run" sends. */
interface ExecuteRequest {
  code: string;
  silent?: boolean;
  store_history?: boolean;
  stop_on_error?: boolean;
}

type Answers = Record<string, (content: Message["content"]) => object>;

export class CourseServer extends TslabServer {
  readonly #executor: Executor;
  readonly #history = new History();
  #count = 0;
  #arrived = 0;
  /** Cells up to this number of arrival are not run: a cell before them has failed. */
  #abortedUpTo = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(executor: Executor, connectionFile: string) {
    super({ close: () => executor.close() }, connectionFile);
    this.#executor = executor;
  }

  /** The requests that are answered at once, with one message each. */
  readonly #answers: Answers = {
    kernel_info_request: kernelInfo,
    complete_request: ({ code, cursor_pos }) => complete(this.#executor, code, cursor_pos),
    inspect_request: ({ code, cursor_pos }) => inspect(this.#executor, code, cursor_pos),
    is_complete_request: ({ code }) => isComplete(code),
    history_request: (content) => this.#history.answer(content),
    comm_info_request: () => ({ status: "ok", comms: {} }),
    interrupt_request: () => {
      interruptNewestCell();
      return { status: "ok" };
    },
    shutdown_request: ({ restart }) => {
      endKernel();
      return { status: "ok", restart: Boolean(restart) };
    },
  };

  /**
   * zeromq makes every 513th message wait, and refuses all others meanwhile: in stock tslab a cell that prints 900
   * lines in one go never ends. With these two settings every message is taken at once, however many there are.
   *
   * While `bind` waits, as in stock tslab, the socket refuses to be read and written, and a front end that is there
   * already is never answered. `bindSync` leaves no such moment.
   */
  override async bindSocket(socket: Socket, port: number): Promise<void> {
    socket.sendHighWaterMark = 0; // no limit to what waits for a slow front end
    socket.sendTimeout = 0; // so nothing to wait for
    const { transport, ip } = this.connInfo;
    socket.bindSync(`${transport}://${ip}:${port}`);
  }

  /** Called by tslab for each request, without waiting for it. */
  override async handleShellMessage(socket: Socket, ...frames: Buffer[]): Promise<void> {
    await runInKernel(async () => {
      try {
        const request = readMessage(frames, this.connInfo.key);
        if (request.header.msg_type === "execute_request") this.#queueCell(socket, request);
        else this.#answer(socket, request);
      } catch (error) {
        printOnTerminal(`kernel: ${error instanceof Error ? error.stack : error}\n`);
      }
    });
  }

  #send(socket: Socket, request: Message, type: string, content: object): void {
    const frames = writeMessage(request, type, content, this.connInfo.key);
    socket.send(frames).catch((error) => printOnTerminal(`kernel: ${error}\n`));
  }

  #publish(request: Message, type: string, content: object): void {
    this.#send(this.iopub, request, type, content);
  }

  #answer(socket: Socket, request: Message): void {
    const type = request.header.msg_type;
    this.#publish(request, "status", { execution_state: "busy" });
    const answer = this.#answers[type];
    if (answer) {
      const content = answerOrError(() => answer(request.content));
      this.#send(socket, request, type.replace("_request", "_reply"), content);
    } else if (type === "comm_open") {
      // Widgets are not supported: close what the front end has opened.
      this.#publish(request, "comm_close", { comm_id: request.content.comm_id, data: {} });
    }
    this.#publish(request, "status", { execution_state: "idle" });
  }

  #queueCell(socket: Socket, request: Message): void {
    this.#arrived += 1;
    const arrival = this.#arrived;
    this.#turn = this.#turn.then(async () => {
      this.#publish(request, "status", { execution_state: "busy" });
      const content = arrival <= this.#abortedUpTo ? { status: "aborted" } : await this.#runCell(request);
      this.#send(socket, request, "execute_reply", { ...content, execution_count: this.#count });
      this.#publish(request, "status", { execution_state: "idle" });
    });
  }

  /** Runs a cell to its end, pictures included, and returns the content of the answer. */
  async #runCell(request: Message): Promise<object> {
    const { code, silent = false, store_history = true, stop_on_error = true } = request.content as ExecuteRequest;
    const publish = silent ? () => {} : (type: string, content: object) => this.#publish(request, type, content);
    if (!silent) this.#count += 1;
    if (!silent && store_history) this.#history.add(this.#count, code);
    const cell = new Cell(code, this.#count, publish);
    publish("execute_input", { code, execution_count: cell.count });

    const failure = await this.#execute(cell);
    await addPictures(cell);
    cell.flush();
    cell.ended = true;
    if (!failure) return { status: "ok", user_expressions: {}, payload: [] };

    publish("error", failure);
    if (stop_on_error) {
      await new Promise((resolve) => setTimeout(resolve, ABORT_WINDOW_MS));
      this.#abortedUpTo = this.#arrived;
    }
    return { status: "error", ...failure };
  }

  async #execute(cell: Cell): Promise<ErrorContent | undefined> {
    onTslabDisplay(showTslabDisplay);
    try {
      await runInCell(cell, async () => showValue(await this.#executor.run(cell)));
      return undefined;
    } catch (thrown) {
      return describeError(cell.signal.aborted ? cell.signal.reason : thrown, cell.code);
    }
  }
}

function answerOrError(answer: () => object): object {
  try {
    return answer();
  } catch (error) {
    return { status: "error", ...describeError(error, "") };
  }
}

function kernelInfo(): object {
  const tslabVersion: string = require("tslab/package.json").version;
  return {
    status: "ok",
    protocol_version: "5.3",
    implementation: "course-typescript",
    implementation_version: tslabVersion,
    banner: `TypeScript ${ts.version} (tslab ${tslabVersion}) on Node ${process.version}`,
    help_links: [],
    language_info: {
      name: "typescript",
      version: ts.version,
      mimetype: "text/typescript",
      file_extension: ".ts",
      pygments_lexer: "typescript",
      codemirror_mode: { mode: "typescript", name: "javascript", typescript: true },
      nbconvert_exporter: "script",
    },
  };
}
