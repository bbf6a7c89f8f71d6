// Makes ids-texts.jsonl with Hugging Face's own fast tokenizer: the ids that the texts of other golden files have in this vocabulary.
//   npm install tokenizers@0.23.2 && node make-texts.mjs tokenizer.json ../tokens.jsonl ../tokens-unicode.jsonl > ids-texts.jsonl
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
const { Tokenizer } = createRequire(import.meta.url)('tokenizers');
const tokenizer = Tokenizer.fromFile(process.argv[2]);
const lines = process.argv.slice(3).flatMap((file) => readFileSync(file, 'utf8').split('\n').filter(Boolean));
for (const line of lines) {
  const { text } = JSON.parse(line);
  console.log(JSON.stringify({ text, ids: Array.from((await tokenizer.encode(text, null)).getIds()) }));
}
