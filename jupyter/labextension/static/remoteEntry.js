/**
 * @file Figures in JupyterLab: a renderer for `application/vnd.plotly.v1+json` that redraws a figure in place when the
 * kernel updates it. (The renderer of the Python package plotly draws a figure once and ignores updates; package.json
 * switches it off where it is installed.)
 *
 * Written as JupyterLab loads it, so nothing has to be built. JupyterLab reads this file and asks the container at its
 * end for `./mimeExtension`. plotly.min.js, unchanged, lies beside this file and is loaded with the first figure.
 */
(() => {
  const MIME = "application/vnd.plotly.v1+json";
  const FOLDER = document.currentScript.src.replace(/[^/]*$/, "");
  const DEFAULT_HEIGHT = "400px";
  /** Okabe and Ito's colours: most readers with a colour-vision deficiency can tell them apart. */
  const COLORWAY = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6bb1", "#999999"];

  let plotly = null;
  let Widget = null;

  function loadPlotly() {
    plotly ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = `${FOLDER}plotly.min.js`;
      script.onload = () => resolve(window.Plotly);
      script.onerror = () => {
        plotly = null; // the next figure tries again
        reject(new Error("plotly.min.js could not be loaded."));
      };
      document.head.append(script);
    });
    return plotly;
  }

  /** The colours of JupyterLab's theme as a Plotly template: what a figure sets itself still wins. */
  function themeTemplate() {
    const css = getComputedStyle(document.body);
    const color = (name) => css.getPropertyValue(name).trim() || undefined;
    const family = color("--jp-ui-font-family");
    const axis = {
      gridcolor: color("--jp-border-color2"),
      linecolor: color("--jp-border-color1"),
      zerolinecolor: color("--jp-border-color1"),
      automargin: true,
    };
    return {
      layout: {
        paper_bgcolor: "rgba(0,0,0,0)",
        plot_bgcolor: "rgba(0,0,0,0)",
        colorway: COLORWAY,
        font: { family, color: color("--jp-ui-font-color1") },
        hoverlabel: { font: { family } },
        xaxis: axis,
        yaxis: axis,
      },
      data: { heatmap: [{ colorscale: "Viridis" }], contour: [{ colorscale: "Viridis" }] },
    };
  }

  const joined = (text) => (Array.isArray(text) ? text.join("") : text);

  function defineRenderer() {
    return class PlotlyRenderer extends Widget {
      constructor() {
        super();
        this.addClass("course-plotly");
        this.node.style.cssText = "overflow: auto; min-height: 60px";
        this.plot = this.node.appendChild(document.createElement("div"));
        this.drawn = Promise.resolve();
        this.resizes = new ResizeObserver(() => this.fit());
        this.themes = new MutationObserver(() => this.model && this.renderModel(this.model));
      }

      /** Called with the first output and again with each update. */
      renderModel(model) {
        this.model = model;
        this.describe(model);
        // One drawing at a time: two at once would move the same elements under each other's hands.
        this.drawn = this.drawn.then(() => this.draw(model));
        return this.drawn;
      }

      async draw(model) {
        if (this.isDisposed || this.model !== model) return; // a newer update has come in the meantime
        // Plotly writes into what it is given, and the notebook is saved from the model.
        const { data = [], layout = {}, frames, config = {} } = structuredClone(model.data[MIME]);
        this.hasOwnWidth = layout.width !== undefined;
        this.plot.style.height = layout.height ? "" : DEFAULT_HEIGHT;
        try {
          const Plotly = await loadPlotly();
          if (this.isDisposed) return;
          if (!this.plot.data) this.plot.replaceChildren(); // a fallback from before
          const wanted = { template: themeTemplate(), autosize: true, uirevision: true, ...layout }; // uirevision: keep the zoom
          await Plotly.react(this.plot, data, wanted, { displaylogo: false, ...config });
          if (frames) {
            Plotly.deleteFrames(this.plot);
            await Plotly.addFrames(this.plot, frames);
          }
          this.resizes.observe(this.node);
          this.themes.observe(document.body, { attributeFilter: ["data-jp-theme-name"] });
        } catch (error) {
          console.error(error);
          this.showFallback(model);
        }
      }

      /** For readers who cannot see the figure: its summary. */
      describe(model) {
        const summary = model.metadata?.[MIME]?.alt ?? joined(model.data["text/plain"]);
        this.node.setAttribute("role", "img");
        this.node.setAttribute("aria-label", summary || "A figure without description");
      }

      /** Without Plotly: the picture that the kernel has added, else the summary. */
      showFallback(model) {
        const png = joined(model.data["image/png"]);
        const shown = document.createElement(png ? "img" : "pre");
        if (png) {
          shown.src = `data:image/png;base64,${png}`;
          shown.alt = this.node.getAttribute("aria-label");
          shown.style.maxWidth = "100%";
          shown.style.height = "auto";
          if (model.metadata?.["image/png"]?.width) shown.width = model.metadata["image/png"].width;
        } else {
          shown.textContent = this.node.getAttribute("aria-label");
        }
        this.plot.style.height = "";
        this.plot.replaceChildren(shown);
      }

      /** Fits the drawing to the page, in its turn: never while it is being drawn. */
      fit() {
        const isDrawn = () => this.plot.data && !this.isDisposed && this.isVisible && this.node.offsetWidth > 0;
        if (this.hasOwnWidth || this.fits) return;
        this.fits = true;
        this.drawn = this.drawn.then(async () => {
          this.fits = false;
          if (isDrawn()) await window.Plotly.Plots.resize(this.plot).catch(() => {}); // hidden in the meantime
        });
      }

      onAfterShow() {
        this.fit();
      }

      onResize() {
        this.fit();
      }

      dispose() {
        if (this.isDisposed) return;
        this.resizes.disconnect();
        this.themes.disconnect();
        if (this.plot.data) window.Plotly.purge(this.plot);
        super.dispose();
      }
    };
  }

  let Renderer = null;
  const createRenderer = () => {
    Renderer ??= defineRenderer();
    return new Renderer();
  };

  const extension = {
    id: "course-plotly:factory",
    dataType: "json",
    rank: 0,
    rendererFactory: { safe: true, mimeTypes: [MIME], defaultRank: 0, createRenderer },
  };

  // What a bundler would generate: a "module federation container".
  window._JUPYTERLAB ??= {};
  window._JUPYTERLAB["course-plotly"] = {
    /** JupyterLab offers its own modules; a renderer has to extend the very Widget that JupyterLab uses. */
    async init(shared) {
      const [version] = Object.values(shared["@lumino/widgets"]);
      ({ Widget } = (await version.get())());
    },
    async get() {
      return () => ({ __esModule: true, default: extension });
    },
  };
})();
