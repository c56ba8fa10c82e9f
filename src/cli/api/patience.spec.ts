import { Patience, ServiceAwayError } from './patience.js';

const request = { method: 'GET', path: '/v1/me' } as const;
const reply = (status: number, headers: Record<string, string> = {}) => ({
  status,
  headers: new Headers(headers),
  body: undefined as never,
});
const refusedConnection = () => {
  throw new TypeError('fetch failed', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) });
};

function callerOf(...answers: (() => ReturnType<typeof reply>)[]) {
  const calls = { count: 0 };
  const send = async () => (answers[Math.min(calls.count++, answers.length - 1)] as () => ReturnType<typeof reply>)();
  return { calls, caller: { send } };
}

describe('a patient caller', () => {
  it('sends again after a broken connection and a busy service', async () => {
    const { caller, calls } = callerOf(
      refusedConnection,
      () => reply(503),
      () => reply(200),
    );
    await expect(new Patience(5_000, () => undefined).of(caller).send(request)).resolves.toMatchObject({ status: 200 });
    expect(calls.count).toBe(3);
  });

  it('waits as long as it is told to, whatever its patience', async () => {
    const { caller } = callerOf(
      () => reply(429, { 'retry-after': '1' }),
      () => reply(200),
    );
    const start = Date.now();
    await new Patience(100, () => undefined).of(caller).send(request);
    expect(Date.now() - start).toBeGreaterThanOrEqual(990);
  });

  it('gives up on a service that stays away, and says what to do', async () => {
    const { caller } = callerOf(refusedConnection);
    const patient = new Patience(300, () => undefined).of(caller);
    await expect(patient.send(request)).rejects.toThrow(ServiceAwayError);
    await expect(patient.send(request)).rejects.toThrow('run the same command again');
  });

  it('does not repeat what a service has answered, nor hide a fault of the program', async () => {
    const refused = callerOf(() => reply(422));
    await expect(new Patience(5_000, () => undefined).of(refused.caller).send(request)).resolves.toMatchObject({
      status: 422,
    });
    const broken = callerOf(() => {
      throw new TypeError('x is not a function');
    });
    await expect(new Patience(5_000, () => undefined).of(broken.caller).send(request)).rejects.toThrow(
      'not a function',
    );
    expect([refused.calls.count, broken.calls.count]).toEqual([1, 1]);
  });
});
