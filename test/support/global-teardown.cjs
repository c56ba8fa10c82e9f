const { rm } = require('node:fs/promises');

/** Stops the server that the setup started, and leaves a server that it was given as it was. */
module.exports = async function teardown() {
  const { server, dropTemplate } = globalThis.ccxTest;
  if (server) await server.stop();
  else await dropTemplate();
  await rm(process.env.CCX_TEST_FOLDER, { recursive: true, force: true });
};
