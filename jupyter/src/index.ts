/** @file What other packages may use of this one: pictures of figures, and the installation of kernel and extension. */
export {
  type InstallExtensionOptions,
  type InstallKernelOptions,
  installExtension,
  installKernel,
  KERNEL_NAME,
} from "./install";
export { type PlotlyFigure, type RenderOptions, renderFigure } from "./picture/renderer";
