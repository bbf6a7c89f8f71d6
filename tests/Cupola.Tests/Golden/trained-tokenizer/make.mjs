// Makes ids.jsonl with Hugging Face's own fast tokenizer from tokenizer.json, which TokenizerTrainer learnt from the captions in TokenizerTrainerTests:
//   npm install tokenizers@0.23.2 && node make.mjs tokenizer.json > ids.jsonl
import { createRequire } from 'node:module';

const { Tokenizer } = createRequire(import.meta.url)('tokenizers');
const tokenizer = Tokenizer.fromFile(process.argv[2]);

// A generator of its own, so that the texts are the same on every machine.
let state = 20261130;
const random = (count) => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * count);
};

const texts = [
  'A red disc on a white field.', 'The flag is white with a red disc in the centre.', "It's a blue cross, edged white, on red.", 'Two stripes: green above, white below!',
  'Fünf Sterne auf blauem Grund', '白地に赤い丸の旗', 'a red   disc\ton a WHITE field', "the stars' colours aren't red", '', 'a<|endoftext|>b', '<|startoftext|>', 'the\u0301 whitest reddish discs',
];
const parts = ['red', 'white', 'stripes', 'disc', 'the', 'Flag', 'star', "'s", ' ', ' ', ' ', ', ', '1', '23', 'ü', '白', '🏁', 'edge', 'ed', 're', 'st', 'ss', 'in', '!', '&', 'é'];
for (let text = 0; text < 200; text++) {
  texts.push(Array.from({ length: 1 + random(9) }, () => parts[random(parts.length)]).join(''));
}

for (const text of texts) {
  const encoding = await tokenizer.encode(text, null);
  console.log(JSON.stringify({ text, ids: Array.from(encoding.getIds()) }));
}
