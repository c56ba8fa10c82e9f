import { readFileSync } from 'node:fs';

import { curlCommand } from '../src/cli/curl.js';
import { readEvent } from '../src/interactions/cloud-event.js';
import { cloudEventType, eventTypes } from '../src/interactions/event-types.js';
import * as eventErrors from '../src/interactions/interactions.errors.js';
import * as mappingErrors from '../src/interactions/mapping.errors.js';
import { readsOfCsv } from '../src/interactions/mapping-csv.js';
import * as uploadErrors from '../src/interactions/upload.errors.js';
import { type ProblemClass, problemOf, publishedProblems } from '../src/platform/errors.js';
import { statusOf } from '../src/platform/http/problem.js';
import { RetailerSuspendedError } from '../src/retailers/retailers.errors.js';

const guide = readFileSync('docs/retailer/events.md', 'utf8');

/** The blocks of the guide that are marked so. */
function blocks(mark: string): string[] {
  return [...guide.matchAll(new RegExp(`\`\`\`${mark}\n(.*?)\`\`\``, 'gs'))].map(([, text]) => text as string);
}

/** The rows of the table below a heading or a sentence, cell by cell. */
function table(after: string): string[][] {
  const lines = guide.slice(guide.indexOf(after)).split('\n');
  const begin = lines.findIndex((line) => line.startsWith('| '));
  const length = lines.slice(begin).findIndex((line) => !line.startsWith('|'));
  return lines.slice(begin + 2, begin + length).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const codesIn = (cell: string) => [...cell.matchAll(/`([a-z-]+)`/g)].map(([, code]) => code as string);
const codesOf = (errors: object) =>
  (Object.values(errors) as unknown[])
    .filter((error): error is ProblemClass => typeof error === 'function')
    .map((error) => problemOf(error).code);

describe("the retailer's guide to events", () => {
  it('shows events that are valid', () => {
    const events = blocks('json event');
    expect(events).toHaveLength(3);
    for (const event of events) expect(readEvent(JSON.parse(event))).toMatchObject({ errors: [], warnings: [] });
  });

  it('shows a product that is valid', () => {
    const [product] = blocks('json product');
    const event = JSON.parse(blocks('json event')[0] as string) as { data: { lines: object[] } };
    event.data.lines = [{ product: JSON.parse(product as string), quantity: '1' }];
    expect(readEvent(event).errors).toEqual([]);
  });

  it('shows a table of receipts as tills write it', () => {
    const reads = readsOfCsv(blocks('csv receipts')[0] as string, { timeZone: 'Europe/Berlin' });
    expect(reads).toMatchObject([
      {
        line: 2,
        lines: 2,
        event: { id: '17-3-2026-11-20-1041', source: '/pos/17/3', time: new Date('2026-11-20T16:42:00Z') },
      },
      { line: 4, ignored: 'names no customer' },
    ]);
  });

  it('names every kind with every member, and which are required', () => {
    const described = table('## Each kind of event').map(([kind, , members]) => [
      kind,
      members?.replace(/\(.*?\)/g, ''),
    ]);
    const published = eventTypes.map(({ name, data }) => {
      const { properties, required = [] } = data as { properties: object; required?: string[] };
      return [`\`${name}\``, new Set(Object.keys(properties)), new Set(required)] as const;
    });
    expect(described.map(([kind]) => kind)).toEqual(published.map(([kind]) => kind));
    for (const [place, [kind, members, required]] of published.entries()) {
      const cell = (described[place]?.[1] ?? '').split(/[:;]/, 1)[0] as string;
      const named = cell.split(',').map((member) => member.replaceAll('*', '').trim());
      const bold = [...cell.matchAll(/\*\*(.+?)\*\*/g)].map(([, member]) => member as string);
      expect([kind, new Set(named), new Set(bold)]).toEqual([kind, members, required]);
    }
  });

  it('writes types as they are sent', () => {
    expect(guide).toContain(cloudEventType('<kind>'));
  });

  it('calls `ccx curl` with options that it has', () => {
    const known = curlCommand({}).options.map(({ long }) => long);
    const commands = blocks('sh').flatMap((block) => block.replaceAll('\\\n', '').split('\n'));
    const calls = commands.filter((command) => /\bwren |ccx curl/.test(command));
    expect(calls.length).toBeGreaterThan(5);
    expect(known).toEqual(expect.arrayContaining(calls.flatMap((call) => call.match(/(?<= )--[a-z-]+/g) ?? [])));
  });

  it('says what to do about every code that an event, a batch or a job can have', () => {
    const [events, requests] = [table('## Results, and what to do'), table('For a request or a job as a whole')];
    const named = [...events, ...requests].flatMap(([codes]) => codesIn(codes as string));
    expect(named).toEqual(
      expect.arrayContaining(
        [eventErrors, mappingErrors, uploadErrors, { RetailerSuspendedError }]
          .flatMap(codesOf)
          .filter((code) => code !== 'event-type-not-found'),
      ),
    );
  });

  it('gives the status of each', () => {
    for (const [codes, status] of table('For a request or a job as a whole')) {
      const statuses = codesIn(codes as string).map((code) => {
        const problem = publishedProblems().find((published) => published.code === code);
        return problem && statusOf[problem.kind];
      });
      expect([codes, statuses]).toEqual([codes, [Number(status)]]);
    }
  });
});
