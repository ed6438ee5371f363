// Light or dark before the first paint: what the person chose on this device, else what the system says.
(() => {
  let chosen = null;
  try { chosen = localStorage.getItem("ow-theme"); } catch { /* storage may be switched off: the system's theme then */ }
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
})();
