// One image at large, what is known of it, and why it was found: beside the others where there is room, above them on a phone.

import { nameFor } from "./chips.js";
import { balance, bar, element, folderOf, isolated, nameOf, number, signed } from "./elements.js";

/** Deviations that fill half a bar. */
const WIDEST = 6;

export class Panel {
  place = -1;

  #dialog = document.getElementById("panel");
  #calls;

  /** @param calls close(), turn(step), query(id, how), total(). */
  constructor(calls) {
    this.#calls = calls;
    this.#dialog.addEventListener("keydown", (event) => this.#press(event));
    this.#dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      calls.close();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.#dialog.open && !event.defaultPrevented) {
        event.preventDefault();
        calls.close();
      }
    });
    // On a phone a touch beside the panel closes it.
    this.#dialog.addEventListener("click", (event) => event.target === this.#dialog && this.#isModal() && calls.close());
  }

  show(result, place, terms) {
    const wasOpen = this.#dialog.open;
    const focused = this.#dialog.contains(document.activeElement) ? document.activeElement.dataset.part : undefined;
    this.place = place;
    this.#dialog.replaceChildren(...this.#draw(result, place, terms));
    if (!wasOpen) {
      document.body.classList.add("with-panel");
      this.#isPhone() ? this.#dialog.showModal() : this.#dialog.show();
    }
    (this.#dialog.querySelector(`[data-part="${focused}"]:not([disabled])`) ?? this.#dialog.querySelector("h2")).focus();
    this.#dialog.scrollTop = 0;
  }

  hide() {
    if (this.#dialog.open) {
      this.#dialog.close();
      document.body.classList.remove("with-panel");
    }
    this.place = -1;
  }

  #isPhone() {
    return matchMedia("(max-width: 52rem)").matches;
  }

  #isModal() {
    return this.#dialog.matches(":modal");
  }

  #press(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      this.#calls.turn(step);
    }
  }

  #draw(result, place, terms) {
    const total = this.#calls.total();
    const button = (part, text, name, click, disabled = false) =>
      element("button", { type: "button", "data-part": part, class: "quiet", "aria-label": name, title: name, click, disabled }, text);
    const use = (how, text, style = "") =>
      element("button", { type: "button", class: style, click: () => this.#calls.query(result.id, how) }, text);
    const picture = element("img", {
      class: "large",
      src: `/v1/images/${result.id}/thumbnail?size=1024`,
      alt: nameOf(result.image),
      width: result.width,
      height: result.height,
    });
    if (result.width && result.height) {
      picture.style.aspectRatio = `${result.width} / ${result.height}`;
    }
    return [
      element(
        "div",
        { class: "bar-of-buttons" },
        button("before", "‹", "The image before", () => this.#calls.turn(-1), place === 0),
        button("after", "›", "The next image", () => this.#calls.turn(1), place + 1 >= total),
        element("span", { class: "place" }, `${number(place + 1)} of ${number(total)}`),
        button("close", "×", "Close", () => this.#calls.close()),
      ),
      element("a", { class: "frame", href: `/v1/images/${result.id}`, target: "_blank", rel: "noopener" }, picture),
      element("h2", { id: "panel-title", tabindex: -1 }, isolated(nameOf(result.image))),
      element(
        "div",
        { class: "uses" },
        use("like", "More like this", "primary"),
        use("with", "Add to the query"),
        use("without", "Less like this"),
        use("classify", "Classify"),
      ),
      this.#facts(result),
      element("h3", {}, "Why"),
      ...result.terms.map((score, index) => why(score, terms[index])),
      element(
        "p",
        { class: "hint" },
        "A term's cosine, and the same in standard deviations over the library (σ). The score adds these by their weights; a term " +
          "that is left out lowers it where it fits better than usual.",
      ),
    ];
  }

  #facts(result) {
    const facts = [
      ["Folder", isolated(folderOf(result.image))],
      ["Taken", result.date?.replace("T", " ")],
      ["Camera", result.camera && isolated(result.camera)],
      ["Size", result.width && `${number(result.width)} × ${number(result.height)}`],
      ["Score", `${signed(result.score)}, ${result.likely ? "likely" : "unlikely"}`],
      ["Number", `#${result.id}`],
    ];
    return element(
      "dl",
      {},
      ...facts.filter(([, value]) => value).flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]),
    );
  }
}

function why(score, term) {
  const sign = score.weight < 0 ? "− " : "";
  const weight = Math.abs(score.weight) === 1 ? "" : ` × ${Math.abs(score.weight)}`;
  return element(
    "div",
    { class: "why" },
    element("p", {}, sign, isolated(term ? nameFor(term) : score.term), weight),
    element("span", { class: "measure" }, "cosine"),
    bar(score.cosine),
    element("span", { class: "value" }, signed(score.cosine, 3)),
    element("span", { class: "measure" }, "σ"),
    balance(score.standardised / WIDEST),
    element("span", { class: "value" }, signed(score.standardised)),
  );
}
