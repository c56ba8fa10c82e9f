/** What the `README.md` of a bundle says. */
export function bundleReadme({ name, issuer, origin, size }: BundleFacts): string {
  return `# Evidence of one consent

What was decided about the consent \`${name}\`, what the customer was shown, and who read what under it, with proofs that
all of it is in the transparency log \`${origin}\`. Everything here is covered by the one checkpoint in \`checkpoint\`,
over ${size} entries. Nothing else is needed to verify it: no account, no database and no network.

## Verify it

Get the log's policy and the keys of receipts in another way than with this bundle. Whoever could forge the bundle could
put keys of their own into it; it is worth as much as the keys that you check it with.

    curl ${issuer}/log/v1/policy > policy
    curl ${issuer}/oauth/jwks > keys.json
    ccx verify ccx-bundle-${name}.tar.gz --policy policy --keys keys.json --log ${issuer}/log/v1

It says line by line what it checks, and ends with 0 when all of it holds. The last option asks the log whether it still
continues the checkpoint of this bundle. Without a network, give \`--anchors\` and a file of checkpoints that somebody
else has kept: whoever runs a log could show each of its readers another one, and only a comparison finds that out.

## What is in it

| file | what it has |
|---|---|
| \`manifest.json\` | every other file with its size and SHA-256; what is covered and what is left out |
| \`checkpoint\` | the signed checkpoint, with its witnesses' cosignatures |
| \`checkpoints.ndjson\` | the checkpoints that were the first to cover each decision, each proved to be a beginning of this one |
| \`policy\`, \`log-keys.json\`, \`keys.json\` | the policy, the log's keys and the keys of receipts, as they were published then |
| \`versions.ndjson\` | every state of the consent that it tells of, and the entry that recorded it |
| \`receipts.ndjson\` | the signed receipt of each |
| \`notices/\` | what was shown, under its SHA-256 |
| \`disclosures.ndjson\` | each read, answered or refused, with its path to the root of its batch |
| \`entries.ndjson\` | the entries of the log behind all of that, opened, each with its proof of inclusion |

The formats are described in docs/auditor/formats.md of CCX. \`left_out\` in the manifest counts reads that are so recent
that the checkpoint does not cover them: ask for the bundle again for those.
`;
}

interface BundleFacts {
  readonly name: string;
  readonly issuer: string;
  readonly origin: string;
  readonly size: number;
}
