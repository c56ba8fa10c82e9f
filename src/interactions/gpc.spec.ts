import { classOfGpc } from './gpc.js';

describe('a GPC code', () => {
  it.each([
    ['51000000', 'pharmacy', 'the segment of healthcare'],
    ['51160000', 'pharmacy', 'the family of pharmaceutical drugs'],
    ['51102500', 'pharmacy', 'the class of pain relief'],
    ['10000857', 'pharmacy', 'the brick of headache remedies'],
    ['51110000', 'intimate', 'the family of family planning'],
    ['51111500', 'intimate', 'the class of barrier contraception'],
    ['10000460', 'intimate', 'the brick of condoms'],
    ['53230000', 'intimate', 'the family of personal intimacy'],
    ['51131600', 'test', 'the class of diagnostic tests'],
    ['10000453', 'test', 'the brick of home tests'],
    ['51101500', 'mobility_aid', 'the class of personal aids'],
    ['10000458', 'mobility_aid', 'the brick of crutches and wheelchairs'],
    ['10000362', 'maternity', 'the brick of accessories for nursing mothers'],
    ['53181300', 'pharmacy', 'the class of adult incontinence'],
    ['51170100', null, 'the class of drugs for animals'],
    ['10000514', null, 'the brick of drugs for animals'],
    ['10000637', null, 'the brick of sunglasses'],
    ['53181500', null, 'the class of oral hygiene'],
    ['50000000', null, 'the segment of food'],
    ['10000025', null, 'another brick'],
  ])('%s is %s: it is %s', (...[code, special]) => {
    expect(classOfGpc(code)).toBe(special);
  });
});
