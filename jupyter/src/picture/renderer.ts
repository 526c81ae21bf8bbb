export interface RenderOptions {
  width?: number;
  height?: number;
  scale?: number;
  timeLimitMs?: number;
  signal?: AbortSignal;
}
export async function renderFigure(_figure: object, _options: RenderOptions = {}): Promise<Uint8Array> {
  throw new Error("not yet");
}
