/**
 * @file The parts of tslab 1.0.22 that the kernel builds on, unchanged: its compiler of cells and its sockets.
 *
 * tslab turns a TypeScript cell into JavaScript, knows the names of earlier cells, completes and explains names. How
 * a cell is run and how Jupyter is answered is ours (executor.ts, server.ts), because there stock tslab prints errors
 * as text, loses messages and lets interrupted work run on.
 *
 * Everything of tslab is loaded here, after typescript.ts has prepared the compiler that tslab is going to load.
 */
import "./typescript";
import type { CompletionInfo, Converter, ConvertResult, Diagnostic, SideOutput } from "tslab/dist/converter";
import type { CodeMetadata } from "tslab/dist/metadata";

export type { CompletionInfo, Converter, ConvertResult, Diagnostic, SideOutput };

/** A zeromq socket, as far as the kernel uses it. */
export interface Socket {
  sendHighWaterMark: number;
  sendTimeout: number;
  bindSync(address: string): void;
  send(frames: (Buffer | string)[]): Promise<void>;
}

/** What a Jupyter front end wrote into the connection file. */
export interface ConnectionInfo {
  transport: string;
  ip: string;
  key: string;
  signature_scheme: string;
}

/** tslab's server: it opens the five sockets and calls `handleShellMessage` for each request. */
export interface TslabServer {
  connInfo: ConnectionInfo;
  iopub: Socket;
  bindSocket(socket: Socket, port: number): Promise<void>;
  handleShellMessage(socket: Socket, ...frames: Buffer[]): Promise<void>;
  init(): Promise<void>;
}

/** The output of tslab's own display functions (`import * as tslab from "tslab"`). */
export interface TslabDisplay {
  data: Record<string, unknown>;
  metadata: Record<string, unknown>;
  transient: { display_id?: string };
}

const converter = require("tslab/dist/converter") as typeof import("tslab/dist/converter");
const inspect = require("tslab/dist/inspect") as { printQuickInfo(info: unknown): string };
const jupyter = require("tslab/dist/jupyter") as {
  ZmqServer: unknown;
  lastWriteDisplayData: (content: TslabDisplay, update: boolean) => void;
};

export const createConverter: typeof converter.createConverter = converter.createConverter;
export const isCompleteCode: typeof converter.isCompleteCode = converter.isCompleteCode;
export const printQuickInfo: (info: unknown) => string = inspect.printQuickInfo;
export const getCodeMetadata: (code: string) => CodeMetadata = require("tslab/dist/metadata").getCodeMetadata;
export const TslabServer = jupyter.ZmqServer as new (handler: { close(): void }, connectionFile: string) => TslabServer;

/** Sends what `tslab.display.html(...)` and its like show to `write`. */
export function onTslabDisplay(write: (content: TslabDisplay, update: boolean) => void): void {
  jupyter.lastWriteDisplayData = write;
}
