/** Whether a run of jest was asked for every test there is. */
function isWhole({ testPathPatterns, testNamePattern, onlyChanged, onlyFailures, shard }) {
  const patterns = testPathPatterns?.patterns?.length ?? 0;
  return patterns === 0 && !testNamePattern && !onlyChanged && !onlyFailures && !shard;
}

module.exports = { isWhole };
