import { shorten, shortenForm } from './shorten.js';

describe('what is shown of a message', () => {
  it('is one line without secrets', () => {
    const message = {
      email: 'mira@example.org',
      password: 'three geese',
      access_token: 'eyJhbGciOiJFUzI1NiJ9.e30.c2ln',
      session: { token: 'ccx_st_abcdefgh' },
      totp: { secret: 'GEZDGNBVGY3TQOJQ' },
      value: { code: 'AP' },
      items: [1, 2, 3, 4, 5, 6],
    };
    expect(shorten(message)).toBe(
      '{email: mira@example.org, password: …, access_token: eyJhbGc…, session: {…}, totp: {…}, value: {code: AP}, ' +
        'items: [1, 2, 3, 4, … 2 more]}',
    );
  });

  it('names ids by their ends', () => {
    expect(shorten({ id: '019aa6a0-7c00-7000-8000-00000000a1b2' })).toBe('{id: 019a…a1b2}');
  });

  it('of a form leaves out codes and what guards it', () => {
    const form = new URLSearchParams([
      ['form', 'guard'],
      ['code', 'abc'],
      ['item', 'a'],
      ['item', 'b'],
      ['authorization_details', '[{"type":"ccx_preferences"}]'],
    ]);
    expect(shortenForm(form)).toBe(
      '{form: …, code: …, item: [a, b], authorization_details: [{type: ccx_preferences}]}',
    );
  });
});
