// The switches of the lanes in the find row.

import { element } from "../../lib/dom.js";
import { grouped } from "../../lib/names.js";

/** @returns {el, update(lanes, open)}; `onToggle(key)` is called with the key of a lane. */
export function laneChips(onToggle) {
  const list = element("div", { class: "tfm-lanes", role: "group", "aria-label": "lanes shown open" });
  const el = element("div", { class: "tfm-lanes-row" }, element("span", { class: "tfm-lanes-word" }, "Show"), list);
  let shown = "";
  return {
    el,
    update(lanes, open) {
      const key = JSON.stringify(lanes.map((lane) => [lane.key, lane.title, lane.count, open.has(lane.key)]));
      if (key === shown) return;
      shown = key;
      const focused = list.contains(document.activeElement) ? document.activeElement.dataset.lane : null;
      list.replaceChildren(...lanes.map((lane) => {
        const on = lane.key === "model" || open.has(lane.key);
        return element("button", {
          type: "button", class: `tfm-lane-chip tfm-lane-${lane.key}${on ? " on" : ""}`, "aria-pressed": String(on), dataset: { lane: lane.key, tfm: "lane-switch", name: lane.key },
          title: lane.key === "model" ? "the first picture again" : on ? `fold ${lane.title}` : `open ${lane.title}`, onclick: () => onToggle(lane.key),
        }, box(on), element("span", {}, lane.title), element("span", { class: "tfm-lane-count" }, grouped(lane.count)));
      }));
      if (focused) list.querySelector(`[data-lane="${focused}"]`)?.focus();
    },
  };
}

function box(on) {
  const mark = element("span", { class: "tfm-lane-box", "aria-hidden": "true" });
  if (on) mark.textContent = "✓";
  return mark;
}
