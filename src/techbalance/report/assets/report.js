// Lets the still drawings answer to a pointer. Without this script the page loses nothing but that.
"use strict";
(() => {
  const charts = document.querySelectorAll("[data-chart]");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const printing = matchMedia("print");
  const views = [];
  let specifications;

  const read = () => {
    specifications ??= JSON.parse(document.getElementById("specifications").textContent);
    return specifications;
  };

  // The library is long and most of it runs once: it is started when the first chart comes near.
  const start = () => {
    if (window.vegaEmbed) return;
    const script = document.createElement("script");
    script.textContent = `(() => {"use strict";${document.getElementById("chart-library").textContent}})()`;
    document.head.append(script);
  };

  const enliven = async (plot) => {
    start();
    const live = document.createElement("div");
    live.className = "live";
    live.ariaHidden = "true";
    plot.append(live);
    const specification = structuredClone(read()[plot.dataset.chart]);
    specification.params[0].value = dark.matches;
    try {
      const { view } = await window.vegaEmbed(live, specification, {
        renderer: "svg",
        actions: false,
        tooltip: { theme: "custom" },
      });
      views.push(view);
      plot.classList.add("enlivened");
      performance.mark("techbalance:chart");
    } catch (wrong) {
      live.remove();
      console.error(`The chart ${plot.dataset.chart} stays still: ${wrong.message}`);
    }
  };

  dark.addEventListener("change", () => {
    for (const view of views) view.signal("dark", dark.matches).run();
  });

  const near = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting || printing.matches) continue;
        near.unobserve(entry.target);
        enliven(entry.target);
      }
    },
    { rootMargin: "200px" },
  );
  for (const plot of charts) near.observe(plot);
  performance.mark("techbalance:ready");
})();
