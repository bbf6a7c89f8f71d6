// What was found: likely images, and apart from them unlikely ones, in square cells, more as one scrolls. One cell takes part in
// the order of Tab; arrows move among them.

import { element, nameOf, number, signed } from "./elements.js";

/** Images of a first row, which come before all others. */
const FIRST = 10;

export class Results {
  #cells = [];
  #known = new Set();
  #asked = 0;
  #active = 0;
  #calls;
  #likely = document.getElementById("likely");
  #unlikely = document.getElementById("unlikely");
  #apart = document.getElementById("apart");
  #end = document.getElementById("more");
  #watch;

  /** @param calls open(result), more(result) for images like it, next() for the next page. */
  constructor(calls) {
    this.#calls = calls;
    this.#watch = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && calls.next(), {
      rootMargin: "1000px 0px",
    });
    for (const list of [this.#likely, this.#unlikely]) {
      list.addEventListener("keydown", (event) => this.#press(event));
      list.addEventListener("click", (event) => this.#click(event));
    }
  }

  /** How many images are here. */
  get count() {
    return this.#cells.length;
  }

  /** How many the service has given; an image that came twice, as the index changed meanwhile, is here once. */
  get asked() {
    return this.#asked;
  }

  at(place) {
    return this.#cells[place].result;
  }

  find(id) {
    return this.#cells.findIndex((cell) => cell.result.id === id);
  }

  clear() {
    this.#cells = [];
    this.#known.clear();
    this.#asked = 0;
    this.#active = 0;
    this.#watch.disconnect();
    this.#likely.replaceChildren();
    this.#unlikely.replaceChildren();
    this.#apart.hidden = true;
  }

  /** Loads no more thumbnails: what is asked for next shall not wait behind them. */
  stop() {
    for (const { link } of this.#cells) {
      const image = link.querySelector("img");
      if (!image.complete) {
        image.removeAttribute("src");
      }
    }
  }

  show(answer) {
    this.clear();
    this.add(answer);
  }

  add({ results }) {
    this.#asked += results.length;
    for (const result of results.filter((each) => !this.#known.has(each.id))) {
      this.#known.add(result.id);
      const cell = this.#draw(result, this.#cells.length);
      this.#cells.push(cell);
      (result.likely ? this.#likely : this.#unlikely).append(cell.item);
    }
    this.#apart.hidden = this.#unlikely.childElementCount === 0;
    // Watched anew, as an end that stays in sight says nothing.
    this.#watch.disconnect();
    if (results.length > 0) {
      this.#watch.observe(this.#end);
    }
  }

  /** The images of the first row. */
  firstRow() {
    const top = this.#cells[0]?.item.getBoundingClientRect().top;
    const row = this.#cells.slice(0, 40).filter((cell) => cell.item.getBoundingClientRect().top === top);
    return row.map((cell) => cell.link.querySelector("img"));
  }

  /** Makes a cell the one that Tab reaches, and shows it as chosen. */
  mark(place) {
    for (const cell of document.querySelectorAll(".cell.chosen")) {
      cell.classList.remove("chosen");
    }
    this.#cells[place].item.classList.add("chosen");
    this.#activate(place);
    this.#cells[place].item.scrollIntoView({ block: "nearest" });
  }

  focus(place) {
    document.querySelector(".cell.chosen")?.classList.remove("chosen");
    if (place < this.#cells.length) {
      this.#activate(place);
      this.#cells[place].link.focus({ preventScroll: true });
      this.#cells[place].item.scrollIntoView({ block: "nearest" });
    }
  }

  #activate(place) {
    for (const [each, index] of [[this.#cells[this.#active], -1], [this.#cells[place], 0]]) {
      each?.item.querySelectorAll("a, button").forEach((part) => part.setAttribute("tabindex", index));
    }
    this.#active = place;
  }

  #draw(result, place) {
    const name = nameOf(result.image);
    const isFirst = place < FIRST;
    const image = element("img", {
      src: `/v1/images/${result.id}/thumbnail?size=256`,
      alt: name,
      loading: isFirst ? "eager" : "lazy",
      fetchpriority: isFirst ? "high" : "low",
      decoding: "async",
      error: (event) => again(event.target),
    });
    const tabindex = place === this.#active ? 0 : -1;
    const link = element(
      "a",
      {
        href: `/v1/images/${result.id}`,
        tabindex,
        title: `${name}\n${signed(result.score)}`,
        "aria-label": `${name}, ${number(place + 1)}, score ${signed(result.score)}`,
      },
      image,
    );
    const more = element(
      "button",
      { type: "button", class: "like", tabindex, title: "More like this", "aria-label": `More like ${name}` },
      element("span", { "aria-hidden": "true" }, "≈"),
    );
    return { result, link, item: element("li", { class: "cell", "data-place": place }, link, more) };
  }

  #click(event) {
    const place = Number(event.target.closest(".cell")?.dataset.place ?? -1);
    if (place < 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) {
      return;
    }

    event.preventDefault();
    this.#activate(place);
    (event.target.closest(".like") ? this.#calls.more : this.#calls.open)(this.#cells[place].result);
  }

  #press(event) {
    const place = Number(event.target.closest(".cell")?.dataset.place ?? -1);
    if (place < 0 || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }

    const next = {
      ArrowRight: () => place + 1,
      ArrowLeft: () => place - 1,
      ArrowDown: () => this.#beside(place, 1),
      ArrowUp: () => this.#beside(place, -1),
      Home: () => 0,
      End: () => this.#cells.length - 1,
    }[event.key]?.();
    if (next !== undefined) {
      event.preventDefault();
      this.focus(Math.min(this.#cells.length - 1, Math.max(0, next)));
    }
  }

  /** The cell of the next row, or of the one before, that is nearest to below or above; rows may be of different lists. */
  #beside(place, step) {
    const here = this.#cells[place].item.getBoundingClientRect();
    let best = place;
    let bestGap = Infinity;
    let row = null;
    for (let other = place + step; other >= 0 && other < this.#cells.length; other += step) {
      const there = this.#cells[other].item.getBoundingClientRect();
      if (Math.abs(there.top - here.top) < 2) {
        continue;
      }
      row ??= there.top;
      if (Math.abs(there.top - row) >= 2) {
        break;
      }
      const gap = Math.abs(there.left + there.width / 2 - here.left - here.width / 2);
      if (gap < bestGap) {
        [best, bestGap] = [other, gap];
      }
    }
    return best;
  }
}

/** A thumbnail that did not come is asked for once more, as the service may have been busy; then its cell says that it is gone. */
function again(image) {
  if (image.dataset.again) {
    image.closest(".cell").classList.add("gone");
    return;
  }

  image.dataset.again = "yes";
  setTimeout(() => (image.src += "&again"), 1500);
}
