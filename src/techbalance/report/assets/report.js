// The report holds library and specifications itself. Without this script it loses nothing but live charts.
"use strict";
(() => {
  let specifications;

  techbalance.enliven(document, {
    specification: (plot) => {
      specifications ??= JSON.parse(document.getElementById("specifications").textContent);
      return structuredClone(specifications[plot.dataset.chart]);
    },
    // The library is long and most of it runs once: it is started when the first chart comes near.
    start: () => {
      if (window.vegaEmbed) return;
      const script = document.createElement("script");
      script.textContent = `(() => {"use strict";${document.getElementById("chart-library").textContent}})()`;
      document.head.append(script);
    },
  });
})();
