// node classify.mjs FOLDER IMAGE LABELS: what transformers.js says of an exported folder, as one line of JSON.
// FOLDER is what `cupola models export` wrote, LABELS a JSON list of whole prompts. Nothing is fetched.
import { basename, dirname, resolve } from 'node:path';
import {
    AutoProcessor, AutoTokenizer, CLIPModel, CLIPTextModelWithProjection, CLIPVisionModelWithProjection, env, load_image, pipeline, softmax,
} from '@huggingface/transformers';

const [folder, imagePath, list] = process.argv.slice(2);
const labels = JSON.parse(list);
env.allowRemoteModels = false;
env.localModelPath = dirname(resolve(folder));
const name = basename(resolve(folder));

const classify = await pipeline('zero-shot-image-classification', name);
const answers = await classify(imagePath, labels, { hypothesis_template: '{}' });

const tokenizer = await AutoTokenizer.from_pretrained(name);
const processor = await AutoProcessor.from_pretrained(name);
const texts = tokenizer(labels, { padding: true, truncation: true });
const image = await processor(await load_image(imagePath));
const model = await CLIPModel.from_pretrained(name);
const { logits_per_image } = await model({ ...texts, ...image });

const textModel = await CLIPTextModelWithProjection.from_pretrained(name);
const visionModel = await CLIPVisionModelWithProjection.from_pretrained(name);
const { text_embeds } = await textModel(texts);
const { image_embeds } = await visionModel(image);

console.log(JSON.stringify({
    pipeline: labels.map(label => answers.find(answer => answer.label === label).score),
    model: [...softmax([...logits_per_image.data])],
    ids: labels.map((_, row) => [...texts.input_ids[row].data].map(Number)),
    textEmbeddings: text_embeds.tolist(),
    imageEmbedding: image_embeds.tolist()[0],
}));
