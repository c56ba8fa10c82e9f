import { tellsOfPrivateMatters } from './private-words.js';

describe('what a catalogue calls things', () => {
  it.each([
    'BABY FOODS',
    'Diapers & Disposables',
    'Gluten free bread',
    'Glutenfreies Brot',
    'Kosher foods',
    'Halal meat',
    'Windeln Größe 3',
    'Schwangerschaftstest',
    'Diabetic supplies',
    'Vegan cheese',
    'Rollator',
    'PHARMACY',
  ])('tells of private matters: %s', (words) => {
    expect(tellsOfPrivateMatters(undefined, words)).toBe(true);
  });

  it.each([
    'Milk',
    'Bread',
    'Fluid milk products',
    'Brot',
    'Oat drink',
    'Garden tools',
    'Lullaby music box',
    undefined,
  ])('tells of none: %s', (words) => {
    expect(tellsOfPrivateMatters(words)).toBe(false);
  });
});
