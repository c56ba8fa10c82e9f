// Anybody asks for a proof out of the log.
import { requestOf } from '../load.mjs';

const WIDTH = 256;

export const cases = {
  inclusion: {
    title: 'prove that an entry is in the log',
    sides: ['service', 'plain', 'tuned'],
    expects: [200],
    kind: 'repeated',
    *service({ logSize }) {
      for (const index of indexes(logSize)) yield requestOf(`GET /log/v1/proofs/inclusion?index=${index}`, {});
    },
    *floor({ logSize }, side) {
      for (const index of indexes(logSize)) yield requestOf(`GET /${side}/inclusion/${index}`, {});
    },
    // The entry, and the tiles that its audit path begins and ends in.
    answer: async ({ pool, args: [index] }) => {
      const place = Number(index);
      const { rows } = await pool.query({
        name: 'floor-inclusion',
        text: `select e.leaf_hash, (select string_agg(hashes, ''::bytea) from audit_tiles
                                     where (level, idx) in ((0, $2::bigint), (1, $3::bigint))) as hashes
                 from audit_log e where e.idx = $1`,
        values: [place, Math.floor(place / WIDTH), Math.floor(place / WIDTH ** 2)],
      });
      const [{ leaf_hash, hashes }] = rows;
      return { status: 200, body: { index: place, leaf_hash: leaf_hash.toString('hex'), hashes: hashes.length } };
    },
  },
};

function* indexes(size) {
  for (let n = 0; n < 2_000; n++) yield Math.floor(Math.random() * size);
}
