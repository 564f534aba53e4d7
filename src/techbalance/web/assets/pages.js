// Without this script pages are read, forms are sent and drawings are pictures. With it charts answer to the
// pointer, and a form or a link changes the page in place.
"use strict";
(() => {
  const own = document.currentScript;
  let library;
  let asked = 0;

  const start = () => {
    library ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = own.dataset.library;
      script.onload = resolve;
      script.onerror = () => reject(new Error("the chart library did not load"));
      document.head.append(script);
    });
    return library;
  };

  const held = (plot) => JSON.parse(plot.querySelector("script").textContent);

  // A mark leads where its row in the table leads; the table is the way of the keyboard.
  const lead = (plot, view) => {
    const { field, addresses } = held(plot);
    if (!field) return;
    const address = (item) => addresses[String(item?.datum?.[field] ?? item?.datum?.datum?.[field])];
    plot.classList.add("leading");
    view.addEventListener("click", (event, item) => {
      if (address(item)) go(new URL(address(item), location.href));
    });
    view.addEventListener("mousemove", (event, item) => {
      plot.classList.toggle("over", Boolean(address(item)));
    });
  };

  const enliven = () =>
    techbalance.enliven(document, {
      specification: (plot) => held(plot).spec,
      start,
      // The policy of the page allows no code made from text and no style in elements.
      settings: { ast: true, defaultStyle: false, tooltip: { theme: "custom", disableDefaultStyle: true } },
      drawn: lead,
    });

  const whole = (address) => new URL(address, location.href).href;

  const complete = () => {
    for (const field of document.querySelectorAll("[data-absolute]")) {
      const inside = /src="([^"]*)"/;
      const frame = inside.test(field.value);
      field.value = frame
        ? field.value.replace(inside, (_, address) => `src="${whole(address)}"`)
        : whole(field.value);
    }
  };

  const arrive = () => {
    complete();
    enliven();
  };

  const swap = (text, address, { push, focus }) => {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    // A document that is parsed runs no script, so what is there for readers without one would come to life.
    for (const one of fresh.querySelectorAll("noscript")) one.remove();
    const main = fresh.getElementById("main");
    const before = document.activeElement?.id;
    techbalance.forget();
    document.getElementById("main").replaceWith(document.adoptNode(main));
    document.querySelector("header.bar").replaceWith(document.adoptNode(fresh.querySelector("header.bar")));
    document.title = fresh.title;
    // The page knows the shortest address that restores it.
    if (push) history.pushState(null, "", (main.dataset.address ?? address.pathname + address.search) + address.hash);
    arrive();
    const heading = document.getElementById("heading");
    document.getElementById("said").textContent = heading.textContent;
    if (focus === "field") document.getElementById(before)?.focus();
    else if (address.hash) document.querySelector(address.hash)?.scrollIntoView();
    else {
      if (push) scrollTo(0, 0);
      heading.focus({ preventScroll: true });
    }
    performance.mark("techbalance:answered");
  };

  // Who rests on a link will often follow it: the answer is on its way before the button is pressed. One at
  // a time, so that nobody's questions wait for what is only pointed at.
  const AHEAD_MS = 10_000;
  const REST_MS = 80;
  let ahead;
  const sent = (address) => {
    const answer = fetch(address, { headers: { Accept: "text/html" } }).then((one) => one.text());
    const one = { href: address.href, answer, until: performance.now() + AHEAD_MS, settled: false };
    answer.catch(() => {}).finally(() => (one.settled = true));
    return one;
  };
  const fetched = (address) => {
    const one = ahead?.href === address.href && performance.now() < ahead.until ? ahead : sent(address);
    ahead = undefined;
    return one.answer;
  };
  const point = (link) => {
    const address = new URL(link.href);
    const here = address.pathname === location.pathname && address.search === location.search;
    if (here || address.pathname.endsWith(".html") || ahead?.href === address.href) return;
    if (!ahead || ahead.settled) ahead = sent(address);
  };

  const go = async (address, { push = true, focus = "heading" } = {}) => {
    // Of a site of files each page is its own, with addresses relative to it.
    if (address.pathname.endsWith(".html")) return location.assign(address);
    const turn = ++asked;
    performance.mark("techbalance:asked");
    document.getElementById("main").ariaBusy = "true";
    try {
      const text = await fetched(address);
      // An answer that was overtaken by a later question is dropped.
      if (turn === asked) swap(text, address, { push, focus });
    } catch {
      location.assign(address);
    }
  };

  const filled = (form) => {
    const address = new URL(form.action, location.href);
    const given = new Map();
    for (const [name, value] of new FormData(form)) {
      if (value !== "") given.set(name, given.has(name) ? `${given.get(name)},${value}` : value);
    }
    address.search = [...given]
      .map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll("%2C", ",").replaceAll("%3A", ":")}`)
      .join("&");
    return address;
  };

  const isPage = (link) =>
    link.origin === location.origin &&
    !link.hasAttribute("download") &&
    !link.target &&
    !/^\/(api|assets|health|metrics)\b|\.\w+$/.test(link.pathname);

  document.addEventListener("submit", (event) => {
    if (event.target.method !== "get") return;
    event.preventDefault();
    go(filled(event.target));
  });

  let waiting;
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form.controls");
    if (!form?.checkValidity()) return;
    clearTimeout(waiting);
    // A box among several is often ticked with another.
    const pause = event.target.closest(".choices") ? 250 : 0;
    waiting = setTimeout(() => go(filled(form), { focus: "field" }), pause);
  });

  document.addEventListener("input", (event) => {
    const said = event.target.parentElement?.querySelector("output");
    if (said) said.value = said.value.replace(/^[^A-Za-z%\s]*/, event.target.value);
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (!isPage(link) || document.body.classList.contains("embedded")) return;
    const here = link.pathname === location.pathname && link.search === location.search;
    if (here && link.hash) return;
    event.preventDefault();
    go(new URL(link.href));
  });

  let resting;
  document.addEventListener("pointerover", (event) => {
    clearTimeout(resting);
    const link = event.target.closest?.("a[href]");
    if (!link || !isPage(link) || document.body.classList.contains("embedded")) return;
    resting = setTimeout(() => point(link), REST_MS);
  });

  addEventListener("popstate", () => go(new URL(location.href), { push: false }));
  addEventListener("beforeprint", () => {
    for (const view of techbalance.views) view.signal("dark", false).run();
  });

  arrive();
})();
