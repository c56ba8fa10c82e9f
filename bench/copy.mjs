// Rows for PostgreSQL's binary COPY, the fastest way in: nothing is spelled out, escaped or parsed.

const HEADER = Buffer.concat([Buffer.from('PGCOPY\n\xff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const END = Buffer.from([0xff, 0xff]);
/** PostgreSQL counts from the year 2000, in microseconds. */
const EPOCH_MS = Date.UTC(2000, 0, 1);

/** How each type is written at an offset; each answers how many bytes that took. There is room for them. */
const encode = {
  int: (bytes, at, value) => bytes.writeInt32BE(value, at) - at,
  uuid: (bytes, at, value) => bytes.write(value.replaceAll('-', ''), at, 'hex'),
  text: (bytes, at, value) => bytes.write(value, at),
  bytea: (bytes, at, value) => value.copy(bytes, at),
  jsonb: (bytes, at, value) => bytes.write(`\x01${JSON.stringify(value)}`, at),
  timestamptz: (bytes, at, value) => bytes.writeBigInt64BE(BigInt(value.getTime() - EPOCH_MS) * 1_000n, at) - at,
};

/** No row is longer. */
const LONGEST_ROW = 65_536;

/** Rows for one table, gathered until they are written. */
export class Rows {
  #bytes = Buffer.allocUnsafe(1 << 20);
  #length = HEADER.copy(this.#bytes);

  /**
   * @param {string} table
   * @param {string} columns as they would be declared: `bucket int, customer_id uuid`
   */
  constructor(table, columns) {
    this.table = table;
    const declared = columns.split(',').map((column) => column.trim().split(' '));
    this.columns = declared.map(([name]) => name);
    this.encoders = declared.map(([, type]) => encode[type]);
  }

  /** @param {...unknown} values in the order of the columns */
  add(...values) {
    if (this.#length + LONGEST_ROW > this.#bytes.length) this.#grow();
    const bytes = this.#bytes;
    let at = bytes.writeInt16BE(values.length, this.#length);
    for (let place = 0; place < values.length; place++) {
      const value = values[place];
      const length = value === null ? -1 : this.encoders[place](bytes, at + 4, value);
      bytes.writeInt32BE(length, at);
      at += 4 + Math.max(length, 0);
    }
    this.#length = at;
  }

  /** Writes all of them. @param {import('pg').Client} client */
  async write(client) {
    const bytes = Buffer.concat([this.#bytes.subarray(0, this.#length), END]);
    await copyIn(client, `copy ${this.table} (${this.columns.join(', ')}) from stdin with (format binary)`, bytes);
  }

  #grow() {
    const larger = Buffer.allocUnsafe(2 * this.#bytes.length);
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** One COPY … FROM STDIN, as `pg` wants a query of one's own to be. */
function copyIn(client, text, bytes) {
  return new Promise((resolve, reject) => {
    let failure;
    const ignore = () => undefined;
    client.query({
      submit: (connection) => connection.query(text),
      handleCopyInResponse: (connection) => {
        connection.sendCopyFromChunk(bytes);
        connection.endCopyFrom();
      },
      handleCommandComplete: ignore,
      handleRowDescription: ignore,
      handleError: (error) => {
        failure = error;
        reject(error);
      },
      handleReadyForQuery: () => (failure ? undefined : resolve()),
    });
  });
}
