// The official client, as its own documentation uses it: a completion and a stream. Ends with 0 if both are what they
// should be. Usage: node ask.mjs BASE_URL WORDS
import assert from "node:assert/strict";
import OpenAI from "openai";

const [baseURL, words] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey: "unused", maxRetries: 0 });
const question = { model: "grapevine", messages: [{ role: "user", content: "Why?" }] };

const completion = await client.chat.completions.create(question);
assert.equal(completion.choices[0].message.content, words);
assert.equal(completion.choices[0].finish_reason, "stop");
assert.ok(completion.usage.total_tokens > 0);

let streamed = "";
let usage;
const stream = await client.chat.completions.create({ ...question, stream: true, stream_options: { include_usage: true } });
for await (const chunk of stream) {
  streamed += chunk.choices[0]?.delta?.content ?? "";
  usage = chunk.usage ?? usage;
}
assert.equal(streamed, words);
assert.ok(usage.total_tokens > 0);

const models = await client.models.list();
assert.ok(models.data.some((model) => model.id === "grapevine"));
await assert.rejects(client.chat.completions.create({ ...question, model: "gpt-4" }), OpenAI.NotFoundError);
console.log("the openai client got a completion and a stream");
