// Before the first paint: the colours that the user chose, else the system's.
(() => {
  const root = document.documentElement;
  if (!root.classList.contains("dark") && !root.classList.contains("light"))
    root.classList.add(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
})();
