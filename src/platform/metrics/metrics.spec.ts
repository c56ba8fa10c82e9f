import { Metrics } from './metrics.js';
import { recently } from './recently.js';

describe('what was asked recently', () => {
  it('is asked once by all who ask within the time', async () => {
    let asked = 0;
    const ask = recently(60_000, async () => ++asked);
    await expect(Promise.all([ask(), ask()])).resolves.toEqual([1, 1]);
    await expect(ask()).resolves.toBe(1);
  });

  it('is asked anew once the time is over', async () => {
    let asked = 0;
    const ask = recently(0, async () => ++asked);
    await ask();
    await expect(ask()).resolves.toBe(2);
  });

  it('is asked anew where it failed', async () => {
    let asked = 0;
    const ask = recently(60_000, async () => {
      if (++asked === 1) throw new Error('not now');
      return asked;
    });
    await expect(ask()).rejects.toThrow('not now');
    await expect(ask()).resolves.toBe(2);
  });
});

describe('metrics', () => {
  const lines = async (metrics: Metrics, name: string) =>
    (await metrics.registry.getSingleMetricAsString(name)).split('\n').filter((line) => !line.startsWith('#'));

  it('that the database tells are asked for no more often however often somebody looks', async () => {
    const metrics = new Metrics();
    let asked = 0;
    metrics.add({ name: 'ccx_told', help: 'Told', across: 'same', measure: () => ++asked });
    for (let times = 0; times < 10; times++) await expect(lines(metrics, 'ccx_told')).resolves.toEqual(['ccx_told 1']);
  });

  it('of the process are measured each time', async () => {
    const metrics = new Metrics();
    let asked = 0;
    metrics.add({ name: 'ccx_told', help: 'Told', across: 'sum', measure: () => ++asked });
    await lines(metrics, 'ccx_told');
    await expect(lines(metrics, 'ccx_told')).resolves.toEqual(['ccx_told 2']);
  });

  it('are left out while they cannot be measured, and keep none of the others back', async () => {
    const metrics = new Metrics();
    let failing = false;
    const measure = async () => {
      if (failing) throw new Error('no database');
      return { a: 1, b: 2 };
    };
    metrics.add({ name: 'ccx_told', help: 'Told', label: 'of', across: 'sum', measure });
    metrics.add({ name: 'ccx_other', help: 'Other', kind: 'counter', across: 'sum', measure: () => 7 });
    await expect(lines(metrics, 'ccx_told')).resolves.toEqual(['ccx_told{of="a"} 1', 'ccx_told{of="b"} 2']);
    failing = true;
    await expect(lines(metrics, 'ccx_told')).resolves.toEqual([]);
    await expect(lines(metrics, 'ccx_other')).resolves.toEqual(['ccx_other 7']);
  });

  it('tell of caches and pools whoever has them', async () => {
    const metrics = new Metrics();
    metrics.watchCache('views', () => ({ hits: 3, misses: 1, entries: 2, bytes: 100 }));
    metrics.watchCache('menus', () => ({ hits: 0, misses: 0, entries: 0 }));
    metrics.watchPool('reads', () => ({ size: 2, total: 1, idle: 0, waiting: 5 }));
    await expect(lines(metrics, 'ccx_cache_hits_total')).resolves.toEqual([
      'ccx_cache_hits_total{cache="views"} 3',
      'ccx_cache_hits_total{cache="menus"} 0',
    ]);
    await expect(lines(metrics, 'ccx_cache_bytes')).resolves.toEqual(['ccx_cache_bytes{cache="views"} 100']);
    await expect(lines(metrics, 'ccx_database_waiting')).resolves.toEqual(['ccx_database_waiting{pool="reads"} 5']);
  });
});
