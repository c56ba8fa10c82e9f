/** What the examples of the API description tell of one log. */
export const hashExample = 'PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=';
export const leafHashExample = 'a3f1c0de5b7e9d2c4f60718293a4b5c6d7e8f9000112233445566778899aabbc';
export const vkeyExample = 'ccx.example/log/v1+c1ceed56+ATVKrfPBFLhhfjvxWEdAEvLPWhGr5nt/wTFUytDnH3Mp';

export const noteExample =
  'ccx.example/log/v1\n4711\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n' +
  '— ccx.example/log/v1 Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n';

export const checkpointExample = {
  size: 4711,
  root: 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=',
  signed_at: '2026-11-21T09:30:01.000Z',
  note: noteExample,
};

export const logKeyExample = {
  key_id: 'c1ceed56',
  vkey: vkeyExample,
  from_size: 0,
  to_size: null,
  introduced_at: '2026-11-21T09:30:00.000Z',
  retired_at: null,
  handover: null,
};

export const policyExample = [
  `log ${vkeyExample}`,
  'witness W1 witness.example/w1+e700c482+BO1v++KZJyDxgAlT5zVKVHNJ6CIEcUw9l08P+jbEGRbE',
  'quorum W1',
  '',
].join('\n');
