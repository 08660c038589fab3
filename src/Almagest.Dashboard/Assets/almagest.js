// The dashboard's own script: colours, linked selection between plots and tables, moving and zooming of charts, downloads.
// Nothing is fetched.
window.almagest = (() => {
  const root = document.documentElement;

  function paint(dark) {
    root.classList.toggle("dark", dark);
    root.classList.toggle("light", !dark);
  }

  // Until the user chooses, an open page follows the system.
  let layout = null;
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", () => {
    if (/(^|; )almagest_theme=/.test(document.cookie)) return;
    paint(system.matches);
    layout?.invokeMethodAsync("FollowAsync", system.matches).catch(() => {});
  });

  function setDark(dark) {
    paint(dark);
    document.cookie = `almagest_theme=${dark ? "dark" : "light"}; path=/; max-age=31536000; samesite=strict`;
  }

  // Stars that are selected: in every plot and table alike, also in those that are drawn again. The page knows them all, and draws them;
  // here are those of them that rows and marks may stand for, so that a click is seen at once.
  const chosen = new Set();
  let all = true;
  let watcher = null;
  const changes = new MutationObserver(() => { if (chosen.size > 0) mark(); });

  function mark(scroll) {
    changes.disconnect();
    const over = all ? [...document.querySelectorAll("[data-star].selected")].filter(e => !chosen.has(e.dataset.star)) : [];
    over.forEach(e => e.classList.remove("selected"));
    const drawn = chosen.size === 0 ? [] : [...document.querySelectorAll("[data-star]")].filter(e => chosen.has(e.dataset.star));
    for (const e of drawn) {
      e.classList.add("selected");
      // On top of its neighbours.
      if (e.ownerSVGElement && e.nextSibling) e.parentNode.appendChild(e);
      if (scroll && e.tagName === "TR") e.scrollIntoView({ block: "nearest" });
    }
    changes.observe(document.body, { childList: true, subtree: true });
  }

  function choose(star, add) {
    const again = chosen.has(star);
    if (!add) chosen.clear();
    all = true;
    again ? chosen.delete(star) : chosen.add(star);
    mark(chosen.size === 1);
    watcher?.invokeMethodAsync("PickAsync", Number(star), add || again).catch(() => { watcher = null; });
  }

  function unselect() {
    chosen.clear();
    all = true;
    mark();
    watcher?.invokeMethodAsync("SelectNoneAsync").catch(() => { watcher = null; });
  }

  // What the page selected: some of it, and whether that is all of it.
  function selected(stars, isAll) {
    chosen.clear();
    for (const star of stars) chosen.add(String(star));
    all = isAll;
    mark();
  }

  // A page that shows what is selected; a page without asks for nothing.
  function watchSelection(page) {
    watcher = page;
    chosen.clear();
    all = true;
    mark();
  }

  // The address says what the page shows, so that a link opens the same; nothing is loaded for it.
  function address(values) {
    const url = new URL(location.href);
    for (const [name, value] of Object.entries(values)) value ? url.searchParams.set(name, value) : url.searchParams.delete(name);
    if (url.href !== location.href) history.replaceState(history.state, "", url.href);
  }

  document.addEventListener("click", event => {
    const download = event.target.closest("[data-download]");
    if (download) return save(download);
    const zoom = event.target.closest("[data-zoom]");
    if (zoom) return zoom.closest("figure").querySelector(".picture").zoom?.(zoom.dataset.zoom);
    const copied = event.target.closest("[data-copy], [data-save]");
    if (copied) return copy(copied);
    closeMenus(event.target);
    if (event.target.closest("[data-unselect]")) return unselect();
    const shape = event.target.closest("[data-shape]");
    if (shape) return choosing(shape);
    const hit = nearest(event) ?? event.target.closest("[data-star]");
    if (hit && !moved && !event.target.closest("a, button, input")) choose(hit.dataset.star, event.ctrlKey || event.metaKey);
  });

  // Of the stars of a chart the one whose middle is next to the pointer: marks are small, and the one on top may be another's.
  function nearest(event) {
    const view = event.target.closest("svg.view");
    if (!view || !event.isTrusted) return null;
    let best = null, least = 12;
    for (const mark of view.querySelectorAll("[data-star]")) {
      const box = mark.getBoundingClientRect();
      const far = Math.hypot(event.clientX - (box.left + box.right) / 2, event.clientY - (box.top + box.bottom) / 2);
      if (far < least) [best, least] = [mark, far];
    }
    return best;
  }

  document.addEventListener("keydown", event => {
    const box = document.getElementById("goto");
    const types = event.target.matches?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && box && !types && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      box.focus();
      return box.select();
    }
    // The list is moved through on the server; the caret stays where it is.
    if (event.target === box && (event.key === "ArrowDown" || event.key === "ArrowUp")) return event.preventDefault();
    if (event.target === box) return;
    if (event.key === "Escape" && (chosen.size > 0 || document.querySelector("[data-unselect]"))) return unselect();
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp" || !event.target.matches?.(".tall")) return;
    const rows = [...event.target.querySelectorAll("tr[data-star]")];
    if (rows.length === 0) return;
    const at = rows.findIndex(r => r.classList.contains("selected"));
    const next = rows[Math.min(rows.length - 1, Math.max(0, at + (event.key === "ArrowDown" ? 1 : -1)))];
    event.preventDefault();
    if (!next.classList.contains("selected")) choose(next.dataset.star, false);
  });

  // A drag over a chart selects instead of moving it, by a rectangle or a line, as long as one of its buttons is pressed.
  function choosing(button) {
    const figure = button.closest("figure"), picture = figure.querySelector(".picture");
    const shape = button.getAttribute("aria-pressed") === "true" ? "" : button.dataset.shape;
    figure.querySelectorAll("[data-shape]").forEach(b => b.setAttribute("aria-pressed", String(b.dataset.shape === shape)));
    picture.dataset.choosing = shape;
  }

  // The last press of the pointer became a movement: the click that ends it selects nothing.
  let moved = false;
  document.addEventListener("pointerdown", () => { moved = false; }, true);

  // Asks for one thing at a time; of what comes meanwhile only the last is asked for.
  function asker(ask) {
    let busy = false, next;
    return function go(value) {
      if (busy) return void (next = { value });
      busy = true;
      ask(value).catch(() => {}).finally(() => {
        busy = false;
        if (next) { const { value } = next; next = undefined; go(value); }
      });
    };
  }

  // A chart that is moved, zoomed, and whose threshold is dragged. What the pointer does is shown at once by stretching the picture that is
  // there; the server then draws the part that is asked for.
  function movable(picture, page) {
    const numbers = text => text.split(" ").map(Number);
    const view = () => picture.querySelector("svg.view");
    const box = v => ({ x: +v.getAttribute("x"), y: +v.getAttribute("y"), w: +v.getAttribute("width"), h: +v.getAttribute("height") });
    const windowOf = v => { const [l, r, b, t] = numbers(v.dataset.window); return { l, r, b, t }; };
    // Where the pointer is, in the units of the chart's own drawing.
    function at(event) {
      const svg = picture.querySelector("svg.chart");
      return new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    }
    let target = null;
    const ask = asker(async w => {
      if (w === null) await page.invokeMethodAsync("ShowAllAsync");
      else await page.invokeMethodAsync("ShowAsync", w.l, w.r, w.b, w.t);
      if (target === w) target = null;
    });
    function stretch() {
      const v = view();
      if (!v || !target) return;
      const w = windowOf(v), p = box(v);
      const wide = (target.r - target.l) / (w.r - w.l), tall = (target.t - target.b) / (w.t - w.b);
      const left = p.x + (target.l - w.l) / (w.r - w.l) * p.w, top = p.y + (w.t - target.t) / (w.t - w.b) * p.h;
      v.setAttribute("viewBox", `${left} ${top} ${wide * p.w} ${tall * p.h}`);
    }
    new MutationObserver(stretch).observe(picture, { childList: true, subtree: true });
    function show(w) {
      target = w;
      stretch();
      ask(w);
    }
    const now = () => target ?? windowOf(view());
    // Around a place, given as fractions of the plot from its left and its top.
    function zoom(factor, u = 0.5, v = 0.5) {
      const w = now();
      const x = w.l + u * (w.r - w.l), y = w.t + v * (w.b - w.t);
      show({ l: x + (w.l - x) * factor, r: x + (w.r - x) * factor, b: y + (w.b - y) * factor, t: y + (w.t - y) * factor });
    }
    function pan(w, u, v) {
      const x = u * (w.r - w.l), y = v * (w.b - w.t);
      show({ l: w.l - x, r: w.r - x, b: w.b - y, t: w.t - y });
    }
    picture.zoom = how => { if (view()) how === "all" ? (target = null, ask(null)) : zoom(how === "in" ? 0.5 : 2); };

    function place(event) {
      const v = view();
      if (!v) return null;
      const p = box(v), q = at(event);
      const u = (q.x - p.x) / p.w, w = (q.y - p.y) / p.h;
      return u >= 0 && u <= 1 && w >= 0 && w <= 1 ? { u, v: w } : null;
    }
    picture.addEventListener("wheel", event => {
      const where = place(event);
      if (!where || !(event.ctrlKey || event.metaKey || document.activeElement === picture)) return;
      event.preventDefault();
      zoom(Math.exp(Math.max(-100, Math.min(100, event.deltaY)) * 0.004), where.u, where.v);
    }, { passive: false });
    picture.addEventListener("dblclick", event => {
      const where = place(event);
      if (where) zoom(0.5, where.u, where.v);
    });
    picture.addEventListener("keydown", event => {
      if (!view() || event.ctrlKey || event.metaKey || event.altKey) return;
      const step = { ArrowLeft: [0.15, 0], ArrowRight: [-0.15, 0], ArrowUp: [0, 0.15], ArrowDown: [0, -0.15] }[event.key];
      if (step) pan(now(), step[0], step[1]);
      else if (event.key === "+" || event.key === "=") zoom(0.5);
      else if (event.key === "-") zoom(2);
      else if (event.key === "0") picture.zoom("all");
      else return;
      event.preventDefault();
    });

    const askDrag = asker(value => page.invokeMethodAsync("DragAsync", value));
    picture.addEventListener("pointerdown", event => {
      if (event.button !== 0) return;
      const handle = event.target.closest(".handle");
      if (handle) return drag(event, handle);
      const from = place(event);
      if (!from) return;
      const shape = picture.dataset.choosing || (event.shiftKey ? event.altKey ? "lasso" : "rect" : "");
      if (shape) return outline(event, from, shape);
      // A finger moves the page; buttons zoom there.
      if (event.pointerType === "touch") return;
      const start = now();
      follow(event, e => {
        const to = unbound(e);
        if (!moved && Math.hypot((to.u - from.u) * 400, (to.v - from.v) * 400) < 4) return;
        moved = true;
        pan(start, to.u - from.u, to.v - from.v);
      });
    });
    function unbound(event) {
      const p = box(view()), q = at(event);
      return { u: (q.x - p.x) / p.w, v: (q.y - p.y) / p.h };
    }
    function follow(event, move, end) {
      event.preventDefault();
      picture.focus({ preventScroll: true });
      const up = e => {
        document.removeEventListener("pointermove", move);
        document.removeEventListener("pointerup", up);
        document.removeEventListener("pointercancel", up);
        end?.(e);
      };
      document.addEventListener("pointermove", move);
      document.addEventListener("pointerup", up);
      document.addEventListener("pointercancel", up);
    }
    function drag(event, handle) {
      const [from, to, left, right] = numbers(handle.dataset.scale);
      follow(event, e => {
        moved = true;
        const x = Math.max(left, Math.min(right, at(e).x));
        picture.querySelectorAll("line.mark").forEach(l => { l.setAttribute("x1", x); l.setAttribute("x2", x); });
        askDrag(from + (x - left) / (right - left) * (to - from));
      }, () => page.invokeMethodAsync("DropAsync").catch(() => {}));
    }
    // All stars inside a rectangle or a line, drawn one by one or as a density.
    function outline(event, from, shape) {
      const v = view(), p = box(v);
      const line = document.createElementNS("http://www.w3.org/2000/svg", "polygon");
      line.setAttribute("class", "rubber");
      v.parentNode.appendChild(line);
      const path = [from];
      const corners = () => shape === "lasso" || path.length < 2 ? path
        : [from, { u: path.at(-1).u, v: from.v }, path.at(-1), { u: from.u, v: path.at(-1).v }];
      follow(event, e => {
        moved = true;
        const to = unbound(e), last = path.at(-1);
        if (shape === "rect") path[1] = to;
        else if (Math.hypot(to.u - last.u, to.v - last.v) > 0.006) path.push(to);
        line.setAttribute("points", corners().map(c => `${p.x + c.u * p.w},${p.y + c.v * p.h}`).join(" "));
      }, e => {
        line.remove();
        if (path.length < (shape === "lasso" ? 3 : 2)) return;
        const w = now(), each = Math.ceil(path.length / 150);
        const x = u => w.l + u * (w.r - w.l), y = t => w.t + t * (w.b - w.t);
        const numbers = shape === "lasso" ? path.filter((_, i) => i % each === 0).flatMap(c => [x(c.u), y(c.v)])
          : [x(from.u), x(path[1].u), y(from.v), y(path[1].v)];
        page.invokeMethodAsync("SelectAsync", shape, numbers, e.ctrlKey || e.metaKey).catch(() => {});
      });
    }
  }

  // While the threshold is dragged: each cell of a chart says from which share of the stars on one of its own is flagged. They are asked
  // for once, and painted at each step without asking.
  function shades(page) {
    const slider = document.getElementById("threshold");
    if (!slider || slider.shades) return;
    const state = { layers: null, asked: false };
    async function ask() {
      state.asked = true;
      state.layers = await page.invokeMethodAsync("ShadesAsync");
      for (const l of state.layers) {
        const raw = atob(l.cells);
        l.values = new Uint16Array(raw.length / 2);
        for (let i = 0; i < l.values.length; i++) l.values[i] = raw.charCodeAt(2 * i) | raw.charCodeAt(2 * i + 1) << 8;
      }
    }
    function step(share) {
      if (!state.asked) ask().then(() => step(state.share)).catch(() => {});
      state.share = share;
      if (!state.layers) return;
      const began = performance.now();
      const limit = Math.round(share * 2 * 65534);
      for (const l of state.layers) {
        const v = document.querySelector(`[data-chart="${l.chart}"] svg.view`);
        if (!v || v.dataset.window !== l.window) continue;
        let canvas = v.querySelector("canvas");
        if (!canvas) {
          const [x, y, w, h] = ["x", "y", "width", "height"].map(a => v.getAttribute(a));
          const holder = document.createElementNS("http://www.w3.org/2000/svg", "foreignObject");
          for (const [name, value] of Object.entries({ x, y, width: w, height: h })) holder.setAttribute(name, value);
          canvas = document.createElement("canvas");
          [canvas.width, canvas.height] = [l.columns, l.rows];
          holder.appendChild(canvas);
          v.appendChild(holder);
          v.classList.add("shaded");
        }
        const ink = canvas.getContext("2d"), image = ink.createImageData(l.columns, l.rows), pixels = new Uint32Array(image.data.buffer);
        // Of red, green, blue and alpha, the last byte first.
        const colour = root.classList.contains("dark") ? 0xff6b9aff : 0xff2c34d0;
        for (let i = 0; i < pixels.length; i++) if (l.values[i] < limit) pixels[i] = colour;
        ink.putImageData(image, 0, 0);
      }
      document.querySelectorAll("tr[data-share]").forEach(r => { r.hidden = Number(r.dataset.share) >= limit; });
      root.dataset.stepMs = (performance.now() - began).toFixed(1);
    }
    // Charts that are drawn again show the stars themselves.
    function forget() {
      state.layers = null;
      state.asked = false;
    }
    slider.shades = { step, forget };
    slider.addEventListener("input", () => step(Number(slider.value)));
  }

  // The threshold as a page has it after its line was dragged.
  function shade(share) {
    const slider = document.getElementById("threshold");
    if (!slider) return;
    slider.value = share;
    slider.shades?.step(share);
  }

  function unshade() {
    document.getElementById("threshold")?.shades?.forget();
  }

  // Menus close when one goes on elsewhere.
  function closeMenus(target) {
    document.querySelectorAll("details.menu-box[open]").forEach(d => { if (!d.contains(target)) d.open = false; });
  }

  function reveal(id) {
    document.getElementById(id)?.scrollIntoView({ block: "nearest" });
  }

  function clear(id) {
    const box = document.getElementById(id);
    if (box) box.value = "";
  }

  // Copies a text of the page, or saves it as a file.
  function copy(button) {
    const text = document.getElementById(button.dataset.copy ?? button.dataset.save).textContent;
    if (button.dataset.save) return give(new Blob([text], { type: "application/x-bibtex" }), button.dataset.name);
    const said = button.parentNode.querySelector("[role=status]");
    const tell = ok => {
      if (said) said.textContent = ok ? "copied" : "the browser does not let this page copy; mark it and copy by hand";
    };
    if (!navigator.clipboard) return tell(false);
    navigator.clipboard.writeText(text).then(() => tell(true), () => tell(false));
  }

  function give(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  // A file that the page made.
  function giveFile(bytes, name, type) {
    give(new Blob([bytes], { type }), name);
  }

  // A table as it is shown.
  function save(button) {
    const cell = c => /[",\n]/.test(c) ? `"${c.replaceAll('"', '""')}"` : c;
    const line = row => [...row.cells].map(c => cell(c.dataset.value ?? c.innerText.trim())).join(",");
    const rows = [...button.closest("section").querySelectorAll("table tr")].map(line);
    give(new Blob([rows.join("\n") + "\n"], { type: "text/csv" }), `${button.dataset.name}.csv`);
  }

  // Asked by the layout once the page is connected.
  function isDark(page) {
    layout = page;
    root.dataset.alive = "1";
    return root.classList.contains("dark");
  }

  return { setDark, isDark, movable, watchSelection, selected, address, shades, shade, unshade, reveal, clear, give: giveFile };
})();
