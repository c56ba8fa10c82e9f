import type { EventType as Reported } from '../consents/event-types.js';
import { campaign, code, count, data, department, language, oneOf, product, seconds, store } from './event-schemas.js';
import type { EventType } from './event-type.js';

const pages = ['home', 'department', 'product', 'search', 'basket', 'checkout', 'account', 'help', 'content', 'other'];
const shirt = {
  scheme: 'gtin',
  code: '4006381333931',
  label: 'Linen shirt, white',
  size: { system: 'EUROPE', value: '40' },
};

/** What happens where a customer looks round, asks and answers. */
export const digitalEventTypes: readonly EventType<Reported>[] = [
  {
    name: 'web.viewed',
    description: 'The customer looked at a page of the website. What they searched for in words is not reported.',
    stage: 'exploring',
    data: data(
      {
        page: oneOf(pages),
        product,
        department,
        seconds,
        language,
        referral: oneOf(['direct', 'search', 'email', 'social', 'advertisement', 'other'], 'From where they came.'),
        campaign,
      },
      ['page'],
    ),
    example: { touchpoint: 'web', data: { page: 'product', product: shirt, seconds: 40, language: 'en' } },
  },
  {
    name: 'app.opened',
    description: 'The customer opened the app, or one of its screens.',
    stage: 'exploring',
    data: data({ screen: oneOf(pages), product, department, seconds, language, campaign }),
    example: { touchpoint: 'app', data: { screen: 'home', language: 'de' } },
  },
  {
    name: 'kiosk.session',
    description: 'The customer used a kiosk in the store.',
    stage: 'shopping',
    data: data(
      {
        task: oneOf(['price_check', 'find', 'order', 'loyalty', 'payment', 'help', 'other']),
        products: { type: 'array', items: product, minItems: 1, maxItems: 100 },
        store,
        seconds,
        language,
      },
      ['task'],
    ),
    example: { touchpoint: 'kiosk', data: { task: 'find', products: [shirt], store: 'uk-17', language: 'en' } },
  },
  {
    name: 'call.completed',
    description: 'The customer and the call centre spoke. What was said is not reported.',
    stage: 'post_shopping',
    data: data(
      {
        direction: oneOf(['inbound', 'outbound'], 'Who called: the customer (`inbound`) or you.'),
        topic: oneOf(['order', 'delivery', 'product', 'return', 'complaint', 'loyalty', 'account', 'other']),
        outcome: oneOf(['resolved', 'open', 'passed_on']),
        product,
        seconds,
        language,
      },
      ['direction'],
    ),
    example: {
      touchpoint: 'call_centre',
      data: { direction: 'inbound', topic: 'delivery', outcome: 'resolved', seconds: 310, language: 'en-GB' },
    },
  },
  {
    name: 'social.engaged',
    description: 'The customer reacted to you on a social network. What they wrote is not reported.',
    stage: 'awareness',
    data: data(
      {
        action: oneOf(['viewed', 'clicked', 'liked', 'shared', 'commented', 'mentioned', 'followed', 'unfollowed']),
        network: code('Your own code of the network.'),
        campaign,
        product,
        language,
      },
      ['action'],
    ),
    example: { touchpoint: 'social', data: { action: 'liked', network: 'mastodon', campaign: 'spring-26' } },
  },
  {
    name: 'beacon.entered',
    description: 'The customer came near a beacon in the store.',
    stage: 'exploring',
    data: data({ store, zone: code('Your own code of the place in the store.'), department, seconds }, ['store']),
    example: {
      touchpoint: 'beacon',
      data: { store: 'uk-17', zone: 'entrance', department: { category: 'shirts' }, seconds: 120 },
    },
  },
  {
    name: 'dressing_room.tried',
    description: 'The customer tried something on.',
    stage: 'shopping',
    data: data(
      {
        items: {
          type: 'array',
          items: data(
            {
              product,
              fit: oneOf(['too_small', 'fits', 'too_large']),
              outcome: oneOf(['kept', 'left', 'other_size', 'other_colour']),
            },
            ['product'],
          ),
          minItems: 1,
          maxItems: 100,
        },
        store,
      },
      ['items'],
    ),
    example: {
      touchpoint: 'dressing_room',
      data: { items: [{ product: shirt, fit: 'fits', outcome: 'kept' }], store: 'uk-17' },
    },
  },
  {
    name: 'pickup.collected',
    description: 'The customer collected an order. What it was is in its `transaction.completed`.',
    stage: 'post_shopping',
    data: data({
      order: code('Your own number of the order.'),
      point: oneOf(['store', 'locker', 'kerbside', 'partner']),
      store,
      seconds,
    }),
    example: { touchpoint: 'pickup', data: { order: 'W-20014', point: 'locker', store: 'uk-17' } },
  },
  {
    name: 'registry.item_added',
    description: 'The customer put something on a gift registry.',
    stage: 'exploring',
    data: data(
      {
        registry: code('Your own code of the registry.'),
        // A registry for a birth would tell of a pregnancy: it is `other`.
        occasion: oneOf(['wedding', 'anniversary', 'birthday', 'graduation', 'holiday', 'housewarming', 'other']),
        product,
        wanted: count('How many.', 1_000, 1),
      },
      ['registry', 'product'],
    ),
    example: {
      touchpoint: 'gift_registry',
      data: { registry: 'G-881', occasion: 'wedding', product: { scheme: 'retailer', code: '85123A' }, wanted: 6 },
    },
  },
  {
    name: 'survey.answered',
    description: 'The customer answered questions. Answers are codes or scores, never words of their own.',
    stage: 'post_shopping',
    data: data(
      {
        survey: code('Your own code of the survey.'),
        answers: {
          type: 'array',
          items: data(
            {
              question: code('Your own code of the question.'),
              answer: code('Your own code of the answer.'),
              score: count('Where the answer is a number.', 100),
            },
            ['question'],
          ),
          minItems: 1,
          maxItems: 100,
        },
        language,
      },
      ['survey', 'answers'],
    ),
    example: {
      touchpoint: 'survey',
      data: { survey: 'service-26', answers: [{ question: 'recommend', score: 9 }], language: 'en' },
    },
  },
  {
    name: 'review.posted',
    description: 'The customer rated a product or a store. What they wrote is not reported.',
    stage: 'post_shopping',
    data: data(
      {
        rating: count('Stars, one to five.', 5, 1),
        recommended: { type: 'boolean', description: 'Whether they recommend it.' },
        product,
        store,
        language,
      },
      ['rating'],
    ),
    example: { touchpoint: 'web', data: { rating: 4, recommended: true, product: shirt, language: 'en' } },
  },
];
