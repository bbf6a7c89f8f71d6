// Elements are built from parts, and texts stay texts: nothing that a file or a label is called can become markup.

/** Makes an element; a function as an attribute listens to that event. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      made.addEventListener(key, value);
    } else if (value === true) {
      made.setAttribute(key, "");
    } else if (value !== false && value !== null && value !== undefined) {
      made.setAttribute(key, value);
    }
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** A text whose own direction does not change what is around it. */
export const isolated = (text) => element("bdi", {}, text);

/** A bar from 0 to a share of 1; how it reads is said beside it in a number. */
export function bar(share, style = "") {
  const filled = element("span", { class: `fill ${style}` });
  filled.style.inlineSize = `${(100 * Math.min(1, Math.max(0, share))).toFixed(2)}%`;
  return element("span", { class: "bar", "aria-hidden": "true" }, filled);
}

/** A bar to the left or right of a middle that stands for 0; it is full at 1 and -1. */
export function balance(share) {
  const made = bar(Math.abs(share) / 2, share < 0 ? "less" : "");
  made.classList.add("balance");
  return made;
}

export const number = (value, digits = 0) =>
  value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });

export const signed = (value, digits = 2) =>
  value < 0 ? `−${number(-value, digits)}` : `+${number(value, digits)}`;

export const percent = (share) => `${number(100 * share, share >= 0.1 || share === 0 ? 1 : 2)} %`;

/** A path's last part. */
export const nameOf = (path) => path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1) || path;

/** A path without its last part. */
export const folderOf = (path) => path.slice(0, Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\"))) || "/";
