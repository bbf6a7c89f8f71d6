// The page's two views, and its address, which says what they show: so that “back” works and an address can be passed on.

import { listenForImages } from "./arrivals.js";
import { Classify } from "./classify.js";
import { Search } from "./search.js";

history.scrollRestoration = "manual";

/** Goes to an address of the page; what the view remembers of the one before is kept with it. */
function go(address, { replace = false } = {}) {
  if (replace) {
    history.replaceState(history.state, "", address);
  } else {
    remember();
    history.pushState({ from: "page" }, "", address);
  }
  show();
}

const views = { search: new Search(go), classify: new Classify(go) };

const current = () => (new URLSearchParams(location.search).get("view") === "classify" ? "classify" : "search");

function show() {
  const name = current();
  for (const [each, view] of Object.entries(views)) {
    document.getElementById(each).hidden = each !== name;
    if (each !== name) {
      view.leave();
    }
  }
  for (const link of document.querySelectorAll("nav [data-view]")) {
    link.dataset.view === name ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
  }
  views[name].show(location.search, history.state ?? {});
}

function remember() {
  if (current() === "search") {
    history.replaceState({ ...history.state, ...views.search.place() }, "");
  }
}

let soon = 0;
addEventListener("scroll", () => {
  clearTimeout(soon);
  soon = setTimeout(remember, 200);
});
addEventListener("pagehide", remember);
addEventListener("popstate", () => {
  clearTimeout(soon);
  show();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest("nav a, a.wordmark, a.inside");
  if (link && !event.metaKey && !event.ctrlKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    go(link.getAttribute("href"));
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.target.closest("input, textarea, select")) {
    event.preventDefault();
    views[current()].focus();
  }
});
listenForImages(
  document.getElementById("drop"),
  () => views[current()].invitation,
  (arrived) => views[current()].take(arrived),
);
show();
