declare module "markdown-it-texmath" {
  const texmath: (md: import("markdown-it").MarkdownIt, options?: Record<string, unknown>) => void;
  export default texmath;
}
