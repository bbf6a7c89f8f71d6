// Makes tokens-unicode.jsonl with Hugging Face's own fast tokenizer:
//   npm install tokenizers@0.23.2 && node tokens-unicode.mjs path/to/clip/tokenizer.json > tokens-unicode.jsonl
import { createRequire } from 'node:module';

const { Tokenizer } = createRequire(import.meta.url)('tokenizers');
const tokenizer = Tokenizer.fromFile(process.argv[2]);

// A generator of its own, so that the texts are the same on every machine.
let state = 20260907;
const random = (count) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * count);
};

const texts = [];
const around = (code) => {
  const character = String.fromCodePoint(code);
  texts.push(`a${character}b ${character}${character} 's${character}1${character}\u0308`);
};
const marked = (code) => {
  const character = String.fromCodePoint(code);
  texts.push(`a${character}\u0334`, `a\u0345${character}`, `a\u0323${character}\u0302`);
};

// Capitals of Unicode 16 and 17, marks and compositions later than Unicode 9, and what is no character at all.
[0x1c89, 0xa7cb, 0xa7cc, 0xa7ce, 0xa7d2, 0xa7d4, 0xa7da, 0xa7dc, 0x10d50, 0x10d65, 0x16ea0, 0x16eb8].forEach(around);
[0x07fd, 0x0898, 0x08d3, 0x09fe, 0x0c3c, 0x0d3b, 0x0eba, 0x1715, 0x1abf, 0x1ace, 0x1df6, 0xa82c, 0x10d24, 0x10f46, 0x11070, 0x1133b,
  0x1145e, 0x11839, 0x1193d, 0x11a34, 0x11d42, 0x11f41, 0x16ff0, 0x1e08f, 0x1e130, 0x1e2ec, 0x1e4ec].forEach(marked);
texts.push('\u{11935}\u{11930}', 'a\ufffeb\u0301', '\uffff', '\u{10ffff}', '\u212b\u2126\u212a\uf900\u{2f800}', '\u1112\u1161\u11ab', '\u0915\u093c');

// Every kind of character that a rule looks at, in any order.
const special = [0x20, 0x27, 0x2019, 0x301, 0x308, 0x130, 0x131, 0x49, 0x3a3, 0x3c2, 0x1e9e, 0xdf, 0xfb01, 0x200d, 0xfe0f, 0x1f1e6, 0x1f3fb, 0x1f468,
  0xa0, 0x85, 0x2028, 0x200b, 0x3000, 0xfeff, 0x61, 0x73, 0x74, 0x41, 0x31, 0xb2, 0x2460, 0x660, 0x2e, 0x7c, 0x3c, 0x3e, 0xac00, 0x1100, 0x1161, 0x11a8,
  0x915, 0x9bc, 0x0, 0x7f, 0x1d400, 0x10400, 0x1c90, 0x13a0, 0xab70, 0x24b6, 0x2160, 0xfffd, 0xe000];
const any = () => {
  const kind = random(10);
  const code = kind < 4 ? special[random(special.length)] : kind < 6 ? 32 + random(95) : kind < 8 ? random(0x3000) : random(0x20000);
  return code >= 0xd800 && code < 0xe000 ? 0x61 : code;
};
for (let text = 0; text < 400; text++) {
  texts.push(String.fromCodePoint(...Array.from({ length: 1 + random(12) }, any)));
}

// Special tokens in every spelling, next to endings.
const bits = ['<|startoftext|>', '<|endoftext|>', '<|STARTOFTEXT|>', '<|EndOfText|>', "'s", "'S", "'re", "'RE", ' ', 'a', '1', '<|', '|>', '\u0130', '\u017f', '\u212a', "'\u017f", 'e\u0301'];
for (let text = 0; text < 100; text++) {
  texts.push(Array.from({ length: 1 + random(6) }, () => bits[random(bits.length)]).join(''));
}

for (const text of texts) {
  const encoding = await tokenizer.encode(text, null);
  console.log(JSON.stringify({ text, ids: Array.from(encoding.getIds()) }));
}
