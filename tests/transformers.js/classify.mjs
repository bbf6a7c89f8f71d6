// node classify.mjs FOLDER IMAGE LABELS: what transformers.js says of an exported folder, as one line of JSON.
// FOLDER is what `cupola models export` wrote, LABELS a JSON list of whole prompts. Nothing is fetched.
import { readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import {
    AutoProcessor, AutoTokenizer, CLIPModel, CLIPTextModelWithProjection, CLIPVisionModelWithProjection, SiglipModel,
    SiglipTextModel, SiglipVisionModel, env, load_image, pipeline, softmax,
} from '@huggingface/transformers';

const [folder, imagePath, list] = process.argv.slice(2);
const labels = JSON.parse(list);
env.allowRemoteModels = false;
env.localModelPath = dirname(resolve(folder));
const name = basename(resolve(folder));
const isSiglip = JSON.parse(readFileSync(join(folder, 'config.json'))).model_type === 'siglip';

const classify = await pipeline('zero-shot-image-classification', name);
const answers = await classify(imagePath, labels, { hypothesis_template: '{}' });

const tokenizer = await AutoTokenizer.from_pretrained(name);
const processor = await AutoProcessor.from_pretrained(name);
const texts = tokenizer(labels, { padding: isSiglip ? 'max_length' : true, truncation: true });
const image = await processor(await load_image(imagePath));
const model = await (isSiglip ? SiglipModel : CLIPModel).from_pretrained(name);
const { logits_per_image } = await model({ ...texts, ...image });
const logits = [...logits_per_image.data];

const textModel = await (isSiglip ? SiglipTextModel : CLIPTextModelWithProjection).from_pretrained(name);
const visionModel = await (isSiglip ? SiglipVisionModel : CLIPVisionModelWithProjection).from_pretrained(name);
const text = await textModel(texts);
const vision = await visionModel(image);

console.log(JSON.stringify({
    pipeline: labels.map(label => answers.find(answer => answer.label === label).score),
    model: isSiglip ? logits.map(logit => 1 / (1 + Math.exp(-logit))) : [...softmax(logits)],
    ids: labels.map((_, row) => [...texts.input_ids[row].data].map(Number)),
    textEmbeddings: (isSiglip ? text.pooler_output : text.text_embeds).tolist(),
    imageEmbedding: (isSiglip ? vision.pooler_output : vision.image_embeds).tolist()[0],
}));
