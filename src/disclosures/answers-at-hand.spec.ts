import { vocabulary } from '../../test/support/arbitrary-preferences.js';
import { canonicalJson } from '../platform/json.js';
import { customerKey } from '../platform/customer-key.js';
import { Forgetting } from '../platform/forgetting.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { PreferencesAnswerDto } from './answer.dto.js';
import { AnswerText } from './answer-text.js';
import type { Answer } from './answering.service.js';
import { AnswersAtHand } from './answers-at-hand.js';
import { type Disclosure, disclosureRecord } from './disclosure.js';

const noon = new Date('2026-11-22T12:00:00.000Z');
const after = (ms: number) => new Date(noon.getTime() + ms);

function answer(more: object = {}, text = 'plain'): Answer {
  return {
    customer: customerKey('019a9f41-0c55-7a3e-8d10-5f6a7b8c9d0e'),
    subject: 'p1PHkE2qXbQmC0dZ3Vt8sYwA',
    consent: { id: 'c', version: 3, status: 'active', expiresAt: after(9_000), maxReadsPerDay: null },
    circumstances: { purpose: 'dpv:ServicePersonalisation', touchpoint: 'till', stage: null, delivery: 'live' },
    vocabulary,
    view: {
      attributes: ['size.footwear'],
      outOfView: [],
      preferences: [
        { attribute: 'size.footwear', key: text, value: { text }, strength: 'want', weight: 60, sources: [] },
      ],
      mayAddress: null,
      told: ['size.footwear'],
      validUntil: after(1_000),
      etag: '"e"',
    },
    etag: '"e"',
    standing: { checkedAt: noon, state: '3|active' },
    at: noon,
    disclosureId: '019a9f41-0c55-7a3e-8d10-5f6a7b8c9d0f',
    unchanged: false,
    ...more,
  } as unknown as Answer;
}

describe('the text of an answer', () => {
  it.each([
    ['plain text', 'plain'],
    ['what JSON escapes', 'a "quoted" \\ line\nand \u2028 more, {"at":"x"}'],
    ['letters of any script', 'Größe 鞋 👟'],
    ['a lone surrogate', '\ud83d'],
  ])('is byte for byte what JSON.stringify makes of the answer, with %s', (_, text) => {
    const first = answer({}, text);
    const again = { ...first, at: after(777), disclosureId: '019a9f41-0c55-7a3e-8d10-5f6a7b8c9d10' };
    for (const given of [first, again]) {
      expect(AnswerText.of(first).given(given)).toBe(JSON.stringify(PreferencesAnswerDto.of(given)));
    }
  });

  it('is so where nobody is told more than whether the customer may be addressed', () => {
    const given = answer();
    const addressed = { ...given, view: { ...given.view, preferences: [], mayAddress: true } };
    expect(AnswerText.of(addressed).given(addressed)).toBe(JSON.stringify(PreferencesAnswerDto.of(addressed)));
  });
});

describe('an answer at hand', () => {
  const atHand = () => new AnswersAtHand(new Metrics(), new Forgetting());
  const state = '3|active';

  it.each([
    ['holds while nothing has changed', { checkedAt: after(999), state }, true],
    ['does not hold once anything has', { checkedAt: after(1), state: '4|active' }, false],
    ['does not hold from the moment on at which time alone changes it', { checkedAt: after(1_000), state }, false],
    [
      'does not hold for a statement that began before the one that it was made by',
      { checkedAt: after(-1), state },
      false,
    ],
  ])('%s', (_, pulse, holds) => {
    const answers = atHand();
    expect(answers.holds(answers.keep('name', answer()), pulse, vocabulary)).toBe(holds);
  });

  it('does not hold under another vocabulary', () => {
    const answers = atHand();
    const other = vocabulary.seenBy('019a9f41-0c55-7a3e-8d10-5f6a7b8c9d11');
    expect(answers.holds(answers.keep('name', answer()), { checkedAt: noon, state }, other)).toBe(false);
  });

  it('makes room for others: what is kept is bounded in bytes', () => {
    const answers = atHand();
    const long = answer({}, 'x'.repeat(1_000_000));
    for (let n = 0; n < 60; n++) answers.keep(`name ${n}`, long);
    const kept = Array.from({ length: 60 }, (_, n) => answers.get(`name ${n}`)).filter(Boolean);
    expect(kept.length).toBeGreaterThan(10);
    expect(kept.length).toBeLessThan(42);
    expect(answers.get('name 0')).toBeUndefined();
  });
});

describe('the record of a disclosure', () => {
  it('is written in the canonical form of RFC 8785 as it is', () => {
    const disclosure: Disclosure = {
      id: 'i',
      customer: customerKey('019a9f41-0c55-7a3e-8d10-5f6a7b8c9d0e'),
      consent: { id: 'c', version: 3 },
      retailerId: 'r',
      clientId: 'client "é"',
      attributes: ['size.footwear', 'food.diet'],
      purpose: 'dpv:ServicePersonalisation',
      touchpoint: 'till',
      stage: null,
      checkedAt: noon,
      unchanged: false,
      refused: 'outside-consent',
    };
    expect(JSON.stringify(disclosureRecord(disclosure))).toBe(canonicalJson(disclosureRecord(disclosure)));
  });
});
