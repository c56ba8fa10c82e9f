import { ccxCore110 } from '../vocabulary/ccx-core/1.1.0.js';
import { Vocabulary } from '../vocabulary/vocabulary.js';
import { checkDraft, identityOf, statementOf } from './draft.js';
import { checkAnswers, type GivenAnswers, statementsOf } from './preset-answers.js';
import { MOST_QUESTIONS, MOST_STATEMENTS, type Preset, type PresetQuestion, presets } from './presets.js';

const vocabulary = new Vocabulary(ccxCore110);
const preset = (id: string) => presets.find((one) => one.id === id)!;

/** Every way of answering: each single answer, and as many as a question takes. */
function waysOf({ most, answers }: PresetQuestion): string[][] {
  const ids = answers.map(({ id }) => id);
  return most === 1 ? ids.map((id) => [id]) : [...ids.map((id) => [id]), ids.slice(0, most), ids.slice(-most)];
}

function everyAnswerTo({ questions }: Preset): GivenAnswers[] {
  return questions.reduce<GivenAnswers[]>(
    (given, question) =>
      given.flatMap((answers) => waysOf(question).map((way) => ({ ...answers, [question.id]: way }))),
    [{}],
  );
}

describe.each(presets)('the preset $id', (one) => {
  it(`asks at most ${MOST_QUESTIONS} questions, in English and German`, () => {
    expect(one.questions.length).toBeLessThanOrEqual(MOST_QUESTIONS);
    const texts = [one.labels, one.description, ...one.questions.flatMap((question) => [question.text])];
    const answers = one.questions.flatMap((question) => question.answers.map(({ labels }) => labels));
    for (const { en, de } of [...texts, ...answers]) expect([en, de]).toEqual([expect.any(String), expect.any(String)]);
  });

  it(`states at most ${MOST_STATEMENTS} things, all of them right and none twice, whatever the answers`, () => {
    for (const answers of everyAnswerTo(one)) {
      expect(checkAnswers(one, answers)).toEqual([]);
      const drafts = statementsOf(one, answers);
      expect(drafts.length).toBeGreaterThan(0);
      expect(drafts.length).toBeLessThanOrEqual(MOST_STATEMENTS);
      expect(drafts.flatMap((draft) => checkDraft(draft, vocabulary, ''))).toEqual([]);
      const identities = drafts.map((draft) => identityOf(statementOf(draft, vocabulary)));
      expect(new Set(identities).size).toBe(identities.length);
    }
  });

  it('has something for a till and for a website', () => {
    for (const answers of everyAnswerTo(one)) {
      const seenAt = (touchpoint: 'till' | 'web') =>
        statementsOf(one, answers).filter(({ attribute }) =>
          vocabulary.attribute(attribute)!.touchpoints.includes(touchpoint),
        );
      expect(seenAt('till')).not.toEqual([]);
      expect(seenAt('web')).not.toEqual([]);
    }
  });
});

describe('the answers to a preset', () => {
  const quiet = preset('quiet_shopper');
  const right = { advertising: 'never', help: 'left_alone', receipt: 'app' };
  const pointers = (answers: GivenAnswers, of = quiet) => checkAnswers(of, answers).map(({ pointer }) => pointer);

  it('may be given alone or in a list', () => {
    expect(pointers(right)).toEqual([]);
    expect(statementsOf(quiet, { ...right, receipt: ['app'] })).toEqual(statementsOf(quiet, right));
  });

  it.each<[string, GivenAnswers, string]>([
    ['a question without an answer', { advertising: 'never', help: 'left_alone' }, '/answers/receipt'],
    ['no answer at all', { ...right, receipt: [] }, '/answers/receipt'],
    ['an answer that is none of them', { ...right, help: 'perhaps' }, '/answers/help'],
    ['what is no text', { ...right, help: 1 }, '/answers/help'],
    ['more than one where one is asked', { ...right, receipt: ['app', 'paper'] }, '/answers/receipt'],
    ['the same twice', { ...right, receipt: ['app', 'app'] }, '/answers/receipt'],
    ['a question that is not asked', { ...right, shoes: 'red' }, '/answers/shoes'],
    ['a question that looks like a path', { ...right, 'a/b~c': 'x' }, '/answers/a~1b~0c'],
    ['a question of another name of objects', { ...right, constructor: 'x' }, '/answers/constructor'],
  ])('refuse %s', (_, answers, pointer) => {
    expect(pointers(answers)).toEqual([pointer]);
  });

  it('take as many as the question takes', () => {
    const allergies = preset('family_with_allergies');
    const codes = allergies.questions[0]!.answers.map(({ id }) => id);
    const others = { substitution: 'ask', receipt: 'paper' };
    expect(pointers({ allergens: codes.slice(0, 8), ...others }, allergies)).toEqual([]);
    expect(pointers({ allergens: codes.slice(0, 9), ...others }, allergies)).toEqual(['/answers/allergens']);
  });
});
