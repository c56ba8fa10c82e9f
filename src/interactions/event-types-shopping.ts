import type { EventType as Reported } from '../consents/event-types.js';
import { contactChannels } from './contact.js';
import {
  amount,
  campaign,
  code,
  count,
  currency,
  data,
  lines,
  offer,
  oneOf,
  programme,
  store,
} from './event-schemas.js';
import type { EventType } from './event-type.js';

const milk = { product: { scheme: 'retailer', code: '85123A' }, quantity: '6', unit: 'EA', unit_price: 255 };

/** What is bought and brought back, offers, and loyalty programmes. */
export const shoppingEventTypes: readonly EventType<Reported>[] = [
  {
    name: 'transaction.completed',
    description: 'The customer bought something.',
    stage: 'shopping',
    data: data(
      {
        currency,
        total: amount('What was paid.'),
        lines,
        store,
        fulfilment: oneOf(['carried', 'delivery', 'pickup']),
        receipt: oneOf(['paper', 'email', 'app', 'none']),
      },
      ['currency', 'lines'],
    ),
    example: { touchpoint: 'till', data: { currency: 'GBP', total: 1530, lines: [milk], store: 'uk-17' } },
  },
  {
    name: 'return.completed',
    description: 'The customer brought or sent something back.',
    stage: 'post_shopping',
    data: data(
      {
        currency,
        total: amount('What was paid back.', 0),
        lines,
        store,
        reason: oneOf(['does_not_fit', 'damaged', 'not_as_described', 'changed_mind', 'late', 'other', 'unknown']),
        method: oneOf(['store', 'post', 'collected']),
      },
      ['currency', 'lines'],
    ),
    example: { touchpoint: 'returns', data: { currency: 'GBP', total: 255, lines: [{ ...milk, quantity: '1' }] } },
  },
  {
    name: 'promotion.offered',
    description: 'The customer was shown or sent an offer.',
    stage: 'awareness',
    data: data(
      {
        campaign,
        offer,
        kind: oneOf(['coupon', 'discount', 'sample', 'content', 'points']),
        channel: oneOf(
          contactChannels,
          'How it reached the customer. With it the offer counts as a contact; left out, unless they came upon it ' +
            'themselves (`web`, `gift_registry`, `survey`).',
        ),
        valid_until: { type: 'string', format: 'date-time' },
      },
      ['campaign'],
    ),
    example: { touchpoint: 'email', data: { campaign: 'spring-26', kind: 'coupon', channel: 'email' } },
  },
  {
    name: 'promotion.responded',
    description: 'The customer took up an offer, or turned it down.',
    stage: 'exploring',
    data: data({ campaign, offer, response: oneOf(['opened', 'accepted', 'redeemed', 'declined', 'unsubscribed']) }, [
      'campaign',
      'response',
    ]),
    example: { touchpoint: 'till', data: { campaign: 'spring-26', response: 'redeemed' } },
  },
  {
    name: 'loyalty.enrolled',
    description: 'The customer joined a loyalty programme.',
    stage: 'exploring',
    data: data({ programme, tier: code('Your own code of the tier.') }, ['programme']),
    example: { touchpoint: 'app', data: { programme: 'green-card' } },
  },
  {
    name: 'loyalty.redeemed',
    description: 'The customer spent points or a reward.',
    stage: 'shopping',
    data: data(
      {
        programme,
        points: count('How many points were spent.', 1_000_000_000, 1),
        currency,
        value: amount('What the reward was worth.', 0),
      },
      ['programme'],
    ),
    example: { touchpoint: 'till', data: { programme: 'green-card', points: 500, currency: 'GBP', value: 250 } },
  },
];
