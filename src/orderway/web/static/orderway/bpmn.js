// Shows a flow with bpmn-js, which can be moved and zoomed. Where it cannot, the picture of the manual stays.
(async () => {
  "use strict";
  const place = document.querySelector("[data-ow-bpmn]");
  if (!place || !window.BpmnJS) return;
  try {
    const answer = await fetch(place.dataset.owBpmn);
    if (!answer.ok) return;
    place.hidden = false;
    const viewer = new window.BpmnJS({ container: place });
    const { warnings } = await viewer.importXML(await answer.text());
    if (warnings.length) console.warn(warnings);
    viewer.get("canvas").zoom("fit-viewport");
    document.querySelector("[data-ow-bpmn-instead]").hidden = true;
  } catch {
    place.hidden = true;
  }
})();
