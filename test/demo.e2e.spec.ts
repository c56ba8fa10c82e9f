import type { Narrator } from '../src/cli/demo/narrator.js';
import { tellStory } from '../src/cli/demo/story.js';
import { anOperator } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';

// Whole stories, with hundreds of requests each.
jest.setTimeout(120_000);

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

describe('the demo', () => {
  it('tells the whole story, as often as wanted, and shows no secret', async () => {
    const operator = await anOperator(app);
    const told: string[] = [];
    const narrator: Narrator = {
      chapter: (title) => told.push(title),
      says: (words) => told.push(words),
      exchanged: ({ sent, came }) => told.push(sent, came),
      finds: (words) => told.push(words),
    };

    await tellStory(app.url, operator, narrator);
    await tellStory(app.url, operator, narrator);
    expect(told.filter((words) => words === 'An auditor reads the log')).toHaveLength(2);
    expect(told.join('\n')).not.toContain(operator.password);
    expect(told.join('\n')).not.toMatch(/three geese|every entry|ccx_s[eist]_[\w-]{4}|eyJ[\w-]{8}/);
  });

  it('stops at the first thing that is not as it should be, and says what that is', async () => {
    const stranger = { email: 'nobody@example.org', password: 'whatever this may be', nextCode: async () => '000000' };
    const silent = { chapter: () => {}, says: () => {}, exchanged: () => {}, finds: () => {} };
    await expect(tellStory(app.url, stranger, silent)).rejects.toThrow(
      /The operator signs in.\nshould show that the answer is 201.\n.*Expected: 201\n.*401/s,
    );
  });
});
