import { packJws, unpackJws } from './receipt-pack.js';

const part = (value: object | Buffer) =>
  (Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value))).toString('base64url');

describe('a packed receipt', () => {
  it('is the same again, whatever bytes its signature has', () => {
    const signature = Buffer.from(Array.from({ length: 64 }, (_, index) => (index % 3 === 0 ? 0x0a : index)));
    const jws = [
      part({ alg: 'ES256', kid: 'k' }),
      part({ text: 'Größe\nund “more”', list: [1, null] }),
      part(signature),
    ].join('.');
    expect(unpackJws(packJws(jws))).toBe(jws);
  });

  it('takes a fraction of the room', () => {
    const lines = Array.from({ length: 50 }, (_, index) => ({ purpose: 'dpv:ServicePersonalisation', index }));
    const jws = [part({ alg: 'ES256' }), part({ lines }), part(Buffer.alloc(64, 7))].join('.');
    expect(packJws(jws).length).toBeLessThan(jws.length / 5);
  });
});
