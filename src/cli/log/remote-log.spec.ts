import { RemoteLog } from './remote-log.js';

describe('a log that asks to come back later', () => {
  const asked = jest.spyOn(globalThis, 'fetch');
  beforeEach(() => asked.mockReset());
  afterAll(() => asked.mockRestore());

  const later = () => new Response(null, { status: 429, headers: { 'retry-after': '86400' } });
  const waits: number[] = [];
  const log = new RemoteLog('https://ccx.example', async (ms) => void waits.push(ms));
  beforeEach(() => void waits.splice(0));

  it('is asked twenty times, a minute apart at most, and then given up with its answer', async () => {
    asked.mockImplementation(async () => later());
    await expect(log.text('checkpoint')).rejects.toThrow(
      'https://ccx.example/log/v1/checkpoint: it answered 429, also when asked 20 times.',
    );
    expect(asked).toHaveBeenCalledTimes(20);
    expect(waits).toEqual(Array<number>(19).fill(60_000));
  });

  it('is believed when it answers in the end', async () => {
    for (let refused = 0; refused < 19; refused++) asked.mockImplementationOnce(async () => later());
    asked.mockImplementationOnce(async () => new Response('all of it'));
    expect(await log.text('checkpoint')).toBe('all of it');
  });
});
