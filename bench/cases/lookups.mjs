// A retailer's tills look customers up by their subjects, with one token of the client's own.
import { requestOf } from '../load.mjs';

const ASKED = { purpose: 'dpv:ServicePersonalisation', touchpoint: 'till', stage: 'shopping' };
const json = { 'content-type': 'application/json' };
const turn = (list, place) => list[place % list.length];

export const cases = {
  lookup: lookUp('lookup', 'look up one customer at a till', 1),
  'lookup-50': lookUp('lookup-50', 'look up 50 customers at once', 50),
};

const rowsOf = `
  select c.id, c.version, c.status, c.details, c.expires_at,
         (select string_agg(d.sealed, ''::bytea) from preference_documents d
           where d.bucket = c.bucket and d.customer_id = c.customer_id and d.category = any($4)) as documents`;

function lookUp(name, title, count) {
  const some = (list, place) => Array.from({ length: count }, (_, more) => turn(list, place * count + more));
  return {
    title,
    sides: ['service', 'plain', 'tuned'],
    expects: [200],
    kind: 'repeated',
    *service({ tills }) {
      for (let place = 0; place < 2_000; place++) {
        const { token, subjects } = turn(tills, place);
        const body = JSON.stringify({ ...ASKED, subjects: some(subjects, place) });
        yield requestOf('POST /v1/preferences/lookup', { ...json, authorization: `Bearer ${token}` }, body);
      }
    },
    *floor({ tills }, side) {
      for (let place = 0; place < 2_000; place++) {
        const { parties } = turn(tills, place);
        const asked = some(parties, place).map(({ bucket, customerId, consentId }) => [bucket, customerId, consentId]);
        yield requestOf(`POST /${side}/${name}`, json, JSON.stringify(asked));
      }
    },
    answer: async ({ pool, world: { categories }, body }) => {
      const asked = JSON.parse(await body());
      // As the service does: what is about a list is planned anew each time.
      const { rows: found } = await pool.query(
        asked.length === 1
          ? {
              name: 'floor-lookup-one',
              text: `${rowsOf} from consents c where c.bucket = $1 and c.customer_id = $2 and c.id = $3`,
              values: [...asked[0], categories],
            }
          : {
              name: 'floor-lookup',
              text: `${rowsOf}
                     from unnest($1::int[], $2::uuid[], $3::uuid[]) as asked (bucket, customer_id, id)
                     join consents c using (bucket, customer_id, id)`,
              values: [0, 1, 2].map((place) => asked.map((party) => party[place])).concat([categories]),
            },
      );
      const results = found.map(({ id, version, documents }) => ({ id, version, sealed: documents.length }));
      return { status: 200, body: { results } };
    },
  };
}
