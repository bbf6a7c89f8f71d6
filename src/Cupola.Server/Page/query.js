// A query's terms, and how they are written: as on the command line, “beach + 2:sunset - people”. In the page's address an image
// that was dropped is “@” and the number that the page has given to it.

const FILTERS = ["in", "camera", "after", "before"];
const IMAGE = /^@[0-9a-f]{16}$/;

/** Reads terms; signs stand alone between spaces. Throws a sentence. */
export function parse(text) {
  const terms = [];
  let words = [];
  let sign = 1;
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (!["+", "-", "−"].includes(word)) {
      words.push(word);
      continue;
    }

    if (words.length > 0) {
      terms.push(term(words.join(" "), sign));
      words = [];
    } else if (terms.length > 0 || sign < 0) {
      throw new Error(`There is no term before the “${word}”; write “beach ${word} people”.`);
    }
    sign = word === "+" ? 1 : -1;
  }

  if (words.length > 0) {
    terms.push(term(words.join(" "), sign));
  } else if (terms.length > 0 || sign < 0) {
    throw new Error("Nothing follows the last sign; write “beach - people”.");
  }
  return terms;
}

function term(text, sign) {
  const weighted = /^(\d+\.?\d*|\.\d+):(.*)$/s.exec(text);
  const weight = sign * (weighted ? Number(weighted[1]) : 1);
  const rest = weighted ? weighted[2].trim() : text;
  if (rest === "") {
    throw new Error("A weight has no term behind it; write “2:red sail”.");
  }

  if (/^#\d+$/.test(rest)) {
    return { kind: "number", text: rest.slice(1), weight };
  }

  const kind = IMAGE.test(rest) ? "image" : /^https?:\/\//i.test(rest) ? "address" : "words";
  return { kind, text: kind === "image" ? rest.slice(1) : rest, weight };
}

/** Writes terms so that they can be read again. */
export const format = (terms) =>
  terms
    .map((each, place) => {
      const size = Math.abs(each.weight);
      const weight = size !== 1 || /^[\d.]+:/.test(each.text) ? `${size}:` : "";
      const mark = { number: "#", image: "@" }[each.kind] ?? "";
      const sign = each.weight < 0 ? "- " : place > 0 ? "+ " : "";
      return sign + weight + mark + each.text;
    })
    .join(" ");

/** How a term is called on the page. */
export const label = (each) => (each.kind === "number" ? `#${each.text}` : each.kind === "image" ? "image" : each.text);

/** Whether a term is an image. */
export const isImage = (each) => each.kind !== "words";

/** What is looked for, from the page's address. */
export function readAddress(search) {
  const parameters = new URLSearchParams(search);
  let terms = [];
  let fault = null;
  try {
    terms = parse(parameters.get("q") ?? "");
  } catch (problem) {
    fault = problem;
  }
  const filters = Object.fromEntries(FILTERS.map((name) => [name, parameters.get(name) ?? ""]));
  return { terms, filters, fault };
}

/** The page's address for what is looked for. */
export function writeAddress({ terms, filters }) {
  const parameters = new URLSearchParams();
  if (terms.length > 0) {
    parameters.set("q", format(terms));
  }
  FILTERS.filter((name) => filters[name]).forEach((name) => parameters.set(name, filters[name]));
  return `/${parameters.size > 0 ? "?" : ""}${parameters}`;
}
