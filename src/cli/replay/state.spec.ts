import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ReplayState, type Settings } from './state.js';

const settings = { dataset: 'online-retail', offset_days: 5_461, clients: {} } as unknown as Settings;

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ccx-state-'));
  path = join(folder, 'replay', 'state.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the state of a replay', () => {
  it('is what an earlier run has left', () => {
    const state = new ReplayState(path);
    state.keepSettings(settings);
    state.keepProgress('17850', { session: 'a' });
    state.keepProgress('17850', { subject: 'p1' });
    state.keepProgress('17850', { session: 'b' });

    const next = new ReplayState(path);
    expect(next.settings()).toEqual(settings);
    expect(next.progressOf('17850')).toEqual({ session: 'b', subject: 'p1' });
    expect(next.progressOf('13047')).toEqual({});
  });

  it('survives a run that was killed while it wrote', () => {
    const state = new ReplayState(path);
    state.keepSettings(settings);
    state.keepProgress('17850', { subject: 'p1' });
    const journal = join(folder, 'replay', 'state.journal.ndjson');
    appendFileSync(journal, '\n{"customer":"130');

    new ReplayState(path).keepProgress('13047', { subject: 'p2' });
    const next = new ReplayState(path);
    expect([next.progressOf('17850'), next.progressOf('13047')]).toEqual([{ subject: 'p1' }, { subject: 'p2' }]);
    expect(readFileSync(journal, 'utf8')).toContain('{"customer":"130\n');
    expect(statSync(journal).mode & 0o077).toBe(0);
  });

  it('begins anew when the settings are gone', () => {
    new ReplayState(path).keepProgress('17850', { subject: 'p1' });
    expect(new ReplayState(path).progressOf('17850')).toEqual({});
  });
});
