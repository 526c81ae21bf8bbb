/** @returns {import("./steps.mjs").Step} */
export function nativeBackend() {
  return { name: "tensors", doing: "native backend", work: () => "later" };
}
