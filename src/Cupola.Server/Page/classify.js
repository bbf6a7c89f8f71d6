// Classification: an image, labels, and a bar for the probability of each.

import { fromFiles } from "./arrivals.js";
import { bar, element, isolated, number, percent } from "./elements.js";
import { addPicture, findPicture } from "./pictures.js";
import { ask } from "./service.js";

/** Labels that are shown. */
const TOP = 20;
const FIELDS = ["from", "labels", "prompts", "several"];

const at = (id) => document.getElementById(id);

export class Classify {
  invitation = "Drop an image to classify it";

  #go;
  #form = at("choice");
  #subject = {};
  #named = null;
  #shown = null;
  #asking = new AbortController();
  #filled = Promise.resolve();

  constructor(go) {
    this.#go = go;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#run();
    });
    this.#form.addEventListener("change", (event) => {
      if (event.target.type === "file") {
        this.take(fromFiles(event.target.files));
        event.target.value = "";
      } else {
        this.#fit();
        this.#run();
      }
    });
  }

  focus() {
    this.#form.elements.labels.focus();
  }

  leave() {
    this.#asking.abort();
    this.#shown = null;
  }

  /** Shows what an address says: which image, which labels, and what is said of them. */
  async show(address) {
    document.title = "Classify · Cupola";
    document.body.classList.remove("asked");
    if (address === this.#shown) {
      return;
    }

    this.#shown = address;
    const parameters = new URLSearchParams(address);
    this.#subject = { id: parameters.get("id"), image: parameters.get("image") };
    this.#drawSubject();
    this.#filled = this.#fill(parameters);
    try {
      await this.#filled;
      if (address === this.#shown) {
        await this.#classify();
      }
    } catch (problem) {
      this.#complain(problem);
    }
  }

  async take({ files, addresses, numbers }) {
    try {
      if (numbers.length > 0) {
        this.#subject = { id: numbers[0] };
      } else if (files.length > 0) {
        this.#subject = { image: await addPicture(files[0]) };
      } else if (addresses.length > 0) {
        this.#subject = { image: addresses[0] };
      }
      this.#run();
    } catch (problem) {
      this.#complain(problem);
    }
  }

  /** What the form says becomes the page's address, and that is shown; an image may come before the form is filled. */
  async #run() {
    try {
      await this.#filled;
    } catch {
      // What kept the form from being filled has been said.
    }
    const parameters = new URLSearchParams({ view: "classify" });
    for (const [name, value] of Object.entries(this.#subject)) {
      if (value) {
        parameters.set(name, value);
      }
    }
    for (const name of FIELDS) {
      const field = this.#form.elements[name];
      const value = field.type === "checkbox" ? (field.checked ? "yes" : "") : field.value.trim();
      if (value && !field.closest("label").hidden) {
        parameters.set(name, value);
      }
    }
    this.#shown = null;
    this.#go(`/?${parameters}`, { replace: true });
  }

  async #fill(parameters) {
    const { labels, several, from, prompts } = this.#form.elements;
    labels.value = parameters.get("labels") ?? "";
    several.checked = parameters.has("several");
    await this.#list();
    for (const choice of [from, prompts]) {
      choice.value = parameters.get(choice.name) ?? "";
      choice.selectedIndex = Math.max(0, choice.selectedIndex);
    }
    this.#fit();
  }

  /** What the operator has named, as choices. */
  async #list() {
    this.#named ??= await ask("/v1/classifiers");
    const { from, prompts } = this.#form.elements;
    if (from.options.length > 0) {
      return;
    }

    const group = (label, kind, sets) =>
      sets.length === 0
        ? []
        : [
            element(
              "optgroup",
              { label },
              ...sets.map((set) =>
                element("option", { value: `${kind}:${set.name}` }, `${set.name} (${number(set.count)} labels)`),
              ),
            ),
          ];
    from.append(
      element("option", { value: "" }, "labels typed here"),
      ...group("Label sets", "labels", this.#named.labels),
      ...group("Prompt sets", "prompts", this.#named.prompts.filter((set) => set.count > 0)),
      ...group("Saved classifiers", "classifier", this.#named.classifiers),
    );
    prompts.append(
      element("option", { value: "" }, "a photo of a {}."),
      ...this.#named.prompts.map((set) => element("option", { value: set.name }, set.name)),
    );
  }

  /** Shows the fields that count for what is chosen. */
  #fit() {
    const [kind] = this.#form.elements.from.value.split(":");
    const hide = (name, isHidden) => (this.#form.elements[name].closest("label").hidden = isHidden);
    hide("labels", kind !== "");
    hide("prompts", kind === "prompts" || kind === "classifier" || this.#named.prompts.length === 0);
    hide("several", kind === "classifier");
  }

  #request() {
    const { from, labels, prompts, several } = this.#form.elements;
    const [kind, ...rest] = from.value.split(":");
    const name = rest.join(":");
    const typed = [...new Set(labels.value.split(/[,\n]/).map((label) => label.trim()).filter(Boolean))];
    const { id, image } = this.#subject;
    if ((!id && !image) || (kind === "" && typed.length === 0)) {
      return null;
    }

    const picture = image && !/^https?:/i.test(image) ? findPicture(image) : { data: image };
    if (image && !picture) {
      throw new Error("This tab does not have the image any more; drop it again.");
    }

    const body = { ...(id ? { id: Number(id) } : { image: picture.data }), top: TOP };
    if (kind === "classifier") {
      return { ...body, classifier: name };
    }

    const said = kind === "prompts" ? name : prompts.value;
    return {
      ...body,
      ...(kind === "labels" ? { labelSet: name } : kind === "" ? { labels: typed } : {}),
      ...(said ? { prompts: said } : {}),
      multiLabel: several.checked,
    };
  }

  async #classify() {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    at("classify-notice").replaceChildren();
    const body = this.#request();
    if (body === null) {
      at("probabilities").replaceChildren();
      this.#say(this.#subject.id || this.#subject.image ? "Now type some labels." : "");
      return;
    }

    try {
      const { results } = await ask("/v1/classify", {
        body,
        signal,
        waits: (seconds) => this.#say(`The service is busy; the page asks again in ${number(seconds)} s.`),
      });
      this.#draw(results[0]);
    } catch (problem) {
      if (!signal.aborted) {
        throw problem;
      }
    }
  }

  #draw({ predictions, answers }) {
    const [best] = predictions;
    at("probabilities").replaceChildren(
      ...predictions.map((each) =>
        element(
          "li",
          { class: (answers?.includes(each.label) ?? each === best) ? "best" : "" },
          element("span", { class: "label" }, isolated(each.label)),
          element("span", { class: "value" }, percent(each.probability)),
          bar(each.probability),
        ),
      ),
    );
    this.#say(
      answers
        ? answers.length === 0 ? "None of these is in it." : `In it: ${answers.join(", ")}.`
        : `Most likely ${best.label}, ${percent(best.probability)}.`,
    );
  }

  #drawSubject() {
    const { id, image } = this.#subject;
    const source = id ? `/v1/images/${id}/thumbnail?size=512` : image && findPicture(image)?.preview;
    const name = id ? `Image #${id}` : ((image && findPicture(image)?.name) ?? image ?? "");
    const invitation = element("span", {}, name || "Drop, paste or choose an image");
    at("subject").replaceChildren(
      source ? element("img", { src: source, alt: name, error: (event) => event.target.replaceWith(invitation) }) : invitation,
    );
  }

  #say(sentence) {
    at("classify-status").textContent = sentence;
  }

  #complain(problem) {
    this.#say("");
    at("probabilities").replaceChildren();
    at("classify-notice").replaceChildren(element("p", { class: "problem" }, problem.message));
  }
}
