const { join } = require('node:path');

const folder = join(__dirname, '../.recorded');

/** What the last run of all tests, and the last run of some of them, sent to PostgreSQL. */
const recordings = { whole: join(folder, 'whole.ndjson'), part: join(folder, 'part.ndjson') };

module.exports = { recordings };
