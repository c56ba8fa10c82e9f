import { Promotions } from './promotions.js';

async function* stream(...rows: string[][]): AsyncGenerator<string[]> {
  yield* rows;
}
const promotionsOf = (campaign: string) =>
  Promotions.of({
    descriptions: stream(['24', 'Type C', '2016-11-14', '2017-01-16'], ['8', 'Type A', '2017-05-08', '2017-06-25']),
    campaigns: stream([campaign, '906'], [campaign, '1']),
    redemptions: stream(['906', '100', campaign, '2017-05-09']),
    coupons: stream(['100', '11', campaign], ['100', '12', campaign], ['200', '11', campaign], ['100', '13', '9']),
  });

describe('promotions', () => {
  it('are known by the day on which they were sent and redeemed', async () => {
    const promotions = await promotionsOf('8');
    expect(promotions.days()).toEqual(['2017-05-08', '2017-05-09']);
    expect(promotions.on('2017-05-08').sent.map(({ household }) => household)).toEqual(['906', '1']);
    expect(promotions.on('2017-05-09').redemptions).toEqual([
      { household: '906', coupon: '100', campaign: '8', products: new Set(['11', '12']), isReward: true },
    ]);
    expect(promotions.on('2017-05-10')).toEqual({ day: '2017-05-10', sent: [], redemptions: [] });
  });

  it('that had begun before the year did are known from its beginning', async () => {
    const promotions = await promotionsOf('24');
    expect(promotions.days()).toEqual(['2017-01-01', '2017-05-09']);
    expect(promotions.on('2017-05-09').redemptions[0]?.isReward).toBe(false);
  });

  it('have every row in one place', async () => {
    expect((await promotionsOf('8')).rows()).toEqual([
      { file: 'descriptions', fate: 'used', count: 1 },
      { file: 'descriptions', fate: 'unused', count: 1 },
      { file: 'coupons', fate: 'used', count: 2 },
      { file: 'coupons', fate: 'unused', count: 2 },
    ]);
  });

  it('of a campaign that is not described are refused', async () => {
    await expect(promotionsOf('7')).rejects.toThrow('Campaign 7 is not described');
  });
});
