// Images that were dropped, pasted or chosen. They stay in this tab: the service remembers none.

/** Bytes up to which a file is sent as it is; a larger one is made smaller first, as the model looks at few pixels anyway. */
const SENT_AS_IT_IS = 8e6;

/** The same where several come at once. */
const SENT_TOGETHER = 1.2e6;

/** The longer side in pixels of one that is made smaller. */
const SMALLER = 2048;

/** Characters of an image that the tab keeps over a reload. */
const KEPT = 1.5e6;

const known = new Map();

/**
 * Takes an image, and gives the number by which it can be found again. Throws a sentence.
 * @param together how many come at once.
 */
export async function addPicture(file, together = 1) {
  const name = file.name || "The image";
  if (file.type && !file.type.startsWith("image/")) {
    throw new Error(`${name} is no image.`);
  }

  const most = together > 1 ? SENT_TOGETHER : SENT_AS_IT_IS;
  const sent = file.size > most ? await shrink(file, name) : file;
  let bytes;
  try {
    bytes = new Uint8Array(await sent.arrayBuffer());
  } catch {
    throw new Error(`${name} cannot be read; of a folder, drop the images in it.`);
  }

  if (bytes.length === 0) {
    throw new Error(`${name} is empty.`);
  }

  const number = hash(bytes);
  const data = await dataAddress(sent);
  known.set(number, { name, data, preview: URL.createObjectURL(sent) });
  keep(number, name, data);
  return number;
}

/** An image by its number: its name, its data address, and what an <img> shows; undefined where this tab does not have it. */
export function findPicture(number) {
  if (!known.has(number)) {
    const kept = sessionStorage.getItem(`image ${number}`);
    if (kept) {
      const { name, data } = JSON.parse(kept);
      known.set(number, { name, data, preview: data });
    }
  }
  return known.get(number);
}

/** A file out of a data address. */
export function fileOf(address) {
  const [, type, base64, data] = /^data:([^;,]*)[^,]*?(;base64)?,(.*)$/s.exec(address) ?? [];
  if (data === undefined) {
    throw new Error("What was dropped is no image.");
  }

  const text = base64 ? atob(data) : decodeURIComponent(data);
  return new File([Uint8Array.from(text, (character) => character.charCodeAt(0))], "The image", { type });
}

function keep(number, name, data) {
  try {
    if (data.length <= KEPT) {
      sessionStorage.setItem(`image ${number}`, JSON.stringify({ name, data }));
    }
  } catch {
    // The tab has no room left; the image is then gone after a reload, and the page says so.
  }
}

async function shrink(file, name) {
  let whole;
  try {
    whole = await createImageBitmap(file);
  } catch {
    throw new Error(
      `${name} has ${Math.ceil(file.size / 1e6)} MB, which is too large to send, and this browser cannot make it smaller; ` +
        "make it smaller, or a JPEG of it.",
    );
  }

  const scale = Math.min(1, SMALLER / Math.max(whole.width, whole.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(whole.width * scale));
  canvas.height = Math.max(1, Math.round(whole.height * scale));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(whole, 0, 0, canvas.width, canvas.height);
  whole.close();
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
}

function dataAddress(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(new Error("The image cannot be read."));
    reader.readAsDataURL(blob);
  });
}

/** 64 bits by FNV-1a from two beginnings; crypto.subtle is there on https and localhost alone. */
function hash(bytes) {
  let high = 0x811c9dc5;
  let low = 0x9747b28c;
  for (const byte of bytes) {
    high = Math.imul(high ^ byte, 0x01000193);
    low = Math.imul(low ^ byte, 0x85ebca6b);
    low ^= low >>> 15;
  }
  return [high, low].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}
