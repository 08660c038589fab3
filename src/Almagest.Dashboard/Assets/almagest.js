// The dashboard's own script: colours, linked selection between plots and tables, downloads. Nothing is fetched.
window.almagest = (() => {
  const root = document.documentElement;

  function setDark(dark) {
    root.classList.toggle("dark", dark);
    root.classList.toggle("light", !dark);
    document.cookie = `almagest_theme=${dark ? "dark" : "light"}; path=/; max-age=31536000; samesite=strict`;
  }

  function select(star) {
    const again = document.querySelector(`[data-star="${star}"].selected`) !== null;
    document.querySelectorAll("[data-star].selected").forEach(e => e.classList.remove("selected"));
    if (again) return;
    document.querySelectorAll(`[data-star="${star}"]`).forEach(e => {
      e.classList.add("selected");
      // On top of its neighbours.
      if (e.tagName === "circle") e.parentNode.appendChild(e);
      if (e.tagName === "TR") e.scrollIntoView({ block: "nearest" });
    });
  }

  document.addEventListener("click", event => {
    const download = event.target.closest("[data-download]");
    if (download) return save(download);
    const hit = event.target.closest("[data-star]");
    if (hit && !event.target.closest("a, button, input")) select(hit.dataset.star);
  });

  function give(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  function save(button) {
    const figure = button.closest("figure, section");
    const name = button.dataset.name;
    if (button.dataset.download === "csv") {
      const cell = c => /[",\n]/.test(c) ? `"${c.replaceAll('"', '""')}"` : c;
      const rows = [...figure.querySelectorAll("table tr")].map(r => [...r.cells].map(c => cell(c.dataset.value ?? c.innerText.trim())).join(","));
      return give(new Blob([rows.join("\n") + "\n"], { type: "text/csv" }), `${name}.csv`);
    }
    const svg = figure.querySelector("svg.chart").cloneNode(true);
    const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
    svg.setAttribute("width", width);
    svg.setAttribute("height", height);
    const blob = new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" });
    if (button.dataset.download === "svg") return give(blob, `${name}.svg`);
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      const scale = 3;
      canvas.width = width * scale;
      canvas.height = height * scale;
      const ink = canvas.getContext("2d");
      ink.fillStyle = "#fff";
      ink.fillRect(0, 0, canvas.width, canvas.height);
      ink.drawImage(image, 0, 0, canvas.width, canvas.height);
      canvas.toBlob(png => give(png, `${name}.png`), "image/png");
      URL.revokeObjectURL(image.src);
    };
    image.src = URL.createObjectURL(blob);
  }

  // Asked by the layout once the page is connected.
  function isDark() {
    root.dataset.alive = "1";
    return root.classList.contains("dark");
  }

  return { setDark, isDark };
})();
