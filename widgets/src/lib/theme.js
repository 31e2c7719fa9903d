// Which theme a widget has: what its trait says, else the host's, else the system's.

/** "light", "dark" or "contrast". */
export function themeOf(asked) {
  if (asked === "light" || asked === "dark" || asked === "contrast") return asked;
  const { body } = document;
  const jupyter = body.dataset.jpThemeLight;
  if (jupyter) return jupyter === "false" ? "dark" : "light";
  if (body.dataset.theme === "dark" || body.classList.contains("dark") || body.classList.contains("vscode-dark")) return "dark";
  if (body.classList.contains("vscode-high-contrast")) return "contrast";
  if (body.dataset.theme === "light" || body.classList.contains("vscode-light")) return "light";
  return globalThis.matchMedia?.("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}
