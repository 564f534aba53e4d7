// Lets still drawings answer to a pointer: each is drawn again, alive, when it comes near the window.
"use strict";
const techbalance = (() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const printing = matchMedia("print");
  const views = new Set();

  // options: specification(plot), start() makes vegaEmbed ready, settings for it, drawn(plot, view) afterwards.
  const draw = async (plot, options) => {
    const live = document.createElement("div");
    live.className = "live";
    live.ariaHidden = "true";
    try {
      await options.start();
      plot.append(live);
      const specification = options.specification(plot);
      specification.params[0].value = dark.matches;
      const { view } = await window.vegaEmbed(live, specification, {
        renderer: "svg",
        actions: false,
        tooltip: { theme: "custom" },
        ...options.settings,
      });
      views.add(view);
      plot.classList.add("enlivened");
      performance.mark("techbalance:chart");
      options.drawn?.(plot, view);
    } catch (wrong) {
      live.remove();
      console.error(`The chart ${plot.dataset.chart} stays still: ${wrong.message}`);
    }
  };

  dark.addEventListener("change", () => {
    for (const view of views) view.signal("dark", dark.matches).run();
  });

  const enliven = (within, options) => {
    const near = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          if (!entry.isIntersecting || printing.matches) continue;
          near.unobserve(entry.target);
          draw(entry.target, options);
        }
      },
      { rootMargin: "200px" },
    );
    for (const plot of within.querySelectorAll("[data-chart]")) near.observe(plot);
    performance.mark("techbalance:ready");
  };

  const forget = () => {
    for (const view of views) view.finalize();
    views.clear();
  };

  return { enliven, forget, views };
})();
