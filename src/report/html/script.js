
"use strict";
(() => {
  const one = (selector) => document.querySelector(selector);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const root = document.documentElement;

  // The theme: the system's, until a reader chooses.
  const theme = one("#theme");
  const stored = { get() { try { return localStorage.getItem("datacheck-theme"); } catch { return null; } },
                   set(value) { try { localStorage.setItem("datacheck-theme", value); } catch { /* not kept */ } } };
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
  const label = () => { theme.textContent = isDark() ? "Light theme" : "Dark theme"; };
  if (["light", "dark"].includes(stored.get())) root.dataset.theme = stored.get();
  theme.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    stored.set(root.dataset.theme);
    label();
  });
  system.addEventListener("change", label);
  label();
  theme.hidden = false;

  // The filter: words that all occur, and statuses of which one holds.
  const form = one("#filter"), search = one("#search"), shown = one("#shown");
  const toggles = all("button[data-status]", form);
  const checks = all("details.check").map((element) => ({
    element,
    status: element.dataset.status,
    text: (element.querySelector(".id").textContent + " " + element.querySelector("summary").textContent).toLowerCase(),
  }));
  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = toggles.filter((b) => b.getAttribute("aria-pressed") === "true").map((b) => b.dataset.status);
    let count = 0;
    for (const check of checks) {
      const fits = (!wanted.length || wanted.includes(check.status)) && words.every((word) => check.text.includes(word));
      check.element.hidden = !fits;
      if (fits) count += 1;
    }
    for (const part of all(".group, .suite")) part.hidden = !part.querySelector("details.check:not([hidden])");
    const isFiltered = words.length > 0 || wanted.length > 0;
    const attention = one(".attention");
    if (attention) attention.hidden = isFiltered;
    shown.textContent = isFiltered ? `${count} of ${checks.length} shown` : "";
    one("#none").hidden = !isFiltered || count > 0;
  };
  search.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const button of toggles) {
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
      apply();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== search && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && document.activeElement === search) {
      search.value = "";
      apply();
    }
  });

  // All at once: whatever is shown, opened or closed.
  const expand = one("#expand");
  expand.addEventListener("click", () => {
    const opens = expand.textContent === "Expand all";
    for (const check of checks) if (!check.element.hidden) check.element.open = opens;
    expand.textContent = opens ? "Collapse all" : "Expand all";
  });

  // A link to a check opens it, even where the filter hides it.
  const reveal = () => {
    let name = location.hash.slice(1);
    try { name = decodeURIComponent(name); } catch { /* as it is */ }
    const target = name && document.getElementById(name);
    if (!target || !target.matches("details.check")) return;
    if (target.hidden) {
      search.value = "";
      for (const button of toggles) button.setAttribute("aria-pressed", "false");
      apply();
    }
    target.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);

  // Paper has no way to open what is closed.
  const opened = [];
  addEventListener("beforeprint", () => {
    for (const check of checks) {
      if (!check.element.open && !check.element.hidden && check.status !== "pass") {
        check.element.open = true;
        opened.push(check.element);
      }
    }
  });
  addEventListener("afterprint", () => { while (opened.length) opened.pop().open = false; });

  form.hidden = checks.length < 6;
  reveal();
})();
