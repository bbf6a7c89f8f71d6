// The terms of a query: each with its sign, its weight and a way to remove it.

import { element, isolated, nameOf } from "./elements.js";
import { findPicture } from "./pictures.js";
import { label } from "./query.js";

const WEIGHTS = [0.25, 0.5, 1, 2, 3, 5];

/** Draws the terms; calls with the changed ones. What had the keyboard has it again after a change. */
export function drawTerms(list, terms, change) {
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.part : null;
  list.replaceChildren(...terms.map((term, place) => chip(term, place, terms, change)));
  list.hidden = terms.length === 0;
  if (focused !== null) {
    (list.querySelector(`[data-part="${focused}"]`) ?? list.querySelector("button") ?? document.getElementById("words")).focus();
  }
}

function chip(term, place, terms, change) {
  const name = nameFor(term);
  const isWanted = term.weight > 0;
  const weight = Math.abs(term.weight);
  const replace = (changed) => change(terms.map((each, index) => (index === place ? { ...each, ...changed } : each)));
  const weights = [...new Set([...WEIGHTS, weight])].sort((first, second) => first - second);
  return element(
    "li",
    { class: isWanted ? "chip" : "chip unwanted" },
    element(
      "button",
      {
        type: "button",
        class: "sign",
        "data-part": `sign ${place}`,
        "aria-label": isWanted ? `${name} is wanted; leave it out` : `${name} is left out; want it`,
        title: isWanted ? "Leave it out" : "Want it",
        click: () => replace({ weight: -term.weight }),
      },
      isWanted ? "+" : "−",
    ),
    preview(term),
    element("span", { class: "name" }, isolated(name)),
    element(
      "select",
      {
        "data-part": `weight ${place}`,
        "aria-label": `Weight of ${name}`,
        title: "How much it counts",
        change: (event) => replace({ weight: Math.sign(term.weight) * Number(event.target.value) }),
      },
      ...weights.map((each) => element("option", { value: each, selected: each === weight }, `× ${each}`)),
    ),
    element(
      "button",
      {
        type: "button",
        class: "remove",
        "data-part": `remove ${place}`,
        "aria-label": `Remove ${name}`,
        title: "Remove",
        click: () => change(terms.filter((_, index) => index !== place)),
      },
      "×",
    ),
  );
}

/** How a term is called where there is room for an image's name. */
export function nameFor(term) {
  return term.kind === "image" ? (findPicture(term.text)?.name ?? "an image that is gone")
    : term.kind === "address" ? nameOf(term.text)
    : label(term);
}

function preview(term) {
  const source =
    term.kind === "image" ? findPicture(term.text)?.preview
    : term.kind === "number" ? `/v1/images/${term.text}/thumbnail?size=128`
    : undefined;
  return source === undefined
    ? null
    : element("img", { src: source, alt: "", width: 32, height: 32, error: (event) => event.target.remove() });
}
