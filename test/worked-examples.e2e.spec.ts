import { startApp, type TestApp } from './support/app.js';
import { differences, type Exchange, workedExamples } from './support/guide.js';
import { aCast, type Cast } from './support/guide-cast.js';

const examples = workedExamples('docs/consumer/worked-examples.md');

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

describe('the worked examples of the guide for consumers', () => {
  it('are fourteen', () => {
    const titles = examples.map(({ title }) => title.split('.', 1)[0]);
    expect(titles).toEqual(Array.from({ length: 14 }, (_, index) => String(index + 1)));
  });

  it.each(examples)('$title', async ({ exchanges }) => {
    const cast = await aCast(app);
    for (const exchange of exchanges) expect(await unlike(cast, exchange)).toEqual([]);
  });
});

/** What of an answer is not as the guide prints it, by the line of its request. */
async function unlike({ known, send }: Cast, exchange: Exchange): Promise<string[]> {
  const { line, status, answerHeaders, answer } = exchange;
  const actual = await send(exchange);
  const faults = [
    ...(actual.status === status ? [] : [`The status is ${actual.status}: ${JSON.stringify(actual.body)}`]),
    ...Object.entries(answerHeaders).flatMap(([name, printed]) =>
      differences(printed, actual.headers.get(name), known, name),
    ),
    ...(answer === undefined ? [] : differences(JSON.parse(answer), actual.body, known)),
  ];
  return faults.map((fault) => `Line ${line}: ${fault}`);
}
