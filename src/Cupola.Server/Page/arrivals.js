// Images that come to the page: dropped anywhere, pasted anywhere, or chosen by a button.

import { fileOf } from "./pictures.js";

/** The images of one query. */
const MOST = 8;

/**
 * Calls with what arrives: {files, addresses, numbers, left}, where numbers are images of the index, as of a thumbnail that is
 * dragged, and left is how many were too many.
 */
export function listenForImages(overlay, says, arrive) {
  let depth = 0;
  const show = (isShown) => {
    overlay.hidden = !isShown;
    overlay.firstElementChild.textContent = says();
  };
  const takes = (event) => ["Files", "text/uri-list"].some((type) => event.dataTransfer?.types.includes(type));
  document.addEventListener("dragenter", (event) => takes(event) && ++depth === 1 && show(true));
  document.addEventListener("dragleave", (event) => takes(event) && --depth <= 0 && ((depth = 0), show(false)));
  document.addEventListener("dragover", (event) => takes(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    depth = 0;
    show(false);
    if (takes(event)) {
      event.preventDefault();
      arrive(read(event.dataTransfer));
    }
  });
  document.addEventListener("paste", (event) => {
    const pasted = event.clipboardData;
    // Words that come with a picture of themselves, as from a spreadsheet, are words.
    if (pasted?.files.length > 0 && !pasted.types.includes("text/plain")) {
      event.preventDefault();
      arrive(fromFiles(pasted.files));
    }
  });
}

/** What a button for files gives. */
export function fromFiles(files) {
  return { files: [...files].slice(0, MOST), addresses: [], numbers: [], left: Math.max(0, files.length - MOST) };
}

function read(transfer) {
  const addresses = transfer
    .getData("text/uri-list")
    .split(/\r?\n/)
    .filter((line) => line && !line.startsWith("#"));
  const own = addresses
    .filter((address) => address.startsWith(`${location.origin}/v1/images/`))
    .map((address) => /\/v1\/images\/(\d+)/.exec(address)?.[1])
    .filter(Boolean);
  if (own.length > 0) {
    return { files: [], addresses: [], numbers: own, left: 0 };
  }

  if (transfer.files.length > 0) {
    return fromFiles(transfer.files);
  }

  const inside = addresses.filter((address) => address.startsWith("data:"));
  return {
    files: inside.slice(0, MOST).map(fileOf),
    addresses: addresses.filter((address) => /^https?:/i.test(address)).slice(0, MOST),
    numbers: [],
    left: Math.max(0, addresses.length - MOST),
  };
}
