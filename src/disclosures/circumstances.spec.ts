import type { PreferencesDetail } from '../consents/detail.js';
import { InvalidRequestError } from '../platform/errors.js';
import { stages } from '../vocabulary/code-lists.js';
import { type AskedCircumstances, settle } from './circumstances.js';

const AT = new Date('2026-11-21T09:30:00Z');

const line = (some: Partial<PreferencesDetail>): PreferencesDetail => ({
  id: 'line',
  type: 'ccx_preferences',
  attributes: ['size.footwear'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till', 'web'],
  stages: [...stages],
  delivery: ['live'],
  retention: 'P30D',
  expires_at: '2027-01-01T00:00:00.000Z',
  ...some,
});

const settled = (asked: AskedCircumstances, details = [line({})], reach = ['till']) =>
  settle(asked, details, reach, AT, 'query');

describe('the circumstances of a read', () => {
  it('are as they were asked for', () => {
    const asked = { purpose: 'dpv:DeliveryOfGoods', touchpoint: 'app', stage: 'exploring' };
    expect(settled(asked)).toEqual({ ...asked, delivery: 'live' });
  });

  it('are completed by the only purpose, the only touchpoint within reach, and the only stage', () => {
    const details = [line({ stages: ['shopping'] }), line({ stages: ['shopping'], touchpoints: ['till'] })];
    expect(settled({}, details)).toEqual({
      purpose: 'dpv:ServicePersonalisation',
      touchpoint: 'till',
      stage: 'shopping',
      delivery: 'live',
    });
  });

  it('have no stage when none is named and the consent leaves several', () => {
    expect(settled({})).toMatchObject({ stage: null });
  });

  it('do not follow from lines whose time is up', () => {
    const past = line({ purposes: ['dpv:DeliveryOfGoods'], expires_at: '2026-01-01T00:00:00.000Z' });
    expect(settled({}, [past, line({})])).toMatchObject({ purpose: 'dpv:ServicePersonalisation' });
  });

  it('must be named where the consent leaves several or none', () => {
    const details = [line({ purposes: ['dpv:ServicePersonalisation', 'dpv:DeliveryOfGoods'] })];
    const failing = (work: () => unknown) => {
      try {
        work();
      } catch (error) {
        return error as InvalidRequestError;
      }
      throw new Error('It passed.');
    };
    const error = failing(() => settled({}, details, ['till', 'web']));
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(error.errors?.map(({ pointer }) => pointer)).toEqual(['query/purpose', 'query/touchpoint']);
    expect(failing(() => settled({}, [line({})], ['kiosk'])).errors?.map(({ pointer }) => pointer)).toEqual([
      'query/touchpoint',
    ]);
  });
});
