import { attributesOfMenu, doesAt, type Menu, underTodaysNames } from './menu.js';

const menu: Menu = {
  till: [
    { attribute: 'language.spoken', does: { en: 'We greet you in it.', de: 'Wir begrüßen Sie darin.' } },
    { attribute: 'receipt.delivery', does: { en: 'We print it, or do not.' } },
  ],
  web: [],
};

describe('a menu', () => {
  it('is read by its attributes alone, touchpoint by touchpoint', () => {
    expect(attributesOfMenu(menu)).toEqual({ till: ['language.spoken', 'receipt.delivery'], web: [] });
  });

  it('says what is done with an attribute there, and nothing of others', () => {
    expect(doesAt(menu, 'till', 'receipt.delivery')).toEqual({ en: 'We print it, or do not.' });
    expect(doesAt(menu, 'web', 'receipt.delivery')).toBeNull();
    expect(doesAt(menu, 'kiosk', 'receipt.delivery')).toBeNull();
  });

  it('keeps an attribute that was renamed, by its name of today', () => {
    const names: Record<string, string> = { 'receipt.delivery': 'receipt.form' };
    const vocabulary = { renames: true, nameOf: (path: string) => names[path] ?? path };
    expect(underTodaysNames(attributesOfMenu(menu), vocabulary)).toEqual({
      till: ['language.spoken', 'receipt.form'],
      web: [],
    });
  });
});
