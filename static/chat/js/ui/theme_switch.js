/** Chooses the colours; `theme.js` reads the choice before the first paint. */
export function wireThemes(fieldset) {
  const chosen = document.documentElement.dataset.theme ?? "system";
  fieldset.querySelector(`[value="${chosen}"]`).checked = true;
  fieldset.addEventListener("change", ({ target }) => {
    if (target.value === "system") {
      delete document.documentElement.dataset.theme;
      localStorage.removeItem("parley:theme");
    } else {
      document.documentElement.dataset.theme = target.value;
      localStorage.setItem("parley:theme", target.value);
    }
  });
}
