// What the index holds, and, where it holds nothing, what to type.

import { element, number } from "./elements.js";
import { ask, ServiceError } from "./service.js";

/** Fills the filters; throws a note that says what is missing and the command for it. */
export async function describeIndex(filters) {
  let index;
  try {
    index = await ask("/v1/index");
  } catch (problem) {
    throw problem instanceof ServiceError && problem.status === 404 ? withoutIndex() : problem;
  }

  document.getElementById("roots").replaceChildren(...index.roots.map((root) => element("option", { value: root })));
  const cameras = filters.querySelector("[name=camera]");
  const listed = new Set([...cameras.options].map((option) => option.value));
  cameras.append(...index.cameras.filter((camera) => !listed.has(camera)).map((value) => element("option", { value }, value)));
  if (index.images === 0) {
    throw empty(index);
  }

  document.getElementById("words").placeholder = `Words, or drop an image: ${number(index.images)} images`;
}

function withoutIndex() {
  return note(
    "This service has no index, so there is nothing to search; images can be classified. Make an index, and serve it:",
    "cupola index ~/Pictures --model MODEL",
    "cupola serve --model MODEL",
  );
}

function empty({ roots, model, precision }) {
  const options = `--model ${quoted(model)}${precision === "int8" ? " --precision int8" : ""}`;
  return roots.length === 0
    ? note(
        "The index is empty. Add folders of images to it; the page finds them as soon as they are there:",
        `cupola index ~/Pictures ${options}`,
      )
    : note(
        `The index covers ${roots.join(", ")}, but its images have not been embedded with this model. Do that:`,
        `cupola index ${roots.map(quoted).join(" ")} ${options}`,
      );
}

function note(sentence, ...commands) {
  return element(
    "div",
    { class: "note" },
    element("p", {}, sentence),
    ...commands.map((command) => element("pre", {}, element("code", {}, command))),
    element("p", { class: "hint" }, "If the service has an --index of its own, name the same folder in both."),
  );
}

const quoted = (text) => (/^[\w./:@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
