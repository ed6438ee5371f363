// Keys, theme, folding of the ribbon, the lines of a new order. Every page works without it, only slower.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const door = $(".ow-nav [aria-current=page]"); // on a narrow screen the doors scroll: the one in use is in sight
  if (door) door.parentElement.scrollLeft = door.offsetLeft - door.parentElement.offsetLeft - door.parentElement.clientWidth / 2 + door.offsetWidth / 2;
  for (const map of $$(".dg-scroll")) { // a process map wider than the screen begins where its cases begin
    const start = $(".dg-box0", map);
    if (start) map.scrollLeft += start.getBoundingClientRect().left + start.getBoundingClientRect().width / 2 - map.getBoundingClientRect().left - map.clientWidth / 2;
  }
  const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  // --- keys ---
  let waitingForJump = 0;
  const rows = () => $$("[data-ow-row]");
  const current = () => rows().findIndex((row) => row.getAttribute("aria-current") === "true");
  const go = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = Math.min(Math.max(current() + step, 0), all.length - 1);
    all[at].click();
    all[at].focus();
  };
  const press = (name) => { const button = $(`[data-ow-key="${name}"]:not([disabled])`); if (button) { button.click(); button.focus(); } return !!button; };
  const keys = {
    "/": () => $("#ow-find").focus(),
    "?": () => $("#ow-keys").togglePopover(),
    j: () => go(1),
    k: () => go(-1),
    Enter: () => { const first = $("#task input, #task button"); if (first) first.focus(); return !!first; },
    c: () => press("c"),
    b: () => press("b"),
    p: () => judge("p"),
    f: () => judge("f"),
    m: () => { const field = $("#comment-text"); if (field) field.focus(); return !!field; },
    h: () => { const part = $("#history"); if (part) part.scrollIntoView(); return !!part; },
    "[": () => press("["),
    "]": () => press("]"),
    s: () => press("s"),
    x: () => { const box = rows()[current()]?.parentElement.querySelector("input[type=checkbox]"); if (box) box.click(); return !!box; },
  };
  // p and f answer the criterion that has the focus, else the first one without an answer, and go on to the next.
  function judge(verdict) {
    const asked = $$("[data-ow-criterion]").filter((part) => $("[data-ow-verdict]", part));
    const here = asked.find((part) => part.contains(document.activeElement)) || asked.find((part) => !$("[data-ow-verdict]:checked", part));
    if (!here) return false;
    const answer = $(`[data-ow-verdict="${verdict}"]`, here);
    answer.checked = true;
    answer.dispatchEvent(new Event("change", { bubbles: true }));
    const next = asked.slice(asked.indexOf(here) + 1).find((part) => !$("[data-ow-verdict]:checked", part));
    $("[data-ow-verdict]", next || here).focus();
  }
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      const form = event.target.closest("form[data-ow-task]") || $("form[data-ow-task]");
      if (form) { event.preventDefault(); form.requestSubmit($("[data-ow-finish]", form)); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (waitingForJump && performance.now() - waitingForJump < 1500) {
      waitingForJump = 0;
      const door = $(`[data-ow-jump="${CSS.escape(event.key)}"]`);
      if (door) { event.preventDefault(); location.assign(door.href); }
      return;
    }
    if (event.key === "g") { waitingForJump = performance.now(); return; }
    if (event.key === "Enter" && event.target.closest("a, button, summary, input")) return;
    const act = keys[event.key] || (/^[1-9r]$/.test(event.key) && (() => press(event.key)));
    if (act && act() !== false) event.preventDefault();
  });

  // --- clicks and choices, by delegation: parts of the page are exchanged ---
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-ow-send]")) event.target.form.requestSubmit();
    if (event.target.matches("[data-ow-chosen]")) countChosen();
    if (event.target.matches('[data-ow-verdict="f"]')) { const fault = $("[data-ow-fault]"); if (fault) fault.open = true; }
  });
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-ow-theme], [data-ow-unfold], [data-ow-add-line], [data-ow-drop-line], [data-ow-row]");
    if (!target) return;
    if (target.matches("[data-ow-theme]")) switchTheme();
    if (target.matches("[data-ow-unfold]")) unfold(target);
    if (target.matches("[data-ow-add-line]")) addLine();
    if (target.matches("[data-ow-drop-line]")) dropLine(target);
    if (target.matches("[data-ow-row]")) rows().forEach((row) => row.setAttribute("aria-current", String(row === target)));
  });
  // On a narrow screen the task stands below the list: bring it into view when it was opened by a tap.
  document.addEventListener("htmx:after:swap", () => {
    const task = $("#pane #task");
    if (task && innerWidth < 992) task.scrollIntoView({ block: "start" });
  });
  function switchTheme() {
    const next = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
    document.documentElement.dataset.bsTheme = next;
    try { localStorage.setItem("ow-theme", next); } catch { /* without storage the choice lasts as long as the page */ }
  }
  function unfold(button) {
    const folded = $("#" + button.getAttribute("aria-controls")).classList.toggle("ow-folded");
    button.setAttribute("aria-expanded", String(!folded));
  }
  function countChosen() {
    const chosen = $$("[data-ow-chosen]:checked").length;
    $$("[data-ow-needs-chosen]").forEach((part) => { part.hidden = !chosen; });
    $$("[data-ow-chosen-count]").forEach((part) => { part.textContent = chosen; });
  }

  countChosen();

  // --- new order ---
  const lines = () => $("#ow-lines");
  function addLine() {
    const number = $$("[data-ow-line]", lines()).length;
    const fresh = $("#ow-line-template").content.cloneNode(true);
    $$("[name], [id], [for], [list], [aria-describedby], [hx-get], [hx-target]", fresh).forEach((part) => {
      for (const name of ["name", "id", "for", "aria-describedby", "hx-get", "hx-target", "hx-include"]) {
        const value = part.getAttribute(name);
        if (value) part.setAttribute(name, value.replaceAll("__n__", number));
      }
    });
    $$("[data-ow-line]", fresh).forEach((row) => { row.dataset.owLine = number; });
    lines().append(fresh);
    const added = $(`[data-ow-line="${number}"]`, lines());
    if (window.htmx) htmx.process(added);
    $("input", added).focus();
  }
  // What somebody types is kept on this device until the order is placed; the server says so by a cookie.
  const draft = $("form[data-ow-draft]");
  const draftKey = draft && "ow-draft-" + draft.dataset.owDraft;
  const fieldsOf = (form) => $$("input[name], textarea[name], select[name]", form).filter((field) => field.type !== "hidden");
  try {
    if (document.cookie.includes("ow_placed=")) { localStorage.removeItem("ow-draft-new-order"); document.cookie = "ow_placed=; max-age=0; path=/"; }
    if (draft) {
      const kept = JSON.parse(localStorage.getItem(draftKey) || "{}");
      if (fieldsOf(draft).every((field) => field.tagName === "SELECT" || !field.value)) {
        for (const [name, value] of Object.entries(kept)) {
          while (name.startsWith("lines[") && !draft.elements[name] && $$("[data-ow-line]", lines()).length < 500) addLine();
          if (draft.elements[name]) draft.elements[name].value = value;
        }
      }
      draft.addEventListener("input", () => {
        const values = fieldsOf(draft).filter((field) => field.value).map((field) => [field.name, field.value]);
        localStorage.setItem(draftKey, JSON.stringify(Object.fromEntries(values)));
      });
    }
  } catch { /* without storage nothing is kept */ }
  $$(".ow-tabs .active").forEach((tab) => tab.scrollIntoView({ block: "nearest", inline: "center" })); // on phones the row of tabs is wider
  function dropLine(button) {
    const row = button.closest("[data-ow-line]");
    $$("input", row).forEach((input) => { input.value = ""; });
    row.hidden = true;
  }
})();
