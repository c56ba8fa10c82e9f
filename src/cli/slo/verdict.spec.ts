import { type Sample, verdictOf } from './verdict.js';

const answered = (ms: number, lateMs = 0): Sample => ({ ms, lateMs });
const within100 = { name: 'ours', share: 0.99, withinMs: 100 };

describe('the verdict on a service-level objective', () => {
  it('is met where just the share that is asked for is in time', () => {
    const samples = [answered(101), ...Array.from({ length: 99 }, () => answered(100))];
    const verdict = verdictOf(samples, [within100]);
    expect(verdict).toMatchObject({ reads: 100, isMet: true, objectives: [{ measured: 0.99, isMet: true }] });
  });

  it('is not met with one slow answer more', () => {
    const samples = [answered(101), answered(101), ...Array.from({ length: 98 }, () => answered(1))];
    expect(verdictOf(samples, [within100])).toMatchObject({ isMet: false, objectives: [{ measured: 0.98 }] });
  });

  it('counts an error as too late, however soon it came', () => {
    const samples = [{ ms: 1, lateMs: 0, error: '503' }, ...Array.from({ length: 49 }, () => answered(1))];
    expect(verdictOf(samples, [within100])).toMatchObject({
      isMet: false,
      errors: { '503': 1 },
      errorShare: 0.02,
      objectives: [{ measured: 0.98, isMet: false }],
    });
  });

  it('is met only where every objective is', () => {
    const samples = [answered(500)];
    const verdict = verdictOf(samples, [within100, { name: 'law', share: 0.95, withinMs: 1_000 }]);
    expect(verdict.objectives.map(({ isMet }) => isMet)).toEqual([false, true]);
    expect(verdict.isMet).toBe(false);
  });

  it('is not met where nothing was measured', () => {
    expect(verdictOf([])).toMatchObject({ reads: 0, isMet: false, errorShare: 0 });
  });

  it('names times that were measured, and how late reads were sent', () => {
    const samples = Array.from({ length: 1_000 }, (_, place) => answered(place + 1, place === 0 ? 7 : 0));
    expect(verdictOf(samples)).toMatchObject({
      percentilesMs: { p50: 500, p95: 950, p99: 990, 'p99.9': 999, max: 1_000 },
      lateMs: 0,
    });
  });
});
