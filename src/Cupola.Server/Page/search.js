// The search: one box, the query's terms below it, filters, and what was found.

import { fromFiles } from "./arrivals.js";
import { drawTerms } from "./chips.js";
import { element, number } from "./elements.js";
import { describeIndex } from "./library.js";
import { Panel } from "./panel.js";
import { addPicture, findPicture } from "./pictures.js";
import { format, isImage, label, parse, readAddress, writeAddress } from "./query.js";
import { Results } from "./results.js";
import { ask } from "./service.js";
import { measureFirstRow } from "./timing.js";

/** Images that are asked for first and then at once, and the most that the service gives at once. */
const FIRST = 36;
const PAGE = 60;
const MOST = 500;

/** The service tells the likely images among so many of the best. */
const JUDGED = 2000;

const at = (id) => document.getElementById(id);

export class Search {
  invitation = "Drop an image to search by it";

  #go;
  #query = { terms: [], filters: {} };
  #shown = null;
  #asking = new AbortController();
  #loading = null;
  #total = 0;
  #results;
  #panel;

  constructor(go) {
    this.#go = go;
    this.#results = new Results({
      open: (result) => this.#go(`${location.pathname}${location.search}#image-${result.id}`),
      more: (result) => this.like(result.id),
      next: () => this.#loadNext(),
    });
    this.#panel = new Panel({
      close: () => this.#close(),
      turn: (step) => this.#turn(step),
      query: (id, how) => this.#use(id, how),
      total: () => this.#total,
    });
    at("query").addEventListener("submit", (event) => {
      event.preventDefault();
      performance.mark("cupola: asked");
      this.#submit();
    });
    at("query-file").addEventListener("change", (event) => {
      this.take(fromFiles(event.target.files));
      event.target.value = "";
    });
    at("filters").addEventListener("change", () => this.#search(this.#query.terms));
    describeIndex(at("filters")).catch((problem) => this.#complain(problem));
  }

  focus() {
    at("words").focus();
    at("words").select();
  }

  /** What an entry of the history needs to come back to the same place. */
  place() {
    return { scroll: scrollY, count: this.#results.count };
  }

  leave() {
    this.#asking.abort();
    this.#panel.hide();
    this.#shown = null;
  }

  /** Shows what an address says. */
  async show(address, entry) {
    if (address !== this.#shown) {
      this.#shown = address;
      this.#panel.hide();
      const { terms, filters, fault } = readAddress(address);
      this.#query = { terms, filters };
      this.#draw(fault);
      await this.#load(fault, entry);
    }
    if (address === this.#shown) {
      this.#openFrom(location.hash);
    }
  }

  /** Searches for images like one of the index. */
  like(id) {
    this.#search([{ kind: "number", text: String(id), weight: 1 }]);
  }

  /** Adds images that were dropped, pasted or chosen to what is looked for, in place of those before. */
  async take({ files, addresses, numbers, left }) {
    try {
      const pictures = [];
      for (const file of files) {
        pictures.push({ kind: "image", text: await addPicture(file, files.length), weight: 1 });
      }
      const terms = [
        ...pictures,
        ...numbers.map((text) => ({ kind: "number", text, weight: 1 })),
        ...addresses.map((text) => ({ kind: "address", text, weight: 1 })),
      ];
      if (terms.length > 0) {
        this.#search([...terms, ...this.#query.terms.filter((each) => !isImage(each))]);
      }
      if (left > 0) {
        this.#say(`The first ${terms.length} images are looked for; ${left} more were left out.`);
      }
    } catch (problem) {
      this.#complain(problem);
    }
  }

  #submit() {
    try {
      this.#search([...this.#query.terms.filter(isImage), ...parse(at("words").value)]);
    } catch (problem) {
      this.#complain(problem);
    }
  }

  #search(terms) {
    const filters = Object.fromEntries(
      [...at("filters").querySelectorAll("[name]")].map((field) => [field.name, field.value.trim()]),
    );
    const address = writeAddress({ terms, filters });
    // The same query again is a new question, as the index may have changed, but no new place to go back to.
    const isSame = location.pathname + location.search === address;
    this.#shown = null;
    this.#go(address, { replace: isSame });
  }

  #use(id, how) {
    const terms = this.#query.terms.filter((each) => each.kind !== "number" || each.text !== String(id));
    if (how === "like") {
      this.like(id);
    } else if (how === "classify") {
      this.#go(`/?view=classify&id=${id}`);
    } else {
      this.#search([...terms, { kind: "number", text: String(id), weight: how === "without" ? -1 : 1 }]);
    }
  }

  #draw(fault) {
    const { terms, filters } = this.#query;
    document.body.classList.toggle("asked", terms.length > 0);
    document.title = terms.length > 0 ? `${terms.map(label).join(", ")} · Cupola` : "Cupola";
    if (fault === null) {
      at("words").value = format(terms.filter((each) => !isImage(each)));
    } else {
      at("words").value = new URLSearchParams(location.search).get("q");
    }
    for (const field of at("filters").querySelectorAll("[name]")) {
      const value = filters[field.name];
      if (field.tagName === "SELECT" && value && ![...field.options].some((option) => option.value === value)) {
        field.append(element("option", { value }, value));
      }
      field.value = value;
    }
    const set = Object.values(filters).filter(Boolean).length;
    at("filter-count").textContent = set > 0 ? ` (${set})` : "";
    drawTerms(at("terms"), terms, (changed) => this.#search(changed));
  }

  async #load(fault, { scroll = 0, count = 0 }) {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    at("notice").replaceChildren();
    this.#loading = null;
    this.#total = 0;
    if (fault !== null) {
      this.#complain(fault);
    } else if (this.#query.terms.length === 0) {
      this.#results.clear();
      this.#say("");
    } else {
      const wanted = Math.min(MOST, Math.max(FIRST, count));
      await this.#guard(async () => {
        this.#busy(true);
        this.#results.stop();
        const answer = await this.#ask(0, wanted, signal);
        this.#total = answer.total;
        this.#results.show(answer);
        this.#describe(answer);
        measureFirstRow(this.#results);
        while (this.#results.count < count && this.#results.count < this.#total && (await this.#add(signal))) {}
        scrollTo(0, scroll);
      }, signal);
    }
  }

  /** Loads the next page, once. */
  #loadNext() {
    if (this.#loading === null && this.#results.count > 0 && this.#results.count < this.#total) {
      const { signal } = this.#asking;
      const loading = this.#guard(() => this.#add(signal), signal).finally(() => {
        if (this.#loading === loading) {
          this.#loading = null;
        }
      });
      this.#loading = loading;
    }
    return this.#loading;
  }

  async #add(signal) {
    const answer = await this.#ask(this.#results.asked, PAGE, signal);
    if (answer.results.length === 0) {
      this.#total = this.#results.count;
    }
    this.#results.add(answer);
    return answer.results.length > 0;
  }

  #ask(offset, top, signal) {
    const terms = this.#query.terms.map((each) => this.#term(each));
    const filters = Object.fromEntries(Object.entries(this.#query.filters).filter(([, value]) => value));
    return ask("/v1/search", {
      body: { terms, offset, top, ...filters },
      signal,
      waits: (seconds) => this.#say(`The service is busy; the page asks again in ${number(seconds)} s.`),
    });
  }

  #term({ kind, text, weight }) {
    if (kind === "image") {
      const picture = findPicture(text);
      if (!picture) {
        throw new Error("This tab does not have the image of this query any more; drop it again, or remove it.");
      }
      return { image: picture.data, weight };
    }
    return kind === "number" ? { id: Number(text), weight } : kind === "address" ? { image: text, weight } : { text, weight };
  }

  /** Does what a search needs; what an older search says is not heard any more. */
  async #guard(work, signal) {
    try {
      await work();
    } catch (problem) {
      if (!signal.aborted) {
        this.#complain(problem);
      }
    } finally {
      if (!signal.aborted) {
        this.#busy(false);
      }
    }
  }

  #describe({ total, likely, nothingFits }) {
    const images = `${number(total)} ${total === 1 ? "image" : "images"}`;
    const words = this.#query.terms.filter((each) => !isImage(each) && each.weight > 0);
    if (total === 0) {
      this.#say(
        Object.values(this.#query.filters).some(Boolean)
          ? "No image passes the filters."
          : "The index has no images to look through.",
      );
    } else if (nothingFits) {
      this.#say(`Nothing fits. Of ${images} these come nearest, and words of any kind fit them as well.`);
    } else if (words.length === 0) {
      this.#say(`${images}, the most similar first.`);
    } else {
      const least = likely >= JUDGED && likely < total ? "At least " : "";
      this.#say(`${least}${number(likely)} of ${images} ${likely === 1 ? "fits" : "fit"}.`);
    }
    at("apart-title").textContent = nothingFits ? "Unlikely" : "Less likely";
  }

  #say(sentence) {
    at("status").textContent = sentence;
    at("status").classList.toggle("nothing", sentence.startsWith("Nothing fits"));
  }

  #complain(problem) {
    this.#say("");
    this.#results.clear();
    at("notice").replaceChildren(
      problem instanceof Node ? problem : element("p", { class: "problem" }, problem.message),
    );
  }

  #busy(isBusy) {
    at("found").setAttribute("aria-busy", isBusy);
    document.body.classList.toggle("busy", isBusy);
  }

  #openFrom(hash) {
    const id = /^#image-(\d+)$/.exec(hash)?.[1];
    const place = id === undefined ? -1 : this.#results.find(Number(id));
    if (place < 0) {
      const was = this.#panel.place;
      this.#panel.hide();
      if (was >= 0) {
        this.#results.focus(was);
      }
    } else {
      this.#panel.show(this.#results.at(place), place, this.#query.terms);
      this.#results.mark(place);
    }
  }

  /** Leaves the panel as “back” does, so that the history does not grow. */
  #close() {
    if (history.state?.from === "page") {
      history.back();
    } else {
      this.#go(location.pathname + location.search, { replace: true });
    }
  }

  async #turn(step) {
    const place = this.#panel.place + step;
    if (place >= this.#results.count) {
      await this.#loadNext();
    }
    if (place >= 0 && place < this.#results.count) {
      this.#go(`${location.pathname}${location.search}#image-${this.#results.at(place).id}`, { replace: true });
    }
  }
}
