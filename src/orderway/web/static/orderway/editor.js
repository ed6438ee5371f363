// The editor of a standard: Ctrl+S, Alt+arrow, dragging a stage on the ribbon, line numbers beside the YAML text. Each has a button besides.
(() => {
  "use strict";
  const $ = (selector, root = document) => root.querySelector(selector);
  const stageOf = (node) => new URL(node.href).searchParams.get("stage");
  const arrange = $("#arrange");
  const ask = (stage, act, target = "") => {
    if (!arrange) return;
    arrange.elements.stage.value = stage;
    arrange.elements.act.value = act;
    arrange.elements.target.value = target;
    arrange.submit();
  };
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      const form = event.target.closest("form[data-ow-save]") || $("form[data-ow-save]");
      if (form) { event.preventDefault(); form.requestSubmit(); }
    }
    const node = event.target.closest("[data-ow-arrange] .ow-node");
    const act = { ArrowLeft: "earlier", ArrowUp: "earlier", ArrowRight: "later", ArrowDown: "later" }[event.key];
    if (node && event.altKey && act && arrange) { event.preventDefault(); ask(stageOf(node), act); }
  });

  // --- dragging: onto the left part of a stage puts before it, onto the right part after it, with Shift in parallel ---
  const ribbon = arrange && $("[data-ow-arrange]");
  if (ribbon) {
    ribbon.addEventListener("dragstart", (event) => {
      const node = event.target.closest(".ow-node");
      if (node) event.dataTransfer.setData("text/x-ow-stage", stageOf(node));
    });
    ribbon.addEventListener("dragover", (event) => {
      if (event.target.closest(".ow-node")) event.preventDefault();
    });
    ribbon.addEventListener("drop", (event) => {
      const node = event.target.closest(".ow-node");
      const stage = event.dataTransfer.getData("text/x-ow-stage");
      if (!node || !stage || stage === stageOf(node)) return;
      event.preventDefault();
      const box = node.getBoundingClientRect();
      ask(stage, event.shiftKey ? "beside" : event.clientX < box.left + box.width / 2 ? "before" : "after", stageOf(node));
    });
  }

  // --- checks while one types: their number beside the button (told once, not at every key), their lines marked beside the text ---
  document.addEventListener("htmx:after:swap", () => {
    const list = $("#check-list");
    if (!list) return;
    for (const place of document.querySelectorAll("[data-ow-counted-here]")) {
      if (place.textContent !== list.dataset.owCounted) place.textContent = list.dataset.owCounted;
    }
    const bad = new Set([...list.querySelectorAll("[data-ow-line]")].map((one) => one.dataset.owLine));
    for (const line of document.querySelectorAll("[data-ow-lines] span")) line.classList.toggle("ow-bad", bad.has(line.textContent));
  });

  // --- YAML: as many numbers as lines ---
  const source = $("[data-ow-source]");
  const lines = $("[data-ow-lines]");
  if (source && lines) {
    source.addEventListener("input", () => {
      const count = source.value.split("\n").length;
      source.rows = count;
      while (lines.children.length > count) { lines.lastElementChild.nextSibling?.remove(); lines.lastElementChild.remove(); }
      for (let number = lines.children.length + 1; number <= count; number += 1) {
        const line = document.createElement("span");
        line.id = "L" + number;
        line.textContent = number;
        lines.append(line, "\n");
      }
    });
    const jump = () => {
      const number = Number(/^#L(\d+)$/.exec(location.hash)?.[1]);
      if (!number) return;
      const start = source.value.split("\n").slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
      source.focus({ preventScroll: true });
      source.setSelectionRange(start, start + (source.value.slice(start).indexOf("\n") + 1 || 1) - 1);
      $(location.hash)?.scrollIntoView({ block: "center" });
    };
    addEventListener("hashchange", jump);
    jump();
  }
})();
