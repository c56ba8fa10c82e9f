// A retailer reads what a customer lets it know.
import { compactVerify, importJWK } from 'jose';

import { proofSigner, publicPart } from '../jwt.mjs';
import { requestOf } from '../load.mjs';

const PATH = '/v1/preferences';
const QUERY = '?purpose=dpv:ServicePersonalisation&touchpoint=web&stage=shopping';

const sides = ['service', 'plain', 'tuned'];

export const cases = {
  read: {
    title: 'read, bearer token, 200',
    sides,
    aim: { plain: 0.9, tuned: 0.5 },
    expects: [200],
    kind: 'repeated',
    *service({ readers }) {
      for (const { token } of readers) yield requestOf(`GET ${PATH}${QUERY}`, { authorization: `Bearer ${token}` });
    },
    *floor({ readers }, side) {
      for (const reader of readers) yield requestOf(`GET ${floorPath(side, 'read', reader)}`, {});
    },
    answer: readRow,
  },
  unchanged: {
    title: 'read, bearer token, 304',
    sides,
    aim: { plain: 1, tuned: 0.6 },
    expects: [304],
    kind: 'repeated',
    *service({ readers }) {
      for (const { token, etag } of readers) {
        yield requestOf(`GET ${PATH}${QUERY}`, { authorization: `Bearer ${token}`, 'if-none-match': etag });
      }
    },
    *floor({ readers }, side) {
      for (const reader of readers) yield requestOf(`GET ${floorPath(side, 'unchanged', reader)}`, {});
    },
    answer: async (...asked) => {
      await readRow(...asked);
      return { status: 304 };
    },
  },
  dpop: {
    title: 'read, DPoP, 200',
    sides,
    aim: { plain: 0.6 },
    expects: [200],
    kind: 'once',
    *service(world) {
      for (const [reader, proof] of proofs(world)) {
        yield requestOf(`GET ${PATH}${QUERY}`, { authorization: `DPoP ${reader.boundToken}`, dpop: proof });
      }
    },
    *floor(world, side) {
      for (const [reader, proof] of proofs(world)) {
        yield requestOf(`GET ${floorPath(side, 'dpop', reader)}`, { dpop: proof });
      }
    },
    answer: async (asked) => {
      await compactVerify(asked.request.headers.dpop, await keyOf(asked.world));
      return readRow(asked);
    },
  },
};

const floorPath = (side, name, { bucket, customerId, consentId }) =>
  `/${side}/${name}/${bucket}/${customerId}/${consentId}`;

const keyOf = (world) => (world.imported ??= importJWK(publicPart(world.dpopKey), 'ES256'));

/** The same rows by their primary keys. */
async function readRow({ pool, args: [bucket, customerId, consentId], world: { categories } }) {
  const { rows } = await pool.query({
    name: 'floor-read',
    text: `select c.version, c.status, c.details, c.expires_at,
                  (select string_agg(d.sealed, ''::bytea) from preference_documents d
                    where d.bucket = c.bucket and d.customer_id = c.customer_id and d.category = any($4)) as documents
             from consents c where c.bucket = $1 and c.customer_id = $2 and c.id = $3`,
    values: [bucket, customerId, consentId, categories],
  });
  const [{ version, status, expires_at, documents }] = rows;
  return { status: 200, body: { version, status, expires_at, sealed: documents.length } };
}

/** A DPoP proof after the other, each for the next reader. */
function* proofs({ readers, dpopKey, origin }) {
  const proof = proofSigner(dpopKey);
  for (let place = 0; ; place++) {
    const reader = readers[place % readers.length];
    yield [reader, proof('GET', origin + PATH, reader.boundToken)];
  }
}
